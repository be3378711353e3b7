#include "api/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const struct body_key TABLE[] = {
	{ "url", BODY_TEXT, true, 10 },
	{ "title", BODY_TEXT, false, 10 },
	{ "private", BODY_BOOL, false, 0 },
	{ "ids", BODY_IDS, false, 0 },
	{ NULL, BODY_TEXT, false, 0 },
};

static void test_values(void **state)
{
	(void)state;
	static const char BODY[] = "{\"url\":\"0123456789\",\"title\":null,\"private\":true,"
				   "\"ids\":[1,9007199254740993]}";
	struct failure fail;
	json_t *body = body_parse(BODY, strlen(BODY), TABLE, &fail);
	assert_non_null(body);
	assert_string_equal(body_text(body, "url"), "0123456789");
	assert_null(body_text(body, "title"));
	assert_true(body_bool(body, "private"));
	json_decref(body);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *body, *says;
	} CASES[] = {
		{ "", "not JSON" },
		{ "{", "not JSON" },
		{ "{\"url\":\"a\"} x", "not JSON" },
		{ "{\"url\":\"a\",\"url\":\"b\"}", "not JSON" },
		{ "{\"url\":\"\\u0000\"}", "not JSON" },
		{ "{\"url\":\"\xff\"}", "not JSON" },
		{ "[]", "must be a JSON object" },
		{ "{}", "url is missing" },
		{ "{\"url\":null}", "url is missing" },
		{ "{\"url\":7}", "url must be text" },
		{ "{\"url\":\"\"}", "url must be text" },
		{ "{\"url\":\"01234567890\"}", "url is longer than 10 bytes" },
		{ "{\"url\":\"a\\nb\"}", "control" },
		{ "{\"url\":\"\\u202e\"}", "control" },
		{ "{\"url\":\"a\",\"uri\":1}", "\"uri\"" },
		{ "{\"url\":\"a\",\"private\":1}", "private must be true or false" },
		{ "{\"url\":\"a\",\"ids\":[]}", "ids must be a list" },
		{ "{\"url\":\"a\",\"ids\":{}}", "ids must be a list" },
		{ "{\"url\":\"a\",\"ids\":[1,0]}", "whole numbers" },
		{ "{\"url\":\"a\",\"ids\":[1.0]}", "whole numbers" },
		{ "{\"url\":\"a\",\"ids\":[9223372036854775808]}", "not JSON" },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct failure fail = { 0 };
		if (body_parse(CASES[i].body, strlen(CASES[i].body), TABLE, &fail) != NULL)
			fail_msg("%s was taken", CASES[i].body);
		assert_int_equal(fail.status, STATUS_BAD_REQUEST);
		if (strstr(fail.detail, CASES[i].says) == NULL)
			fail_msg("%s: %s", CASES[i].body, fail.detail);
	}
}

static void test_deep_nesting(void **state)
{
	(void)state;
	static char body[100000];
	struct failure fail;
	memset(body, '[', sizeof body);
	assert_null(body_parse(body, sizeof body, TABLE, &fail));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_deep_nesting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
