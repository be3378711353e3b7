#include "schedule/policy.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define NOW INT64_C(1700000000) /* Tuesday 2023-11-14 22:13:20 UTC */

static struct schedule_policy hourly(void)
{
	return (struct schedule_policy){
		.interval = HOUR,
		.stated = true,
		.min_interval = 15 * MIN,
		.max_interval = DAY,
	};
}

static struct schedule_outcome success(void)
{
	return (struct schedule_outcome){
		.now = NOW,
		.max_age = -1,
		.retry_after = -1,
		.ttl_minutes = -1,
		.update_interval_seconds = -1,
	};
}

static struct schedule_outcome failure(enum status status, int http_code, unsigned n)
{
	struct schedule_outcome o = success();
	o.fail = (struct failure){ .stage = STAGE_FETCH, .status = status, .http_code = http_code };
	o.n_failures = n;
	return o;
}

static int64_t next_due(
	const struct schedule_policy *p, const struct schedule_outcome *o, struct rng *rng)
{
	return schedule_next(p, o, rng).due;
}

/* The wait that is meant, without the jitter: asserts that 200 throws of it stay within 10 % above
 * `wait`. */
static void waits(const struct schedule_policy *p, const struct schedule_outcome *o, int64_t wait,
	const char *what)
{
	struct rng rng;
	for (uint64_t seed = 0; seed < 200; seed++) {
		rng_seed(&rng, seed);
		int64_t due = next_due(p, o, &rng);
		if (due < o->now + wait || due > o->now + wait + wait / 10)
			fail_msg("%s: waits %lld, not %lld", what, (long long)(due - o->now),
				(long long)wait);
	}
}

static void interval_has_a_floor(void **state)
{
	(void)state;
	static const struct {
		int64_t interval;
		bool exempt;
		int64_t wait;
	} cases[] = {
		{ HOUR, false, HOUR },
		{ 2 * HOUR, false, 2 * HOUR },
		{ 15 * MIN, false, 15 * MIN },
		{ 1, false, 15 * MIN },
		{ 0, false, 15 * MIN },
		{ 30 * DAY, false, 30 * DAY },
		{ 1, true, 1 },
		{ 0, true, 1 },
		{ -5, true, 1 },
		{ 2 * HOUR, true, 2 * HOUR },
	};
	struct schedule_outcome o = success();
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_policy p = hourly();
		p.interval = cases[i].interval;
		p.floor_exempt = cases[i].exempt;
		waits(&p, &o, cases[i].wait, "interval");
	}
}

static void servers_wish_is_a_floor(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		int64_t max_age, retry_after, ttl_minutes, update_s, wait;
	} cases[] = {
		{ "nothing", -1, -1, -1, -1, HOUR },
		{ "shorter than the interval", 60, 60, 1, 60, HOUR },
		{ "max-age", 2 * HOUR, -1, -1, -1, 2 * HOUR },
		{ "Retry-After", -1, 3 * HOUR, -1, -1, 3 * HOUR },
		{ "ttl", -1, -1, 240, -1, 4 * HOUR },
		{ "sy:", -1, -1, -1, 5 * HOUR, 5 * HOUR },
		{ "the longest of them", 2 * HOUR, 3 * HOUR, 600, 5 * HOUR, 10 * HOUR },
		{ "max-age of a year", 365 * DAY, -1, -1, -1, 7 * DAY },
		{ "Retry-After of 68 years", -1, INT64_C(1) << 31, -1, -1, 7 * DAY },
		{ "ttl without end", -1, -1, INT64_MAX, -1, 7 * DAY },
		{ "sy: without end", -1, -1, -1, INT64_MAX, 7 * DAY },
		{ "nonsense", INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, HOUR },
	};
	struct schedule_policy p = hourly();
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_outcome o = success();
		o.max_age = cases[i].max_age;
		o.retry_after = cases[i].retry_after;
		o.ttl_minutes = cases[i].ttl_minutes;
		o.update_interval_seconds = cases[i].update_s;
		waits(&p, &o, cases[i].wait, cases[i].what);
	}
}

/* The server's wishes bind also where our own floor does not. */
static void exempt_feeds_keep_the_servers_floors(void **state)
{
	(void)state;
	struct schedule_policy p = hourly();
	struct schedule_outcome o = success();
	p.interval = 1;
	p.floor_exempt = true;
	o.ttl_minutes = 5;
	waits(&p, &o, 5 * MIN, "ttl");
}

