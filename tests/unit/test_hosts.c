#include "base/limits.h"
#include "base/rng.h"
#include "fetch/hosts.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static struct hosts *fresh(unsigned concurrency, unsigned per_host, int64_t delay_ms)
{
	struct hosts *h = hosts_new();
	hosts_set_limits(h, concurrency, per_host, delay_ms, 0);
	return h;
}

static void leave_all(struct hosts *h, struct host_place *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hosts_leave(h, &places[i], 0);
	hosts_free(h);
}

static void one_host_is_served_in_order_and_spaced(void **state)
{
	(void)state;
	struct host_place p[3] = { 0 };
	struct hosts *h = fresh(16, 1, 1000);
	for (int i = 0; i < 3; i++)
		hosts_enter(h, &p[i], "a:80", false, 5000);
	assert_ptr_equal(hosts_start_next(h, 5000), &p[0]);
	assert_null(
		hosts_start_next(h, 9000)); /* one connection at a time, however long it takes */
	assert_true(hosts_next_start(h) == HOSTS_NEVER);
	hosts_leave(h, &p[0], 5400);
	assert_null(hosts_start_next(h, 5999));
	assert_true(hosts_next_start(h) == 6000);
	assert_ptr_equal(hosts_start_next(h, 6000), &p[1]);
	hosts_leave(h, &p[1], 8000); /* slower than the pause: the next one goes at once */
	assert_ptr_equal(hosts_start_next(h, 8000), &p[2]);
	leave_all(h, p, 3);
}

static void the_pause_counts_from_the_request(void **state)
{
	(void)state;
	struct host_place p[2] = { 0 };
	struct hosts *h = fresh(16, 2, 1000);
	hosts_enter(h, &p[0], "a:80", false, 0);
	hosts_enter(h, &p[1], "a:80", false, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[0]);
	hosts_sent(h, &p[0], 700); /* a slow handshake */
	hosts_leave(h, &p[0], 800);
	assert_null(hosts_start_next(h, 1699));
	assert_true(hosts_next_start(h) == 1700);
	assert_ptr_equal(hosts_start_next(h, 1700), &p[1]);
	leave_all(h, p, 2);
}

static void who_waits_is_told_when_his_turn_comes(void **state)
{
	(void)state;
	struct host_place p[4] = { 0 };
	struct hosts *h = fresh(16, 1, 1000);
	for (int i = 0; i < 4; i++)
		hosts_enter(h, &p[i], "a:80", false, 5000);
	assert_int_equal(hosts_starts_ms(h, &p[0], 5000), 5000); /* nobody was asked before */
	assert_int_equal(hosts_starts_ms(h, &p[3], 5000), 8000);
	assert_ptr_equal(hosts_start_next(h, 5000), &p[0]);
	assert_int_equal(hosts_starts_ms(h, &p[1], 5100), 6000);
	assert_int_equal(hosts_starts_ms(h, &p[3], 5100), 8000);
	hosts_slow(h, "a:80", 4000, 5200);
	assert_int_equal(hosts_starts_ms(h, &p[1], 5200), 9000);
	assert_int_equal(hosts_starts_ms(h, &p[3], 5200), 17000);
	hosts_leave(h, &p[1], 5300); /* gave up */
	assert_int_equal(hosts_starts_ms(h, &p[3], 5300), 13000);
	hosts_leave(h, &p[0], 5400);
	hosts_enter(h, &p[0], "a:80", true, 5400); /* a next hop goes first */
	assert_int_equal(hosts_starts_ms(h, &p[0], 5400), 9000);
	leave_all(h, p, 4);
}

static void a_host_that_was_slowed_down_has_a_longer_pause(void **state)
{
	(void)state;
	struct host_place p[3] = { 0 };
	struct hosts *h = fresh(16, 1, 1000);
	hosts_slow(h, "a:80", 4000, 0);
	assert_int_equal(hosts_pause_ms(h, "a:80"), 4000);
	assert_int_equal(hosts_pause_ms(h, "b:80"), 1000);
	for (int i = 0; i < 3; i++)
		hosts_enter(h, &p[i], "a:80", false, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[0]);
	hosts_leave(h, &p[0], 100);
	assert_true(hosts_next_start(h) == 4000);
	hosts_slow(h, "a:80", 2000, 100); /* for those who wait, too */
	assert_true(hosts_next_start(h) == 2000);
	assert_ptr_equal(hosts_start_next(h, 2000), &p[1]);
	hosts_leave(h, &p[1], 2100);
	hosts_slow(h, "a:80", 0, 2100);
	assert_true(hosts_next_start(h) == 3000);
	leave_all(h, p, 3);
}

