/*
 * The feeds in the order they become due: a heap and one alarm, which follows the wall clock. Loop
 * thread only. Nothing ticks while nothing is due.
 */
#ifndef COURANT_SCHEDULE_SCHEDULE_H
#define COURANT_SCHEDULE_SCHEDULE_H

#include "base/heap.h"
#include "schedule/policy.h"

#include <ev.h>
#include <stdint.h>

struct schedule;

/* The node is taken out before the call; put it back with schedule_set() when the next due time is
 * known. */
typedef void schedule_due_fn(void *arg, struct heap_node *node);

/* set_back: the clock shows an earlier time than it did: due times that were set by the other may
 * be far away, and should be set anew. */
struct schedule *schedule_new(
	struct ev_loop *loop, schedule_due_fn *due, void (*set_back)(void *arg), void *arg);
void schedule_free(struct schedule *s);
/* Puts the node at, or moves it to, `due` (UTC seconds; SCHEDULE_NEVER takes it out). */
void schedule_set(struct schedule *s, struct heap_node *node, int64_t due);
void schedule_remove(struct schedule *s, struct heap_node *node);
/* UTC seconds of the first due node, or SCHEDULE_NEVER. */
int64_t schedule_first(const struct schedule *s);

#endif
