/*
 * What people type to search (docs/api.md, courant(1)): words, "phrases", begin*, -without, and the
 * filters feed: category: author: title: before: after: is:. Pure but for the clock's time zone:
 * the feeds that a filter names are looked up by a function of the caller's.
 *
 * All terms must hold. What stands in a query is never part of a statement: words become quoted
 * strings of FTS5's language, which is bound.
 */
#ifndef COURANT_DB_SEARCH_QUERY_H
#define COURANT_DB_SEARCH_QUERY_H

#include "base/status.h"
#include "base/strbuf.h"
#include "db/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Feeds by id, ascending. */
struct feed_set {
	bool given;
	int64_t *ids;
	size_t n;
};

struct search_query {
	struct strbuf match; /* FTS5's MATCH; empty: filters only */
	/* What filters name that is too much for an expression: only these feeds, none of those. */
	struct feed_set of_feeds, not_of_feeds;
	bool unread, read, starred; /* what is: asked for; both of the first two fit no entry */
	int64_t before, after;      /* published before, or at or after; 0: not said */
};

/* The feeds of a name (or id, or URL) or, `category`, of a category, as ascending ids: how many, at
 * most `max`; -1 when the database failed. */
typedef int64_t search_feeds_fn(
	void *arg, bool category, const char *name, int64_t *ids, size_t max);

/* Compiles a query as of `now`. False with BAD_REQUEST and a sentence that says where (in
 * characters from 1) and what to write instead, or with STORE_FAILED. search_query_release() is due
 * either way. */
bool search_query_parse(const char *text, int64_t now, search_feeds_fn *feeds, void *arg,
	struct search_query *ret, struct failure *ret_fail);
void search_query_release(struct search_query *q);

#endif
