/* Dates as publishers write them. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "feed/date.h"

struct date_case {
	const char *text, *wanted; /* NULL: no date */
};

static void check(const struct date_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char got[RFC3339_SIZE] = "no date";
		int64_t when;
		if (date_parse(span_of(cases[i].text), &when))
			rfc3339_format(when, got);
		const char *wanted = cases[i].wanted == NULL ? "no date" : cases[i].wanted;
		if (strcmp(got, wanted) != 0)
			fail_msg("\"%s\": %s, not %s", cases[i].text, got, wanted);
	}
}

static void test_rfc822(void **state)
{
	static const struct date_case cases[] = {
		{ "Mon, 02 Feb 2026 08:15:30 GMT", "2026-02-02T08:15:30Z" },
		{ "Mon, 2 Feb 2026 08:15 +0130", "2026-02-02T06:45:00Z" },
		{ "2 Feb 26 08:15 EST", "2026-02-02T13:15:00Z" },
		{ "Monday, 02-Feb-26 08:15:30 GMT", "2026-02-02T08:15:30Z" },
		{ "Mon Feb  2 08:15:30 2026", "2026-02-02T08:15:30Z" },
		{ "Mon Feb  2 08:15:30 PST 2026", "2026-02-02T16:15:30Z" },
		{ "Mon, 02 Feb 2026 08:15:30 GMT+0200", "2026-02-02T06:15:30Z" },
		{ "Mon, 02 Feb 2026 08:15:30 EST-0500", "2026-02-02T13:15:30Z" },
		{ "Mon, 02 Feb 2026 08:15:30 -0500 (EST)", "2026-02-02T13:15:30Z" },
		{ "Mon,02Feb2026 08:15:30Z", "2026-02-02T08:15:30Z" },
		{ "02 February 2026", "2026-02-02T00:00:00Z" },
		{ "Feb 2, 2026 8:15 PM", "2026-02-02T20:15:00Z" },
		{ "Feb 2, 2026 12:05 a.m.", "2026-02-02T00:05:00Z" },
		{ "Mon, 02 Feb 1999 24:00:00 GMT", "1999-02-03T00:00:00Z" },
		{ "Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z" },
		{ "2 Feb 103 08:15 GMT", "2003-02-02T08:15:00Z" },
		{ "2 Feb 2026 08:15 A", "2026-02-02T09:15:00Z" },
		{ "2 Feb 2026 08:15 Y", "2026-02-01T20:15:00Z" },
		{ "2 Feb 2026 08:15 MT", "2026-02-02T15:15:00Z" },
		{ "Mon, 2 Feb 2026 08:15:00 Etc/GMT", "2026-02-02T08:15:00Z" },
		{ "Mon, 2 Feb 2026 08:15:00 GMT-01:01", "2026-02-02T09:16:00Z" },
		{ "Mon, 2026/02/02 08:15:30 EDT", "2026-02-02T12:15:30Z" },
	};

	(void)state;
	check(cases, N_ELEMENTS(cases));
}

static void test_iso8601(void **state)
{
	static const struct date_case cases[] = {
		{ "2026-02-02T08:15:30Z", "2026-02-02T08:15:30Z" },
		{ "2026-02-02t08:15:30.999z", "2026-02-02T08:15:30Z" },
		{ "2026-02-02T08:15:30,5+01:00", "2026-02-02T07:15:30Z" },
		{ "2026-02-02T08:15-03", "2026-02-02T11:15:00Z" },
		{ "2026-02-02 08:15:30 +0100", "2026-02-02T07:15:30Z" },
		{ "20260202T081530Z", "2026-02-02T08:15:30Z" },
		{ "20260202081530", "2026-02-02T08:15:30Z" },
		{ "2026-02-02", "2026-02-02T00:00:00Z" },
		{ "2026-02", "2026-02-01T00:00:00Z" },
		{ "2026", "2026-01-01T00:00:00Z" },
		{ "20260202", "2026-02-02T00:00:00Z" },
		{ "2026-033", "2026-02-02T00:00:00Z" },
		{ "2026033", "2026-02-02T00:00:00Z" },
		{ "260202", "2026-02-02T00:00:00Z" },
		{ "26-02-02", "2026-02-02T00:00:00Z" },
		{ "2026-W06-1", "2026-02-02T00:00:00Z" },
		{ "2026W061", "2026-02-02T00:00:00Z" },
		{ "2026-W06", "2026-02-02T00:00:00Z" },
		{ "1770020130", "2026-02-02T08:15:30Z" },
		{ "1770020130123", "2026-02-02T08:15:30Z" },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
	};

	(void)state;
	check(cases, N_ELEMENTS(cases));
}

