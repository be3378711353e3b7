/*
 * One reading of the whole database on a thread of its own: to check it, or to copy it (and so to
 * check it too). Started and ended on the loop thread.
 */
#ifndef COURANT_DB_UPKEEP_H
#define COURANT_DB_UPKEEP_H

#include "db/backup.h"
#include "db/check.h"

#include <stdbool.h>
#include <stdint.h>

struct upkeep;

struct upkeep_order {
	const char *path;   /* of the database */
	bool copies;        /* else it is only checked */
	const char *folder; /* of the copies */
	unsigned keep;
	int64_t now; /* UTC seconds: the copy's name */
};
/* Strings are copied. `ended` is called by the thread as the last that it does. */
struct upkeep *upkeep_start(const struct upkeep_order *order, void (*ended)(void *arg), void *arg);
/* Asks it to give up; it does so within some milliseconds. */
void upkeep_stop(struct upkeep *u);

struct upkeep_result {
	enum db_soundness soundness; /* of the database itself, as far as it was seen */
	char *copy;                  /* its path, for the caller to free; NULL: there is none */
	int64_t taken;
	char error[512];
};
/* Waits for the thread; frees. Returns order.copies. */
bool upkeep_end(struct upkeep *u, struct upkeep_result *ret);

#endif
