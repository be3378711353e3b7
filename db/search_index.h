/*
 * The search index follows the entries: new ones behind, a little at a time while the writer has
 * nothing better to do; changed and removed ones at once, in the transaction that changes them,
 * since their old text is needed to find their old words. Writer thread; false when the database
 * failed.
 */
#ifndef COURANT_DB_SEARCH_INDEX_H
#define COURANT_DB_SEARCH_INDEX_H

#include "db/connection.h"

#include <stdbool.h>
#include <stdint.h>

/* Indexes the next entries for LIMIT_SEARCH_STEP_MS in a transaction of its own; *ret_any says
 * whether there were any. What a crash takes away is indexed again: the place is in the same
 * transaction. */
bool search_index_step(struct db *db, bool *ret_any);

/* Merges what was written apart (FTS5's segments, each of which every search looks into) for
 * LIMIT_SEARCH_MERGE_MS, in a transaction of its own; *ret_left says whether to go on. Where
 * nothing is to be merged, nothing is written. */
bool search_index_merge(struct db *db, bool *ret_left);
/* Whether so many segments are there that merging can wait no longer: a step of it takes the
 * longer, the more of them it reads from. */
bool search_index_is_crowded(struct db *db);

/* Before the text of an entry changes or goes, takes its words out; *ret_indexed (NULL: not asked
 * for) says whether there were any, and search_index_add() is due after the change. */
bool search_index_remove(struct db *db, int64_t entry_id, bool *ret_indexed);
bool search_index_add(struct db *db, int64_t entry_id);
/* Empties the index, which search_index_step() fills again: for one that is damaged. */
bool search_index_renew(struct db *db);

#endif
