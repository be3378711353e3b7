/*
 * What the tests of db/ share: a database in a directory of its own, calls that wait for their
 * answer, documents written as tables.
 */
#ifndef COURANT_TESTS_UNIT_DB_H
#define COURANT_TESTS_UNIT_DB_H

#include "test.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "db/query.h"
#include "db/store.h"

#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define T0 INT64_C(1700000000) /* "now" of most tests */
#define UNUSED __attribute__((unused))

struct rig {
	char dir[64], path[96];
	struct store *store;
	struct readers *readers;
	sem_t awake;
	int n_wakes;
	/* the last answer */
	bool answered;
	struct failure fail;
	int64_t id, n;
	struct store_refresh_result refresh;
	struct edition_record edition;
	char label[64];
};

/* Any thread; a semaphore counts no more than it is told, so that a test sees how often it was
 * woken. */
static UNUSED void rig_wake(void *arg)
{
	struct rig *rig = arg;

	__atomic_add_fetch(&rig->n_wakes, 1, __ATOMIC_SEQ_CST);
	sem_post(&rig->awake);
}

static UNUSED void rig_open_store(struct rig *rig)
{
	char error[512] = "";
	struct store_options options = { rig->path, rig_wake, rig };

	rig->store = store_open(&options, error, sizeof(error));
	if (rig->store == NULL)
		fail_msg("%s", error);
}

static UNUSED void rig_open_readers(struct rig *rig, unsigned count)
{
	char error[512] = "";
	struct readers_options options = { rig->path, count, rig_wake, rig };

	rig->readers = readers_open(&options, error, sizeof(error));
	if (rig->readers == NULL)
		fail_msg("%s", error);
}

static UNUSED void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	snprintf(rig->dir, sizeof(rig->dir), "/tmp/courant-db-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	snprintf(rig->path, sizeof(rig->path), "%s/courant.db", rig->dir);
	sem_init(&rig->awake, 0, 0);
}

static UNUSED void rig_close(struct rig *rig)
{
	readers_close(rig->readers);
	store_close(rig->store);
	rig->readers = NULL;
	rig->store = NULL;
}

static UNUSED void rig_release(struct rig *rig)
{
	static const char *const names[] = { "", "-wal", "-shm", "-journal", ".v1.bak",
		".v1.bak.partial" };
	char path[160];

	rig_close(rig);
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		snprintf(path, sizeof(path), "%s%s", rig->path, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(rig->dir), 0); /* nothing else was left there */
	sem_destroy(&rig->awake);
}

/* cmocka's set-up and its end, for tests whose *state is a rig with a store, with a reader or
 * without. */
static UNUSED int rig_setup(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig_init(rig);
	rig_open_store(rig);
	*state = rig;
	return 0;
}

static UNUSED int rig_setup_reader(void **state)
{
	int result = rig_setup(state);

	rig_open_readers(*state, 1);
	return result;
}

static UNUSED int rig_teardown(void **state)
{
	rig_release(*state);
	free(*state);
	return 0;
}

/* Dispatches until the last call was answered. */
static UNUSED void rig_wait(struct rig *rig)
{
	while (!rig->answered) {
		sem_wait(&rig->awake);
		if (rig->store != NULL)
			store_dispatch(rig->store);
		if (rig->readers != NULL)
			readers_dispatch(rig->readers);
	}
	rig->answered = false;
}

static UNUSED void rig_feed_done(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct rig *rig = arg;

	rig->fail = *fail;
	rig->id = feed_id;
	rig->answered = true;
}

static UNUSED void rig_done(void *arg, const struct failure *fail, int64_t n)
{
	struct rig *rig = arg;

	rig->fail = *fail;
	rig->n = n;
	rig->answered = true;
}

static UNUSED void rig_refresh_done(void *arg, const struct store_refresh_result *result)
{
	struct rig *rig = arg;

	rig->fail = result->fail;
	rig->refresh = *result;
	rig->answered = true;
}

static UNUSED void rig_edition_done(
	void *arg, const struct failure *fail, const struct edition_record *e)
{
	struct rig *rig = arg;

	rig->fail = *fail;
	rig->edition = *e;
	snprintf(rig->label, sizeof(rig->label), "%s", e->label == NULL ? "" : e->label);
	rig->answered = true;
}

static UNUSED int64_t add_feed(struct rig *rig, const char *url, const char *category)
{
	struct feed_config config = { .url = url, .category = category };

	store_feed_add(rig->store, &config, T0, T0, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	return rig->id;
}

/* ---- documents ---- */
struct spec { /* of one entry */
	const char *guid, *url, *title, *content;
	int64_t published;  /* 0: none */
	unsigned untrusted; /* 1 << enum entry_key_kind: keys the parser leaves out */
};

static UNUSED struct hash spec_key(const char *purpose, const char *a, const char *b)
{
	const char *parts[] = { purpose, a, b };

	return hash_strings(parts, 3);
}

/* The keys as feed/ makes them, but that nothing is canonicalised. */
static UNUSED void spec_entry(struct feed_doc *doc, const struct spec *s, struct feed_entry *e)
{
	const char *bare = s->guid == NULL ? NULL : strstr(s->guid, "://");
	const char *content[] = { s->url, s->title, s->content };

	e->guid = s->guid == NULL ? NULL : arena_strdup(&doc->arena, s->guid);
	e->url = s->url == NULL ? NULL : arena_strdup(&doc->arena, s->url);
	e->title = s->title == NULL ? NULL : arena_strdup(&doc->arena, s->title);
	e->content_html = s->content == NULL ? NULL : arena_strdup(&doc->arena, s->content);
	e->published = s->published != 0 ? s->published : FEED_NO_DATE;
	e->updated = FEED_NO_DATE;
	if (s->guid != NULL)
		e->keys[ENTRY_KEY_GUID] = spec_key("guid", s->guid, NULL);
	if (bare != NULL)
		e->keys[ENTRY_KEY_GUID_NOSCHEME] = spec_key("guid//", bare, NULL);
	if (s->url != NULL)
		e->keys[ENTRY_KEY_LINK] = spec_key("link", s->url, NULL);
	if (s->url != NULL && s->title != NULL)
		e->keys[ENTRY_KEY_LINK_TITLE] = spec_key("link+title", s->url, s->title);
	if (s->title != NULL || s->content != NULL)
		e->keys[ENTRY_KEY_TITLE_CONTENT] = spec_key("title+content", s->title, s->content);
	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++) {
		if (s->untrusted & (1u << kind))
			e->keys[kind] = (struct hash){ { 0 } };
	}
	e->content_hash = hash_strings(content, 3);
}