/* A start of the daemon is no way round the pause. */
static void nobody_starts_before_the_first_pause(void **state)
{
	(void)state;
	struct host_place p[2] = { 0 };
	struct hosts *h = hosts_new();
	hosts_hold(h, 500);
	hosts_set_limits(h, 16, 1, 1000, 500);
	hosts_limit(h, "group a", 1, 3000, 500);
	hosts_enter(h, &p[0], "b:80", false, 600);
	hosts_enter(h, &p[1], "group a", false, 600);
	assert_null(hosts_start_next(h, 1499));
	assert_ptr_equal(hosts_start_next(h, 1500), &p[0]);
	assert_null(hosts_start_next(h, 3499));
	assert_ptr_equal(hosts_start_next(h, 3500), &p[1]);
	leave_all(h, p, 2);
}

static void hosts_take_turns(void **state)
{
	(void)state;
	struct host_place a[3] = { 0 }, b[1] = { 0 }, c[1] = { 0 };
	struct hosts *h = fresh(16, 4, 0);
	for (int i = 0; i < 3; i++)
		hosts_enter(h, &a[i], "a:80", false, 0);
	hosts_enter(h, &b[0], "b:80", false, 0);
	hosts_enter(h, &c[0], "c:80", false, 0);
	struct host_place *want[] = { &a[0], &b[0], &c[0], &a[1], &a[2], NULL };
	for (int i = 0; i < 6; i++)
		assert_ptr_equal(hosts_start_next(h, 0), want[i]);
	for (int i = 0; i < 3; i++)
		hosts_leave(h, &a[i], 0);
	hosts_leave(h, &b[0], 0);
	leave_all(h, c, 1);
}

static void concurrency_bounds_all_hosts(void **state)
{
	(void)state;
	struct host_place p[5] = { 0 };
	struct hosts *h = fresh(2, 1, 0);
	char name[] = "a:80";
	for (int i = 0; i < 5; i++, name[0]++)
		hosts_enter(h, &p[i], name, false, 0);
	assert_non_null(hosts_start_next(h, 0));
	assert_non_null(hosts_start_next(h, 0));
	assert_null(hosts_start_next(h, 0));
	assert_int_equal(hosts_n_started(h), 2);
	assert_int_equal(hosts_n_waiting(h), 3);
	hosts_leave(h, &p[1], 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[2]);
	hosts_set_limits(h, 4, 1, 0, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[3]);
	leave_all(h, p, 5);
}

/* A name of its own for each. */
static void enter_all(struct hosts *h, struct host_place *places, unsigned n)
{
	char name[16];
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "h%u:80", i);
		hosts_enter(h, &places[i], name, false, 0);
	}
}

static void who_is_quiet_lends_its_share(void **state)
{
	(void)state;
	struct host_place p[6] = { 0 };
	struct hosts *h = fresh(2, 1, 0);
	enter_all(h, p, 6);
	assert_ptr_equal(hosts_start_next(h, 0), &p[0]);
	assert_ptr_equal(hosts_start_next(h, 50), &p[1]);
	assert_true(hosts_next_start(h) == LIMIT_SILENT_MS);
	hosts_stirred(h, &p[0], 100); /* so it is p[1] that is silent for too long */
	assert_null(hosts_start_next(h, LIMIT_SILENT_MS));
	assert_true(hosts_next_start(h) == 50 + LIMIT_SILENT_MS);
	assert_ptr_equal(hosts_start_next(h, 50 + LIMIT_SILENT_MS), &p[2]);
	assert_int_equal(hosts_n_started(h), 3);
	assert_int_equal(hosts_n_quiet(h), 1);
	hosts_stirred(h, &p[1], 300); /* back, and nobody is stopped for it */
	hosts_stirred(h, &p[2], 300);
	assert_int_equal(hosts_n_quiet(h), 0);
	hosts_leave(h, &p[2], 400);
	assert_null(hosts_start_next(h, 400));
	assert_true(hosts_next_start(h) == 100 + LIMIT_QUIET_MS);
	assert_ptr_equal(hosts_start_next(h, 100 + LIMIT_QUIET_MS), &p[3]);
	leave_all(h, p, 6);
}

