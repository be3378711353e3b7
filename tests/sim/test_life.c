/*
 * The life of one daemon with all its feeds, in a short form: what no single feed can show.
 */
#include "../unit/test.h"
#include "base/limits.h"
#include "base/mem.h"
#include "life.h"

#include <stdlib.h>

static struct sim_scale scale = { .n_feeds = 2500, .days = 22, .seed = 8 };
static struct sim_life *life;

static int live(void **state)
{
	(void)state;
	life = xcalloc(1, sizeof *life);
	sim_live(&scale, life);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(life);
	return 0;
}

static void P1_P2_P3_no_floor_is_broken(void **state)
{
	(void)state;
	assert_true(life->tally.n_requests > 20 * scale.n_feeds);
	assert_int_equal(life->tally.n_early, 0);
	assert_int_equal(life->tally.n_too_often, 0);
}

/* Waiting for their hosts moves some together again. */
static void P4_an_import_and_a_restart_are_spread_out(void **state)
{
	(void)state;
	assert_true(life->first_minute <= 2 * 60 * LIMIT_SPREAD_RATE);
	assert_true(life->restart_minute <= 2 * 60 * LIMIT_SPREAD_RATE);
	assert_true(life->restart_backlog_s > 60);
	assert_true(life->restart_backlog_s < 2 * HOUR);
}

static void P6_a_host_is_asked_one_at_a_time_a_second_apart(void **state)
{
	(void)state;
	assert_int_equal(life->n_side_by_side, 0);
	assert_int_equal(life->n_crowded, 0);
	assert_true(life->least_spacing_ms >= 1000 && life->least_spacing_ms < 60000);
}

static void FRB020_a_host_that_says_429_rests(void **state)
{
	(void)state;
	assert_true(life->n_rate_limited > 0);
	assert_int_equal(life->n_during_rest, 0);
	/* And is not provoked again: its pause was learned, and hardly ever has to be again. */
	assert_true(life->n_limited > 0);
	assert_true(life->n_rate_limited <= 8 * life->n_limited);
}

static void nobody_is_blamed_while_we_are_offline(void **state)
{
	(void)state;
	assert_true(life->n_offline_tries > 5);
	assert_true(life->n_offline_tries < 500);
	assert_true(life->n_blamed <= 2); /* another answered in between */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(P1_P2_P3_no_floor_is_broken),
		cmocka_unit_test(P4_an_import_and_a_restart_are_spread_out),
		cmocka_unit_test(P6_a_host_is_asked_one_at_a_time_a_second_apart),
		cmocka_unit_test(FRB020_a_host_that_says_429_rests),
		cmocka_unit_test(nobody_is_blamed_while_we_are_offline),
	};
	return cmocka_run_group_tests_name("life", tests, live, end);
}
