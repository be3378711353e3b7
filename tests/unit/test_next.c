#include "digest/digest.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t utc(const char *text)
{
	int64_t t = 0;

	if (!rfc3339_parse(text, &t))
		fail_msg("%s", text);
	return t;
}

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void test_next(void **state)
{
	static const struct {
		const char *zone;
		int hour, minute;
		const char *after, *next;
	} cases[] = {
		{ "UTC", 7, 0, "2026-11-23T06:59:59Z", "2026-11-23T07:00:00Z" },
		{ "UTC", 7, 0, "2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z" },
		{ "UTC", 7, 0, "2026-11-23T07:00:01Z", "2026-11-24T07:00:00Z" },
		{ "UTC", 0, 0, "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z" },
		{ "UTC", 23, 59, "2028-02-28T23:59:00Z", "2028-02-29T23:59:00Z" },
		/* A whole day off, in both directions. */
		{ "Pacific/Kiritimati", 7, 0, "2026-11-23T17:00:00Z", "2026-11-24T17:00:00Z" },
		{ "Pacific/Pago_Pago", 7, 0, "2026-11-23T17:59:00Z", "2026-11-23T18:00:00Z" },
		{ "Asia/Kathmandu", 7, 0, "2026-11-23T00:00:00Z", "2026-11-23T01:15:00Z" },
		/* Spring: 02:00 becomes 03:00; 02:30 is taken at 03:00 summer time. */
		{ "Europe/Berlin", 2, 30, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", 2, 30, "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z" },
		{ "Europe/Berlin", 2, 0, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", 3, 0, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", 1, 59, "2026-03-28T12:00:00Z", "2026-03-29T00:59:00Z" },
		{ "Europe/Berlin", 7, 0, "2026-03-28T12:00:00Z", "2026-03-29T05:00:00Z" },
		/* Autumn: 03:00 becomes 02:00; 02:30 comes twice and counts once. */
		{ "Europe/Berlin", 2, 30, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z" },
		{ "Europe/Berlin", 2, 30, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z" },
		{ "Europe/Berlin", 2, 30, "2026-10-25T01:00:00Z", "2026-10-26T01:30:00Z" },
		{ "Europe/Berlin", 2, 30, "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z" },
		{ "Europe/Berlin", 7, 0, "2026-10-25T00:00:00Z", "2026-10-25T06:00:00Z" },
		/* The gap was at midnight: 00:30 did not exist on 4 November 2018. */
		{ "America/Sao_Paulo", 0, 30, "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z" },
		{ "America/Sao_Paulo", 0, 0, "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z" },
		{ "America/Sao_Paulo", 0, 30, "2018-11-04T03:00:00Z", "2018-11-05T02:30:00Z" },
		/* And the double hour was before midnight: 23:30 of 16 February 2019 came twice. */
		{ "America/Sao_Paulo", 23, 30, "2019-02-16T12:00:00Z", "2019-02-17T01:30:00Z" },
		{ "America/Sao_Paulo", 23, 30, "2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z" },
		{ "America/Sao_Paulo", 23, 30, "2019-02-17T02:45:00Z", "2019-02-18T02:30:00Z" },
		/* Samoa crossed the date line: after 29 December 2011 came the 31st. */
		{ "Pacific/Apia", 7, 0, "2011-12-29T17:00:00Z", "2011-12-30T17:00:00Z" },
		{ "Pacific/Apia", 7, 0, "2011-12-29T16:59:00Z", "2011-12-29T17:00:00Z" },
		{ "Pacific/Apia", 7, 0, "2011-12-30T09:59:00Z", "2011-12-30T17:00:00Z" },
		{ "Pacific/Apia", 0, 0, "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z" },
		{ "Pacific/Apia", 23, 59, "2011-12-29T20:00:00Z", "2011-12-30T09:59:00Z" },
		{ "Pacific/Apia", 23, 59, "2011-12-30T09:59:00Z", "2011-12-31T09:59:00Z" },
		/* Kwajalein lost 21 August 1993 in the same way. */
		{ "Pacific/Kwajalein", 12, 0, "1993-08-21T00:00:00Z", "1993-08-22T00:00:00Z" },
	};
	char want[RFC3339_SIZE], got[RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		zone(cases[i].zone);
		rfc3339_format(utc(cases[i].next), want);
		rfc3339_format(
			digest_next_time(cases[i].hour * 60 + cases[i].minute, utc(cases[i].after)),
			got);
		if (strcmp(want, got) != 0)
			print_error("%s %02d:%02d after %s\n", cases[i].zone, cases[i].hour,
				cases[i].minute, cases[i].after);
		assert_string_equal(got, want);
	}
}

/* Three years, hour by hour: a next time is always later, at most 25 hours away, the same for all
 * times up to it, and there is one a day. */
static void test_every_day_has_one(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Asia/Tehran" };

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		zone(zones[i]);
		for (int at = 0; at < 1440; at += 235) {
			const int64_t start = utc("2020-12-31T12:00:00Z"),
				      end = utc("2023-12-31T12:00:00Z");
			int days = 0;
			for (int64_t t = start; t < end; days++) {
				int64_t next = digest_next_time(at, t);
				assert_true(next > t);
				assert_in_range(next - t, 1, 26 * 3600);
				assert_int_equal(digest_next_time(at, next - 1), next);
				t = next;
			}
			assert_in_range(days, 1095, 1096);
		}
	}
}

static void test_missed(void **state)
{
	(void)state;
	zone("UTC");
	const int64_t made = utc("2026-11-23T07:00:02Z");
	assert_false(digest_missed(420, made, true, made));
	assert_false(digest_missed(420, made, true, utc("2026-11-24T06:59:59Z")));
	assert_true(digest_missed(420, made, true, utc("2026-11-24T07:00:00Z")));
	assert_true(digest_missed(420, made, true, utc("2027-11-24T06:00:00Z")));
	assert_true(digest_missed(420, made, false, made));
	assert_false(digest_missed(-1, made, true, utc("2027-11-24T06:00:00Z")));
	assert_true(digest_missed(-1, made, false, made));
	/* One on demand early in the day does not stand for the day's own. */
	assert_true(
		digest_missed(420, utc("2026-11-23T06:00:00Z"), true, utc("2026-11-23T07:00:00Z")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_every_day_has_one),
		cmocka_unit_test(test_missed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
