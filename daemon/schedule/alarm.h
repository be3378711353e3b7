/*
 * A point of the wall clock at which the loop is to be woken. Loop thread only. Nothing ticks
 * before it, a suspend does not delay it, and it notices when the clock is set back: what was to
 * happen at ten may then be a year away.
 *
 * It follows clock_now(): a scaled clock (base/clock.h), which no kernel timer follows, is looked
 * at every few milliseconds. An alarm keeps no loop running.
 */
#ifndef COURANT_SCHEDULE_ALARM_H
#define COURANT_SCHEDULE_ALARM_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#define ALARM_NEVER INT64_MAX

/* The time has come, and the alarm is off; or, with `set_back`, the clock was set back by more than
 * a second, and the alarm stays as it is. It may set and stop the alarm, not release it. */
typedef void alarm_fn(void *arg, bool set_back);

struct alarm { /* embedded; must not move */
	struct ev_loop *loop;
	struct ev_periodic due, jump;
	struct ev_timer look; /* instead of both while the clock is scaled */
	int64_t at;           /* UTC seconds, ALARM_NEVER: off */
	double offset;        /* of the clock, to one that is never set */
	alarm_fn *rang;
	void *arg;
};

void alarm_init(struct alarm *a, struct ev_loop *loop, alarm_fn *rang, void *arg); /* off */
void alarm_release(struct alarm *a);
/* Sets it to another time; one that has passed rings at the loop's next turn. */
void alarm_set(struct alarm *a, int64_t at);

#endif
