/*
 * bench_writer: for how long upkeep keeps the writer from looking at its next request, each kind
 * through the store's own operations: marking all as read, retention, a feed with 100,000 entries
 * and its removal, giving pages back, the trim of the tallies, tombstones that are forgotten, and
 * the checkpoints and search index behind them. Beside the time by the clock stands that of the
 * writer's own processor, which does not depend on what else the machine does; OVER goes by it.
 *
 * The argument names a database that bench_store kept, or a copy of it: it is changed.
 */
#include "store_docs.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "db/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NEVER INT64_C(4102444800) /* 2100 */
#define YEAR (366 * 86400)
#define LARGE_DOCS 5000 /* documents of the large feed: 100,000 entries */
#define IN_FLIGHT 32    /* refreshes at a time, as from a daemon */

/* ---- what the writer does for how long ---- */
static const char *const work_names[] = { "ready", "requests", "commit", "shrink", "optimize",
	"dictionary", "index", "remove", "merge" };

struct clocks {
	double wall, cpu; /* ms */
};

struct series {
	struct clocks *all;
	size_t n, cap;
};

static struct {
	pthread_mutex_t lock;
	enum store_work work;
	struct clocks since, busy_since;
	struct series parts[STORE_MERGE + 1], holds;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static double ms_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct clocks clocks_now(void)
{
	return (struct clocks){ ms_of(CLOCK_MONOTONIC), ms_of(CLOCK_THREAD_CPUTIME_ID) };
}

static void note(struct series *s, const struct clocks *from, const struct clocks *to)
{
	s->all = xgrow(s->all, s->n, &s->cap, sizeof(*s->all));
	s->all[s->n++] = (struct clocks){ to->wall - from->wall, to->cpu - from->cpu };
}

/* A hold lasts from one look at the queue to the next. */
static void turned(void *arg, enum store_work to)
{
	struct clocks now = clocks_now();

	(void)arg;
	pthread_mutex_lock(&seen.lock);
	if (seen.work != STORE_READY)
		note(&seen.parts[seen.work], &seen.since, &now);
	if (to == STORE_READY && seen.work != STORE_READY)
		note(&seen.holds, &seen.busy_since, &now);
	if (to != STORE_READY && seen.work == STORE_READY)
		seen.busy_since = now;
	seen.work = to;
	seen.since = now;
	pthread_mutex_unlock(&seen.lock);
}

static int by_wall(const void *a, const void *b)
{
	double x = ((const struct clocks *)a)->wall, y = ((const struct clocks *)b)->wall;

	return (x > y) - (x < y);
}

static int by_cpu(const void *a, const void *b)
{
	double x = ((const struct clocks *)a)->cpu, y = ((const struct clocks *)b)->cpu;

	return (x > y) - (x < y);
}

static void show(const char *name, struct series *s)
{
	if (s->n == 0)
		return;
	size_t p99 = s->n * 99 / 100, last = s->n - 1;
	qsort(s->all, s->n, sizeof(*s->all), by_cpu);
	struct clocks cpu_p99 = s->all[p99], cpu_max = s->all[last];
	qsort(s->all, s->n, sizeof(*s->all), by_wall);
	printf("  %-32s %6zu  p50 %6.2f  p99 %6.2f  max %6.2f ms  processor p99 %6.2f  max "
	       "%6.2f%s\n",
		name, s->n, s->all[s->n / 2].wall, s->all[p99].wall, s->all[last].wall, cpu_p99.cpu,
		cpu_max.cpu, cpu_max.cpu > LIMIT_HOLD_MS ? "  OVER" : "");
	s->n = 0;
}

/* What was seen since the last time, once the writer has nothing more to do. */
static void show_all(const char *name)
{
	usleep(200000);
	pthread_mutex_lock(&seen.lock);
	show(name, &seen.holds);
	for (size_t i = STORE_REQUEST; i <= STORE_MERGE; i++) {
		char part[64];
		snprintf(part, sizeof(part), "  %s", work_names[i]);
		show(part, &seen.parts[i]);
	}
	pthread_mutex_unlock(&seen.lock);
}

/* ---- asking ---- */
static sem_t awake;
static int64_t n_answered, n_purged, last_added;

static void wake(void *arg)
{
	(void)arg;
	sem_post(&awake);
}

static void wait_until(struct store *s, int64_t n)
{
	while (n_answered < n) {
		sem_wait(&awake);
		store_dispatch(s);
	}
}

static void refreshed(void *arg, const struct store_refresh_result *result)
{
	(void)arg;
	n_answered++;
	n_purged += result->n_purged;
}

static void done(void *arg, const struct failure *fail, int64_t n)
{
	(void)arg;
	if (fail->status != STATUS_OK) {
		fprintf(stderr, "bench_writer: %s\n", fail->detail);
		exit(1);
	}
	n_answered++;
	last_added = n;
}

/* The writer has done what waits behind, too, when nothing is left in the tables that say so. */
static sqlite3 *looker;

static int64_t number(const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(looker, sql, -1, &stmt, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench_writer: %s: %s\n", sql, sqlite3_errmsg(looker));
		exit(1);
	}
	int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return n;
}

static void wait_for_nothing(const char *left)
{
	while (number(left) > 0)
		usleep(20000);
}

static void look(const char *path)
{
	if (sqlite3_open(path, &looker) != SQLITE_OK)
		abort();
	sqlite3_busy_timeout(looker, 60000);
}

static void change(const char *sql)
{
	if (sqlite3_exec(looker, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench_writer: %s: %s\n", sql, sqlite3_errmsg(looker));
		exit(1);
	}
}

static void refresh(struct store *s, int64_t feed_id, struct feed_doc *doc, int64_t now)
{
	struct feed_fetch_state state = { .next_due = NEVER, .last_fetch = now };

	store_refresh(s, feed_id, &state, doc, now, refreshed, NULL);
}

static void refresh_all(struct store *s, int64_t n_feeds, int64_t now)
{
	n_answered = n_purged = 0;
	for (int64_t f = 1; f <= n_feeds; f++) {
		refresh(s, f, NULL, now);
		wait_until(s, f - IN_FLIGHT);
	}
	wait_until(s, n_feeds);
}

/* ---- the plays ---- */
#define UNINDEXED                                                                      \
	"SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE id > (SELECT upto_id FROM " \
	"search_state) LIMIT 1)"

static int64_t add_feed(struct store *s, const char *url)
{
	struct feed_config config = { .url = url, .declared = true, .disabled = true };

	n_answered = 0;
	store_feed_add(s, &config, NEVER, NOW, done, NULL);
	wait_until(s, 1);
	n_answered = 0;
	return last_added;
}

static int64_t add_large_feed(struct store *s)
{
	int64_t id = add_feed(s, "https://large.example.org/rss");

	for (int64_t i = 0; i < LARGE_DOCS; i++) {
		refresh(s, id, make_doc(id, i * PER_DOC), NOW);
		wait_until(s, i - IN_FLIGHT);
	}
	wait_until(s, LARGE_DOCS);
	wait_for_nothing(UNINDEXED);
	return id;
}

/* As many entries as a document may have, from as many documents, whose memory stays in use. */
static struct feed_doc *make_largest_doc(int64_t feed_id)
{
	struct feed_doc *doc = feed_doc_new();

	doc->entries = arena_array(&doc->arena, struct feed_entry, LIMIT_ENTRIES);
	for (doc->n_entries = 0; doc->n_entries < LIMIT_ENTRIES; doc->n_entries += PER_DOC) {
		struct feed_doc *part = make_doc(feed_id, (int64_t)doc->n_entries);
		memcpy(doc->entries + doc->n_entries, part->entries,
			PER_DOC * sizeof(*doc->entries));
	}
	return doc;
}

/* One entry with as long a text as there may be. */
static struct feed_doc *make_longest_entry(int64_t feed_id)
{
	struct feed_doc *doc = make_doc(feed_id, 0);
	struct strbuf text = STRBUF_INIT(LIMIT_CONTENT);
	int64_t n = 0;

	do {
		struct feed_doc *other = make_doc(feed_id, n += PER_DOC);
		strbuf_addstr(&text, other->entries[0].content_html);
		feed_doc_free(other);
	} while (text.len < LIMIT_CONTENT - 2048);
	doc->n_entries = 1;
	doc->entries[0].content_html = arena_strdup(&doc->arena, strbuf_str(&text));
	strbuf_release(&text);
	return doc;
}

/* What cannot be parted: one document is one transaction, and one entry's words are written at
 * once. */
static void largest(struct store *s)
{
	int64_t id = add_feed(s, "https://largest.example.org/rss");

	refresh(s, id, make_largest_doc(id), NOW);
	wait_until(s, 1);
	wait_for_nothing(UNINDEXED);
	show_all("a document of 20,000 entries");
	refresh(s, id, make_largest_doc(id), NOW);
	wait_until(s, 2);
	show_all("the same again");
	refresh(s, id, make_doc(id, 0), NOW + 1);
	wait_until(s, 3);
	show_all("one with 20 of them");
	id = add_feed(s, "https://longest.example.org/rss");
	refresh(s, id, make_longest_entry(id), NOW);
	wait_until(s, 1);
	wait_for_nothing(UNINDEXED);
	show_all("an entry of 2 MiB");
	n_answered = 0;
	store_feed_remove(s, id, done, NULL);
	wait_until(s, 1);
	wait_for_nothing("SELECT COUNT(*) FROM removals");
	show_all("its removal");
}

static void mark(struct store *s, int64_t feed_id)
{
	n_answered = 0;
	store_feed_mark_read(s, feed_id, INT64_MAX, NOW, done, NULL);
	wait_until(s, 1);
}

static void retain(struct store *s, int64_t n_feeds, int64_t large)
{
	store_retain(s, &(struct store_retention){ .read = 86400, .unread = 86400 });
	refresh_all(s, n_feeds, NOW + 10 * 86400);
	printf("  %lld entries went in %lld refreshes\n", (long long)n_purged, (long long)n_feeds);
	show_all("retention, many feeds");
	n_answered = n_purged = 0;
	for (int64_t i = 0; i < 200; i++) {
		refresh(s, large, NULL, NOW + 10 * 86400);
		wait_until(s, i - 1);
	}
	wait_until(s, 200);
	printf("  %lld entries went in 200 refreshes\n", (long long)n_purged);
	show_all("retention, the large feed");
}

static void forget(struct store *s, int64_t large)
{
	int64_t n_keys = number("SELECT COUNT(*) FROM entry_keys"), i = 0;

	store_retain(s, &(struct store_retention){ 0 });
	n_answered = 0;
	/* The clock jumps, and has not for a day then. */
	refresh(s, large, NULL, NOW + YEAR);
	do {
		refresh(s, large, make_doc(large, (LARGE_DOCS - 1) * PER_DOC),
			NOW + YEAR + 2 * 86400);
		wait_until(s, 1 + ++i);
	} while (i < 500 && number("SELECT COUNT(*) FROM forgetting") > 0);
	printf("  %lld keys were forgotten in %lld refreshes\n",
		(long long)(n_keys - number("SELECT COUNT(*) FROM entry_keys")), (long long)i);
	show_all("tombstones, the large feed");
}

/* The tallies of 400 days, which the first fetch of a year later trims. */
static void trim(struct store *s)
{
	change("WITH RECURSIVE h (hour) AS (SELECT 472000 UNION ALL SELECT hour + 1 FROM h LIMIT "
	       "9600)"
	       " INSERT OR IGNORE INTO tallies SELECT hour, 'entries', column1, 1 FROM h,"
	       " (VALUES ('new'), ('archive'), ('changed'), ('backfilled'))"
	       " UNION ALL SELECT hour, 'fetches', column1, 1 FROM h,"
	       " (VALUES ('new'), ('changed'), ('unchanged'), ('not_modified'), ('timeout'), "
	       "('dns_failed'))");
	n_answered = 0;
	refresh(s, 1, NULL, NOW + 3 * YEAR);
	wait_until(s, 1);
	show_all("the trim of the tallies");
}

static void removal(struct store *s, int64_t feed_id)
{
	n_answered = 0;
	store_feed_remove(s, feed_id, done, NULL);
	wait_until(s, 1);
	wait_for_nothing("SELECT COUNT(*) FROM removals");
	show_all("removal of the large feed");
}

/* A third of what is left goes, so that many pages are free. */
static void shrink(struct store *s, int64_t n_feeds)
{
	int64_t before = number("PRAGMA page_count"), n = n_feeds / 3;

	n_answered = 0;
	for (int64_t f = 1; f <= n; f++)
		store_feed_remove(s, f, done, NULL);
	wait_until(s, n);
	wait_for_nothing("SELECT COUNT(*) FROM removals");
	printf("  %lld of %lld pages were given back\n",
		(long long)(before - number("PRAGMA page_count")), (long long)before);
	show_all("removal of a third, giving pages back");
}

/* ---- the run ---- */
int main(int argc, char **argv)
{
	char error[256];

	sem_init(&awake, 0, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fprintf(stderr, "usage: bench_writer DATABASE\n");
		return 2;
	}
	struct store *s =
		store_open(&(struct store_options){ argv[1], wake, NULL }, error, sizeof(error));
	if (s == NULL) {
		fprintf(stderr, "bench_writer: %s\n", error);
		return 1;
	}
	store_watch(s, turned, NULL);
	look(argv[1]);
	int64_t n_feeds = number("SELECT COUNT(*) FROM feeds");
	printf("  holds of the writer; the limit is %d ms; %lld entries in %lld feeds\n",
		LIMIT_HOLD_MS, (long long)number("SELECT COUNT(*) FROM entries"),
		(long long)n_feeds);
	int64_t large = add_large_feed(s);
	show_all("100,000 entries of one feed");
	largest(s);
	mark(s, large);
	show_all("marking the large feed as read");
	mark(s, 0);
	show_all("marking all as read");
	retain(s, n_feeds / 5, large);
	forget(s, large);
	trim(s);
	removal(s, large);
	shrink(s, n_feeds);
	double start = ms_of(CLOCK_MONOTONIC);
	store_close(s);
	printf("  closing %.0f ms\n", ms_of(CLOCK_MONOTONIC) - start);
	sqlite3_close(looker);
	return 0;
}
