/*
 * What statistics read (GET /v1/stats): the tallies that the writer keeps (tally.h), the largest
 * feeds, the dates of one feed's entries, and sizes. Nothing here reads all entries but
 * stats_parts(). Reader threads; false when the database failed (see query_error()).
 */
#ifndef COURANT_DB_STATS_H
#define COURANT_DB_STATS_H

#include "db/query.h"

#include <stdbool.h>
#include <stdint.h>

struct tally {      /* strings live during the call */
	int64_t at; /* UTC seconds: when its hour begins */
	const char *what, *word;
	int64_t n;
};
typedef void stats_tally_fn(void *arg, const struct tally *tally);
/* All from that hour on, in order. */
bool stats_tallies(struct query *q, int64_t since, stats_tally_fn *each, void *arg);

struct stats_feed {
	int64_t id, n_entries, n_unread;
	const char *title; /* lives during the call */
};
typedef void stats_feed_fn(void *arg, const struct stats_feed *feed);
/* The feeds with the most entries, at most n of them. */
bool stats_feeds(struct query *q, int64_t n, stats_feed_fn *each, void *arg);

/* When the entries of a feed that are kept were published, from `since` on. */
typedef void stats_date_fn(void *arg, int64_t published);
bool stats_dates(struct query *q, int64_t feed_id, int64_t since, stats_date_fn *each, void *arg);

struct stats_size {
	int64_t db_bytes;   /* of the file */
	int64_t free_bytes; /* of these: to be given back */
	int64_t wal_bytes;  /* of the write-ahead log beside it */
};
bool stats_size(struct query *q, struct stats_size *ret);

/* What the file holds, in bytes, the largest first. Reads every page of it: a second or two for
 * some gigabytes. `known` is false when this SQLite cannot tell (compiled without dbstat). */
typedef void stats_part_fn(void *arg, const char *name, int64_t bytes);
bool stats_parts(struct query *q, bool *ret_known, stats_part_fn *each, void *arg);

#endif
