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

#define PLAY(test) cmocka_unit_test_setup_teardown(test, fake_start, fake_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(test_what_takes_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
