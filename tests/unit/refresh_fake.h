/*
 * The fetcher, the parsers and the store that a test of the state machine puts under the refresher:
 * they keep what they were asked, and answer when the test says so.
 */
#ifndef COURANT_TESTS_UNIT_REFRESH_FAKE_H
#define COURANT_TESTS_UNIT_REFRESH_FAKE_H

#include "test.h"

#include "fetch/fetch.h"
#include "refresh/refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fetcher {
	int unused;
};
struct fetch {
	int unused;
};

static struct {
	/* fetch */
	struct fetch fetch;
	char etag[64], last_modified[64], validators_url[64];
	fetch_done_fn *fetch_done;
	void *fetch_arg, *fetch_args[64]; /* of the last, and of all */
	void (*begun)(void *arg);
	unsigned n_fetches, n_cancelled;
	bool paused;
	/* workers */
	workers_done_fn *parse_done;
	workers_found_fn *found;
	void *parse_arg;
	unsigned n_parses;
	/* store */
	store_decide_fn *decide;
	int64_t n_new, n_entries; /* what the writer finds */
	store_refresh_done_fn *stored;
	void *stored_arg;
	struct feed_fetch_state state;
	char stored_etag[64], stored_validators_url[64];
	bool stored_doc;
	unsigned n_stored, n_updates;
	struct feed_config updated;
	enum status update_status; /* what an update comes to */
	bool hold_updates;
	store_feed_done_fn *update_done;
	void *update_arg;
	store_feed_done_fn *added;
	void *added_arg;
	struct feed_record initial;
	struct store_retention retention;
	/* refresher */
	int64_t published;
} fake;

static void copy(char out[64], const char *s)
{
	snprintf(out, 64, "%s", s != NULL ? s : "(none)");
}

struct fetch *fetch_start(
	struct fetcher *f, const struct fetch_request *request, fetch_done_fn *done, void *arg)
{
	(void)f;
	if (fake.n_fetches < N_ELEMENTS(fake.fetch_args))
		fake.fetch_args[fake.n_fetches] = arg;
	fake.n_fetches++;
	copy(fake.etag, request->etag);
	copy(fake.last_modified, request->last_modified);
	copy(fake.validators_url, request->validators_url);
	fake.fetch_done = done;
	fake.fetch_arg = arg;
	fake.begun = request->begun;
	return &fake.fetch;
}

void fetch_cancel(struct fetch *fetch)
{
	assert_ptr_equal(fetch, &fake.fetch);
	fake.n_cancelled++;
}

int64_t fetch_starts_at(const struct fetch *fetch)
{
	(void)fetch;
	return 0;
}

int64_t fetcher_resting(struct fetcher *f, const char *url)
{
	(void)f, (void)url;
	return 0;
}

void fetcher_pause(struct fetcher *f, bool paused)
{
	(void)f;
	fake.paused = paused;
}

void fetcher_rest(struct fetcher *f, const struct fetch_rest *rest)
{
	(void)f, (void)rest;
}

void store_each_rest(struct store *s, store_rest_fn *each, void *arg)
{
	(void)s, (void)each, (void)arg;
}

void store_probe(struct store *s, store_done_fn *done, void *arg)
{
	(void)s;
	done(arg, &(struct failure){ 0 }, 0);
}

void workers_submit(struct workers *w, char *body, size_t len, const char *content_type,
	const char *base_url, workers_done_fn *done, void *arg)
{
	(void)w;
	(void)len;
	(void)content_type;
	assert_string_equal(base_url, "http://a.example/final");
	free(body);
	fake.n_parses++;
	fake.parse_done = done;
	fake.parse_arg = arg;
}

void workers_find(struct workers *w, enum feed_task task, char *body, size_t len,
	const char *content_type, const char *base_url, workers_found_fn *found, void *arg)
{
	(void)w;
	(void)len;
	(void)content_type;
	(void)base_url;
	assert_int_equal(task, FEED_TASK_FIND);
	free(body);
	fake.n_parses++;
	fake.found = found;
	fake.parse_arg = arg;
}

