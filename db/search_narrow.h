/*
 * Bounds a search by the ids of the entries that its other conditions leave, where these are known
 * cheaply: the index finds what lies between two ids at once, while each match elsewhere would be
 * looked up only to be passed over. Reader thread, in the transaction of the query.
 */
#ifndef COURANT_DB_SEARCH_NARROW_H
#define COURANT_DB_SEARCH_NARROW_H

#include "db/connection.h"
#include "db/query.h"

#include <stdbool.h>

/* Narrows after_id and before_id of a filter whose match at least `common` entries have; the same
 * entries fit it. Dates bound it when no more than LIMIT_SEARCH_RANGE entries are of them; unread
 * ones begin with the first unread. False when the database failed. */
bool search_narrow(struct db *db, struct entry_filter *f, int64_t common);

#endif
