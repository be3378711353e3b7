/* Strict-Transport-Security: what is read of it, kept of it, and whom it covers. */
#include "fetch/hsts.h"
#include "base/limits.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define NOW 1000000

static void fields_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		bool good;
		int64_t max_age;
		bool subdomains;
	} cases[] = {
		{ "max-age=31536000", true, 31536000, false },
		{ "max-age=0", true, 0, false },
		{ "MAX-AGE=\"10\" ; IncludeSubdomains", true, 10, true },
		{ "includeSubDomains;;max-age = 10;preload", true, 10, true },
		{ " max-age=10; x=\"y\"; z ", true, 10, false },
		{ "max-age=99999999999999999999999", true, LIMIT_HSTS_AGE, false },
		{ "", false, 0, false },
		{ "includeSubDomains", false, 0, false },
		{ "max-age", false, 0, false },
		{ "max-age=", false, 0, false },
		{ "max-age=\"\"", false, 0, false },
		{ "max-age=\"10", false, 0, false },
		{ "max-age=-1", false, 0, false },
		{ "max-age=1h", false, 0, false },
		{ "max-age=10; max-age=0", false, 0, false },
		{ "max-age;=10", false, 0, false },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		int64_t max_age = -1;
		bool subdomains = false;
		if (hsts_parse(cases[i].value, &max_age, &subdomains) != cases[i].good)
			fail_msg("\"%s\"", cases[i].value);
		if (!cases[i].good)
			continue;
		assert_int_equal(max_age, cases[i].max_age);
		assert_int_equal(subdomains, cases[i].subdomains);
	}
}

static void hosts_are_covered(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool covered;
	} cases[] = {
		{ "a.test:80", true },
		{ "a.test:8080", true },
		{ "a.test", true },
		{ "b.a.test:80", true },
		{ "c.b.a.test:80", true },
		{ "xa.test:80", false },
		{ "test:80", false },
		{ "alone.test:80", true },
		{ "b.alone.test:80", false },
		{ "127.0.0.1:80", false },
		{ "[::1]:80", false },
	};
	struct hsts *h = hsts_new();
	struct hsts_entry e;
	assert_true(hsts_note(h, "a.test:443", 100, true, NOW, &e));
	assert_string_equal(e.host, "a.test");
	assert_int_equal(e.expires, NOW + 100);
	assert_true(e.subdomains);
	assert_true(hsts_note(h, "alone.test:8443", 100, false, NOW, &e));
	assert_false(hsts_note(h, "127.0.0.1:443", 100, true, NOW, &e));
	assert_false(hsts_note(h, "[::1]:443", 100, true, NOW, &e));
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		if (hsts_covers(h, cases[i].host, NOW + 99) != cases[i].covered)
			fail_msg("%s", cases[i].host);
	assert_false(hsts_covers(h, "a.test:80", NOW + 100));
	hsts_free(h);
}

static void little_news_is_no_news(void **state)
{
	(void)state;
	struct hsts *h = hsts_new();
	struct hsts_entry e;
	assert_true(hsts_note(h, "a.test", 10000000, false, NOW, &e));
	assert_false(hsts_note(h, "a.test", 10000000, false, NOW + 3600, &e));
	assert_true(hsts_note(h, "a.test", 10000000, false, NOW + LIMIT_HSTS_SLACK + 1, &e));
	assert_true(hsts_note(h, "a.test", 10000000, true, NOW + LIMIT_HSTS_SLACK + 1, &e));
	assert_true(hsts_note(h, "a.test", 500, true, NOW + LIMIT_HSTS_SLACK + 1, &e));
	assert_false(hsts_covers(h, "a.test", NOW + LIMIT_HSTS_SLACK + 501));
	assert_true(hsts_note(h, "a.test:443", 0, true, NOW, &e));
	assert_string_equal(e.host, "a.test");
	assert_int_equal(e.expires, 0);
	assert_false(hsts_note(h, "a.test:443", 0, true, NOW, &e));
	assert_int_equal(hsts_count(h), 0);
	hsts_free(h);
}

static void the_table_is_bounded(void **state)
{
	(void)state;
	struct hsts *h = hsts_new();
	struct hsts_entry e;
	char host[32];
	for (int i = 0; i < LIMIT_HSTS_HOSTS + 10; i++) {
		snprintf(host, sizeof(host), "h%d.test", i * 7919 % (LIMIT_HSTS_HOSTS + 10));
		hsts_put(h, &(struct hsts_entry){ host, NOW + 1 + i, false }, NOW);
	}
	assert_int_equal(hsts_count(h), LIMIT_HSTS_HOSTS);
	assert_false(hsts_covers(h, "h0.test", NOW)); /* the first, and the first to end */
	assert_true(hsts_covers(h, host, NOW));
	hsts_put(h, &(struct hsts_entry){ "old.test", NOW, false }, NOW);
	assert_false(hsts_covers(h, "old.test", NOW - 1));
	assert_true(hsts_note(h, "new.test", 5, false, NOW, &e));
	assert_int_equal(hsts_count(h), LIMIT_HSTS_HOSTS);
	hsts_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(hosts_are_covered),
		cmocka_unit_test(little_news_is_no_news),
		cmocka_unit_test(the_table_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
