/* The health of feeds: one word for each state of affairs, and never two opinions. */
#include "test.h"

#include "base/limits.h"
#include "schedule/health.h"

#include <string.h>

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define NOW INT64_C(1700000000)
#define FETCHED .last_fetch = NOW - HOUR
#define FAILED(n, how) FETCHED, .n_failures = n, .status = STATUS_##how
#define DAYS(n) .failing_since = NOW - (n)*DAY
/* An entry every `gap` days, the last one `silence` days ago. */
#define RHYTHM(days, gap, silence)              \
	FETCHED, .newest = NOW - (silence)*DAY, \
		 .oldest = NOW - (silence)*DAY - ((days)-1) * (gap)*DAY, .n_days = (days)

static const struct {
	const char *what;
	struct health_facts facts;
	enum health health;
} rows[] = {
	{ "fetched, no entries", { FETCHED }, HEALTH_OK },
	{ "never fetched", { .created = NOW - DAY }, HEALTH_NEVER },
	{ "never fetched, offline", { .offline = true }, HEALTH_OFFLINE },
	{ "never fetched, its host rests", { .resting_until = NOW + 1 }, HEALTH_RESTING },
	{ "disabled", { .disabled = true }, HEALTH_DISABLED },
	{ "disabled while it failed", { .disabled = true, FAILED(9, TIMEOUT) }, HEALTH_DISABLED },
	{ "well, its host rests", { FETCHED, .resting_until = NOW + 1 }, HEALTH_RESTING },
	{ "well, its host has rested", { FETCHED, .resting_until = NOW }, HEALTH_OK },
	{ "well, offline", { FETCHED, .offline = true }, HEALTH_OFFLINE },

	{ "a first 410", { FAILED(1, GONE), .http_code = 410, DAYS(0) }, HEALTH_RETRYING },
	{ "a second 410", { FAILED(2, GONE), .http_code = 410, .stopped = true, DAYS(1) },
		HEALTH_GONE },
	{ "404 once", { FAILED(1, HTTP_ERROR), .http_code = 404, DAYS(0) }, HEALTH_RETRYING },
	{ "404 twice", { FAILED(2, HTTP_ERROR), .http_code = 404, DAYS(0) }, HEALTH_RETRYING },
	{ "404 three times", { FAILED(3, HTTP_ERROR), .http_code = 404, DAYS(1) }, HEALTH_FAILING },
	{ "404 for 29 days", { FAILED(12, HTTP_ERROR), .http_code = 404, DAYS(29) },
		HEALTH_FAILING },
	{ "404 for 30 days", { FAILED(12, HTTP_ERROR), .http_code = 404, DAYS(30) }, HEALTH_DEAD },
	{ "500 for 300 days", { FAILED(99, HTTP_ERROR), .http_code = 500, DAYS(300) },
		HEALTH_FAILING },
	{ "401 three times", { FAILED(3, HTTP_ERROR), .http_code = 401, DAYS(1) }, HEALTH_FAILING },
	{ "403 twice", { FAILED(2, HTTP_ERROR), .http_code = 403, DAYS(1) }, HEALTH_RETRYING },
	{ "403 three times", { FAILED(3, HTTP_ERROR), .http_code = 403, DAYS(1) }, HEALTH_BLOCKED },
	{ "a challenge", { FAILED(1, CHALLENGED), .http_code = 403, DAYS(0) }, HEALTH_BLOCKED },
	{ "429 once", { FAILED(1, RATE_LIMITED), .http_code = 429, DAYS(0) }, HEALTH_RESTING },
	{ "429 three times", { FAILED(3, RATE_LIMITED), .http_code = 429, DAYS(1) },
		HEALTH_BLOCKED },
	{ "a page at once", { FAILED(1, NOT_A_FEED), DAYS(0) }, HEALTH_NOT_A_FEED },
	{ "a page for ever", { FAILED(30, NOT_A_FEED), DAYS(60) }, HEALTH_NOT_A_FEED },
	{ "no name twice", { FAILED(2, DNS_FAILED), DAYS(0) }, HEALTH_RETRYING },
	{ "no name, offline", { FAILED(2, DNS_FAILED), .offline = true, DAYS(0) }, HEALTH_OFFLINE },
	{ "failing for long, offline", { FAILED(5, DNS_FAILED), .offline = true, DAYS(9) },
		HEALTH_FAILING },
	{ "broken three times", { FAILED(3, MALFORMED), DAYS(1) }, HEALTH_FAILING },

	{ "daily, silent for 29 days", { RHYTHM(10, 1, 29) }, HEALTH_OK },
	{ "daily, silent for 31 days", { RHYTHM(10, 1, 31) }, HEALTH_QUIET },
	{ "weekly, silent for 48 days", { RHYTHM(10, 7, 48) }, HEALTH_OK },
	{ "weekly, silent for 49 days", { RHYTHM(10, 7, 49) }, HEALTH_QUIET },
	{ "monthly, silent for 200 days", { RHYTHM(6, 30, 200) }, HEALTH_OK },
	{ "monthly, silent for 208 days", { RHYTHM(6, 30, 208) }, HEALTH_QUIET },
	{ "too few days to tell", { RHYTHM(4, 1, 900) }, HEALTH_OK },
	{ "an entry in the future", { RHYTHM(10, 1, -5) }, HEALTH_OK },
	{ "silent and failing", { RHYTHM(10, 1, 90), .n_failures = 3, .status = STATUS_TIMEOUT },
		HEALTH_FAILING },
};

static void each_state_has_its_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		int64_t since;
		enum health health = health_judge(&rows[i].facts, NOW, &since);
		if (health != rows[i].health)
			fail_msg("%s: %s, not %s", rows[i].what, health_name(health),
				health_name(rows[i].health));
	}
}

static void since_is_when_it_began(void **state)
{
	(void)state;
	int64_t since;
	health_judge(&(struct health_facts){ FAILED(3, TIMEOUT), DAYS(4) }, NOW, &since);
	assert_int_equal(since, NOW - 4 * DAY);
	health_judge(&(struct health_facts){ RHYTHM(10, 1, 90) }, NOW, &since);
	assert_int_equal(since, NOW - 90 * DAY);
	health_judge(&(struct health_facts){ .created = NOW - 5 }, NOW, &since);
	assert_int_equal(since, NOW - 5);
	health_judge(&(struct health_facts){ FETCHED }, NOW, &since);
	assert_int_equal(since, 0);
}

/* Whoever is asked to look is also told what to do. */
static void every_alarm_comes_with_advice(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		int64_t since;
		enum health health = health_judge(&rows[i].facts, NOW, &since);
		if (health_is_alarming(health) && *health_advice(health, &rows[i].facts) == '\0')
			fail_msg("%s: no advice", rows[i].what);
	}
	assert_non_null(strstr(health_advice(HEALTH_GONE, &rows[0].facts), "courant refresh FEED"));
	assert_string_equal(health_advice(HEALTH_OK, &rows[0].facts), "");
}

static void words_are_for_programs_and_sentences_for_people(void **state)
{
	(void)state;
	for (int i = 0; i < HEALTH_COUNT; i++) {
		const char *name = health_name((enum health)i), *text = health_text((enum health)i);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		assert_true(text[strlen(text) - 1] != '.');
	}
	assert_true(health_is_alarming(HEALTH_GONE));
	assert_false(health_is_alarming(HEALTH_RETRYING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_word),
		cmocka_unit_test(since_is_when_it_began),
		cmocka_unit_test(every_alarm_comes_with_advice),
		cmocka_unit_test(words_are_for_programs_and_sentences_for_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
