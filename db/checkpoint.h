/*
 * Brings what stands in the write-ahead log into the database, on a thread with a connection of its
 * own, so that no commit waits for it: copying a thousand pages to their places takes tens of
 * milliseconds, and a log that somebody held for a while has a hundred thousand.
 *
 * The log begins anew with the first commit that finds all of it copied and nobody reading from it.
 * A writer that never rests would not leave that moment: so it copies the rest itself when that is
 * little.
 */
#ifndef COURANT_DB_CHECKPOINT_H
#define COURANT_DB_CHECKPOINT_H

#include "db/connection.h"

#include <stdint.h>

struct checkpoints;

/* From now on for the commits of `writer`, which must outlive it. `path` is copied. */
struct checkpoints *checkpoints_start(const char *path, struct db *writer);
/* Waits for what is under way. The writer does not run. NULL is fine. */
void checkpoints_stop(struct checkpoints *c);
/* The length of the log at the last commit, in bytes. Any thread. */
int64_t checkpoints_log_bytes(struct checkpoints *c);

#endif
