/*
 * The writing side of the database: one thread that alone owns the read-write connection. Every
 * operation is a typed request that is queued from the loop, carried out by the writer (several in
 * one transaction: group commit, LIMIT_GROUP_COMMIT_*), and answered on the loop by
 * store_dispatch(), only after the commit is durable (WAL, synchronous=FULL).
 *
 * Each request stands in a savepoint of its own: one that fails (a full disk, a broken constraint)
 * leaves nothing behind and is answered with a failure; its neighbours are not harmed. Requests are
 * carried out in the order they were queued.
 *
 * Invariant: `done` is called exactly once a request, on the loop thread.
 */
#ifndef COURANT_DB_STORE_H
#define COURANT_DB_STORE_H

#include "db/records.h"
#include "feed/doc.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

struct store_options {
	const char *path;        /* of courant.db; created when missing */
	void (*wake)(void *arg); /* any thread: asks the loop to call store_dispatch() soon */
	void *wake_arg;
};

/* Opens or creates the database, migrates it, checks application_id and user_version, and starts
 * the writer. NULL with a message in error (of `size` bytes) when this file cannot serve us; it is
 * left untouched then. */
struct store *store_open(const struct store_options *options, char *error, size_t size);
/* Carries out what is queued, answers it, stops the writer, closes. NULL is fine. */
void store_close(struct store *s);
/* Calls `done` of everything that was committed since. Loop thread. */
void store_dispatch(struct store *s);

/* Start-up only, on the calling thread, before the first request: all feeds in order of id. The
 * record is valid during the call. */
typedef void store_feed_fn(void *arg, const struct feed_record *feed);
void store_each_feed(struct store *s, store_feed_fn *each, void *arg);
/* Likewise the moves of all feeds, in order of feed and number. */
typedef void store_move_fn(void *arg, int64_t feed_id, const struct move_record *move);
void store_each_move(struct store *s, store_move_fn *each, void *arg);
/* Start-up is over: the writer goes on with what the last run left to be done behind (entries that
 * are not indexed yet, those of feeds that were removed), even if no request comes for long. */
void store_begin(struct store *s);
/* What the writer met, a bug of the disk or of somebody who wrote into the file: the database is to
 * be set aside (db/recovery.h). Any thread. */
bool store_is_damaged(struct store *s);
/* How long the write-ahead log was at the last commit. It is short unless somebody reads in one
 * transaction for long: a copy of ours, or another program. Any thread. */
int64_t store_log_bytes(struct store *s);
/* Lets the search index be made anew, behind; to be called when a reader met a damaged one. What
 * the writer itself meets it mends unasked, once. */
void store_rebuild_search(struct store *s);
/* The greatest entry id that is committed, 0 when there is none. Any thread. */
int64_t store_last_entry_id(struct store *s);

/* Tries whether the database can be written to: after a full disk, before anything is fetched that
 * could not be stored. */
typedef void store_done_fn(void *arg, const struct failure *fail, int64_t n_changed);
void store_probe(struct store *s, store_done_fn *done, void *arg);

/* What the writer does while it looks at no request. */
enum store_work {
	STORE_READY, /* looks at the queue */
	STORE_REQUEST,
	STORE_COMMIT,
	STORE_SHRINK,
	STORE_OPTIMIZE,
	STORE_DICTIONARY,
	STORE_INDEX,
	STORE_REMOVE,
	STORE_MERGE
};
/* Before the first request: `turned` is told, on the writer thread, when it turns from one work to
 * another. For the bench that holds each to LIMIT_HOLD_MS. */
typedef void store_turned_fn(void *arg, enum store_work to);
void store_watch(struct store *s, store_turned_fn *turned, void *arg);

/* ---- retention ---- */
/*
 * How long entries are kept; each refresh of a feed, with a document or without one, takes some of
 * its entries that are to go. The age of an entry counts from `changed`: when it was first stored,
 * last changed by its publisher, read, marked unread or starred. Kept whatever their age and number
 * are: starred ones; those in the feed's present document, and for a day after they left it
 * (LIMIT_RETAIN_GRACE, for the case of a document that was empty by accident); those that stand in
 * no published edition of a digest yet.
 *
 * An entry that went leaves its keys behind and never comes back as new; they are forgotten when no
 * document has shown it for LIMIT_TOMBSTONE. Ids are never used again, so that the cursors of
 * followers and digests, which are ids, hold.
 */