static void so_many_are_quiet_and_no_more(void **state)
{
	(void)state;
	enum { N = LIMIT_QUIET + 10 };
	static struct host_place p[N];
	memset(p, 0, sizeof(p));
	struct hosts *h = fresh(2, 1, 0);
	int64_t now = 0;
	unsigned n = 0;
	enter_all(h, p, N);
	for (; now != HOSTS_NEVER; now = hosts_next_start(h)) {
		struct host_place *place;
		while ((place = hosts_start_next(h, now))) {
			hosts_resolved(h, place);
			n++;
		}
	}
	assert_int_equal(hosts_n_quiet(h), LIMIT_QUIET);
	assert_int_equal(n, LIMIT_QUIET + 2);
	leave_all(h, p, N);
}

static void names_are_resolved_a_few_at_a_time(void **state)
{
	(void)state;
	enum { N = LIMIT_RESOLVES + 3 };
	struct host_place p[N] = { 0 };
	struct hosts *h = fresh(N, 1, 0);
	enter_all(h, p, N);
	for (unsigned i = 0; i < LIMIT_RESOLVES; i++)
		assert_ptr_equal(hosts_start_next(h, 0), &p[i]);
	assert_null(hosts_start_next(h, 0));
	hosts_resolved(h, &p[0]);
	hosts_resolved(h, &p[0]);
	assert_ptr_equal(hosts_start_next(h, 0), &p[LIMIT_RESOLVES]);
	assert_null(hosts_start_next(h, 0));
	hosts_leave(h, &p[1], 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[LIMIT_RESOLVES + 1]);
	assert_null(hosts_start_next(h, LIMIT_SILENT_MS - 1));
	/* Name servers that do not answer hold up nobody's names for longer. */
	assert_ptr_equal(hosts_start_next(h, LIMIT_SILENT_MS), &p[LIMIT_RESOLVES + 2]);
	hosts_resolved(h, &p[2]);
	leave_all(h, p, N);
}

static void next_hop_goes_before_the_queue(void **state)
{
	(void)state;
	struct host_place p[3] = { 0 };
	struct hosts *h = fresh(16, 1, 100);
	hosts_enter(h, &p[0], "a:80", false, 0);
	hosts_enter(h, &p[1], "a:80", false, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[0]);
	hosts_leave(h, &p[0], 10);
	hosts_enter(h, &p[0], "a:80", true, 10);
	assert_null(hosts_start_next(h, 99)); /* yet it keeps the pause */
	assert_ptr_equal(hosts_start_next(h, 100), &p[0]);
	leave_all(h, p, 3);
}

static void leaving_while_waiting_frees_the_turn(void **state)
{
	(void)state;
	struct host_place p[3] = { 0 };
	struct hosts *h = fresh(16, 1, 0);
	for (int i = 0; i < 3; i++)
		hosts_enter(h, &p[i], "a:80", false, 0);
	hosts_leave(h, &p[0], 0);
	hosts_leave(h, &p[0], 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[1]);
	hosts_leave(h, &p[2], 0);
	hosts_leave(h, &p[1], 0);
	assert_null(hosts_start_next(h, 0));
	assert_true(hosts_next_start(h) == HOSTS_NEVER);
	leave_all(h, p, 3);
}

static void a_queue_may_have_limits_of_its_own(void **state)
{
	(void)state;
	struct host_place a[3] = { 0 }, b[2] = { 0 };
	struct hosts *h = fresh(16, 1, 1000);
	hosts_limit(h, "group a", 2, 50, 0);
	for (int i = 0; i < 3; i++)
		hosts_enter(h, &a[i], "group a", false, 0);
	for (int i = 0; i < 2; i++)
		hosts_enter(h, &b[i], "b:80", false, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &a[0]);
	assert_ptr_equal(hosts_start_next(h, 0), &b[0]);
	assert_null(hosts_start_next(h, 49));
	assert_ptr_equal(hosts_start_next(h, 50), &a[1]);
	hosts_leave(h, &b[0], 60);
	assert_null(hosts_start_next(h, 999)); /* two of a at a time, and b's pause */
	hosts_leave(h, &a[0], 999);
	assert_ptr_equal(hosts_start_next(h, 999), &a[2]);
	assert_ptr_equal(hosts_start_next(h, 1000), &b[1]);
	hosts_leave(h, &b[1], 1000);
	leave_all(h, a, 3);
}

