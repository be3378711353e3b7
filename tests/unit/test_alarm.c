/* The scaled clock and the alarms that follow it. A file of its own: a clock once scaled stays so.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "schedule/alarm.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define START INT64_C(1700000000)

static char path[] = "/tmp/courant-clock-XXXXXX";

/* Puts the clock to a time from which it goes on at the rate; by a rename, as a program must. */
static void set_clock(double rate, int64_t utc)
{
	char *next = xasprintf("%s.next", path);
	FILE *f = fopen(next, "w");
	fprintf(f, "%f %lld %f\n", rate, (long long)utc, (double)clock_monotonic_ms() / 1000.);
	fclose(f);
	assert_int_equal(rename(next, path), 0);
	free(next);
}

static void write_clock(const char *text)
{
	FILE *f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void what_is_no_clock_is_refused(void **state)
{
	static const char *const bad[] = { "", "1", "1 2", "a b c", "-1 2 3", "nan 2 3",
		"2000000 2 3", "1 1e300 0", "1 0 inf" };
	(void)state;
	assert_false(clock_scale("/nonexistent/clock"));
	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		write_clock(bad[i]);
		assert_false(clock_scale(path));
	}
	assert_false(clock_is_scaled());
	assert_true(llabs(clock_now() - time(NULL)) <= 1);
}

static void a_scaled_clock_shows_what_the_file_says(void **state)
{
	(void)state;
	set_clock(0, START);
	assert_true(clock_scale(path));
	assert_true(clock_is_scaled());
	assert_true(clock_now() == START);
	set_clock(0, START + 86400);
	assert_true(clock_now() == START + 86400);
	set_clock(1e6, START);
	int64_t first = clock_now();
	int64_t before = clock_monotonic_ms();
	while (clock_monotonic_ms() == before)
		usleep(1000);
	assert_true(first >= START && clock_now() >= first + 900);
}

struct play {
	struct ev_loop *loop;
	struct alarm alarm;
	int n_rang, n_back;
	int64_t again; /* set when it rings */
};

static void rang(void *arg, bool set_back)
{
	struct play *p = arg;
	p->n_rang += !set_back;
	p->n_back += set_back;
	if (p->again && !set_back)
		alarm_set(&p->alarm, p->again);
	p->again = 0;
	ev_break(p->loop, EVBREAK_ALL);
}

static void enough(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)timer, (void)revents;
	ev_break(loop, EVBREAK_ALL);
}

/* Runs the loop until the alarm calls, or for so long. */
static void run(struct play *p, double most_seconds)
{
	struct ev_timer timer;
	ev_timer_init(&timer, enough, most_seconds, 0.0);
	ev_now_update(p->loop);
	ev_timer_start(p->loop, &timer);
	ev_run(p->loop, 0);
	ev_timer_stop(p->loop, &timer);
}

static void begin(struct play *p)
{
	*p = (struct play){ .loop = ev_loop_new(EVFLAG_AUTO) };
	set_clock(0, START);
	alarm_init(&p->alarm, p->loop, rang, p);
}

static void end(struct play *p)
{
	alarm_release(&p->alarm);
	ev_loop_destroy(p->loop);
}

static void it_rings_once_when_the_clock_says_so(void **state)
{
	(void)state;
	struct play p;
	begin(&p);
	alarm_set(&p.alarm, START + 10);
	run(&p, 0.1);
	assert_int_equal(p.n_rang, 0);
	set_clock(0, START + 9);
	run(&p, 0.1);
	assert_int_equal(p.n_rang, 0);
	set_clock(0, START + 10);
	run(&p, 10);
	assert_int_equal(p.n_rang, 1);
	run(&p, 0.1);
	assert_int_equal(p.n_rang, 1);
	assert_int_equal(p.n_back, 0);
	end(&p);
}

static void it_may_be_set_again_while_it_rings(void **state)
{
	(void)state;
	struct play p;
	begin(&p);
	p.again = START - 5; /* passed: at the next turn */
	alarm_set(&p.alarm, START);
	run(&p, 10);
	run(&p, 10);
	assert_int_equal(p.n_rang, 2);
	end(&p);
}

static void a_clock_set_back_is_noticed(void **state)
{
	(void)state;
	struct play p;
	begin(&p);
	alarm_set(&p.alarm, START + 10);
	set_clock(0, START - 365 * 86400);
	run(&p, 10);
	assert_int_equal(p.n_back, 1);
	assert_int_equal(p.n_rang, 0);
	assert_true(p.alarm.at == START + 10);
	run(&p, 0.1);
	assert_int_equal(p.n_back, 1);
	end(&p);
}

static void waiting_keeps_no_loop_running(void **state)
{
	(void)state;
	struct play p;
	begin(&p);
	alarm_set(&p.alarm, START + 10);
	ev_run(p.loop, 0);
	assert_int_equal(p.n_rang, 0);
	end(&p);
}

static int setup(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_clock_is_refused),
		cmocka_unit_test(a_scaled_clock_shows_what_the_file_says), /* from here on it is */
		cmocka_unit_test(it_rings_once_when_the_clock_says_so),
		cmocka_unit_test(it_may_be_set_again_while_it_rings),
		cmocka_unit_test(a_clock_set_back_is_noticed),
		cmocka_unit_test(waiting_keeps_no_loop_running),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
