/*
 * What the operations of the store (store_refresh.c, store_feeds.c, store_entries.c,
 * store_editions.c) share with the thread that carries them out (store.c). Only db/ includes this.
 *
 * A request is made and submitted on the loop thread, run on the writer thread, answered and freed
 * on the loop thread. Between these it belongs to the queue it stands in.
 */
#ifndef COURANT_DB_WRITER_H
#define COURANT_DB_WRITER_H

#include "base/queue.h"
#include "db/connection.h"
#include "db/store.h"

struct request;

struct request_type {
	/* Writer thread, inside the request's savepoint. False: undone; `fail` says why, or when
	 * that is OK the database does. */
	bool (*run)(struct db *db, struct request *r);
	/* Loop thread, after the commit: calls the caller's `done` with r->fail and what run left
	 * in the request. */
	void (*answer)(struct request *r);
	/* Frees what the request holds, not itself. May be NULL. */
	void (*release)(struct request *r);
};

struct request { /* the first member of every operation's own struct */
	struct queue_node node;
	const struct request_type *type;
	struct failure fail;
};

/* A zeroed request of `size` bytes. */
void *request_new(size_t size, const struct request_type *type);
/* Hands it to the writer; once the store is closing it is answered with CANCELLED instead. */
void request_submit(struct store *s, struct request *r);
/* Sets fail and returns false: for `return request_fail(...)` in run. */
bool request_fail(struct request *r, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

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
