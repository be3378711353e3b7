#include "api_client.h"

/* What may take long is handed to the reader that the quick ones do not wait for. */
static void test_what_takes_long(void **state)
{
	(void)state;
	static const struct {
		const char *target;
		bool lengthy;
	} TARGETS[] = {
		{ "/v1/entries", false },
		{ "/v1/entries?limit=1000", false },
		{ "/v1/entries?limit=1001", true },
		{ "/v1/entries?limit=0", true },
		{ "/v1/entries?search=word", true },
		{ "/v1/feeds/1/entries?search=word", true },
		{ "/v1/feeds", true },
		{ "/v1/feeds/1", false },
		{ "/v1/feeds/counters", false },
		{ "/v1/export", true },
		{ "/v1/status", false },
		{ "/metrics", true },
	};
	for (size_t i = 0; i < sizeof TARGETS / sizeof TARGETS[0]; i++) {
		int before = F.n_long;
		struct reply r = exchange("GET", TARGETS[i].target, NULL);
		assert_int_equal(r.code, 200);
		assert_int_equal(F.n_long - before, TARGETS[i].lengthy);
		free(r.body);
	}
}

static size_t n_later;

static void count_later(void)
{
	n_later = F.later.n;
}

static void drain_now(void)
{
	api_drain(F.api);
}

/* What a change comes to is told while the daemon stops, too, though nothing more is read. */
static void test_done_while_draining(void **state)
{
	(void)state;
	static const struct {
		const char *method, *target, *body, *answer;
		int code;
	} CHANGES[] = {
		{ "POST", "/v1/feeds",
			"{\"feed_url\":\"https://new/\",\"interval\":\"90min\","
			"\"category\":\"tech\",\"allow_private\":true}",
			"{\"feed_id\":43}", 201 },
		{ "PUT", "/v1/feeds/1", "{\"title\":\"New\"}", "unavailable", 503 },
	};
	enum { N = sizeof CHANGES / sizeof CHANGES[0] };
	struct client clients[N];
	struct reply r;
	F.held = true;
	for (size_t i = 0; i < N; i++) {
		clients[i] = dial();
		ask(&clients[i], CHANGES[i].method, CHANGES[i].target, CHANGES[i].body);
	}
	do {
		on_loop(count_later);
		usleep(1000);
	} while (n_later < N);
	on_loop(drain_now);
	F.held = false;
	wake_loop(NULL);
	for (size_t i = 0; i < N; i++) {
		assert_true(hear(&clients[i], &r));
		assert_int_equal(r.code, CHANGES[i].code);
		assert_non_null(strstr(r.body, CHANGES[i].answer));
		free(r.body);
		hang_up(&clients[i]);
	}
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, fake_start, fake_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(test_what_takes_long),
		PLAY(test_done_while_draining),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