static void own_limits_are_forgotten_with_the_next_ones_of_all(void **state)
{
	(void)state;
	struct host_place p[2] = { 0 };
	struct hosts *h = fresh(16, 1, 0);
	hosts_limit(h, "group a", 2, 0, 0);
	hosts_enter(h, &p[0], "group a", false, 0);
	hosts_enter(h, &p[1], "group a", false, 0);
	hosts_set_limits(h, 16, 1, 0, 0);
	assert_ptr_equal(hosts_start_next(h, 0), &p[0]);
	assert_null(hosts_start_next(h, 0));
	leave_all(h, p, 2);
}

static void shorter_delay_applies_to_who_waits(void **state)
{
	(void)state;
	struct host_place p[2] = { 0 };
	struct hosts *h = fresh(16, 1, 10000);
	hosts_enter(h, &p[0], "a:80", false, 0);
	hosts_enter(h, &p[1], "a:80", false, 0);
	hosts_start_next(h, 0);
	hosts_set_limits(h, 16, 2, 0, 5);
	assert_ptr_equal(hosts_start_next(h, 5), &p[1]);
	leave_all(h, p, 2);
}

static void idle_hosts_are_forgotten(void **state)
{
	(void)state;
	struct host_place p = { 0 };
	struct hosts *h = fresh(16, 1, 1000);
	hosts_limit(h, "group a", 1, 1000, 0);
	for (int i = 0; i < 10000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "host%d:80", i);
		hosts_enter(h, &p, name, false, i * 2000);
		assert_ptr_equal(hosts_start_next(h, i * 2000), &p);
		hosts_leave(h, &p, i * 2000 + 1);
	}
	assert_in_range(hosts_count(h), 1, 200);
	hosts_free(h);
}

/* Whatever happens, no limit is ever passed and everybody is served. */
static void limits_hold_in_any_order(void **state)
{
	(void)state;
	enum { N = 400, HOSTS = 7 };
	struct rng rng;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		static struct host_place p[N];
		int64_t last_start[HOSTS], now = 0;
		unsigned running[HOSTS] = { 0 }, served = 0;
		int started[N] = { 0 };
		memset(p, 0, sizeof(p));
		for (int i = 0; i < HOSTS; i++)
			last_start[i] = INT64_MIN / 2;
		rng_seed(&rng, seed);
		struct hosts *h = fresh(5, 2, 100);
		for (int i = 0; i < N; i++) {
			char name[] = { (char)('a' + i % HOSTS), '\0' };
			hosts_enter(h, &p[i], name, rng_unit(&rng) < 0.1, now);
		}
		while (served < N) {
			struct host_place *place;
			now += (int64_t)(rng_unit(&rng) * 60);
			while ((place = hosts_start_next(h, now))) {
				int i = (int)(place - p), host = i % HOSTS;
				assert_false(started[i]);
				started[i] = 1;
				assert_true(++running[host] <= 2);
				assert_true(now - last_start[host] >= 100);
				last_start[host] = now;
				assert_true(hosts_n_started(h) - hosts_n_quiet(h) <= 5);
			}
			for (int i = 0; i < N; i++) {
				if (p[i].host && p[i].started && rng_unit(&rng) < 0.3) {
					hosts_leave(h, &p[i], now);
					running[i % HOSTS]--;
					served++;
				}
			}
		}
		assert_int_equal(hosts_n_waiting(h), 0);
		hosts_free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_host_is_served_in_order_and_spaced),
		cmocka_unit_test(the_pause_counts_from_the_request),
		cmocka_unit_test(who_waits_is_told_when_his_turn_comes),
		cmocka_unit_test(a_host_that_was_slowed_down_has_a_longer_pause),
		cmocka_unit_test(nobody_starts_before_the_first_pause),
		cmocka_unit_test(hosts_take_turns),
		cmocka_unit_test(concurrency_bounds_all_hosts),
		cmocka_unit_test(who_is_quiet_lends_its_share),
		cmocka_unit_test(so_many_are_quiet_and_no_more),
		cmocka_unit_test(names_are_resolved_a_few_at_a_time),
		cmocka_unit_test(next_hop_goes_before_the_queue),
		cmocka_unit_test(leaving_while_waiting_frees_the_turn),
		cmocka_unit_test(a_queue_may_have_limits_of_its_own),
		cmocka_unit_test(own_limits_are_forgotten_with_the_next_ones_of_all),
		cmocka_unit_test(shorter_delay_applies_to_who_waits),
		cmocka_unit_test(idle_hosts_are_forgotten),
		cmocka_unit_test(limits_hold_in_any_order),
	};
	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
