#include "api/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct params, name)

static const struct param TABLE[] = {
	{ "limit", PARAM_INT, FIELD(limit) },
	{ "status", PARAM_STATUS, 0 },
	{ "starred", PARAM_TERNARY, FIELD(starred) },
	{ "wait", PARAM_BOOL, FIELD(wait) },
	{ "category", PARAM_TEXT, FIELD(category) },
	{ "order", PARAM_ORDER, FIELD(order) },
	{ "direction", PARAM_DIRECTION, FIELD(descending) },
	{ NULL, PARAM_INT, 0 },
};

/* db/ is not needed for three words. */
bool entry_status_parse(const char *name, enum entry_status *ret)
{
	static const char *const NAMES[] = { "unread", "read", "removed" };
	for (int i = 0; i < ENTRY_STATUS_COUNT; i++) {
		if (strcmp(name, NAMES[i]) == 0) {
			*ret = (enum entry_status)i;
			return true;
		}
	}
	return false;
}

static void test_defaults(void **state)
{
	(void)state;
	struct params p;
	struct failure fail;
	params_init(&p);
	assert_true(params_parse(&p, TABLE, NULL, &fail));
	assert_true(params_parse(&p, NULL, NULL, &fail));
	assert_int_equal(p.limit, 100);
	assert_int_equal(p.order, ENTRY_ORDER_PUBLISHED);
	assert_false(p.descending);
	assert_true(p.content);
	assert_int_equal(p.last_event_id, -1);
	assert_null(p.category);
}

static void test_values(void **state)
{
	(void)state;
	char query[] = "limit=25&&status=unread&status=read&status=unread&starred=0&wait=true"
		       "&category=na%C3%AFve+caf%c3%a9%2Bx&order=created_at&direction=desc&";
	struct params p;
	struct failure fail;
	params_init(&p);
	assert_true(params_parse(&p, TABLE, query, &fail));
	assert_int_equal(p.limit, 25);
	assert_int_equal(p.n_statuses, 2);
	assert_int_equal(p.statuses[0], ENTRY_UNREAD);
	assert_int_equal(p.statuses[1], ENTRY_READ);
	assert_int_equal(p.starred, -1);
	assert_true(p.wait);
	assert_string_equal(p.category, "naïve café+x");
	assert_int_equal(p.order, ENTRY_ORDER_CREATED);
	assert_true(p.descending);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *query, *says;
	} CASES[] = {
		{ "limt=5", "\"limt\"" },
		{ "=5", "\"\"" },
		{ "limit", "limit must be a number" },
		{ "limit=", "limit must be" },
		{ "limit=-1", "limit must be" },
		{ "limit=+1", "limit must be" },
		{ "limit=1e3", "limit must be" },
		{ "limit=007", "limit must be" },
		{ "limit=9223372036854775808", "limit must be" },
		{ "limit=99999999999999999999999", "limit must be" },
		{ "limit=1&limit=1", "limit is given twice" },
		{ "status=new", "status must be unread, read or removed" },
		{ "starred=yes", "starred must be" },
		{ "wait=2", "wait must be" },
		{ "category=", "category must be text" },
		{ "category=%00", "category is not percent-encoded" },
		{ "limit=1&category=a%09b",
			"category is not percent-encoded UTF-8 text without control" },
		{ "%00=1", "a parameter's name is not percent-encoded" },
		{ "category=%1b%5b2J", "percent-encoded" },
		{ "category=%0a", "percent-encoded" },
		{ "category=%ff", "percent-encoded" },
		{ "category=%c3", "percent-encoded" },
		{ "category=%E2%80%AE", "percent-encoded" },
		{ "category=%", "percent-encoded" },
		{ "category=%4", "percent-encoded" },
		{ "category=%zz", "percent-encoded" },
		{ "order=id;drop", "order must be id, published_at" },
		{ "direction=down", "direction must be asc or desc" },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		char *query = strdup(CASES[i].query);
		struct params p;
		struct failure fail = { 0 };
		params_init(&p);
		if (params_parse(&p, TABLE, query, &fail))
			fail_msg("%s was taken", CASES[i].query);
		assert_int_equal(fail.status, STATUS_BAD_REQUEST);
		if (strstr(fail.detail, CASES[i].says) == NULL)
			fail_msg("%s: %s", CASES[i].query, fail.detail);
		free(query);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	int64_t n = -7;
	assert_true(number_parse("0", &n) && n == 0);
	assert_true(number_parse("9223372036854775807", &n) && n == INT64_MAX);
	assert_true(id_parse("1", &n) && n == 1);
	assert_false(id_parse("0", &n));
	assert_false(id_parse("", &n));
	assert_false(id_parse("1 ", &n));
	assert_false(id_parse("0x1", &n));
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
