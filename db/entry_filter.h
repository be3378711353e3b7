/*
 * From a filter (query.h) to SQL: which conditions, which index, which order. Values are always
 * bound, never written into the text; the text is composed of fixed pieces from tables. Only db/
 * includes this.
 */
#ifndef COURANT_DB_ENTRY_FILTER_H
#define COURANT_DB_ENTRY_FILTER_H

#include "base/strbuf.h"
#include "db/connection.h"
#include "db/query.h"

#define ENTRY_FILTER_SQL 1024 /* bytes that the longest statement stays below */

/* Writes the statement that yields the ids of the page, in a search each with the number of all
 * that match (searching once more for it would cost as much again), or with `count` the one that
 * counts all that match. */
void entry_filter_sql(struct strbuf *out, const struct entry_filter *filter, bool count);
/* Binds the values in the order of that statement. */
void entry_filter_bind(struct stmt *s, const struct entry_filter *filter, bool count);

/* Which maintained counters answer the count, so that nothing need be counted. */
enum entry_count {
	ENTRY_COUNT_NONE,
	ENTRY_COUNT_ALL,
	ENTRY_COUNT_UNREAD,
	ENTRY_COUNT_READ,
	ENTRY_COUNT_STARRED,
	ENTRY_COUNT_UNSTARRED
};
enum entry_count entry_filter_counter(const struct entry_filter *filter);

#endif