static void failures_back_off(void **state)
{
	(void)state;
	static const struct {
		enum status status;
		int http_code;
		unsigned n;
		int64_t wait;
	} cases[] = {
		{ STATUS_HTTP_ERROR, 404, 1, HOUR },
		{ STATUS_HTTP_ERROR, 404, 2, 2 * HOUR },
		{ STATUS_HTTP_ERROR, 403, 5, 16 * HOUR },
		{ STATUS_HTTP_ERROR, 404, 8, 128 * HOUR },
		{ STATUS_HTTP_ERROR, 404, 9, 7 * DAY },
		{ STATUS_HTTP_ERROR, 404, UINT32_MAX, 7 * DAY },
		{ STATUS_HTTP_ERROR, 204, 9, 7 * DAY },
		{ STATUS_NOT_A_FEED, 0, 9, 7 * DAY },
		{ STATUS_REDIRECT_LOOP, 302, 9, 7 * DAY },
		{ STATUS_HTTP_ERROR, 503, 1, HOUR },
		{ STATUS_HTTP_ERROR, 500, 5, 16 * HOUR },
		{ STATUS_HTTP_ERROR, 502, 6, DAY },
		{ STATUS_HTTP_ERROR, 502, 99, DAY },
		{ STATUS_DNS_FAILED, 0, 99, DAY },
		{ STATUS_CONNECT_FAILED, 0, 2, 2 * HOUR },
		{ STATUS_TLS_FAILED, 0, 99, DAY },
		{ STATUS_TIMEOUT, 0, 99, DAY },
		{ STATUS_MALFORMED, 200, 99, DAY },
		{ STATUS_FILE_UNREADABLE, 0, 99, DAY },
		{ STATUS_DNS_FAILED, 0, 0, HOUR },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_policy p = hourly();
		struct schedule_outcome o =
			failure(cases[i].status, cases[i].http_code, cases[i].n);
		waits(&p, &o, cases[i].wait, status_name(cases[i].status));
		p.interval = 30 * DAY; /* never more often than when all is well */
		waits(&p, &o, 30 * DAY, status_name(cases[i].status));
	}
}

static void retry_after_replaces_the_guess(void **state)
{
	(void)state;
	struct schedule_policy p = hourly();
	struct schedule_outcome o = failure(STATUS_HTTP_ERROR, 503, 9);
	o.retry_after = 120;
	waits(&p, &o, HOUR, "shorter than the interval");
	o.retry_after = 3 * HOUR;
	waits(&p, &o, 3 * HOUR, "longer");
	o.retry_after = 30 * DAY;
	waits(&p, &o, 7 * DAY, "capped");
	o = failure(STATUS_HTTP_ERROR, 404, 9);
	o.retry_after = 120;
	waits(&p, &o, 7 * DAY, "no excuse for a 404");
}

static void too_many_requests_wait_one_to_two_hours(void **state)
{
	(void)state;
	struct schedule_policy p = hourly();
	struct schedule_outcome o = failure(STATUS_RATE_LIMITED, 429, 4);
	struct rng rng;
	int64_t least = INT64_MAX, most = 0;
	rng_seed(&rng, 1);
	for (int i = 0; i < 1000; i++) {
		int64_t wait = next_due(&p, &o, &rng) - NOW;
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
	}
	assert_in_range(least, HOUR, HOUR + 5 * MIN);
	assert_in_range(most, 2 * HOUR - 5 * MIN, 2 * HOUR + 12 * MIN);
	o.retry_after = 90 * MIN;
	waits(&p, &o, 90 * MIN, "Retry-After");
}

static void gone_ends_with_the_second_answer_a_day_later(void **state)
{
	(void)state;
	struct schedule_policy p = hourly();
	struct schedule_outcome o = failure(STATUS_GONE, 410, 1);
	struct rng rng;
	rng_seed(&rng, 1);
	waits(&p, &o, DAY, "first");
	o.last_status = STATUS_GONE;
	o.last_fetch = NOW - HOUR; /* somebody asked by hand */
	waits(&p, &o, DAY, "an hour later");
	o.last_fetch = NOW - DAY;
	assert_true(next_due(&p, &o, &rng) == SCHEDULE_NEVER);
	o.last_status = STATUS_HTTP_ERROR;
	waits(&p, &o, DAY, "after another failure");
	o.last_status = STATUS_GONE;
	o.fail.status = STATUS_HTTP_ERROR;
	o.fail.http_code = 404;
	waits(&p, &o, HOUR, "no longer gone");
	p.interval = 2;
	p.floor_exempt = true;
	o = failure(STATUS_GONE, 410, 2);
	o.last_status = STATUS_GONE;
	o.last_fetch = NOW - 48;
	assert_true(next_due(&p, &o, &rng) == SCHEDULE_NEVER);
}

