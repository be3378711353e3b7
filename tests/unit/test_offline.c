#include "refresh/offline.h"
#include "test.h"

static struct offline fresh(void)
{
	return (struct offline){ 0 };
}

static void enough_hosts_in_a_row_mean_offline(void **state)
{
	(void)state;
	struct offline o = fresh();
	for (uint64_t host = 1; host < LIMIT_OFFLINE_HOSTS; host++)
		assert_false(offline_failed(&o, host, o.n_reached, 100, false, 1000));
	assert_true(offline_failed(&o, 99, o.n_reached, 100, false, 1000));
	assert_true(o.since == 1000);
	assert_false(offline_failed(&o, 98, o.n_reached, 100, false, 1001)); /* it began before */
	assert_true(offline_reached(&o));
	assert_true(o.since == 0);
	assert_false(offline_reached(&o));
}

static void one_host_counts_once(void **state)
{
	(void)state;
	struct offline o = fresh();
	for (int i = 0; i < 100; i++)
		assert_false(offline_failed(&o, 7, o.n_reached, 100, false, 1000));
	assert_int_equal(o.n_failed, 1);
}

/* A thousand hosts that hang end together, long after others have answered. */
static void hosts_that_hang_beside_others_never_count(void **state)
{
	(void)state;
	struct offline o = fresh();
	uint64_t began = o.n_reached;
	offline_reached(&o);
	for (uint64_t host = 1; host < 1000; host++)
		assert_false(offline_failed(&o, host, began, 10000, false, 1000));
	assert_int_equal(o.n_failed, 0);
}

static void an_answer_between_starts_the_row_again(void **state)
{
	(void)state;
	struct offline o = fresh();
	for (uint64_t host = 1; host < 1000; host++) {
		assert_false(offline_failed(&o, host, o.n_reached, 100, false, 1000));
		if (host % (LIMIT_OFFLINE_HOSTS - 1) == 0)
			offline_reached(&o);
	}
}

static void few_feeds_need_fewer_hosts(void **state)
{
	static const struct {
		unsigned n_feeds, enough; /* enough 0: never */
	} cases[] = { { 0, 0 }, { 1, 0 }, { 2, 2 }, { 3, 2 }, { 4, 3 }, { 7, 4 }, { 8, 5 },
		{ 100000, 5 } };
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct offline o = fresh();
		unsigned n = 0;
		while (n < 20 && !offline_failed(&o, n + 1, 0, cases[i].n_feeds, false, 1))
			n++;
		assert_int_equal(n < 20 ? n + 1 : 0, cases[i].enough);
	}
}

/* Its host's fault cannot be told from ours, unless the machine says that nothing leads there. */
static void a_single_feed_needs_no_route(void **state)
{
	(void)state;
	struct offline o = fresh();
	assert_false(offline_failed(&o, 1, 0, 1, false, 1000));
	assert_false(offline_failed(&o, 2, 0, 1, false, 1000));
	o = fresh();
	assert_true(offline_failed(&o, 1, 0, 1, true, 1000));
	o = fresh(); /* an IPv6 address beside others that are reached by IPv4 */
	assert_false(offline_failed(&o, 1, 0, 2, true, 1000));
}

static void probes_get_rarer_to_a_bound(void **state)
{
	(void)state;
	struct offline o = fresh();
	int64_t now = 1000, last = 0, longest = 0;
	for (uint64_t host = 1; !offline_failed(&o, host, 0, 100, false, now);)
		host++;
	for (; now < 1000 + 7200; now++) {
		if (!offline_probe(&o, now))
			continue;
		if (last > 0) {
			assert_true(now - last >= longest);
			longest = now - last;
		} else {
			assert_int_equal(now, 1000 + LIMIT_OFFLINE_PROBE);
		}
		last = now;
	}
	assert_int_equal(longest, LIMIT_OFFLINE_PROBE_MOST);
	/* A clock that is set back does not stop them. */
	assert_false(offline_probe(&o, 0));
	assert_true(offline_probe(&o, LIMIT_OFFLINE_PROBE_MOST));
}

static void what_an_answer_says_of_the_network(void **state)
{
	static const struct {
		enum status status;
		int code;
		enum offline_sign sign;
	} cases[] = {
		{ STATUS_OK, 200, OFFLINE_REACHED },
		{ STATUS_OK, 304, OFFLINE_REACHED },
		{ STATUS_HTTP_ERROR, 503, OFFLINE_REACHED },
		{ STATUS_TIMEOUT, 200, OFFLINE_REACHED }, /* it broke off in the middle */
		{ STATUS_PROTOCOL_ERROR, 0, OFFLINE_REACHED },
		{ STATUS_DNS_FAILED, 0, OFFLINE_FAILED },
		{ STATUS_CONNECT_FAILED, 0, OFFLINE_FAILED },
		{ STATUS_TLS_FAILED, 0, OFFLINE_FAILED },
		{ STATUS_TIMEOUT, 0, OFFLINE_FAILED },
		{ STATUS_ADDRESS_REFUSED, 0, OFFLINE_NO_SIGN },
		{ STATUS_CANCELLED, 0, OFFLINE_NO_SIGN },
	};
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct failure fail = { .status = cases[i].status };
		assert_int_equal(offline_sign(&fail, cases[i].code), cases[i].sign);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enough_hosts_in_a_row_mean_offline),
		cmocka_unit_test(one_host_counts_once),
		cmocka_unit_test(hosts_that_hang_beside_others_never_count),
		cmocka_unit_test(an_answer_between_starts_the_row_again),
		cmocka_unit_test(few_feeds_need_fewer_hosts),
		cmocka_unit_test(a_single_feed_needs_no_route),
		cmocka_unit_test(probes_get_rarer_to_a_bound),
		cmocka_unit_test(what_an_answer_says_of_the_network),
	};
	return cmocka_run_group_tests_name("offline", tests, NULL, NULL);
}