void store_each_feed(struct store *s, store_feed_fn *each, void *arg)
{
	(void)s;
	if (fake.initial.id > 0)
		each(arg, &fake.initial);
}

void store_each_move(struct store *s, store_move_fn *each, void *arg)
{
	(void)s, (void)each, (void)arg;
}

void store_move_put(struct store *s, int64_t feed_id, const struct move_record *move,
	const char *url, store_feed_done_fn *done, void *arg)
{
	(void)s, (void)move, (void)url;
	done(arg, &(struct failure){ 0 }, feed_id);
}

void store_move_forget(
	struct store *s, int64_t feed_id, int64_t number, store_feed_done_fn *done, void *arg)
{
	(void)s, (void)number;
	done(arg, &(struct failure){ 0 }, feed_id);
}

void store_retain(struct store *s, const struct store_retention *policy)
{
	(void)s;
	fake.retention = *policy;
	if (policy->n_digests > 0)
		assert_string_equal(policy->digests[0], "daily");
}

void store_refresh(struct store *s, int64_t feed_id, const struct feed_fetch_state *state,
	struct feed_doc *doc, int64_t now, store_refresh_done_fn *done, void *arg)
{
	(void)s;
	(void)now;
	assert_int_equal(feed_id, 7);
	fake.n_stored++;
	fake.state = *state;
	copy(fake.stored_etag, state->etag);
	copy(fake.stored_validators_url, state->validators_url);
	fake.stored_doc = doc != NULL;
	feed_doc_free(doc);
	if (fake.decide != NULL)
		fake.decide(arg,
			&(struct store_refresh_result){
				.n_new = fake.n_new, .n_entries = fake.n_entries },
			&fake.state);
	fake.stored = done;
	fake.stored_arg = arg;
}

void store_decide(struct store *s, store_decide_fn *decide)
{
	(void)s;
	fake.decide = decide;
}

void store_feed_add(struct store *s, const struct feed_config *config, int64_t next_due,
	int64_t now, store_feed_done_fn *done, void *arg)
{
	(void)s;
	(void)config;
	(void)next_due;
	(void)now;
	fake.added = done;
	fake.added_arg = arg;
}

void store_feeds_import(struct store *s, struct store_import *feeds, size_t n, int64_t now,
	store_done_fn *done, void *arg)
{
	(void)s, (void)feeds, (void)now;
	done(arg, &(struct failure){ 0 }, (int64_t)n);
}

void store_feed_update(struct store *s, int64_t feed_id, const struct feed_config *config,
	store_feed_done_fn *done, void *arg)
{
	(void)s;
	fake.n_updates++;
	fake.updated = *config;
	fake.update_done = done;
	fake.update_arg = arg;
	if (!fake.hold_updates)
		done(arg, &(struct failure){ .status = fake.update_status }, feed_id);
}

void store_feed_remove(struct store *s, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	(void)s;
	done(arg, &(struct failure){ 0 }, feed_id);
}

/* ---- the refresher over them ---- */

static struct ev_loop *loop;
static struct fetcher fetcher;
static struct conf conf;
static struct refresher *refresher;

static void published(void *arg, int64_t last_entry_id)
{
	(void)arg;
	fake.published = last_entry_id;
}

static void refreshed(void *arg)
{
	(void)arg;
}

static void turn(void)
{
	for (int i = 0; i < 5; i++)
		ev_run(loop, EVRUN_NOWAIT);
}

/* A refresher with the usual polling; what the fake store has at the start is there before. */
static void refresher_begin(void)
{
	conf = (struct conf){ 0 };
	conf.poll.interval = 3600;
	conf.poll.min_interval = 900;
	conf.poll.max_interval = 86400;
	loop = ev_loop_new(EVFLAG_AUTO);
	struct refresher_options options = { .loop = loop,
		.fetcher = &fetcher,
		.conf = &conf,
		.published = published,
		.refreshed = refreshed };
	refresher = refresher_new(&options);
	turn();
}

static void refresher_end(void)
{
	refresher_free(refresher);
	ev_loop_destroy(loop);
}

#endif
