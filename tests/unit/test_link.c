#include "fetch/link.h"
#include "test.h"

#include <string.h>

static void assert_link(const char *value, const char *rel, const char *expected)
{
	const char *target = NULL;
	size_t n = link_find(value, strlen(value), rel, &target);
	if (expected == NULL) {
		assert_int_equal(n, 0);
		return;
	}
	assert_int_equal(n, strlen(expected));
	assert_memory_equal(target, expected, n);
}

static void targets_are_found_by_relation(void **state)
{
	(void)state;
	static const struct {
		const char *value, *hub, *self;
	} cases[] = {
		{ "<https://hub.example/>; rel=\"hub\", <https://a.example/f>; rel=\"self\"",
			"https://hub.example/", "https://a.example/f" },
		{ "<https://h/>;rel=hub", "https://h/", NULL },
		{ "<https://h/> ; title=\"a, b; <x>\" ; REL = HUB", "https://h/", NULL },
		{ "<https://h/>; rel=\"alternate Hub self\"", "https://h/", "https://h/" },
		{ "<https://h/>; rel=alternate; rel=hub", NULL, NULL },
		{ "<https://1/>; rel=hub, <https://2/>; rel=hub", "https://1/", NULL },
		{ "<>; rel=hub, <https://2/>; rel=hub", NULL, NULL },
		{ "</relative?a=b,c>; rel=self", NULL, "/relative?a=b,c" },
		{ "nonsense, <https://h/>; rel=hub", "https://h/", NULL },
		{ "<https://h/; rel=hub", NULL, NULL },
		{ "<https://h/>; rel=\"hub", "https://h/", NULL },
		{ "<https://h/>; rel=\"hub\\", NULL, NULL },
		{ "<https://h/>; rel=github", NULL, NULL },
		{ "<https://h/>; rel", NULL, NULL },
		{ "<https://h/>", NULL, NULL },
		{ ";;;,,,\"", NULL, NULL },
		{ "", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_link(cases[i].value, "hub", cases[i].hub);
		assert_link(cases[i].value, "self", cases[i].self);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(targets_are_found_by_relation) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
