#include "base/limits.h"
#include "fetch/rests.h"
#include "test.h"

#include <stdio.h>

static void a_rest_is_as_long_as_the_longest_that_was_asked_for(void **state)
{
	(void)state;
	struct rests r = { 0 };
	assert_true(rests_until(&r, "a:80", 1000) == 0);
	rests_add(&r, "a:80", "a:80", 1600, 1000);
	rests_add(&r, "a:80", "a:80", 1300, 1100); /* a shorter one does not shorten it */
	assert_true(rests_until(&r, "a:80", 1599) == 1600);
	assert_true(rests_until(&r, "b:80", 1100) == 0);
	rests_add(&r, "a:80", "a:80", 1900, 1200);
	assert_true(rests_until(&r, "a:80", 1600) == 1900);
	assert_true(rests_until(&r, "a:80", 1900) == 0);
	assert_int_equal(r.n, 0); /* and is forgotten */
	rests_release(&r);
}

static void hosts_of_a_group_rest_together(void **state)
{
	(void)state;
	struct rests r = { 0 };
	rests_add(&r, "a:80", "group g", 1600, 1000);
	rests_add(&r, "b:80", "group g", 1700, 1000);
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
	rests_add(&r, "a:80", "a:80", year + 3600, year);
	assert_true(rests_until(&r, "a:80", 100) == 3700);
	assert_true(rests_until(&r, "a:80", 3699) == 3700);
	assert_true(rests_until(&r, "a:80", 3700) == 0);
	rests_release(&r);
}

static void the_table_is_bounded(void **state)
{
	(void)state;
	struct rests r = { 0 };
	char name[32];
	for (int i = 0; i < LIMIT_HOST_RESTS + 10; i++) {
		snprintf(name, sizeof(name), "h%d:80", i);
		rests_add(&r, name, name, 5000 + i, 1000);
	}
	assert_int_equal(r.n, LIMIT_HOST_RESTS);
	assert_true(rests_until(&r, "h9:80", 1000) == 0);
	assert_true(rests_until(&r, "h10:80", 1000) == 5010);
	rests_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rest_is_as_long_as_the_longest_that_was_asked_for),
		cmocka_unit_test(hosts_of_a_group_rest_together),
		cmocka_unit_test(a_clock_set_back_prolongs_no_rest),
		cmocka_unit_test(the_table_is_bounded),
	};
	return cmocka_run_group_tests_name("rests", tests, NULL, NULL);
}
