/*
 * Rules of conduct towards servers that take hours and days to show: one simulated feed, polled by
 * the daemon's own policy for weeks. Each play bears the name of its rule (etiquette; FRB is the
 * public list of feed reader behaviours).
 */
#include "../unit/test.h"
#include "base/limits.h"
#include "base/mem.h"
#include "rule.h"

#include <stdlib.h>

#define REQUESTS_MOST 10000

struct play {
	struct sim_host host;
	struct sim_feed feed;
	struct tally tally;
	int64_t at[REQUESTS_MOST]; /* of each request */
	size_t n;
};

/* A feed that publishes every `gap` seconds, from a month before until `days` after the first
 * request; 0: nothing. */
static struct play *play_of(int64_t gap, int64_t window, int days)
{
	struct play *p = xcalloc(1, sizeof *p);
	p->feed = (struct sim_feed){ .window = window,
		.validators = true,
		.max_age = -1,
		.ttl_minutes = -1,
		.update_interval = -1 };
	for (int64_t t = SIM_BEGIN - 30 * DAY; gap > 0 && t < SIM_BEGIN + days * DAY; t += gap) {
		p->feed.entries =
			xgrow(p->feed.entries, p->feed.n_entries, &p->feed.cap, sizeof(int64_t));
		p->feed.entries[p->feed.n_entries++] = t;
	}
	p->host = (struct sim_host){ .feeds = &p->feed, .n_feeds = 1 };
	return p;
}

static void play_free(struct play *p)
{
	free(p->feed.entries);
	free(p);
}

/* Polls it for so many days at the default interval, or the given one. */
static void run_at(struct play *p, int days, double interval, bool stated)
{
	struct sim_watch w = { 0 };
	struct rng rng;
	rng_seed(&rng, 1);
	int64_t end = SIM_BEGIN + days * DAY;
	for (int64_t at = SIM_BEGIN; at < end && p->n < REQUESTS_MOST;) {
		p->at[p->n++] = at;
		sim_watch_ask(&w, &p->host, &p->feed, at, end, &p->tally);
		at = sim_rule_next(stated ? SIM_FIXED : SIM_COURANT, interval, &w, &p->feed, &rng);
	}
	assert_int_equal(p->tally.n_early, 0);
	assert_int_equal(p->tally.n_too_often, 0);
}

static void run(struct play *p, int days)
{
	run_at(p, days, HOUR, false);
}

static int64_t shortest_pause(const struct play *p)
{
	int64_t shortest = INT64_MAX;
	for (size_t i = 1; i < p->n; i++)
		if (p->at[i] - p->at[i - 1] < shortest)
			shortest = p->at[i] - p->at[i - 1];
	return shortest;
}

static int64_t longest_pause(const struct play *p)
{
	int64_t longest = 0;
	for (size_t i = 1; i < p->n; i++)
		if (p->at[i] - p->at[i - 1] > longest)
			longest = p->at[i] - p->at[i - 1];
	return longest;
}

static unsigned hour_of(int64_t at)
{
	return (unsigned)(at / HOUR % 24);
}

static unsigned day_of(int64_t at)
{
	return (unsigned)((at / DAY + 4) % 7);
}

/* ---- P1: floors ---- */

static void P1_max_age_is_a_floor(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 20, 30);
	p->feed.max_age = 6 * HOUR;
	run(p, 30);
	assert_true(shortest_pause(p) >= 6 * HOUR);
	assert_in_range(p->n, 100, 120);
	play_free(p);
}

static void P1_ttl_is_a_floor(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 20, 30);
	p->feed.ttl_minutes = 240;
	run(p, 30);
	assert_true(shortest_pause(p) >= 4 * HOUR);
	play_free(p);
}

static void P1_update_period_is_a_floor(void **state)
{
	(void)state;
	struct play *p = play_of(10 * MINUTE, 20, 30);
	p->feed.update_interval = 12 * HOUR;
	run(p, 30);
	assert_true(shortest_pause(p) >= 12 * HOUR);
	play_free(p);
}

static void P1_retry_after_is_a_floor_in_an_outage_of_days(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 50, 30);
	p->host.outages[0] = (struct sim_outage){ SIM_BEGIN + 3 * DAY, SIM_BEGIN + 5 * DAY,
		STATUS_HTTP_ERROR, 9 * HOUR };
	p->host.n_outages = 1;
	run(p, 30);
	for (size_t i = 1; i < p->n; i++)
		if (p->at[i - 1] >= SIM_BEGIN + 3 * DAY && p->at[i - 1] < SIM_BEGIN + 5 * DAY)
			assert_true(p->at[i] - p->at[i - 1] >= 9 * HOUR);
	play_free(p);
}

