/*
 * What is counted by the hour as it happens, for statistics: entries that came, and how fetches
 * ended. Kept for LIMIT_TALLY_DAYS, so that looking at a month or a year reads some thousand rows
 * however many entries there are, and counts also what retention took since. Writer thread; false
 * when the database failed.
 */
#ifndef COURANT_DB_TALLY_H
#define COURANT_DB_TALLY_H

#include "db/store.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* What `word` belongs to. */
#define TALLY_ENTRIES "entries" /* new, archive, changed */
#define TALLY_FETCHES "fetches" /* new, changed, unchanged, not_modified, or a failure's status */

/* New entries, gathered while they are of one hour: those of a document come in its order. */
struct arrivals {
	int64_t hour, n;
	int64_t n_archive; /* were published more than LIMIT_TALLY_LATE before they came */
};
/* A new entry: counted in the hour in which it was published, or, when that is long past (the
 * archive of a new feed) or yet to come, in that in which it arrived. */
bool arrivals_add(struct db *db, struct arrivals *a, int64_t published, int64_t now);
/* Writes what was gathered, and that n_changed entries changed. */
bool arrivals_flush(struct db *db, struct arrivals *a, int64_t n_changed, int64_t now);

/* How a fetch ended; with_document: one was read. */
bool tally_fetch(struct db *db, const struct failure *fail, bool with_document,
	const struct store_refresh_result *result, int64_t now);

#endif