struct store_retention {
	int64_t read;   /* seconds that read and removed entries are kept, 0: for ever */
	int64_t unread; /* seconds, 0: for ever */
	/* Of one feed, 0: no limit. Beyond it the longest untouched go, read ones first, without
	 * the day's grace. */
	int64_t max_entries_per_feed;
	const char *const *digests; /* names of those whose editions an entry waits for */
	size_t n_digests;
};
/* From the next store_refresh() on; copied. Before the first call everything is kept. Loop thread.
 */
void store_retain(struct store *s, const struct store_retention *policy);

/* ---- one refresh: everything that one fetch leaves behind, atomically ---- */
struct store_refresh_result {
	struct failure fail; /* status OK when it was committed */
	int64_t n_new, n_changed;
	int64_t n_backfilled; /* of the new ones: old entries that came at once, no news */
	int64_t n_known;      /* entries of the document that were known, purged ones included */
	int64_t n_purged;     /* by the policy of store_retain() */
	int64_t first_id, last_id;            /* of the new entries, 0 when none */
	int64_t n_entries, n_unread;          /* of the feed, after it */
	const struct feed_fetch_state *state; /* as committed; lives during the call */
};
typedef void store_refresh_done_fn(void *arg, const struct store_refresh_result *result);
/*
 * Decides when the feed is next due from what the document turned out to bring, so that both are
 * committed together: sets next_due, due_reason, due_wait and rhythm of *state. Writer thread, once
 * the entries are filed; it touches nothing that the loop may touch meanwhile. arg: that of the
 * request.
 */
typedef void store_decide_fn(
	void *arg, const struct store_refresh_result *result, struct feed_fetch_state *state);
/* From the next store_refresh() on. Without it the state is committed as it is given. Loop thread.
 */
void store_decide(struct store *s, store_decide_fn *decide);
/*
 * doc: NULL when the fetch brought nothing to store (304, same bytes, failure); else taken. state
 * is copied. Entries are matched by their keys in order of trust; a known one with another content
 * hash is changed in place, an unknown one inserted as unread. Old ones that a known feed brings in
 * a crowd (LIMIT_BACKFILL_*) are stored as backfilled, which is no news. Then some entries that the
 * policy keeps no longer go. NOT_FOUND when the feed was removed meanwhile.
 */
void store_refresh(struct store *s, int64_t feed_id, const struct feed_fetch_state *state,
	struct feed_doc *doc, int64_t now, store_refresh_done_fn *done, void *arg);

/* ---- feeds ---- */
typedef void store_feed_done_fn(void *arg, const struct failure *fail, int64_t feed_id);
/* Adds a feed that is due at next_due. EXISTS (with the id of the other) when the URL is taken.
 * Strings are copied. */
void store_feed_add(struct store *s, const struct feed_config *config, int64_t next_due,
	int64_t now, store_feed_done_fn *done, void *arg);
/* One of many to be added. The strings are the caller's until it is answered. */
struct store_import {
	struct feed_config config;
	const char *title, *site_url; /* as the publisher may say; NULL: not known */
	struct failure fail; /* in: OK, or it is passed over; out: EXISTS when its URL is taken */
	int64_t feed_id;     /* out, when it was added, or EXISTS */
};
/* Adds all of them, due now, in one transaction, and fills them in; `done` tells how many. When it
 * fails none was added. */
void store_feeds_import(struct store *s, struct store_import *feeds, size_t n, int64_t now,
	store_done_fn *done, void *arg);
/* Rewrites name, category, interval, allow_private, declared, disabled of a feed (reload, API).
 * NOT_FOUND. */
void store_feed_update(struct store *s, int64_t feed_id, const struct feed_config *config,
	store_feed_done_fn *done, void *arg);
