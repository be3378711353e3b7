/*
 * What the operations of the store (store_refresh.c, store_feeds.c, store_entries.c,
 * store_editions.c) share with the thread that carries them out (store.c). Only db/ includes this.
 *
 * A write is made and submitted on the loop thread, run on the writer thread, answered and freed
 * on the loop thread. Between these it belongs to the queue it stands in.
 */
#ifndef COURANT_DB_WRITER_H
#define COURANT_DB_WRITER_H

#include "base/queue.h"
#include "db/connection.h"
#include "db/store.h"

struct retention; /* db/retention.h */
struct write;

struct write_type {
	/* Writer thread, inside its savepoint. False: undone; `fail` says why, or when
	 * that is OK the database does. */
	bool (*run)(struct db *db, struct write *r);
	/* Loop thread, after the commit: calls the caller's `done` with r->fail and what run left
	 * in the request. */
	void (*answer)(struct write *r);
	/* Frees what the write holds, not itself. May be NULL. */
	void (*release)(struct write *r);
};

struct write { /* the first member of every operation's own struct */
	struct queue_node node;
	const struct write_type *type;
	struct failure fail;
	/* Set by run: there is more to do than the writer should be held for. What was done is
	 * committed, others come next, then run is called again. */
	bool again;
};

/* A zeroed write of `size` bytes. */
void *write_new(size_t size, const struct write_type *type);
/* Hands it to the writer; once the store is closing it is answered with CANCELLED instead. */
void write_submit(struct store *s, struct write *r);
/* The connection, which is the writer's from the first request on; its file. */
struct db *store_db(struct store *s);
const char *store_path(const struct store *s);
/* A reference to the policy of now, for the caller to release; NULL: everything is kept. Loop
 * thread. */
struct retention *store_retention(struct store *s);
/* What store_decide() set, or NULL. Loop thread. */
store_decide_fn *store_decider(const struct store *s);
/* Sets fail and returns false: for `return write_fail(...)` in run. */
bool write_fail(struct write *r, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds one feed (store_feeds.c). False with *ret_fail EXISTS and the other's id, or with OK when
 * the database failed. */
bool feed_insert(struct db *db, const struct feed_config *config, int64_t next_due, int64_t now,
	int64_t *ret_id, struct failure *ret_fail);

/* Changes of the maintained counters, gathered while they concern one feed. */
struct counters {
	int64_t feed_id; /* 0: nothing gathered */
	int64_t n_entries, n_unread, n_starred;
};
/* Adds `by` (of by->feed_id); writes what was gathered when that was another feed's. */
bool counters_add(struct db *db, struct counters *c, const struct counters *by);
/* Writes what was gathered. */
bool counters_flush(struct db *db, struct counters *c);

#endif
