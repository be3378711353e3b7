#include "schedule/rhythm.h"
#include "base/rng.h"
#include "test.h"

#include <math.h>

#define MIN INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define NOW INT64_C(1700000000)

static struct rhythm_document document_of(int64_t now, const int64_t *ages, size_t n)
{
	struct rhythm_document d = { 0 };
	for (size_t i = 0; i < n; i++)
		rhythm_document_add(&d, now, now - ages[i]);
	return d;
}

static void is_about(double got, double want, const char *what)
{
	if (got < want * 0.9 || got > want * 1.1)
		fail_msg("%s: %.0f s, not %.0f s", what, got, want);
}

/* Asks every `every` seconds for `days` a feed that publishes one entry each `gap`. */
static void watch(struct rhythm *r, int64_t *now, int64_t every, int64_t gap, int days)
{
	for (int64_t end = *now + days * DAY; *now < end;) {
		int64_t before = *now;
		*now += every;
		int64_t n_new = *now / gap - before / gap;
		rhythm_look(r, *now, n_new, &(struct rhythm_document){ 0 });
	}
}

static void the_gap_between_entries_is_learned(void **state)
{
	(void)state;
	static const int64_t gaps[] = { 10 * MIN, HOUR, 5 * HOUR, DAY, 4 * DAY };
	for (size_t i = 0; i < N_ELEMENTS(gaps); i++) {
		struct rhythm r = { .at = NOW };
		int64_t now = NOW;
		watch(&r, &now, 3 * HOUR, gaps[i], 60);
		is_about(rhythm_gap(&r), (double)gaps[i], "after two months");
	}
}

static void a_feed_that_falls_silent_is_forgotten_by_halves(void **state)
{
	(void)state;
	struct rhythm r = { .at = NOW };
	int64_t now = NOW;
	watch(&r, &now, 3 * HOUR, HOUR, 90);
	double busy = rhythm_gap(&r);
	watch(&r, &now, 3 * HOUR, 1000 * DAY, 14);
	is_about(rhythm_gap(&r), 2 * busy, "two weeks later");
	watch(&r, &now, DAY, 1000 * DAY, 14 * 20);
	assert_true(rhythm_gap(&r) > 30 * DAY);
	watch(&r, &now, DAY, HOUR, 14);
	is_about(rhythm_gap(&r), 2 * HOUR, "two weeks after it woke up");
}

static void how_often_one_looks_does_not_matter(void **state)
{
	(void)state;
	struct rhythm often = { .at = NOW }, rarely = { .at = NOW };
	int64_t now = NOW;
	watch(&often, &now, 15 * MIN, 2 * HOUR, 30);
	now = NOW;
	watch(&rarely, &now, DAY, 2 * HOUR, 30);
	is_about(rhythm_gap(&often), rhythm_gap(&rarely), "15 minutes and a day");
}

static void the_first_document_counts_since_its_oldest_entry(void **state)
{
	(void)state;
	int64_t ages[20];
	struct rhythm r = { 0 };
	for (int i = 0; i < 20; i++)
		ages[i] = (i + 1) * 6 * HOUR;
	struct rhythm_document d = document_of(NOW, ages, 20);
	rhythm_look(&r, NOW, 20, &d);
	assert_int_equal(r.window, 20);
	is_about(rhythm_gap(&r), 6 * HOUR, "every six hours");
	/* The same a year ago: it is silent by now. */
	for (int i = 0; i < 20; i++)
		ages[i] += 365 * DAY;
	d = document_of(NOW, ages, 20);
	r = (struct rhythm){ 0 };
	rhythm_look(&r, NOW, 20, &d);
	assert_true(rhythm_gap(&r) > 30 * DAY);
}

static void dates_that_cannot_be_do_not_count(void **state)
{
	(void)state;
	static const int64_t ages[] = { -1, -100 * DAY, NOW, INT64_MAX / 2, -INT64_MAX / 4 };
	struct rhythm_document d = document_of(NOW, ages, N_ELEMENTS(ages));
	rhythm_document_add(&d, NOW, INT64_MIN);
	assert_int_equal(d.n_entries, 6);
	assert_int_equal(d.oldest, 0);
	struct rhythm r = { 0 }, empty = { 0 };
	rhythm_look(&r, NOW, 6, &d);
	assert_true(rhythm_gap(&r) == rhythm_gap(&empty));
	assert_int_equal(r.at, NOW);
	/* All entries bear the date of the document: that tells nothing either. */
	static const int64_t same[] = { 60, 60, 60, 60, 60, 60 };
	d = document_of(NOW, same, N_ELEMENTS(same));
	r = (struct rhythm){ 0 };
	rhythm_look(&r, NOW, 6, &d);
	is_about(rhythm_gap(&r), rhythm_gap(&empty), "one date");
}

/* After a month away the document holds the last ten entries of many: its dates say how many. */
static void a_document_of_new_entries_only_counts_since_its_oldest(void **state)
{
	(void)state;
	int64_t ages[10];
	struct rhythm r = { .at = NOW - 30 * DAY, .entries = 480, .days = 20 };
	for (int i = 0; i < 10; i++)
		ages[i] = (i + 1) * HOUR;
	struct rhythm_document d = document_of(NOW, ages, 10);
	double before = rhythm_gap(&r);
	rhythm_look(&r, NOW, 10, &d);
	is_about(rhythm_gap(&r), before, "hourly as ever");
}

static void a_clock_that_goes_back_harms_nothing(void **state)
{
	(void)state;
	struct rhythm r = { .at = NOW + 900 * DAY, .entries = 10, .days = 10 };
	rhythm_look(&r, NOW, 1, &(struct rhythm_document){ 0 });
	assert_int_equal(r.at, NOW);
	is_about(rhythm_gap(&r), DAY * 11.0 / 11.5, "one more entry");
}

static void nothing_makes_it_less_than_a_second_or_no_number(void **state)
{
	(void)state;
	struct rng rng;
	rng_seed(&rng, 5);
	struct rhythm r = { 0 };
	int64_t now = 0;
	for (int i = 0; i < 100000; i++) {
		struct rhythm_document d = { 0 };
		for (uint64_t n = rng_next(&rng) % 4; n > 0; n--)
			rhythm_document_add(&d, now, (int64_t)rng_next(&rng));
		now += (int64_t)(rng_next(&rng) >> (rng_next(&rng) % 60 + 3)) - 1000;
		now = now > INT64_MAX / 4 || now < 0 ? 0 : now;
		rhythm_look(&r, now, (int64_t)(rng_next(&rng) % 1000000), &d);
		double gap = rhythm_gap(&r);
		assert_true(isfinite(gap) && gap >= 1 && r.entries >= 0 && r.days >= 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gap_between_entries_is_learned),
		cmocka_unit_test(a_feed_that_falls_silent_is_forgotten_by_halves),
		cmocka_unit_test(how_often_one_looks_does_not_matter),
		cmocka_unit_test(the_first_document_counts_since_its_oldest_entry),
		cmocka_unit_test(dates_that_cannot_be_do_not_count),
		cmocka_unit_test(a_document_of_new_entries_only_counts_since_its_oldest),
		cmocka_unit_test(a_clock_that_goes_back_harms_nothing),
		cmocka_unit_test(nothing_makes_it_less_than_a_second_or_no_number),
	};
	return cmocka_run_group_tests_name("rhythm", tests, NULL, NULL);
}