static void P1_a_floor_counts_for_seven_days_at_most(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 20, 60);
	p->feed.max_age = 365 * DAY;
	run(p, 60);
	assert_true(shortest_pause(p) >= 7 * DAY);
	assert_true(longest_pause(p) <= 7 * DAY + 7 * DAY / 10);
	play_free(p);
}

static void P1_an_outage_is_asked_more_and_more_rarely(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 50, 30);
	p->host.outages[0] = (struct sim_outage){ SIM_BEGIN + DAY, SIM_BEGIN + 15 * DAY,
		STATUS_CONNECT_FAILED, -1 };
	p->host.n_outages = 1;
	run(p, 30);
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		n += p->at[i] >= SIM_BEGIN + DAY && p->at[i] < SIM_BEGIN + 15 * DAY;
	assert_in_range(n, 14, 20); /* five on the first day, then daily */
	play_free(p);
}

/* ---- P2: skipHours and skipDays (FRB024) ---- */

static void P2_FRB024_skipped_hours_are_not_asked(void **state)
{
	(void)state;
	struct play *p = play_of(20 * MINUTE, 60, 30);
	p->feed.skip_hours = 0x3f; /* 0 to 6 o'clock, GMT */
	run(p, 30);
	for (size_t i = 1; i < p->n; i++) /* nobody knew before the first answer */
		assert_true(hour_of(p->at[i]) >= 6);
	assert_true(p->n > 300);
	play_free(p);
}

static void P2_FRB024_skipped_days_are_not_asked(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 100, 30);
	p->feed.skip_days = 1u << 0 | 1u << 6;
	run(p, 30);
	for (size_t i = 1; i < p->n; i++)
		assert_true(day_of(p->at[i]) != 0 && day_of(p->at[i]) != 6);
	assert_true(longest_pause(p) >= 2 * DAY && longest_pause(p) < 2 * DAY + 5 * HOUR);
	play_free(p);
}

static void P2_skipping_everything_is_ignored(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 20, 10);
	struct sim_watch w = { 0 };
	struct rng rng = { 1 };
	p->feed.skip_hours = 0xffffff;
	sim_watch_ask(&w, &p->host, &p->feed, SIM_BEGIN, SIM_BEGIN + DAY, &p->tally);
	int64_t next = sim_rule_next(SIM_COURANT, HOUR, &w, &p->feed, &rng);
	assert_true(next < SIM_BEGIN + 2 * HOUR);
	play_free(p);
}

/* Due in an allowed hour, but the machine slept until a skipped one. */
static void P2_a_wake_up_in_a_skipped_hour_waits(void **state)
{
	(void)state;
	struct rng rng = { 1 };
	for (int64_t woke = SIM_BEGIN; woke < SIM_BEGIN + 9 * DAY; woke += 17 * MINUTE) {
		int64_t at = schedule_allowed_from(0x3f, 1u << 2, woke, &rng);
		assert_true(at >= woke && hour_of(at) >= 6 && day_of(at) != 2);
		if (hour_of(woke) >= 6 && day_of(woke) != 2)
			assert_true(at == woke);
	}
}

/* ---- P3, P4: our own floor, jitter ---- */

static void P3_nobody_is_asked_within_15_minutes(void **state)
{
	(void)state;
	struct play *p = play_of(30, 20, 3);
	run_at(p, 3, 1, true);
	assert_true(shortest_pause(p) >= 15 * MINUTE);
	play_free(p);
}

static void P4_jitter_only_adds(void **state)
{
	(void)state;
	struct play *p = play_of(HOUR, 20, 30);
	run_at(p, 30, 2 * HOUR, true);
	assert_true(shortest_pause(p) >= 2 * HOUR);
	assert_true(longest_pause(p) <= 2 * HOUR + 2 * HOUR / 10);
	assert_true(longest_pause(p) > shortest_pause(p) + 2 * MINUTE);
	play_free(p);
}

/* ---- P5: the rhythm (FRB023) ---- */

