/*
 * A feed that is removed is gone at once: its row, its counters and whatever hangs on them. Its
 * entries, which may be many and cost their words in the search index, go in steps while nobody
 * reads them (entry_filter.h): a row in `removals` says that there are some left, also after a
 * crash. Writer thread; false when the database failed.
 */
#ifndef COURANT_DB_REMOVAL_H
#define COURANT_DB_REMOVAL_H

#include "db/connection.h"

#include <stdbool.h>
#include <stdint.h>

/* Takes the first of it, for LIMIT_REMOVAL_MS, so that a feed of ordinary size is gone when its
 * removal is answered. Inside a request's savepoint. */
bool removal_begin(struct db *db, int64_t feed_id);
/* Goes on with it for as long, in a transaction of its own; *ret_left says whether there is more.
 */
bool removal_step(struct db *db, bool *ret_left);

#endif
