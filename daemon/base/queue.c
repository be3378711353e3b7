#include "base/queue.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>

void queue_init(struct queue *q)
{
	*q = (struct queue){ 0 };
	q->tail = &q->head;
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	int failed = pthread_mutex_init(&q->lock, NULL) || pthread_cond_init(&q->ready, &attr);
	assert(!failed);
	(void)failed;
	pthread_condattr_destroy(&attr);
}

void queue_release(struct queue *q)
{
	assert(q->head == NULL);
	pthread_cond_destroy(&q->ready);
	pthread_mutex_destroy(&q->lock);
}

bool queue_push(struct queue *q, struct queue_node *node)
{
	node->next = NULL;
	pthread_mutex_lock(&q->lock);
	bool open = !q->closed;
	if (open) {
		*q->tail = node;
		q->tail = &node->next;
		q->n++;
	}
	pthread_mutex_unlock(&q->lock);
	/* Not before: whoever wakes would have to sleep again until the lock is free. */
	if (open)
		pthread_cond_signal(&q->ready);
	return open;
}

static struct queue_node *take_first(struct queue *q)
{
	struct queue_node *node = q->head;
	if (node != NULL) {
		q->head = node->next;
		if (q->head == NULL)
			q->tail = &q->head;
		q->n--;
	}
	return node;
}

struct queue_node *queue_try_pop(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	struct queue_node *node = take_first(q);
	pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *queue_pop(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->closed)
		pthread_cond_wait(&q->ready, &q->lock);
	struct queue_node *node = take_first(q);
	pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *queue_pop_until(struct queue *q, int64_t deadline_ms)
{
	struct timespec until = { .tv_sec = deadline_ms / 1000,
		.tv_nsec = (long)(deadline_ms % 1000) * 1000000 };
	pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->closed) {
		if (pthread_cond_timedwait(&q->ready, &q->lock, &until) == ETIMEDOUT)
			break;
	}
	struct queue_node *node = take_first(q);
	pthread_mutex_unlock(&q->lock);
	return node;
}

bool queue_is_closed(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	bool closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->ready);
	pthread_mutex_unlock(&q->lock);
}
