/*
 * Is the database what it was written as? Any thread, with a connection of its own; reading a large
 * file takes seconds.
 */
#ifndef COURANT_DB_CHECK_H
#define COURANT_DB_CHECK_H

#include "db/connection.h"

#include <stdatomic.h>

enum db_soundness {
	DB_SOUND,
	DB_DAMAGED,  /* detail: what SQLite found first */
	DB_UNCHECKED /* it could not be found out, or `stop` was set; detail: why */
};

/* PRAGMA quick_check: every page of every table and index, their structure and constraints; not
 * whether each index entry has its row, which takes many times as long. Ends early when *stop
 * (NULL: never) becomes true. */
enum db_soundness db_quick_check(struct db *db, const atomic_bool *stop, char *detail, size_t size);
/* The search index's own check of its structure. Needs a connection that may write, though it
 * changes nothing. */
enum db_soundness db_search_check(struct db *db, char *detail, size_t size);

/* The last failure of the connection says that the file, or only the search index, is damaged. */
bool db_says_damaged(const struct db *db);
bool db_says_search_damaged(const struct db *db);

#endif
