/*
 * The API with everything behind it faked: the test's own store, readers, refresher and digester
 * stand in for the real ones (the linker takes the test's symbols before an archive's), the loop
 * runs in a thread, and the test is the client, with sockets of its own.
 */
#ifndef TESTS_API_FAKE_H
#define TESTS_API_FAKE_H

#include "api_fake_health.h"

#include "api/server.h"
#include "base/mem.h"
#include "base/queue.h"
#include "schedule/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define N_READERS 2
#define MAX_ENTRIES 20000

struct query {
	int unused;
};
struct readers {
	struct queue work, done;
	pthread_t threads[N_READERS];
};
struct job {
	struct queue_node node;
	reader_work_fn *work;
	reader_done_fn *done;
	void *arg;
};

enum later_kind {
	LATER_STORE,
	LATER_FEED,
	LATER_ADDED,
	LATER_FOUND,
	LATER_IMPORTED,
	LATER_REPORT,
	LATER_ALL,
	LATER_EDITION
};
struct later { /* an answer that comes from the loop, later */
	struct queue_node node;
	enum later_kind kind;
	void (*done)(void);
	void *arg;
	struct failure fail;
	int64_t id;
	struct listing *found;
	bool not_modified;
	int64_t n_new;
};

struct fake_entry {
	int64_t feed_id;
	enum entry_status status;
	bool starred;
};

static struct {
	struct ev_loop *loop;
	pthread_t thread;
	ev_async wake, call;
	void (*call_fn)(void);
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool called;
	int n_at_gate;    /* reader threads that wait there */
	int n_long;       /* steps that were said to take long */
	bool gate_closed; /* reader threads wait before their work */
	atomic_bool held; /* answers of store and refresher are held back */
	struct api *api;
	struct readers readers;
	struct queue later;
	struct conf conf;
	struct conf_digest digests[2];
	char *categories[1];
	char dir[64], path[108];
	struct fake_entry entries[MAX_ENTRIES]; /* entry N is [N - 1] */
	int64_t n_entries;
	atomic_llong last_id; /* committed */
	char *content;
	atomic_bool query_fails;
	enum refresh_state feed_1_state;
	int64_t last_fetch;
} F;

/* ---- the loop ---- */

static inline void wake_loop(void *arg)
{
	(void)arg;
	ev_async_send(F.loop, &F.wake);
}

static inline void call_seen(struct ev_loop *loop, ev_async *w, int events)
{
	(void)loop, (void)w, (void)events;
	pthread_mutex_lock(&F.lock);
	void (*fn)(void) = F.call_fn;
	pthread_mutex_unlock(&F.lock);
	fn();
	pthread_mutex_lock(&F.lock);
	F.called = true;
	pthread_cond_broadcast(&F.changed);
	pthread_mutex_unlock(&F.lock);
}

/* Runs fn on the loop thread and waits for it. */
static inline void on_loop(void (*fn)(void))
{
	pthread_mutex_lock(&F.lock);
	F.call_fn = fn;
	F.called = false;
	ev_async_send(F.loop, &F.call);
	while (!F.called)
		pthread_cond_wait(&F.changed, &F.lock);
	pthread_mutex_unlock(&F.lock);
}

static inline void set_gate(bool closed)
{
	pthread_mutex_lock(&F.lock);
	F.gate_closed = closed;
	pthread_cond_broadcast(&F.changed);
	pthread_mutex_unlock(&F.lock);
}

/* ---- readers ---- */

static inline void *reader_main(void *arg)
{
	struct query q = { 0 };
	struct job *job;
	(void)arg;
	while ((job = (struct job *)queue_pop(&F.readers.work)) != NULL) {
		pthread_mutex_lock(&F.lock);
		F.n_at_gate++;
		pthread_cond_broadcast(&F.changed);
		while (F.gate_closed)
			pthread_cond_wait(&F.changed, &F.lock);
		F.n_at_gate--;
		pthread_mutex_unlock(&F.lock);
		job->work(&q, job->arg);
		assert_true(queue_push(&F.readers.done, &job->node));
		wake_loop(NULL);
	}
	return NULL;
}

void readers_submit(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	struct job *job = xcalloc(1, sizeof *job);
	*job = (struct job){ .work = work, .done = done, .arg = arg };
	assert_true(queue_push(&r->work, &job->node));
}

void readers_submit_long(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	F.n_long++;
	readers_submit(r, work, done, arg);
}

