/*
 * The comparison in a short form, as a test: no floor is broken, and what docs/scheduling.md claims
 * holds, with a margin, on a few feeds and days. The seed is fixed, so the outcome is, too.
 */
#include "../unit/test.h"
#include "base/mem.h"
#include "compare.h"

#include <stdlib.h>

static void P5_the_rhythm_is_worth_its_requests(void **state)
{
	(void)state;
	static const double budgets[] = { 3, 6, 9 };
	enum { N = sizeof budgets / sizeof *budgets };
	struct sim_scale scale = { .n_feeds = 1500, .days = 10, .seed = 1 };
	struct sim_run *runs = xcalloc(N, sizeof *runs);
	for (size_t i = 0; i < N; i++)
		runs[i].budget = budgets[i];
	sim_compare(&scale, runs, N);
	for (size_t i = 0; i < N; i++) {
		const struct tally *fixed = &runs[i].tally[SIM_FIXED],
				   *frequency = &runs[i].tally[SIM_ENTRY_FREQUENCY],
				   *courant = &runs[i].tally[SIM_COURANT];
		print_message("%g: fixed %.2f %.0f s, entry_frequency %.2f %.0f s, courant %.2f "
			      "%.0f s; p95 %.0f %.0f %.0f s\n",
			budgets[i], sim_spent(&scale, fixed), tally_mean_delay(fixed),
			sim_spent(&scale, frequency), tally_mean_delay(frequency),
			sim_spent(&scale, courant), tally_mean_delay(courant),
			tally_percentile(fixed, .95), tally_percentile(frequency, .95),
			tally_percentile(courant, .95));
		assert_int_equal(courant->n_early, 0);
		assert_int_equal(courant->n_too_often, 0);
		assert_true(sim_spent(&scale, courant) < 1.1 * budgets[i]);
		assert_true(tally_mean_delay(courant) < 0.80 * tally_mean_delay(frequency));
		assert_true(tally_mean_delay(courant) < 0.55 * tally_mean_delay(fixed));
		assert_true(tally_percentile(courant, 0.95) <= tally_percentile(fixed, 0.95));
		assert_true(tally_percentile(courant, 0.95) <= tally_percentile(frequency, 0.95));
	}
	free(runs);
}

static void the_same_seed_gives_the_same_figures(void **state)
{
	(void)state;
	struct sim_scale scale = { .n_feeds = 300, .days = 3, .seed = 7 };
	struct sim_run *a = xcalloc(1, sizeof *a), *b = xcalloc(1, sizeof *b);
	sim_compare(&scale, a, 1);
	sim_compare(&scale, b, 1);
	assert_memory_equal(a, b, sizeof *a);
	assert_true(a->tally[SIM_COURANT].n_entries > 0);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(P5_the_rhythm_is_worth_its_requests),
		cmocka_unit_test(the_same_seed_gives_the_same_figures),
	};
	return cmocka_run_group_tests_name("comparison", tests, NULL, NULL);
}
