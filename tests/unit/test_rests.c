#include "base/limits.h"
#include "fetch/rests.h"
#include "test.h"

#include <stdio.h>

static void a_rest_is_as_long_as_the_longest_that_was_asked_for(void **state)
{
	(void)state;
	struct rests r = { 0 };
	assert_true(rests_until(&r, "a:80", 1000) == 0);
	rests_add(&r, "a:80", "a:80", 1600, 0, 1000);
	rests_add(&r, "a:80", "a:80", 1300, 0, 1100); /* a shorter one does not shorten it */
	assert_true(rests_until(&r, "a:80", 1599) == 1600);
	assert_true(rests_until(&r, "b:80", 1100) == 0);
	rests_add(&r, "a:80", "a:80", 1900, 0, 1200);
	assert_true(rests_until(&r, "a:80", 1600) == 1900);
	assert_true(rests_until(&r, "a:80", 1900) == 0);
	assert_int_equal(r.n, 0); /* and is forgotten */
	rests_release(&r);
}

static void hosts_of_a_group_rest_together(void **state)
{
	(void)state;
	struct rests r = { 0 };
	rests_add(&r, "a:80", "group g", 1600, 0, 1000);
	rests_add(&r, "b:80", "group g", 1700, 0, 1000);
	assert_true(rests_until(&r, "group g", 1000) == 1700);
	assert_true(rests_until(&r, "group g", 1650) == 1700);
	assert_true(rests_until(&r, "a:80", 1000) == 0);
	rests_release(&r);
}

/* A clock that was a year ahead when the rest began. */
static void a_clock_set_back_prolongs_no_rest(void **state)
{
	(void)state;
	struct rests r = { 0 };
	int64_t year = 365 * 86400;
	rests_add(&r, "a:80", "a:80", year + 3600, 0, year);
	assert_true(rests_until(&r, "a:80", 100) == 3700);
	assert_true(rests_until(&r, "a:80", 3699) == 3700);
	assert_true(rests_until(&r, "a:80", 3700) == 0);
	rests_release(&r);
}

/* As on a machine that starts with an old clock and is told the time. */
static void a_clock_set_on_again_ends_no_rest(void **state)
{
	(void)state;
	struct rests r = { 0 };
	int64_t year = 365 * 86400;
	rests_add(&r, "a:80", "a:80", year + 3600, 1000, year);
	assert_true(rests_until(&r, "a:80", 100) == 3700);
	assert_true(rests_until(&r, "a:80", year + 60) == year + 3600);
	/* And a 429 under the old clock does not last a year. */
	assert_true(rests_until(&r, "a:80", 100) == 3700);
	rests_add(&r, "a:80", "a:80", 200 + 7200, 1000, 200);
	assert_true(rests_until(&r, "a:80", 300) == 7400);
	rests_release(&r);
}

static void the_table_is_bounded(void **state)
{
	(void)state;
	struct rests r = { 0 };
	char name[32];
	for (int i = 0; i < LIMIT_HOST_RESTS + 10; i++) {
		snprintf(name, sizeof(name), "h%d:80", i);
		rests_add(&r, name, name, 5000 + i, 0, 1000);
	}
	assert_int_equal(r.n, LIMIT_HOST_RESTS);
	assert_true(rests_until(&r, "h9:80", 1000) == 0);
	assert_true(rests_until(&r, "h10:80", 1000) == 5010);
	rests_release(&r);
}

/* Twice the pause after each 429, from what is configured, or from a second where less is. */
static void a_429_doubles_the_pause(void **state)
{
	(void)state;
	static const struct {
		int64_t delay_ms, want[3];
	} cases[] = {
		{ 1000, { 2000, 4000, 8000 } },
		{ 10000, { 20000, 40000, 80000 } },
		{ 0, { 2000, 4000, 8000 } },
		{ 200000, { LIMIT_HOST_PAUSE, LIMIT_HOST_PAUSE, LIMIT_HOST_PAUSE } },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rests r = { 0 };
		assert_int_equal(rests_pause_ms(&r, "a:80", 1000), 0);
		for (int64_t n = 0; n < 3; n++) {
			int64_t now = 1000 + n * 3600;
			assert_int_equal(rests_refused(&r, "a:80", "a:80", now + 1800,
						 cases[i].delay_ms, now),
				cases[i].want[n]);
			rests_answered(&r, "a:80");
			assert_int_equal(rests_pause_ms(&r, "a:80", now), cases[i].want[n]);
			assert_int_equal(rests_pause_ms(&r, "a:80", now + 3599), cases[i].want[n]);
			assert_int_equal(rests_pause_ms(&r, "b:80", now), 0);
		}
		rests_release(&r);
	}
}

/* What was under way when the rest began, and who is refused at once after it, say nothing of it.
 */
static void who_was_not_answered_since_was_not_too_fast(void **state)
{
	(void)state;
	struct rests r = { 0 };
	rests_refused(&r, "a:80", "a:80", 2000, 1000, 1000);
	assert_int_equal(rests_refused(&r, "a:80", "a:80", 2500, 1000, 1001), 2000);
	assert_int_equal(rests_until(&r, "a:80", 1001), 2500);
	assert_int_equal(rests_refused(&r, "a:80", "a:80", 4000, 1000, 3000), 2000);
	rests_answered(&r, "a:80");
	assert_int_equal(rests_refused(&r, "a:80", "a:80", 6000, 1000, 5000), 4000);
	rests_release(&r);
}

static void a_pause_halves_and_is_forgotten(void **state)
{
	(void)state;
	struct rests r = { 0 };
	int64_t half = LIMIT_HOST_PAUSE_HALVES;
	rests_add(&r, "a:80", "a:80", 1600, 8000, 1000);
	assert_int_equal(rests_pause_ms(&r, "a:80", 1600 + half - 1), 8000);
	assert_int_equal(rests_until(&r, "a:80", 1600), 0);
	assert_int_equal(rests_pause_ms(&r, "a:80", 1600 + half), 4000);
	assert_int_equal(rests_pause_ms(&r, "a:80", 1600 + 3 * half), 1000);
	assert_int_equal(r.n, 1);
	assert_int_equal(rests_pause_ms(&r, "a:80", 1600 + LIMIT_HOST_PAUSE_KEPT), 0);
	assert_int_equal(r.n, 0);
	rests_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rest_is_as_long_as_the_longest_that_was_asked_for),
		cmocka_unit_test(hosts_of_a_group_rest_together),
		cmocka_unit_test(a_clock_set_back_prolongs_no_rest),
		cmocka_unit_test(a_clock_set_on_again_ends_no_rest),
		cmocka_unit_test(the_table_is_bounded),
		cmocka_unit_test(a_429_doubles_the_pause),
		cmocka_unit_test(who_was_not_answered_since_was_not_too_fast),
		cmocka_unit_test(a_pause_halves_and_is_forgotten),
	};
	return cmocka_run_group_tests_name("rests", tests, NULL, NULL);
}
