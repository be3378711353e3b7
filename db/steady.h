/*
 * Whether the clock can be trusted with what cannot be taken back: entries that go for their age,
 * and tombstones that are forgotten for theirs. A clock that is wrong by a year, as after a start
 * without battery or network time, would take everything. One that jumped by more than
 * LIMIT_STEADY_JUMP between two looks, stops included, is believed after it has gone on for
 * LIMIT_STEADY from there. Writer thread, inside a request's savepoint; false when the database
 * failed.
 */
#ifndef COURANT_DB_STEADY_H
#define COURANT_DB_STEADY_H

#include "db/connection.h"

#include <stdbool.h>
#include <stdint.h>

/* With each refresh; now: UTC seconds. Written once an hour. */
bool steady_look(struct db *db, int64_t now, bool *ret_steady);

#endif