static void test_other_countries(void **state)
{
	static const struct date_case cases[] = {
		{ "02.02.2026 08:15", "2026-02-02T08:15:00Z" },
		{ "22/11/2022 12:16", "2022-11-22T12:16:00Z" },
		{ "11/22/2022 12:16", "2022-11-22T12:16:00Z" },
		{ "mar. 22 nov. 2022 12:16:00 +0100", "2022-11-22T11:16:00Z" },
		{ "mardi 22 août 2023", "2023-08-22T00:00:00Z" },
		{ "1er février 2023", "2023-02-01T00:00:00Z" },
		{ "Dienstag, 22. März 2022 12:16 Uhr", "2022-03-22T12:16:00Z" },
		{ "martes, 22 de diciembre de 2022", "2022-12-22T00:00:00Z" },
		{ "gio, 22 mag 2022 12:16:00", "2022-05-22T12:16:00Z" },
		{ "22 de março de 2022", "2022-03-22T00:00:00Z" },
		{ "maandag 5 mei 2025", "2025-05-05T00:00:00Z" },
		{ "22 października 2022", "2022-10-22T00:00:00Z" },
		{ "Вт, 22 Ноя 2022 12:16:00 +0300", "2022-11-22T09:16:00Z" },
		{ "22 мая 2022 г.", "2022-05-22T00:00:00Z" },
		{ "Δευ, 12 Ιούλ 2004 12:00:00 EST", "2004-07-12T17:00:00Z" },
		{ "2004-június-13T9:15-05:00", "2004-06-13T14:15:00Z" },
		{ "22 Şub 2022 12:16", "2022-02-22T12:16:00Z" },
		{ "2022년 11월 22일 12:16:00", "2022-11-22T03:16:00Z" },
		{ "2022-11-22 오후 1:16:00", "2022-11-22T04:16:00Z" },
		{ "2022年11月22日 13時16分", "2022-11-22T13:16:00Z" },
		{ "2022年11月22日 下午1:16", "2022-11-22T13:16:00Z" },
	};

	(void)state;
	check(cases, N_ELEMENTS(cases));
}

static void test_impossible(void **state)
{
	static const struct date_case cases[] = {
		{ "", NULL },
		{ "   ", NULL },
		{ "today", NULL },
		{ "0000-00-00 00:00:00", NULL },
		{ "Wed, 30 Nov -0001 00:00:00 +0000", NULL },
		{ "2026-02-30", NULL },
		{ "2025-02-29", NULL },
		{ "2024-02-29", "2024-02-29T00:00:00Z" },
		{ "2026-13-14", NULL },
		{ "2026-00-10", NULL },
		{ "2026-02-02T25:00:00Z", NULL },
		{ "2026-02-02T24:00:01Z", NULL },
		{ "2026-02-02T08:61:00Z", NULL },
		{ "2026-02-02T08:15:61Z", NULL },
		{ "2026-02-02T08:15:30+99:99", NULL },
		{ "2 Feb 2026 1:2:3:4 GMT", NULL },
		{ "2026-W54-1", NULL },
		{ "2026-367", NULL },
		{ "99999999999999999999999999", NULL },
		{ "on the 3rd day after 14 or 15 weeks, said he", NULL },
	};

	(void)state;
	check(cases, N_ELEMENTS(cases));
}

static void test_failure_leaves_the_result(void **state)
{
	int64_t when = 42;

	(void)state;
	assert_false(date_parse(span_of("never"), &when));
	assert_int_equal(when, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc822),
		cmocka_unit_test(test_iso8601),
		cmocka_unit_test(test_other_countries),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_failure_leaves_the_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
