#include "schedule/schedule.h"
#include "base/clock.h"
#include "base/mem.h"
#include "schedule/alarm.h"

#include <stdlib.h>

struct schedule {
	struct heap heap;
	struct alarm alarm;
	schedule_due_fn *call;
	void (*set_back)(void *arg);
	void *arg;
};

int64_t schedule_first(const struct schedule *s)
{
	const struct heap_node *node = heap_min(&s->heap);
	return node ? node->key : SCHEDULE_NEVER;
}

static void arm(struct schedule *s)
{
	alarm_set(&s->alarm, schedule_first(s));
}

/* A node that is put back to a time in the past waits for the next call: a mistake in a due time
 * must not stop the loop. */
static void fell_due(void *arg, bool set_back)
{
	struct schedule *s = arg;
	int64_t now = clock_now();
	size_t most = s->heap.n;
	struct heap_node *node;
	if (set_back)
		s->set_back(s->arg);
	while (most-- > 0 && (node = heap_min(&s->heap)) && node->key <= now) {
		heap_remove(&s->heap, node);
		s->call(s->arg, node);
	}
	arm(s);
}

struct schedule *schedule_new(
	struct ev_loop *loop, schedule_due_fn *due, void (*set_back)(void *arg), void *arg)
{
	struct schedule *s = xcalloc(1, sizeof(*s));
	s->call = due;
	s->set_back = set_back;
	s->arg = arg;
	heap_init(&s->heap);
	alarm_init(&s->alarm, loop, fell_due, s);
	return s;
}

void schedule_free(struct schedule *s)
{
	if (!s)
		return;
	alarm_release(&s->alarm);
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