/* Tests and local feeds with intervals of seconds recover in seconds. */
static void exempt_feeds_back_off_in_their_own_measure(void **state)
{
	(void)state;
	static const struct {
		enum status status;
		int http_code;
		unsigned n;
		int64_t interval, wait;
	} cases[] = {
		{ STATUS_CONNECT_FAILED, 0, 1, 2, 2 },
		{ STATUS_CONNECT_FAILED, 0, 3, 2, 8 },
		{ STATUS_CONNECT_FAILED, 0, 99, 2, 48 },
		{ STATUS_HTTP_ERROR, 404, 99, 2, 336 },
		{ STATUS_HTTP_ERROR, 404, 99, 1, 168 },
		{ STATUS_CONNECT_FAILED, 0, 2, HOUR, 2 * HOUR },
		{ STATUS_CONNECT_FAILED, 0, 2, DAY, DAY },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_policy p = hourly();
		struct schedule_outcome o =
			failure(cases[i].status, cases[i].http_code, cases[i].n);
		p.floor_exempt = true;
		p.interval = cases[i].interval;
		waits(&p, &o, cases[i].wait, status_name(cases[i].status));
	}
	struct schedule_policy p = { .interval = 10, .stated = true, .floor_exempt = true };
	struct schedule_outcome o = failure(STATUS_RATE_LIMITED, 429, 1);
	struct rng rng;
	for (uint64_t seed = 0; seed < 100; seed++) {
		rng_seed(&rng, seed);
		assert_in_range(next_due(&p, &o, &rng) - NOW, 10, 22);
	}
}

static unsigned hour_of(int64_t t)
{
	return (unsigned)(t / HOUR % 24);
}

static unsigned day_of(int64_t t)
{
	return (unsigned)((t / DAY + 4) % 7);
}

static void skipped_hours_and_days_postpone(void **state)
{
	(void)state;
	static const struct {
		uint32_t hours;
		uint8_t days;
		unsigned hour, day; /* of the result; NOW + 1 h is Tuesday (2), 23:13 */
		int64_t least, most;
	} cases[] = {
		{ 0, 0, 23, 2, HOUR, HOUR + 6 * MIN }, { 1u << 22, 0, 23, 2, HOUR, HOUR + 6 * MIN },
		{ 1u << 23, 0, 0, 3, HOUR, 3 * HOUR },
		{ 1u << 23 | 1u << 0 | 1u << 1, 0, 2, 3, 3 * HOUR, 5 * HOUR },
		{ 0, 1u << 2, 0, 3, HOUR, 3 * HOUR },
		{ 0, 1u << 2 | 1u << 3, 0, 4, DAY, DAY + 3 * HOUR },
		{ 1u << 0, 1u << 2, 1, 3, 2 * HOUR, 4 * HOUR },
		{ 0xffffffff & ~(1u << 5), 0, 5, 3, 6 * HOUR, 8 * HOUR },
		{ 0, 0x7f & ~(1u << 1), 0, 1, 5 * DAY, 6 * DAY + 3 * HOUR },
		{ 0xffffff, 0, 23, 2, HOUR, HOUR + 6 * MIN },    /* everything: ignored */
		{ 1u << 23, 0x7f, 23, 2, HOUR, HOUR + 6 * MIN }, /* everything: ignored */
	};
	struct schedule_policy p = hourly();
	struct rng rng;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		for (uint64_t seed = 0; seed < 50; seed++) {
			struct schedule_outcome o = success();
			o.skip_hours = cases[i].hours;
			o.skip_days = cases[i].days;
			rng_seed(&rng, seed);
			int64_t due = next_due(&p, &o, &rng);
			if (hour_of(due) != cases[i].hour || day_of(due) != cases[i].day)
				fail_msg("case %zu: day %u, hour %u", i, day_of(due), hour_of(due));
			assert_in_range(due - NOW, cases[i].least, cases[i].most);
		}
	}
}

