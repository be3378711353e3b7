/*
 * An ev_periodic, not an ev_timer: due times are wall-clock times, and libev sees the clock jump (a
 * timerfd with TFD_TIMER_CANCEL_ON_SET) instead of waking up every minute to look.
 */
#include "schedule/schedule.h"
#include "base/mem.h"

#include <stdlib.h>

/* The periodic is never without a time: as long as one runs, libev's longest sleep is 17 days
 * instead of one minute. */
#define FAR_AWAY (INT64_C(100) * 365 * 86400)

struct schedule {
	struct ev_loop *loop;
	struct heap heap;
	struct ev_periodic due;
	int64_t armed; /* what `due` is set to */
	schedule_due_fn *call;
	void *arg;
};

int64_t schedule_first(const struct schedule *s)
{
	const struct heap_node *node = heap_min(&s->heap);
	return node ? node->key : SCHEDULE_NEVER;
}

static void arm(struct schedule *s)
{
	int64_t at = schedule_first(s);
	if (at == s->armed)
		return;
	s->armed = at;
	int64_t now = (int64_t)ev_now(s->loop);
	ev_periodic_set(&s->due, (double)(at > now + FAR_AWAY ? now + FAR_AWAY : at), 0.0, NULL);
	ev_periodic_again(s->loop, &s->due);
}

/* A node that is put back to a time in the past waits for the next call: a mistake in a due time
 * must not stop the loop. */
static void fell_due(struct ev_loop *loop, struct ev_periodic *due, int revents)
{
	(void)revents;
	struct schedule *s = due->data;
	int64_t now = (int64_t)ev_now(loop);
	size_t most = s->heap.n;
	struct heap_node *node;
	while (most-- > 0 && (node = heap_min(&s->heap)) && node->key <= now) {
		heap_remove(&s->heap, node);
		s->call(s->arg, node);
	}
	s->armed = SCHEDULE_NEVER - 1; /* the periodic has stopped itself */
	arm(s);
}

struct schedule *schedule_new(struct ev_loop *loop, schedule_due_fn *due, void *arg)
{
	struct schedule *s = xcalloc(1, sizeof(*s));
	s->loop = loop;
	s->call = due;
	s->arg = arg;
	s->armed = SCHEDULE_NEVER - 1;
	heap_init(&s->heap);
	ev_init(&s->due, fell_due);
	s->due.data = s;
	arm(s);
	ev_unref(loop); /* waiting for a feed keeps no loop running */
	return s;
}

void schedule_free(struct schedule *s)
{
	if (!s)
		return;
	ev_ref(s->loop);
	ev_periodic_stop(s->loop, &s->due);
	heap_release(&s->heap);
	free(s);
}

void schedule_set(struct schedule *s, struct heap_node *node, int64_t due)
{
	if (due == SCHEDULE_NEVER)
		heap_remove(&s->heap, node);
	else
		heap_set(&s->heap, node, due);
	arm(s);
}

void schedule_remove(struct schedule *s, struct heap_node *node)
{
	heap_remove(&s->heap, node);
	arm(s);
}