static UNUSED struct feed_doc *make_doc(const struct spec *specs, size_t n)
{
	struct feed_doc *doc = feed_doc_new();

	doc->title = arena_strdup(&doc->arena, "Example");
	doc->entries = arena_array(&doc->arena, struct feed_entry, n);
	doc->n_entries = n;
	for (size_t i = 0; i < n; i++)
		spec_entry(doc, &specs[i], &doc->entries[i]);
	return doc;
}

static UNUSED void refresh_doc(struct rig *rig, int64_t feed_id, struct feed_doc *doc, int64_t now)
{
	struct feed_fetch_state state = {
		.next_due = now + 3600, .ttl_minutes = -1, .update_interval_seconds = -1
	};

	store_refresh(rig->store, feed_id, &state, doc, now, rig_refresh_done, rig);
	rig_wait(rig);
}

/* Refreshes with a document of these entries and expects success. */
static UNUSED void refresh(
	struct rig *rig, int64_t feed_id, const struct spec *specs, size_t n, int64_t now)
{
	refresh_doc(rig, feed_id, make_doc(specs, n), now);
	if (rig->fail.status != STATUS_OK)
		fail_msg("%s: %s", status_name(rig->fail.status), rig->fail.detail);
}

/* A text of `size` bytes with the terminator, that is not stored in much fewer (db/packing.h); to
 * be freed. */
static UNUSED char *make_noise(size_t size)
{
	char *text = xcalloc(1, size);
	struct rng rng;

	rng_seed(&rng, 1);
	for (size_t i = 0; i < size - 1; i++)
		text[i] = (char)('0' + rng_unit(&rng) * 64);
	return text;
}

/* n entries "0".."n-1", newest first as in a feed: entry i has guid gI, link, title and a date that
 * falls with i. */
static UNUSED struct feed_doc *make_numbered(size_t n, const char *content)
{
	struct spec *specs = xcalloc(n + 1, sizeof(*specs));
	char(*text)[3][64] = xcalloc(n + 1, sizeof(*text));

	for (size_t i = 0; i < n; i++) {
		snprintf(text[i][0], 64, "https://example.org/id/%zu", i);
		snprintf(text[i][1], 64, "https://example.org/%zu", i);
		snprintf(text[i][2], 64, "Entry %zu", i);
		specs[i] = (struct spec){ text[i][0], text[i][1], text[i][2], content,
			T0 - (int64_t)i * 60, 0 };
	}
	struct feed_doc *doc = make_doc(specs, n);
	free(specs);
	free(text);
	return doc;
}

/* ---- looking into the file past the store ---- */
static UNUSED int64_t sql_number(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

static UNUSED void sql_run(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Until the entries of all removed feeds are gone: the writer takes them when it has nothing else
 * to do. */
static UNUSED void wait_for_removal(struct rig *rig)
{
	int64_t end_ms = clock_monotonic_ms() + 60000;

	while (sql_number(rig->path, "SELECT COUNT(*) FROM removals") > 0) {
		if (clock_monotonic_ms() > end_ms)
			fail_msg("%s", "the feed's entries never went");
		usleep(10000);
	}
}

/* The maintained counters say what counting says; the entries of a removed feed are on their way
 * out. */
#define LIVE "FROM entries WHERE feed_id IN (SELECT id FROM feeds) "
static UNUSED void assert_counters_right(struct rig *rig)
{
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM feed_counters c WHERE"
				      " n_entries <> (SELECT COUNT(*) FROM entries e WHERE "
				      "e.feed_id = c.feed_id AND status <> 2) OR"
				      " n_unread <> (SELECT COUNT(*) FROM entries e WHERE "
				      "e.feed_id = c.feed_id AND status = 0) OR"
				      " n_starred <> (SELECT COUNT(*) FROM entries e WHERE "
				      "e.feed_id = c.feed_id AND status <> 2 AND starred)"),
		0);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM totals WHERE"
				      " n_entries <> (SELECT COUNT(*) " LIVE "AND status <> 2) OR"
				      " n_unread <> (SELECT COUNT(*) " LIVE "AND status = 0) OR"
				      " n_starred <> (SELECT COUNT(*) " LIVE "AND status <> 2 "
				      "AND starred)"),
		0);
	assert_int_equal(sql_number(rig->path, "SELECT (SELECT COUNT(*) FROM feeds) - (SELECT "
					       "COUNT(*) FROM feed_counters)"),
		0);
}

#endif
