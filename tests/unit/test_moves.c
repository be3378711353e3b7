/* Where permanent redirects lead: what is adopted when, and what never is. */
#include "test.h"

#include "refresh/moves.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

#define A "http://a.example/feed"
#define B "http://b.example/feed"
#define C "https://c.example/feed"
#define HOUR INT64_C(3600)
#define T0 INT64_C(1700000000)

static void see(struct feed_moves *m, const char *from, const char *to, int64_t hours)
{
	assert_non_null(feed_moves_seen(m, from, to, T0 + hours * HOUR));
}

static enum move_verdict judge(const struct feed_moves *m, int64_t hours)
{
	return feed_moves_judge(m, T0 + hours * HOUR, false);
}

static void adopt(struct feed_moves *m, const char *from, const char *to, int64_t at)
{
	feed_moves_seen(m, from, to, at);
	feed_moves_pending(m)->adopted = at;
}

static void three_fetches_over_48_hours(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		int64_t hours[5];
		unsigned n;
		enum move_verdict verdict;
	} rows[] = {
		{ "once", { 0 }, 1, MOVE_WAITING },
		{ "twice, far apart", { 0, 100 }, 2, MOVE_WAITING },
		{ "three times in a day", { 0, 1, 24 }, 3, MOVE_WAITING },
		{ "an hour short", { 0, 1, 2, 47 }, 4, MOVE_WAITING },
		{ "three times over 48 h", { 0, 1, 48 }, 3, MOVE_RIPE },
		{ "often", { 0, 12, 24, 36, 48 }, 5, MOVE_RIPE },
	};
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct feed_moves m = { 0 };
		for (unsigned k = 0; k < rows[i].n; k++)
			see(&m, A, B, rows[i].hours[k]);
		if (judge(&m, rows[i].hours[rows[i].n - 1]) != rows[i].verdict)
			fail_msg("%s", rows[i].what);
		assert_int_equal(m.n, 1);
		feed_moves_release(&m);
	}
}

static void another_target_begins_again(void **state)
{
	(void)state;
	struct feed_moves m = { 0 };
	see(&m, A, B, 0);
	see(&m, A, B, 24);
	see(&m, A, C, 49);
	assert_int_equal(judge(&m, 49), MOVE_WAITING);
	see(&m, A, B, 50);
	assert_int_equal(feed_moves_pending(&m)->n_seen, 1);
	assert_int_equal(m.n, 1);
	feed_moves_drop_pending(&m);
	assert_null(feed_moves_pending(&m));
	feed_moves_drop_pending(&m);
	feed_moves_release(&m);
}

static void what_is_never_adopted(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		bool taken;
		enum move_verdict verdict;
	} rows[] = {
		{ A, B, true, MOVE_SUBSCRIBED },
		{ C, B, false, MOVE_DOWNGRADE },
		{ "HTTPS://a.example/", "HTTP://b.example/", false, MOVE_DOWNGRADE },
		{ A, C, false, MOVE_RIPE },
		{ C, "https://b.example/", false, MOVE_RIPE },
		{ A, "gopher://b.example/", false, MOVE_UNUSABLE },
	};
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct feed_moves m = { 0 };
		for (int64_t hours = 0; hours <= 48; hours += 24)
			see(&m, rows[i].from, rows[i].to, hours);
		assert_int_equal(
			feed_moves_judge(&m, T0 + 48 * HOUR, rows[i].taken), rows[i].verdict);
		feed_moves_release(&m);
	}
}

static void an_undone_move_is_not_made_again_for_a_while(void **state)
{
	(void)state;
	struct feed_moves m = { 0 };
	adopt(&m, A, B, T0);
	assert_string_equal(feed_moves_lead(&m, A), B);
	feed_moves_adopted(&m)->undone = T0 + 10 * HOUR;
	assert_null(feed_moves_adopted(&m));
	assert_string_equal(feed_moves_lead(&m, A), A);
	for (int64_t hours = 20; hours <= 68; hours += 24)
		see(&m, A, B, hours);
	assert_int_equal(judge(&m, 68), MOVE_UNDONE);
	assert_int_equal(
		feed_moves_judge(&m, T0 + 10 * HOUR + LIMIT_MOVE_REFUSED - 1, false), MOVE_UNDONE);
	assert_int_equal(
		feed_moves_judge(&m, T0 + 10 * HOUR + LIMIT_MOVE_REFUSED, false), MOVE_RIPE);
	assert_int_equal(m.n, 2); /* the history keeps both */
	for (int64_t hours = 100; hours <= 148; hours += 24)
		see(&m, A, C, hours);
	assert_int_equal(judge(&m, 148), MOVE_RIPE); /* another target is another move */
	feed_moves_release(&m);
}

static void moves_lead_from_one_to_the_next(void **state)
{
	(void)state;
	struct feed_moves m = { 0 };
	assert_string_equal(feed_moves_lead(&m, A), A);
	adopt(&m, A, B, T0);
	adopt(&m, B, C, T0 + HOUR);
	assert_int_equal(m.list[1].number, 1);
	assert_string_equal(feed_moves_lead(&m, A), C);
	assert_string_equal(feed_moves_lead(&m, B), C);
	assert_string_equal(feed_moves_lead(&m, "http://other.example/"), "http://other.example/");
	adopt(&m, C, A, T0 + 2 * HOUR); /* and back where it came from */
	assert_string_equal(feed_moves_lead(&m, A), A);
	feed_moves_adopted(&m)->undone = T0 + 3 * HOUR;
	assert_string_equal(feed_moves_lead(&m, A), C);
	feed_moves_release(&m);
}

static void a_feed_that_never_stops_moving_stays(void **state)
{
	(void)state;
	struct feed_moves m = { 0 };
	char from[64] = A, to[64];
	for (int i = 0; i < LIMIT_MOVES; i++) {
		snprintf(to, sizeof to, "http://b.example/%d", i);
		adopt(&m, from, to, T0);
		memcpy(from, to, sizeof from);
	}
	for (int64_t hours = 0; hours <= 48; hours += 24)
		see(&m, from, C, hours);
	assert_int_equal(judge(&m, 48), MOVE_TOO_MANY);
	feed_moves_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_fetches_over_48_hours),
		cmocka_unit_test(another_target_begins_again),
		cmocka_unit_test(what_is_never_adopted),
		cmocka_unit_test(an_undone_move_is_not_made_again_for_a_while),
		cmocka_unit_test(moves_lead_from_one_to_the_next),
		cmocka_unit_test(a_feed_that_never_stops_moving_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
