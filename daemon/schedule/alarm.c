/*
 * An ev_periodic, not an ev_timer: libev sees the clock jump (a timerfd with
 * TFD_TIMER_CANCEL_ON_SET) instead of waking up every minute to look. Its reschedule callback is
 * how it tells.
 */
#include "schedule/alarm.h"
#include "base/clock.h"

#include <time.h>

/* The periodic is never without a time: as long as one runs, libev's longest sleep is 17 days
 * instead of one minute. */
#define FAR_AWAY (INT64_C(100) * 365 * 86400)

static struct alarm *alarm_of(void *data)
{
	return data;
}

/* What the clock shows beyond the time since boot, suspends included. */
static double clock_offset(double now)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return now - (double)t.tv_sec - (double)t.tv_nsec / 1e9;
}

static void arm(struct alarm *a)
{
	if (clock_is_scaled())
		return;
	int64_t now = (int64_t)ev_now(a->loop);
	ev_periodic_set(
		&a->due, (double)(a->at > now + FAR_AWAY ? now + FAR_AWAY : a->at), 0.0, NULL);
	ev_periodic_again(a->loop, &a->due);
}

void alarm_set(struct alarm *a, int64_t at)
{
	if (at == a->at)
		return;
	a->at = at;
	arm(a);
}

static void ring(struct alarm *a, int64_t now)
{
	bool due = a->at <= now;
	if (due)
		a->at = ALARM_NEVER;
	arm(a); /* a periodic that fired has stopped itself */
	if (due)
		a->rang(a->arg, false);
}

static void due_fired(struct ev_loop *loop, struct ev_periodic *due, int revents)
{
	(void)revents;
	ring(alarm_of(due->data), (int64_t)ev_now(loop));
}

/* libev asks when to call next: at the start, after a call, and whenever the clock was set. */
static ev_tstamp jump_next(struct ev_periodic *jump, ev_tstamp now)
{
	struct alarm *a = jump->data;
	double offset = clock_offset(now);
	bool back = offset < a->offset - 1;
	a->offset = offset;
	return back ? now : now + (double)FAR_AWAY;
}

static void jump_fired(struct ev_loop *loop, struct ev_periodic *jump, int revents)
{
	(void)loop, (void)revents;
	struct alarm *a = jump->data;
	a->rang(a->arg, true);
}

static void looked(struct ev_loop *loop, struct ev_timer *look, int revents)
{
	(void)loop, (void)revents;
	struct alarm *a = look->data;
	int64_t now = clock_now();
	bool back = (double)now < a->offset - 1;
	a->offset = (double)now;
	if (back)
		a->rang(a->arg, true);
	ring(a, now);
}

void alarm_init(struct alarm *a, struct ev_loop *loop, alarm_fn *rang, void *arg)
{
	*a = (struct alarm){ .loop = loop, .at = ALARM_NEVER, .rang = rang, .arg = arg };
	a->due.data = a->jump.data = a->look.data = a;
	ev_periodic_init(&a->due, due_fired, 0.0, 0.0, NULL);
	ev_periodic_init(&a->jump, jump_fired, 0.0, 0.0, jump_next);
	ev_timer_init(&a->look, looked, CLOCK_LOOK_S, CLOCK_LOOK_S);
	if (clock_is_scaled()) {
		a->offset = (double)clock_now();
		ev_timer_start(loop, &a->look);
		ev_unref(loop);
		return;
	}
	a->offset = clock_offset(ev_now(loop));
	arm(a);
	ev_periodic_start(loop, &a->jump);
	ev_unref(loop);
	ev_unref(loop);
}

void alarm_release(struct alarm *a)
{
	ev_ref(a->loop);
	if (clock_is_scaled()) {
		ev_timer_stop(a->loop, &a->look);
		return;
	}
	ev_ref(a->loop);
	ev_periodic_stop(a->loop, &a->due);
	ev_periodic_stop(a->loop, &a->jump);
}
