#include "api/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ROUTE(method, pattern)                                \
	{                                                     \
		method, pattern, NULL, NULL, NULL, NULL, NULL \
	}

static const struct route TABLE[] = {
	ROUTE(METHOD_GET, "/feeds"),
	ROUTE(METHOD_POST, "/feeds"),
	ROUTE(METHOD_PUT, "/feeds/refresh"),
	ROUTE(METHOD_GET, "/feeds/{id}"),
	ROUTE(METHOD_DELETE, "/feeds/{id}"),
	ROUTE(METHOD_PUT, "/feeds/{id}/refresh"),
	ROUTE(METHOD_POST, "/digests/{name}"),
};

static void test_table(void **state)
{
	(void)state;
	static const struct {
		const char *method, *path;
		enum status status;
		int route;
		int64_t id;
		const char *text; /* the name, or what is allowed */
	} CASES[] = {
		{ "GET", "/feeds", STATUS_OK, 0, 0, NULL },
		{ "HEAD", "/feeds", STATUS_OK, 0, 0, NULL },
		{ "POST", "/feeds", STATUS_OK, 1, 0, NULL },
		{ "PUT", "/feeds/refresh", STATUS_OK, 2, 0, NULL },
		{ "GET", "/feeds/42", STATUS_OK, 3, 42, NULL },
		{ "DELETE", "/feeds/9223372036854775807", STATUS_OK, 4, INT64_MAX, NULL },
		{ "PUT", "/feeds/1/refresh", STATUS_OK, 5, 1, NULL },
		{ "POST", "/digests/caf%C3%A9%2Fx", STATUS_OK, 6, 0, "café/x" },
		{ "POST", "/digests/%ff", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "GET", "/feeds/0", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "GET", "/feeds/-1", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "GET", "/feeds/x", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "GET", "/feeds/9223372036854775808", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "PUT", "/feeds/%31/refresh", STATUS_BAD_REQUEST, 0, 0, NULL },
		{ "GET", "/feeds/refresh", STATUS_METHOD_NOT_ALLOWED, 0, 0, "PUT" },
		{ "DELETE", "/feeds", STATUS_METHOD_NOT_ALLOWED, 0, 0, "GET, HEAD, POST" },
		{ "PATCH", "/feeds/1", STATUS_METHOD_NOT_ALLOWED, 0, 0, "GET, HEAD, DELETE" },
		{ "get", "/feeds", STATUS_METHOD_NOT_ALLOWED, 0, 0, "GET, HEAD, POST" },
		{ "GET", "/", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "*", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "/feeds/", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "/feeds/1/", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "/feeds//refresh", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "/feedsx", STATUS_NOT_FOUND, 0, 0, NULL },
		{ "GET", "/feeds/1/refresh/2", STATUS_NOT_FOUND, 0, 0, NULL },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		char *path = strdup(CASES[i].path);
		char allow[ROUTE_ALLOW_SIZE] = "";
		struct route_match match = { 0 };
		enum status status = route_find(TABLE, sizeof TABLE / sizeof TABLE[0],
			CASES[i].method, path, &match, allow);
		if (status != CASES[i].status)
			fail_msg("%s %s: %s", CASES[i].method, CASES[i].path, status_name(status));
		if (status == STATUS_OK) {
			assert_ptr_equal(match.route, &TABLE[CASES[i].route]);
			assert_int_equal(match.id, CASES[i].id);
			if (CASES[i].text != NULL)
				assert_string_equal(match.name, CASES[i].text);
			else
				assert_null(match.name);
		} else if (CASES[i].text != NULL) {
			assert_string_equal(allow, CASES[i].text);
		}
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