static int64_t any_of(struct rng *rng, const int64_t *values, size_t n)
{
	return values[rng_next(rng) % n];
}

static struct schedule_outcome any_outcome(struct rng *rng)
{
	static const int64_t seconds[] = { -1, 0, 1, 899, 3600, 86400, 700000, INT64_C(1) << 31,
		INT64_MAX };
	static const int64_t codes[] = { 0, 200, 404, 410, 429, 503 };
	struct schedule_outcome o = {
		.now = NOW + (int64_t)(rng_next(rng) % (400 * DAY)),
		.max_age = any_of(rng, seconds, N_ELEMENTS(seconds)),
		.retry_after = any_of(rng, seconds, N_ELEMENTS(seconds)),
		.ttl_minutes = any_of(rng, seconds, N_ELEMENTS(seconds)),
		.update_interval_seconds = any_of(rng, seconds, N_ELEMENTS(seconds)),
		.skip_hours = (uint32_t)(rng_next(rng) & rng_next(rng)),
		.skip_days = (uint8_t)(rng_next(rng) & rng_next(rng)),
	};
	o.rhythm.entries = rng_unit(rng) * (double)any_of(rng, codes, N_ELEMENTS(codes));
	o.rhythm.days = rng_unit(rng) * 20;
	o.rhythm.at = rng_next(rng) % 4 == 0 ? 0 : o.now;
	o.rhythm.window = any_of(rng, codes, N_ELEMENTS(codes));
	o.validators = rng_next(rng) & 1;
	o.gap = rng_next(rng) & 1;
	o.last_success = o.now - (int64_t)(rng_next(rng) % DAY);
	o.fail.status = (enum status)(rng_next(rng) % STATUS_COUNT);
	o.fail.http_code = (int)any_of(rng, codes, N_ELEMENTS(codes));
	o.n_failures = o.fail.status == STATUS_OK ? 0 : 1 + (unsigned)(rng_next(rng) % 40);
	return o;
}

static int64_t capped(int64_t floor)
{
	return floor < LIMIT_SERVER_FLOOR ? floor : LIMIT_SERVER_FLOOR;
}

/* 200,000 arbitrary outcomes: no floor is ever undercut, and no feed is lost. */
static void no_floor_is_ever_undercut(void **state)
{
	(void)state;
	static const int64_t intervals[] = { 0, 1, 60, 900, 3600, 86400, 40 * 86400 };
	struct rng rng;
	rng_seed(&rng, 7);
	for (int i = 0; i < 200000; i++) {
		struct schedule_policy p = hourly();
		p.interval = any_of(&rng, intervals, N_ELEMENTS(intervals));
		p.floor_exempt = rng_next(&rng) & 1;
		p.stated = rng_next(&rng) & 1;
		struct schedule_outcome o = any_outcome(&rng);
		int64_t due = next_due(&p, &o, &rng), wait = due - o.now;
		assert_true(wait >= (p.stated ? p.interval : p.min_interval) ||
			    (!p.stated && o.rhythm.at == 0));
		assert_true(wait >= 1 && (p.floor_exempt || wait >= LIMIT_INTERVAL_FLOOR));
		assert_true(wait >= capped(o.max_age) && wait >= capped(o.retry_after));
		assert_true(wait >= capped(o.update_interval_seconds));
		assert_true(o.ttl_minutes < 0 || wait >= capped(capped(o.ttl_minutes) * 60));
		bool all = (o.skip_hours & 0xffffff) == 0xffffff || (o.skip_days & 0x7f) == 0x7f;
		assert_true(all || !(o.skip_hours >> hour_of(due) & 1));
		assert_true(all || !(o.skip_days >> day_of(due) & 1));
		int64_t longest = p.interval > 7 * DAY ? p.interval : 7 * DAY;
		assert_true(wait <= longest + longest / 10 + 8 * DAY);
	}
}

/* A rhythm of one entry every `gap` seconds that is known for certain. */
static struct schedule_outcome publishing_every(int64_t gap, int64_t window)
{
	struct schedule_outcome o = success();
	o.rhythm = (struct rhythm){
		.entries = 1e6 / ((double)gap / DAY), .days = 1e6, .at = NOW, .window = window
	};
	o.validators = true;
	o.last_success = NOW - 9 * HOUR;
	return o;
}