void readers_dispatch(struct readers *r)
{
	struct job *job;
	while ((job = (struct job *)queue_try_pop(&r->done)) != NULL) {
		job->done(job->arg);
		free(job);
	}
}

/* ---- what readers see ---- */

const char *query_error(struct query *q)
{
	(void)q;
	return "the fake fails";
}

bool query_hold(struct query *q)
{
	(void)q;
	return true;
}

void query_settle(struct query *q)
{
	(void)q;
}

/* Knows one word, and one that takes too long. */
bool query_search(struct query *q, const char *text, int64_t now, struct entry_filter *filter,
	struct strbuf *match, struct failure *ret_fail)
{
	(void)q, (void)now;
	if (strcmp(text, "word") != 0 && strcmp(text, "slow") != 0) {
		failure_set(ret_fail, STAGE_NONE, STATUS_BAD_REQUEST, 0, "search, position 1: no");
		return false;
	}
	strbuf_addstr(match, text);
	filter->match = strbuf_str(match);
	return true;
}

const char *entry_status_name(enum entry_status status)
{
	static const char *const NAMES[] = { "unread", "read", "removed" };
	return NAMES[status];
}

bool entry_status_parse(const char *name, enum entry_status *ret)
{
	for (int i = 0; i < ENTRY_STATUS_COUNT; i++) {
		if (strcmp(name, entry_status_name((enum entry_status)i)) == 0) {
			*ret = (enum entry_status)i;
			return true;
		}
	}
	return false;
}

static inline void give_entry(int64_t id, query_entry_fn *each, void *arg)
{
	static const char *const TAGS[] = { "a \"tag\"", "b" };
	static const struct enclosure_record ENCLOSURES[] = { { 3, "https://x/y.mp3", "audio/mpeg",
		123 } };
	char title[64];
	const struct fake_entry *e = &F.entries[id - 1];
	snprintf(title, sizeof title, "entry %lld\n\"quoted\"", (long long)id);
	struct entry_record record = {
		.id = id,
		.feed_id = e->feed_id,
		.feed_title = "Feed",
		.feed_url = "https://x/feed",
		.category = e->feed_id == 2 ? "tech" : NULL,
		.status = e->status,
		.starred = e->starred,
		.title = title,
		.content = F.content,
		.published = 1795417920,
		.created = 1795417921,
		.changed = 1795417922,
		.hash = "9f",
		.tags = TAGS,
		.n_tags = 2,
		.enclosures = ENCLOSURES,
		.n_enclosures = 1,
	};
	each(arg, &record);
}

static inline bool entry_matches(const struct entry_filter *f, int64_t id)
{
	const struct fake_entry *e = &F.entries[id - 1];
	bool status = f->statuses == NULL && e->status != ENTRY_REMOVED;
	for (size_t i = 0; i < f->n_statuses; i++)
		status |= f->statuses[i] == e->status;
	const char *category = e->feed_id == 2 ? "tech" : "";
	return status && (f->feed_id == 0 || f->feed_id == e->feed_id) &&
	       (f->category == NULL || strcmp(f->category, category) == 0) && id > f->after_id &&
	       (f->before_id == 0 || id < f->before_id) &&
	       (f->starred == 0 || (f->starred > 0) == e->starred);
}

int64_t query_entries(
	struct query *q, const struct entry_filter *f, query_entry_fn *each, void *arg)
{
	(void)q;
	if (F.query_fails || (f->match != NULL && strcmp(f->match, "slow") == 0))
		return -1;
	int64_t total = 0, last = atomic_load(&F.last_id);
	for (int64_t i = 1; i <= last; i++) {
		int64_t id = f->descending ? last + 1 - i : i;
		if (!entry_matches(f, id))
			continue;
		if (total >= f->offset && total < f->offset + f->limit)
			give_entry(id, each, arg);
		total++;
	}
	return total;
}

int query_entry(struct query *q, int64_t id, query_entry_fn *each, void *arg)
{
	(void)q;
	if (F.query_fails)
		return -1;
	if (id > atomic_load(&F.last_id))
		return 0;
	give_entry(id, each, arg);
	return 1;
}

bool query_timed_out(const struct query *q)
{
	(void)q;
	return !F.query_fails;
}

struct fake_counter {
	query_counter_fn *each;
	void *arg;
};

static void give_counters(void *arg, const struct feed_record *feed)
{
	const struct fake_counter *c = arg;
	c->each(c->arg, feed->id, feed->n_entries, feed->n_unread);
}

