/*
 * The reading side: threads with read-only connections. Work is a function that runs on a reader
 * thread with that thread's `struct query`; its `done` runs on the loop by readers_dispatch(). No
 * statement stays open when a function here returns, so the WAL can always be reset.
 */
#ifndef COURANT_DB_QUERY_H
#define COURANT_DB_QUERY_H

#include "base/limits.h"
#include "base/strbuf.h"
#include "db/records.h"

#include <stdbool.h>
#include <stdint.h>

struct query; /* one read-only connection, of one thread */
struct readers;

typedef void reader_work_fn(struct query *q, void *arg); /* reader thread */
typedef void reader_done_fn(void *arg);                  /* loop thread */

struct readers_options {
	const char *path;        /* the database, which exists */
	unsigned count;          /* threads, at least 1; of several one is for what takes long */
	void (*wake)(void *arg); /* any thread: asks the loop to call readers_dispatch() soon */
	void *wake_arg;
};
struct readers *readers_open(const struct readers_options *options, char *error, size_t size);
/* Finishes and answers what is queued, then stops the threads. NULL is fine. */
void readers_close(struct readers *r);
void readers_submit(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg);
/* Everything that is read until query_settle() is of one moment, and the file is locked once for
 * all of it, not once a statement. They nest. False: see query_error(). query_settle() follows
 * either way, before the work ends. */
bool query_hold(struct query *q);
void query_settle(struct query *q);
/* The same of work that may take long (a search, all feeds, an edition): it waits for others of its
 * kind, so that what is quick never waits for it. */
void readers_submit_long(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg);
void readers_dispatch(struct readers *r);
/* What a reader met: the database is damaged (db/recovery.h), or only its search index, for which
 * store_rebuild_search() is due; that is told once. Any thread. */
bool readers_are_damaged(struct readers *r);
bool readers_take_search_damage(struct readers *r);

enum entry_order {
	ENTRY_ORDER_ID,
	ENTRY_ORDER_PUBLISHED,
	ENTRY_ORDER_STATUS,
	ENTRY_ORDER_FEED,
	ENTRY_ORDER_CREATED,
	ENTRY_ORDER_RELEVANCE /* of a search: the best first, `descending` or not */
};

struct entry_filter {                      /* zeroed: everything, in order of id */
	const enum entry_status *statuses; /* NULL: any but removed */
	size_t n_statuses;
	int starred;                 /* 1 only starred, 0 any, -1 only not starred */
	bool hides_removed;          /* set by query_entries() */
	bool news;                   /* none that was backfilled */
	int64_t feed_id;             /* 0 any */
	const char *category;        /* NULL any */
	int64_t after_id, before_id; /* entry ids, exclusive; 0 none */
	int64_t after, before, published_after,
		published_before; /* UTC seconds, exclusive; 0 none; after/before are on the
				     published date as in Miniflux */
	/* An expression of FTS5 (query_search()), NULL: not searched. Only the newest
	 * LIMIT_SEARCH_MATCHES entries that match everything are looked at: they are what is
	 * ordered and counted. */
	const char *match;
	int64_t match_ms; /* how long it may take, 0: LIMIT_SEARCH_MS */
	/* JSON arrays of ids: only of these feeds, of none of those. NULL: any. */
	const char *of_feeds, *not_of_feeds;
	enum entry_order order;
	bool descending;
	int64_t limit, offset; /* limit 0: LIMIT_API_ENTRIES */
	bool without_content;  /* leaves content NULL: headlines need none */
	/* Counts nothing and returns how many entries the page has: for those who read page after
	 * page (streams, digests), since counting all that follow costs more than the page. */
	bool without_total;
};
/* Calls `each` for every entry of the page, in order; the record is valid during the call, which
 * must not ask `q` for anything else. Returns the total number that matches without limit and
 * offset, or -1 when the database failed (see query_error). */
typedef void query_entry_fn(void *arg, const struct entry_record *entry);
int64_t query_entries(
	struct query *q, const struct entry_filter *filter, query_entry_fn *each, void *arg);
/* Around what matched in a snippet; no stored text holds these characters (base/text.h). */
#define SEARCH_MARK_BEGIN '\2'
#define SEARCH_MARK_END '\3'
/* Most bytes of what a query is compiled into: what was typed, in quotes, and the ids of the feeds
 * that filters name. */
#define SEARCH_MATCH_MAX ((size_t)64 * KIB + (size_t)20 * LIMIT_SEARCH_SET)

/* Compiles what a person typed (search_query.h) as of `now` into texts, which replace what `match`
 * held and must live as long as the filter, and puts these and the conditions into the filter.
 * BAD_REQUEST with the place in words, STORE_FAILED. A query of conditions only leaves
 * filter->match NULL. */
bool query_search(struct query *q, const char *text, int64_t now, struct entry_filter *filter,
	struct strbuf *match, struct failure *ret_fail);

/* One entry: 1, 0 when there is none, -1 when the database failed (see query_error). */
int query_entry(struct query *q, int64_t id, query_entry_fn *each, void *arg);
/* All feeds by name (feed_id 0), or one; returns how many, -1 on failure. */
typedef void query_feed_fn(void *arg, const struct feed_record *feed);
int64_t query_feeds(struct query *q, int64_t feed_id, query_feed_fn *each, void *arg);
/* How many entries each feed has, by id. False on failure. */
typedef void query_counter_fn(void *arg, int64_t feed_id, int64_t n_entries, int64_t n_unread);
bool query_counters(struct query *q, query_counter_fn *each, void *arg);
/* When a feed published its newest entries: the dates of the newest and of the oldest of
 * LIMIT_PULSE, and the days (UTC) on which at least one of them came; zeroed without entries. When
 * the newest is younger than `silent_since` nothing else is looked at. False on failure. */
struct query_pulse {
	int64_t newest, oldest;
	unsigned n_days;
};
bool query_pulse(struct query *q, int64_t feed_id, int64_t silent_since, struct query_pulse *ret);
/* The moves of a feed, the oldest first; returns how many, -1 on failure. */
typedef void query_move_fn(void *arg, const struct move_record *move);
int64_t query_moves(struct query *q, int64_t feed_id, query_move_fn *each, void *arg);
/* What an entry said before, the oldest first; returns how many, -1 on failure. */
typedef void query_revision_fn(void *arg, const struct revision_record *revision);
int64_t query_revisions(struct query *q, int64_t entry_id, query_revision_fn *each, void *arg);
/* Editions of a digest (name NULL: all), newest first, at most limit; `published`: of those whose
 * files are there. */
typedef void query_edition_fn(void *arg, const struct edition_record *edition);
int64_t query_editions(struct query *q, const char *name, bool published, int64_t limit,
	query_edition_fn *each, void *arg);

struct query_totals {
	int64_t n_feeds, n_failing, n_entries, n_unread, n_starred, db_bytes, last_entry_id;
};
bool query_totals(struct query *q, struct query_totals *ret);
/* Whether the last failed call was a search that took longer than LIMIT_SEARCH_MS. */
bool query_timed_out(const struct query *q);
/* What the last failed call said, static until the next call. */
const char *query_error(struct query *q);

#endif