static struct schedule_policy learning(void)
{
	struct schedule_policy p = hourly();
	p.stated = false;
	return p;
}

static void P5_the_wait_follows_the_rhythm_between_its_bounds(void **state)
{
	(void)state;
	static const struct {
		int64_t gap, window, wait;
		bool unconditional, gap_seen, exempt;
		enum due_reason reason;
	} cases[] = {
		{ HOUR, 20, HOUR, .reason = DUE_RHYTHM },
		{ 9 * HOUR, 20, 3 * HOUR, .reason = DUE_RHYTHM },
		{ 4 * DAY, 0, 35272, .reason = DUE_RHYTHM },
		{ 100 * DAY, 20, DAY, .reason = DUE_MAX_INTERVAL },
		{ MIN, 1000, 15 * MIN, .reason = DUE_MIN_INTERVAL },
		{ MIN, 1000, 15 * MIN, .exempt = true, .reason = DUE_MIN_INTERVAL },
		/* 10 entries are replaced within 100 minutes */
		{ 10 * MIN, 10, 24 * MIN + 29, .reason = DUE_RHYTHM },
		{ 10 * MIN, 4, 20 * MIN, .reason = DUE_WINDOW },
		{ 10 * MIN, 2, 15 * MIN, .reason = DUE_MIN_INTERVAL },
		{ 100 * DAY, 20, 3 * HOUR, .gap_seen = true, .reason = DUE_GAP },
		{ HOUR, 20, HOUR, .gap_seen = true, .reason = DUE_RHYTHM },
		{ 64 * HOUR, 20, 16 * HOUR, .unconditional = true, .reason = DUE_UNCONDITIONAL },
		{ 9 * DAY, 20, DAY, .unconditional = true, .reason = DUE_UNCONDITIONAL },
		{ 9 * HOUR, 20, 3 * HOUR, .unconditional = true, .reason = DUE_RHYTHM },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_policy p = learning();
		struct schedule_outcome o = publishing_every(cases[i].gap, cases[i].window);
		char what[16];
		snprintf(what, sizeof what, "case %zu", i);
		p.floor_exempt = cases[i].exempt;
		o.validators = !cases[i].unconditional;
		o.gap = cases[i].gap_seen;
		struct rng rng = { i };
		struct schedule_decision d = schedule_next(&p, &o, &rng);
		assert_true(llabs(d.wait - cases[i].wait) <= 2);
		waits(&p, &o, d.wait, what);
		if (d.reason != cases[i].reason)
			fail_msg("%s: %s", what, due_reason_name(d.reason));
	}
}

static void P5_a_stated_interval_stands_above_the_rhythm(void **state)
{
	(void)state;
	struct schedule_policy p = hourly();
	struct schedule_outcome o = publishing_every(10 * DAY, 3);
	o.validators = false;
	o.gap = true;
	waits(&p, &o, HOUR, "rare");
	p.interval = 3 * DAY;
	waits(&p, &o, 3 * DAY, "beyond max_interval");
}

/* Nothing is known of a feed that never answered: its failures count, and no rhythm. */
static void a_feed_that_never_answered_is_asked_by_the_interval(void **state)
{
	(void)state;
	struct schedule_policy p = learning();
	struct schedule_outcome o = failure(STATUS_DNS_FAILED, 0, 1);
	waits(&p, &o, HOUR, "first failure");
	o.n_failures = 3;
	waits(&p, &o, 4 * HOUR, "third failure");
}