bool query_counters(struct query *q, query_counter_fn *each, void *arg)
{
	struct fake_counter c = { each, arg };
	return query_feeds(q, 0, give_counters, &c) >= 0;
}

int64_t query_feeds(struct query *q, int64_t feed_id, query_feed_fn *each, void *arg)
{
	static const char *const URLS[] = { "https://x/1", "https://x/2", "file:///3" };
	int64_t n = 0;
	(void)q;
	if (F.query_fails)
		return -1;
	for (int64_t id = 1; id <= 3; id++) {
		if (feed_id != 0 && feed_id != id)
			continue;
		struct feed_record feed = { .id = id, .n_entries = 10 * id, .n_unread = id };
		feed.config.url = URLS[id - 1];
		feed.config.category = id == 2 ? "tech" : NULL;
		feed.config.interval = id == 3 ? 7200 : 0;
		feed.state.next_due = id == 3 ? SCHEDULE_NEVER : 1795417920;
		feed.state.last_fetch = F.last_fetch;
		feed.meta.title = "Feed";
		if (id == 2)
			failure_set(&feed.state.failure, STAGE_FETCH, STATUS_HTTP_ERROR, 503,
				"HTTP %d", 503);
		each(arg, &feed);
		n++;
	}
	return n;
}

int64_t query_editions(struct query *q, const char *name, bool published, int64_t limit,
	query_edition_fn *each, void *arg)
{
	struct edition_record edition = { .id = 7,
		.name = "daily",
		.label = "2026-11-23",
		.after_id = 1,
		.upto_id = 5,
		.created = 1795417920,
		.published = true };
	(void)q, (void)limit;
	assert_true(published); /* others have no files yet */
	if (name != NULL && strcmp(name, "daily") != 0)
		return 0;
	each(arg, &edition);
	return 1;
}

bool query_totals(struct query *q, struct query_totals *ret)
{
	(void)q;
	*ret = (struct query_totals){ .n_feeds = 3, .n_failing = 1, .n_entries = 60 };
	return !F.query_fails;
}

/* ---- what the loop asks ---- */

int64_t store_last_entry_id(struct store *s)
{
	(void)s;
	return atomic_load(&F.last_id);
}

static inline struct later *answer_later(enum later_kind kind, void (*done)(void), void *arg)
{
	struct later *later = xcalloc(1, sizeof *later);
	later->kind = kind;
	later->done = done;
	later->arg = arg;
	assert_true(queue_push(&F.later, &later->node));
	wake_loop(NULL);
	return later;
}

static inline void run_later(struct later *l)
{
	struct refresh_report report = { .feed_id = l->id, .fail = l->fail, .n_new = l->n_new };
	struct edition_record edition = { .id = 9,
		.name = "daily",
		.label = "2026-11-24",
		.after_id = 0,
		.upto_id = 2,
		.created = 1795417920 };
	switch (l->kind) {
	case LATER_STORE:
		((store_done_fn *)l->done)(l->arg, &l->fail, 1);
		break;
	case LATER_FEED:
		((store_feed_done_fn *)l->done)(l->arg, &l->fail, l->id);
		break;
	case LATER_ADDED:
		((refresher_added_fn *)l->done)(l->arg, &l->fail, l->id, l->found);
		listing_free(l->found);
		break;
	case LATER_FOUND:
		((workers_found_fn *)l->done)(
			l->arg, NULL, l->found, l->found == NULL ? &l->fail : NULL);
		break;
	case LATER_IMPORTED:
		((refresher_imported_fn *)l->done)(l->arg, &l->fail);
		break;
	case LATER_REPORT:
		if (l->done != NULL)
			((refresh_done_fn *)l->done)(l->arg, &report);
		break;
	case LATER_ALL:
		if (l->done != NULL)
			((void (*)(void *, int64_t))l->done)(l->arg, 3);
		break;
	case LATER_EDITION:
		((digester_done_fn *)l->done)(l->arg, &l->fail, &edition);
		break;
	}
	free(l);
}

void store_entries_status(struct store *s, const int64_t *ids, size_t n, enum entry_status status,
	int64_t now, store_done_fn *done, void *arg)
{
	(void)s, (void)now;
	for (size_t i = 0; i < n; i++) {
		if (ids[i] <= F.last_id)
			F.entries[ids[i] - 1].status = status;
	}
	answer_later(LATER_STORE, (void (*)(void))done, arg);
}

