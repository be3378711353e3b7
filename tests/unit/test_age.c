/* Times as people say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "client/age.h"

#define NOW 1795420800 /* 2026-11-23 08:00 UTC, a Monday */
#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void test_ages(void **state)
{
	(void)state;
	static const struct {
		int64_t offset;
		const char *full, *brief;
	} cases[] = {
		{ 0, "now", "now" },
		{ -59, "now", "now" },
		{ 59, "now", "now" },
		{ -MINUTE, "1 min", "1 min" },
		{ -59 * MINUTE - 59, "59 min", "59 min" },
		{ -HOUR, "1 h", "1 h" },
		{ -23 * HOUR - 59 * MINUTE, "23 h", "23 h" },
		{ -DAY, "yesterday 08:00", "yesterday" },
		{ -DAY - 8 * HOUR, "yesterday 00:00", "yesterday" },
		{ -DAY - 9 * HOUR, "21 Nov", "21 Nov" },
		{ -(INT64_C(400)) * DAY, "2025-10-19", "2025-10-19" },
		{ 5 * MINUTE, "in 5 min", "in 5 min" },
		{ 3 * HOUR, "in 3 h", "in 3 h" },
		{ DAY + HOUR, "tomorrow 09:00", "tomorrow" },
		{ 3 * DAY, "26 Nov", "26 Nov" },
	};
	set_zone("UTC");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char buf[AGE_SIZE];
		assert_string_equal(
			age_format(NOW + cases[i].offset, NOW, false, buf), cases[i].full);
		assert_string_equal(
			age_format(NOW + cases[i].offset, NOW, true, buf), cases[i].brief);
	}
}

static void test_local_time(void **state)
{
	(void)state;
	char buf[AGE_SIZE];
	set_zone("CET-1");
	assert_string_equal(age_full(NOW, buf), "Mon 23 Nov 2026, 09:00");
	assert_string_equal(age_format(NOW - DAY - 8 * HOUR, NOW, false, buf), "yesterday 01:00");
	set_zone("UTC");
}

/* A feed may claim any date. */
static void test_absurd_times(void **state)
{
	(void)state;
	static const int64_t times[] = { INT64_MIN / 2, -62135596800, 0, 253402300799,
		INT64_MAX / 2 };
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		char buf[AGE_SIZE];
		assert_true(age_format(times[i], NOW, false, buf)[0] != '\0');
		assert_true(age_full(times[i], buf)[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_local_time),
		cmocka_unit_test(test_absurd_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