/* Writes a move, in place of the feed's one of that number (NULL: none), and, when url is not NULL,
 * gives the feed that URL. EXISTS (with the id of the other) when the URL is taken, NOT_FOUND.
 * Strings are copied. */
void store_move_put(struct store *s, int64_t feed_id, const struct move_record *move,
	const char *url, store_feed_done_fn *done, void *arg);
/* Forgets a move that was only seen. */
void store_move_forget(
	struct store *s, int64_t feed_id, int64_t number, store_feed_done_fn *done, void *arg);
/* Removes a feed and its entries: nobody sees them from now on, and no counter counts them; the
 * rows of many go later, in steps, over crashes too (removal.h). NOT_FOUND. */
void store_feed_remove(struct store *s, int64_t feed_id, store_feed_done_fn *done, void *arg);

/* ---- hubs ---- */
/* Start-up only, as store_each_feed(). */
typedef void store_websub_fn(void *arg, const struct websub_record *record);
void store_each_websub(struct store *s, store_websub_fn *each, void *arg);
/* Keeps what is known of a feed's hub; copied. A feed that was removed meanwhile is passed over,
 * and a failure is logged: the subscription is asked for again when it is not remembered. */
void store_websub_set(struct store *s, const struct websub_record *record);
void store_websub_drop(struct store *s, int64_t feed_id);

/* ---- hosts ---- */
/* From `since` until `until` the host ("example.org:443") is not asked, and after it no faster than
 * every pause_ms. LIMIT_HOST_RESTS are kept, those that end last. Nobody waits for it: a rest that
 * is lost in a crash is asked for again by the next 429. */
void store_host_rest(
	struct store *s, const char *host, int64_t since, int64_t until, int64_t pause_ms);
/* Start-up only, as store_each_feed(): all rests, those that are over included. */
typedef void store_rest_fn(
	void *arg, const char *host, int64_t since, int64_t until, int64_t pause_ms);
void store_each_rest(struct store *s, store_rest_fn *each, void *arg);
/* Start-up only, as store_each_feed(): hosts that want https only. */
typedef void store_https_host_fn(void *arg, const char *host, int64_t expires, bool subdomains);
void store_each_https_host(struct store *s, store_https_host_fn *each, void *arg);
/* Notes one, or with expires 0 forgets it; LIMIT_HSTS_HOSTS are kept, those that last the longest.
 * Nobody is told: one that is lost is noted again. */
void store_https_host(struct store *s, const char *host, int64_t expires, bool subdomains);

/* ---- entries ---- */
/* Sets the status of the given entries; ids that do not exist are passed over (as Miniflux does).
 * ids are copied. */
void store_entries_status(struct store *s, const int64_t *ids, size_t n, enum entry_status status,
	int64_t now, store_done_fn *done, void *arg);
/* Flips the star of one entry. NOT_FOUND. */
void store_entry_toggle_star(
	struct store *s, int64_t id, int64_t now, store_done_fn *done, void *arg);
/* Marks all unread entries of a feed (0: of all feeds) with id <= upto as read, in steps between
 * which others come; answered after the last one. CANCELLED when the store closed meanwhile: what
 * was marked stays so. */
void store_feed_mark_read(struct store *s, int64_t feed_id, int64_t upto, int64_t now,
	store_done_fn *done, void *arg);

/* ---- digest editions ---- */
typedef void store_edition_done_fn(
	void *arg, const struct failure *fail, const struct edition_record *edition);
/* Begins the next edition of digest `name`: covers everything after its last edition up to now's
 * last entry. An edition that was begun but never published is returned again instead, so that a
 * crash repeats and loses nothing. label: "YYYY-MM-DD"; "-2", "-3" are appended when the day has
 * one. `changed` = 0 entries still makes an edition. */
void store_edition_begin(struct store *s, const char *name, const char *label, int64_t now,
	store_edition_done_fn *done, void *arg);
void store_edition_published(struct store *s, int64_t edition_id, store_done_fn *done, void *arg);

#endif
