/* What every unit test includes: cmocka with the headers that it needs before it. */
#ifndef COURANT_TESTS_UNIT_TEST_H
#define COURANT_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

#endif
