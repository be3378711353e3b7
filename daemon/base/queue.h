/*
 * A queue between threads: any thread pushes, any thread pops. Intrusive and unbounded in itself:
 * what goes in is bounded by its producers (one refresh per feed, LIMIT_API_CONNECTIONS requests).
 * Never holds its lock over anything slow.
 */
#ifndef COURANT_BASE_QUEUE_H
#define COURANT_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_node {
	struct queue_node *next;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t ready; /* CLOCK_MONOTONIC */
	struct queue_node *head, **tail;
	size_t n;
	bool closed;
};

void queue_init(struct queue *q);
void queue_release(struct queue *q); /* must be empty */
/* Appends; false when the queue is closed (the node stays the caller's). */
bool queue_push(struct queue *q, struct queue_node *node) __attribute__((warn_unused_result));
/* The first node, or NULL at once when it is empty. */
struct queue_node *queue_try_pop(struct queue *q);
/* Waits for a node; NULL when the queue is closed and empty. */
struct queue_node *queue_pop(struct queue *q);
/* As queue_pop, but NULL also once clock_monotonic_ms() reaches deadline_ms. */
struct queue_node *queue_pop_until(struct queue *q, int64_t deadline_ms);
/* Whether queue_close() was called. */
bool queue_is_closed(struct queue *q);
/* No more pushes; waiting poppers wake up and drain what is left. */
void queue_close(struct queue *q);

#endif
