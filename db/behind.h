/*
 * What the writer does beside requests: indexing new entries, removing those of removed feeds,
 * giving free pages back, learning dictionaries, merging the search index, the planner's
 * statistics. A step at a time, each in a transaction of its own and bounded in time, one kind
 * after the other; a failure is not told: what cannot be written now is told by the next request,
 * and done after it. Writer thread.
 *
 * While requests come it has its turn by time, of which many small groups have much. Merging a
 * crowded index has one after each group: who writes faster than that is slowed down.
 */
#ifndef COURANT_DB_BEHIND_H
#define COURANT_DB_BEHIND_H

#include "db/connection.h"
#include "db/dictionary.h"
#include "db/store.h"

struct behind {
	struct db *db;
	store_turned_fn *turned; /* NULL: nobody looks */
	void *turned_arg;
	struct dictionary_making dictionary;
	unsigned n_unmerged;  /* steps that may have written to the search index */
	bool crowded;         /* the search index, as of the last transaction */
	size_t next;          /* which kind has its turn next */
	int64_t turn_ms;      /* when requests last let it pass */
	int64_t optimized_ms; /* when the planner's statistics were looked at */
};

void behind_init(struct behind *b, struct db *db);
/* Looks at the planner's statistics a last time, and releases. */
void behind_finish(struct behind *b);
/* Tells who looks what the writer turns to. */
void behind_turn(struct behind *b, enum store_work to);

/* Inside a transaction of requests that is `alive`, before its end. */
void behind_look(struct behind *b, bool alive);
/* Whether the next group of requests is to be short, and behind_step() its end. */
bool behind_is_due(const struct behind *b);
void behind_step(struct behind *b);
/* The planner's statistics, now and then. */
void behind_optimize(struct behind *b);
/* While no request waits. True: there may be more to do. */
bool behind_step_idle(struct behind *b);

#endif
