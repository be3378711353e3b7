/* strbuf, arena: bounds hold, overflow is said once, nothing is written past it. */
#include "test.h"

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

static void a_buffer_stops_at_its_maximum(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(10);
	assert_string_equal(strbuf_str(&b), "");
	assert_true(strbuf_addstr(&b, "12345678"));
	assert_false(strbuf_addstr(&b, "abc"));
	assert_true(b.overflow);
	assert_string_equal(strbuf_str(&b), "12345678");
	/* After an overflow even what would fit is refused: the text must not have a hole. */
	assert_false(strbuf_addch(&b, 'x'));
	strbuf_clear(&b);
	assert_true(strbuf_addf(&b, "%d-%s", 42, "abcdefg"));
	assert_string_equal(strbuf_str(&b), "42-abcdefg");
	assert_false(strbuf_addch(&b, 'x'));
	strbuf_truncate(&b, 2);
	assert_string_equal(strbuf_str(&b), "42");
	strbuf_release(&b);
}

static void taking_leaves_it_empty(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(100);
	size_t n;
	char *none = strbuf_take(&b, &n);
	assert_string_equal(none, "");
	assert_int_equal(n, 0);
	free(none);
	strbuf_add(&b, "a\0b", 3);
	char *bytes = strbuf_take(&b, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(bytes, "a\0b", 4);
	free(bytes);
	assert_int_equal(b.len, 0);
	assert_true(strbuf_addstr(&b, "again"));
	strbuf_release(&b);
}

static void a_buffer_grows_by_small_steps(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(100000);
	for (int i = 0; i < 100000; i++)
		assert_true(strbuf_addch(&b, (char)('a' + i % 26)));
	assert_int_equal(b.len, 100000);
	assert_true(b.cap <= b.max + 1);
	assert_int_equal(b.data[77777], 'a' + 77777 % 26);
	strbuf_release(&b);
}

static void an_arena_refuses_and_says_so(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1000);
	char *zeroed = arena_array(&a, char, 500);
	assert_non_null(zeroed);
	for (int i = 0; i < 500; i++)
		assert_int_equal(zeroed[i], 0);
	assert_false(a.exhausted);
	assert_null(arena_alloc(&a, 600, 1));
	assert_true(a.exhausted);
	assert_null(arena_alloc(&a, SIZE_MAX / 2, 4));
	assert_null(arena_strndup(&a, "x", SIZE_MAX));
	assert_non_null(arena_strdup(&a, "still room"));
	arena_release(&a);
	assert_int_equal(a.used, 0);
}

static void arena_memory_is_aligned_and_kept_apart(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 10 << 20);
	char *previous = NULL;
	for (size_t i = 1; i < 3000; i++) {
		char *s = arena_array(&a, char, i % 97 == 0 ? 20000 : i);
		assert_int_equal((uintptr_t)s % _Alignof(max_align_t), 0);
		memset(s, 'x', i % 97 == 0 ? 20000 : i);
		if (previous != NULL)
			assert_int_equal(previous[0], 'x');
		previous = s;
	}
	arena_release(&a);
}

static void absorbing_moves_everything(void **state)
{
	(void)state;
	struct arena a, b;
	arena_init(&a, 1 << 20);
	arena_init(&b, 1 << 20);
	char *in_a = arena_strdup(&a, "a"), *in_b = arena_strdup(&b, "b");
	size_t used = a.used + b.used;
	arena_absorb(&a, &b);
	assert_int_equal(a.used, used);
	assert_int_equal(b.used, 0);
	arena_release(&b);
	assert_string_equal(in_a, "a");
	assert_string_equal(in_b, "b");
	arena_absorb(&a, &b); /* empty */
	arena_release(&a);
}

static void strings_do_not_unsettle_what_needs_alignment(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < 2000; i++) {
		char *s = arena_strndup(&a, "1234567", i % 8);
		int64_t *number = arena_new(&a, int64_t);
		assert_int_equal((uintptr_t)number % _Alignof(int64_t), 0);
		*number = -1;
		assert_int_equal(strlen(s), i % 8);
	}
	size_t used = a.used;
	assert_non_null(arena_strdup(&a, "x"));
	assert_int_equal(a.used, used + 2);
	arena_release(&a);
}

static void an_adopted_block_is_freed_once(void **state)
{
	(void)state;
	struct arena a, b;
	arena_init(&a, 100);
	arena_init(&b, 100);
	char *block = malloc(60);
	assert_ptr_equal(arena_adopt(&a, block, 60), block);
	assert_non_null(arena_strdup(&a, "beside it"));
	assert_ptr_equal(memset(block, 'x', 60), block);
	assert_null(arena_adopt(&a, malloc(60), 60)); /* freed: there is no room for it */
	assert_true(a.exhausted);
	arena_absorb(&b, &a);
	assert_int_equal(block[59], 'x');
	arena_release(&a);
	arena_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_stops_at_its_maximum),
		cmocka_unit_test(taking_leaves_it_empty),
		cmocka_unit_test(a_buffer_grows_by_small_steps),
		cmocka_unit_test(an_arena_refuses_and_says_so),
		cmocka_unit_test(arena_memory_is_aligned_and_kept_apart),
		cmocka_unit_test(absorbing_moves_everything),
		cmocka_unit_test(strings_do_not_unsettle_what_needs_alignment),
		cmocka_unit_test(an_adopted_block_is_freed_once),
	};
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
