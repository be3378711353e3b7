/*
 * Which entries go (the policy is struct store_retention, store.h), and what stays of them: a
 * tombstone, by whose keys they are known and kept away when a publisher shows them again. Called
 * in the transaction of each refresh, so that no timer is needed and the work is spread by itself;
 * a call takes few entries and little time, and the next one goes on.
 *
 * Writer thread, inside a request's savepoint; false when the database failed.
 */
#ifndef COURANT_DB_RETENTION_H
#define COURANT_DB_RETENTION_H

#include "db/connection.h"
#include "db/store.h"

/* The store's copy of a policy. Requests in the queue hold on to the one they were made with.
 * References are counted on the loop thread only; others read. */
struct retention {
	struct store_retention policy;
	char **digests; /* what policy.digests points to */
	unsigned n_references;
};
/* A copy with one reference. */
struct retention *retention_new(const struct store_retention *policy);
struct retention *retention_hold(struct retention *r);
void retention_release(struct retention *r); /* NULL is fine */

/* Takes the feed's entries that the policy keeps no longer, at most LIMIT_RETAIN_STEP and n_new,
 * and for at most LIMIT_RETAIN_MS. Their words are written to the search index when the request
 * ends. Keeps the counters; adds to *n_purged. Unless the clock is steady (steady.h) none goes for
 * its age. */
bool retention_apply(struct db *db, const struct store_retention *policy, int64_t feed_id,
	int64_t n_new, int64_t now, bool steady, int64_t *n_purged);

/* Gives free pages back to the file system for LIMIT_SHRINK_MS while many are free, in a
 * transaction of its own; whether it gave any. That it fails (a full disk) costs nothing but the
 * pages. */
bool retention_shrink(struct db *db);

#endif
