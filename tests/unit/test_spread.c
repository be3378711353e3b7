#include "base/limits.h"
#include "refresh/spread.h"
#include "test.h"

static void a_lone_feed_begins_at_once(void **state)
{
	(void)state;
	struct spread s = { 0 };
	for (int64_t now = 1000; now < 1010; now++)
		assert_true(spread_take(&s, 5, now) == now);
}

/* No second gets more than its share, and all get through in the promised time. */
static void a_crowd_is_spread(void **state)
{
	static const unsigned crowds[] = { 1, 11, 5000, 100000 };
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(crowds); i++) {
		struct spread s = { 0 };
		int64_t last = 0, now = 1000;
		unsigned n = crowds[i], most = 0, here = 0;
		for (unsigned k = 0; k < n; k++) {
			int64_t at = spread_take(&s, n, now);
			assert_true(at >= now && at >= last);
			here = at == last ? here + 1 : 1;
			most = here > most ? here : most;
			last = at;
		}
		unsigned share = n / LIMIT_SPREAD_S > LIMIT_SPREAD_RATE ? n / LIMIT_SPREAD_S
									: LIMIT_SPREAD_RATE;
		assert_true(most <= share);
		assert_true(last - now <= LIMIT_SPREAD_S + 5);
	}
}

static void a_clock_set_back_starts_anew(void **state)
{
	(void)state;
	struct spread s = { 0 };
	for (int i = 0; i < 1000; i++)
		spread_take(&s, 1000, 1000000);
	assert_true(spread_take(&s, 1000, 500) == 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lone_feed_begins_at_once),
		cmocka_unit_test(a_crowd_is_spread),
		cmocka_unit_test(a_clock_set_back_starts_anew),
	};
	return cmocka_run_group_tests_name("spread", tests, NULL, NULL);
}