static void the_reason_is_the_longest_wait(void **state)
{
	(void)state;
	struct rng rng = { 1 };
	struct schedule_policy p = learning();
	struct schedule_outcome o = publishing_every(HOUR, 20);
	static const struct {
		int64_t max_age, retry_after, ttl_minutes, update_s;
		enum due_reason reason;
	} cases[] = {
		{ -1, -1, -1, -1, DUE_RHYTHM },
		{ 2 * HOUR, -1, 60, HOUR, DUE_MAX_AGE },
		{ 2 * HOUR, 3 * HOUR, 60, HOUR, DUE_RETRY_AFTER },
		{ 2 * HOUR, 3 * HOUR, 240, HOUR, DUE_TTL },
		{ 2 * HOUR, 3 * HOUR, 240, 5 * HOUR, DUE_UPDATE_PERIOD },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		o.max_age = cases[i].max_age;
		o.retry_after = cases[i].retry_after;
		o.ttl_minutes = cases[i].ttl_minutes;
		o.update_interval_seconds = cases[i].update_s;
		assert_int_equal(schedule_next(&p, &o, &rng).reason, cases[i].reason);
	}
	o.skip_hours = 0xffffff & ~(1u << 7);
	assert_int_equal(schedule_next(&p, &o, &rng).reason, DUE_SKIPPED);
	o = failure(STATUS_GONE, 410, 1);
	assert_int_equal(schedule_next(&p, &o, &rng).reason, DUE_GONE_ONCE);
	o.last_status = STATUS_GONE;
	o.last_fetch = NOW - DAY;
	assert_int_equal(schedule_next(&p, &o, &rng).reason, DUE_STOPPED);
	o = failure(STATUS_RATE_LIMITED, 429, 1);
	assert_int_equal(schedule_next(&p, &o, &rng).reason, DUE_RATE_LIMITED);
	o = failure(STATUS_TIMEOUT, 0, 4);
	assert_int_equal(schedule_next(&p, &o, &rng).reason, DUE_BACK_OFF);
}

static void waits_grow_with_failures(void **state)
{
	(void)state;
	struct rng rng;
	for (int status = 1; status < STATUS_COUNT; status++) {
		int64_t before = 0;
		for (unsigned n = 1; n < 40; n++) {
			struct schedule_policy p = hourly();
			struct schedule_outcome o = failure((enum status)status, 500, n);
			rng_seed(&rng, 3);
			int64_t due = next_due(&p, &o, &rng);
			assert_true(due >= before);
			before = due;
		}
	}
}

/* A feed that is asked whenever it is due, for thirty days: how often is that? */
static void a_month_of_polls_is_counted(void **state)
{
	(void)state;
	static const struct {
		enum status status;
		int http_code;
		unsigned least, most;
	} cases[] = {
		{ STATUS_OK, 200, 650, 720 },
		{ STATUS_DNS_FAILED, 0, 31, 35 },
		{ STATUS_HTTP_ERROR, 404, 9, 12 },
		{ STATUS_GONE, 410, 2, 2 },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct schedule_policy p = hourly();
		struct schedule_outcome o = failure(cases[i].status, cases[i].http_code, 0);
		struct rng rng;
		unsigned polls = 0;
		rng_seed(&rng, i);
		while (o.now < NOW + 30 * DAY) {
			o.n_failures += o.fail.status != STATUS_OK;
			int64_t due = next_due(&p, &o, &rng);
			o.last_status = o.fail.status;
			o.last_fetch = o.now;
			o.now = due;
			polls++;
		}
		assert_in_range(polls, cases[i].least, cases[i].most);
	}
}

static void far_future_does_not_overflow(void **state)
{
	(void)state;
	struct schedule_policy p = { .interval = INT64_MAX / 2, .stated = true };
	struct schedule_outcome o = success();
	struct rng rng;
	rng_seed(&rng, 1);
	o.now = INT64_MAX / 2 + 2;
	int64_t due = next_due(&p, &o, &rng);
	assert_true(due > o.now && due < SCHEDULE_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interval_has_a_floor),
		cmocka_unit_test(servers_wish_is_a_floor),
		cmocka_unit_test(exempt_feeds_keep_the_servers_floors),
		cmocka_unit_test(failures_back_off),
		cmocka_unit_test(retry_after_replaces_the_guess),
		cmocka_unit_test(too_many_requests_wait_one_to_two_hours),
		cmocka_unit_test(gone_ends_with_the_second_answer_a_day_later),
		cmocka_unit_test(exempt_feeds_back_off_in_their_own_measure),
		cmocka_unit_test(skipped_hours_and_days_postpone),
		cmocka_unit_test(no_floor_is_ever_undercut),
		cmocka_unit_test(P5_the_wait_follows_the_rhythm_between_its_bounds),
		cmocka_unit_test(P5_a_stated_interval_stands_above_the_rhythm),
		cmocka_unit_test(a_feed_that_never_answered_is_asked_by_the_interval),
		cmocka_unit_test(the_reason_is_the_longest_wait),
		cmocka_unit_test(waits_grow_with_failures),
		cmocka_unit_test(a_month_of_polls_is_counted),
		cmocka_unit_test(far_future_does_not_overflow),
	};
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