static void P5_FRB023_a_feed_is_asked_by_its_own_rhythm(void **state)
{
	(void)state;
	static const struct {
		int64_t gap;
		size_t least, most; /* requests in 60 days */
	} cases[] = {
		{ 10 * MINUTE, 3000, 3700 }, /* 24 minutes */
		{ HOUR, 1200, 1450 }, { DAY, 250, 320 }, { 7 * DAY, 90, 135 },
		{ 0, 55, 75 }, /* nothing, ever: daily */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct play *p = play_of(cases[i].gap, 20, 60);
		run(p, 60);
		assert_in_range(p->n, cases[i].least, cases[i].most);
		play_free(p);
	}
}

static void P5_FRB023_a_feed_that_wakes_up_is_noticed(void **state)
{
	(void)state;
	struct play *p = play_of(0, 20, 0);
	for (int64_t t = SIM_BEGIN + 60 * DAY; t < SIM_BEGIN + 90 * DAY; t += HOUR) {
		p->feed.entries =
			xgrow(p->feed.entries, p->feed.n_entries, &p->feed.cap, sizeof(int64_t));
		p->feed.entries[p->feed.n_entries++] = t;
	}
	run(p, 90);
	size_t n[3] = { 0 }; /* the last days of silence, the third day, and the last */
	for (size_t i = 0; i < p->n; i++) {
		int64_t day = (p->at[i] - SIM_BEGIN) / DAY;
		n[0] += day >= 57 && day < 60;
		n[1] += day == 63;
		n[2] += day == 89;
	}
	assert_in_range(n[0], 2, 4);
	assert_true(n[1] >= 4);
	assert_true(n[2] >= 15);
	play_free(p);
}

static void P5_no_entry_falls_off_the_end_unseen(void **state)
{
	(void)state;
	static const int64_t windows[] = { 5, 10, 20 };
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		struct play *p = play_of(8 * MINUTE, windows[i], 30);
		run_at(p, 30, 24 * HOUR, false); /* the rhythm alone would ask every 107 minutes */
		assert_int_equal(p->tally.n_lost, 0);
		play_free(p);
	}
}

static void P5_a_stated_interval_stands_above_the_rhythm(void **state)
{
	(void)state;
	struct play *p = play_of(0, 20, 0);
	run_at(p, 10, HOUR, true);
	assert_in_range(p->n, 218, 240);
	play_free(p);
}

/* ---- C2: servers that cannot say that nothing changed ---- */

static void C2_without_validators_a_quiet_feed_is_asked_daily(void **state)
{
	(void)state;
	struct play *p = play_of(9 * DAY, 20, 60);
	p->feed.validators = false;
	run(p, 60);
	for (size_t i = 2; i < p->n; i++)
		assert_true(p->at[i] - p->at[i - 1] >= DAY);
	play_free(p);
}

static void C2_without_validators_history_earns_more(void **state)
{
	(void)state;
	struct play *p = play_of(3 * HOUR, 20, 60);
	p->feed.validators = false;
	run(p, 60);
	assert_in_range(p->n, 60 * 8, 60 * 24);
	assert_true(p->tally.n_useful * 4 > p->tally.n_requests);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(P1_max_age_is_a_floor),
		cmocka_unit_test(P1_ttl_is_a_floor),
		cmocka_unit_test(P1_update_period_is_a_floor),
		cmocka_unit_test(P1_retry_after_is_a_floor_in_an_outage_of_days),
		cmocka_unit_test(P1_a_floor_counts_for_seven_days_at_most),
		cmocka_unit_test(P1_an_outage_is_asked_more_and_more_rarely),
		cmocka_unit_test(P2_FRB024_skipped_hours_are_not_asked),
		cmocka_unit_test(P2_FRB024_skipped_days_are_not_asked),
		cmocka_unit_test(P2_skipping_everything_is_ignored),
		cmocka_unit_test(P2_a_wake_up_in_a_skipped_hour_waits),
		cmocka_unit_test(P3_nobody_is_asked_within_15_minutes),
		cmocka_unit_test(P4_jitter_only_adds),
		cmocka_unit_test(P5_FRB023_a_feed_is_asked_by_its_own_rhythm),
		cmocka_unit_test(P5_FRB023_a_feed_that_wakes_up_is_noticed),
		cmocka_unit_test(P5_no_entry_falls_off_the_end_unseen),
		cmocka_unit_test(P5_a_stated_interval_stands_above_the_rhythm),
		cmocka_unit_test(C2_without_validators_a_quiet_feed_is_asked_daily),
		cmocka_unit_test(C2_without_validators_history_earns_more),
	};
	return cmocka_run_group_tests_name("plays", tests, NULL, NULL);
}