void store_entry_toggle_star(
	struct store *s, int64_t id, int64_t now, store_done_fn *done, void *arg)
{
	(void)s, (void)now;
	struct later *later = answer_later(LATER_STORE, (void (*)(void))done, arg);
	if (id <= F.last_id)
		F.entries[id - 1].starred ^= 1;
	else
		failure_set(&later->fail, STAGE_STORE, STATUS_NOT_FOUND, 0, "no row");
}

void store_feed_mark_read(
	struct store *s, int64_t feed_id, int64_t upto, int64_t now, store_done_fn *done, void *arg)
{
	(void)s, (void)now;
	for (int64_t id = 1; id <= upto; id++) {
		if (feed_id == 0 || F.entries[id - 1].feed_id == feed_id)
			F.entries[id - 1].status = ENTRY_READ;
	}
	struct later *later = answer_later(LATER_STORE, (void (*)(void))done, arg);
	if (feed_id == 3)
		failure_set(&later->fail, STAGE_STORE, STATUS_DISK_FULL, 0, "no room");
}

#include "api_fake_feeds.h"

/* ---- set up and tear down ---- */

static inline void wake_seen(struct ev_loop *loop, ev_async *w, int events)
{
	struct queue_node *node;
	(void)loop, (void)w, (void)events;
	readers_dispatch(&F.readers);
	while (!F.held && (node = queue_try_pop(&F.later)) != NULL)
		run_later((struct later *)node);
}

static inline void *loop_main(void *arg)
{
	(void)arg;
	ev_run(F.loop, 0);
	return NULL;
}

static inline void stop_loop(void)
{
	ev_break(F.loop, EVBREAK_ALL);
}

static inline void free_api(void)
{
	api_free(F.api);
	F.api = NULL;
}

static inline int fake_start(void **state)
{
	char error[256] = "";
	(void)state;
	memset(&F, 0, sizeof F);
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	pthread_mutex_init(&F.lock, NULL);
	pthread_cond_init(&F.changed, NULL);
	queue_init(&F.later);
	queue_init(&F.readers.work);
	queue_init(&F.readers.done);
	for (int i = 0; i < N_READERS; i++)
		pthread_create(&F.readers.threads[i], NULL, reader_main, NULL);
	snprintf(F.dir, sizeof F.dir, "/tmp/courant-test-XXXXXX");
	assert_non_null(mkdtemp(F.dir));
	snprintf(F.path, sizeof F.path, "%s/sock", F.dir);
	F.categories[0] = xstrdup("tech");
	F.digests[0] = (struct conf_digest){ .name = F.categories[0] };
	F.conf = (struct conf){ .state_dir = F.dir, .digests = F.digests, .n_digests = 1 };
	F.conf.poll.interval = 3600;
	F.content = xstrdup("<p>some words</p>");

	F.loop = ev_loop_new(EVFLAG_AUTO);
	ev_async_init(&F.wake, wake_seen);
	ev_async_init(&F.call, call_seen);
	ev_async_start(F.loop, &F.wake);
	ev_async_start(F.loop, &F.call);
	int fd = api_listen(F.path, 0600, error, sizeof error);
	if (fd < 0)
		fail_msg("%s", error);
	struct api_options options = {
		.loop = F.loop, .listen_fd = fd, .readers = &F.readers, .conf = &F.conf
	};
	F.api = api_new(&options, error, sizeof error);
	if (F.api == NULL)
		fail_msg("%s", error);
	pthread_create(&F.thread, NULL, loop_main, NULL);
	return 0;
}

static inline int fake_stop(void **state)
{
	struct queue_node *node;
	(void)state;
	set_gate(false);
	on_loop(free_api);
	on_loop(stop_loop);
	pthread_join(F.thread, NULL);
	queue_close(&F.readers.work);
	for (int i = 0; i < N_READERS; i++)
		pthread_join(F.readers.threads[i], NULL);
	/* What comes back after api_free() finds nobody waiting. */
	readers_dispatch(&F.readers);
	while ((node = queue_try_pop(&F.later)) != NULL)
		run_later((struct later *)node);
	readers_dispatch(&F.readers);
	queue_release(&F.later);
	queue_release(&F.readers.work);
	queue_release(&F.readers.done);
	ev_loop_destroy(F.loop);
	unlink(F.path);
	rmdir(F.dir);
	free(F.content);
	free(F.categories[0]);
	return 0;
}

#endif
