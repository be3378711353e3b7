/* What every unit test includes: cmocka with the headers that it needs before it. */
#ifndef COURANT_TESTS_UNIT_TEST_H
#define COURANT_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static inline void is_skipped(void **state)
{
	(void)state;
	skip();
}

/* For tests of what valgrind cannot run: system calls that it does not know, or a filter of them
 * that would meet its own. They count as skipped there, and `why` is printed. */
static inline void skip_under_valgrind(struct CMUnitTest *tests, size_t n, const char *why)
{
	const char *preloaded = getenv("LD_PRELOAD");

	if (preloaded == NULL || strstr(preloaded, "vgpreload") == NULL)
		return;
	printf("skipped under valgrind: %s\n", why);
	for (size_t i = 0; i < n; i++) {
		tests[i].test_func = is_skipped;
		tests[i].setup_func = tests[i].teardown_func = NULL;
	}
}

#endif
