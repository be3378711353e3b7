/*
 * What refreshes came to since the start: counts by result, and how long commits took. Pure.
 */
#ifndef COURANT_REFRESH_TALLY_H
#define COURANT_REFRESH_TALLY_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Classes of commit times; the last one has no upper bound. */

#define TALLY_COMMIT_CLASSES 11

struct refresh_tally {                          /* zeroed at first */
	uint64_t results[STATUS_COUNT];         /* refreshes that were committed, by status */
	uint64_t unchanged;                     /* of those that are OK: 304, or the same bytes */
	uint64_t n_new, n_changed;              /* entries */
	uint64_t commits[TALLY_COMMIT_CLASSES]; /* by time, each in the first class that holds it */
	uint64_t commit_ms;                     /* of all of them */
};

/* The upper bounds of the others, in milliseconds. */
extern const int tally_commit_bounds_ms[TALLY_COMMIT_CLASSES - 1];

/* One refresh was committed; commit_ms from its handing over to the store to its answer. */
void refresh_tally_add(
	struct refresh_tally *t, enum status status, bool unchanged, int64_t commit_ms);

#endif
