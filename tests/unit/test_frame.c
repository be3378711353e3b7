/* wire/frame.c: numbers and strings come back as they went, and no read passes the end. */
#include "wire/frame.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct frame_reader reader(const struct strbuf *b)
{
	const unsigned char *at = (const unsigned char *)strbuf_str(b);
	return (struct frame_reader){ .at = at, .end = at + b->len };
}

static void test_values(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(1024);
	static const int64_t numbers[] = { 0, 1, -1, INT64_MAX, INT64_MIN, 1LL << 32 };
	put_u8(&b, 255);
	put_u32(&b, 0x01020304);
	for (size_t i = 0; i < 6; i++)
		put_i64(&b, numbers[i]);
	put_str(&b, NULL);
	put_str(&b, "");
	put_str(&b, "d\xc3\xa9j\xc3\xa0 vu");
	put_bytes(&b, "a\0b", 3);
	assert_false(b.overflow);
	assert_memory_equal(b.data + 1, "\x04\x03\x02\x01", 4); /* little endian */

	struct arena a;
	arena_init(&a, 4096);
	struct frame_reader r = reader(&b);
	assert_int_equal(get_u8(&r), 255);
	assert_int_equal(get_u32(&r), 0x01020304);
	for (size_t i = 0; i < 6; i++)
		assert_true(get_i64(&r) == numbers[i]);
	assert_null(get_str(&r, &a, 10));
	assert_string_equal(get_str(&r, &a, 0), "");
	assert_string_equal(get_str(&r, &a, 10), "d\xc3\xa9j\xc3\xa0 vu");
	size_t n;
	assert_memory_equal(get_bytes(&r, 3, &n), "a\0b", 3);
	assert_int_equal(n, 3);
	assert_false(r.bad);
	assert_ptr_equal(r.at, r.end);
	assert_int_equal(get_u8(&r), 0);
	assert_true(r.bad);
	arena_release(&a);
	strbuf_release(&b);
}

static void test_strings_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n, max;
		bool good;
	} cases[] = {
		{ "\x03\0\0\0abc", 7, 3, true },
		{ "\x03\0\0\0abc", 7, 2, false }, /* longer than max */
		{ "\x04\0\0\0abc", 7, 9, false }, /* longer than what is there */
		{ "\xfe\xff\xff\xff"
		  "abc",
			7, SIZE_MAX, false },              /* far longer */
		{ "\x03\0\0\0a\0c", 7, 9, false },         /* a NUL inside */
		{ "\x02\0\0\0\xc3(", 6, 9, false },        /* no UTF-8 */
		{ "\x03\0\0\0\xed\xa0\x80", 7, 9, false }, /* a surrogate */
		{ "\x03\0\0", 3, 9, false },               /* half a length */
		{ "", 0, 9, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		arena_init(&a, 64);
		const unsigned char *at = (const unsigned char *)cases[i].bytes;
		struct frame_reader r = { .at = at, .end = at + cases[i].n };
		const char *s = get_str(&r, &a, cases[i].max);
		assert_int_equal(s != NULL, cases[i].good);
		assert_int_equal(r.bad, !cases[i].good);
		arena_release(&a);
	}
}

static void test_string_needs_arena(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 2);
	const unsigned char bytes[] = "\x10\0\0\0sixteen letters.";
	struct frame_reader r = { .at = bytes, .end = bytes + 20 };
	assert_null(get_str(&r, &a, 100));
	assert_true(r.bad);
	arena_release(&a);
}

static void test_header(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(1024);
	put_u8(&b, 7); /* what stands before a frame stays */
	size_t start = frame_begin(&b, FRAME_READY);
	put_u8(&b, 3);
	put_u8(&b, 1);
	frame_end(&b, start);
	uint32_t len = 0;
	enum frame_type type = 0;
	assert_true(frame_header((const unsigned char *)b.data + 1, &len, &type));
	assert_int_equal(len, 2);
	assert_int_equal(type, FRAME_READY);
	assert_int_equal(b.len, 1 + FRAME_HEADER + 2);
	strbuf_release(&b);

	static const unsigned char too_long[] = { 1, 0, 0, 0x14,
		FRAME_PARSE_DOC }; /* 320 MiB + 1 */
	static const unsigned char at_limit[] = { 0, 0, 0, 0x14, FRAME_PARSE_DOC };
	assert_false(frame_header(too_long, &len, &type));
	assert_true(frame_header(at_limit, &len, &type));
	assert_int_equal(len, LIMIT_FRAME);
	for (unsigned t = 0; t < 256; t++) {
		unsigned char header[FRAME_HEADER] = { 0, 0, 0, 0, (unsigned char)t };
		bool known = (t >= FRAME_PARSE_JOB && t <= FRAME_LISTING) || t == FRAME_MISDEED;
		assert_int_equal(frame_header(header, &len, &type), known);
	}
}

static void test_overflow(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(16);
	size_t start = frame_begin(&b, FRAME_PARSE_DOC);
	put_str(&b, "more than sixteen bytes");
	put_u8(&b, 1);
	frame_end(&b, start);
	assert_true(b.overflow);
	strbuf_clear(&b);
	start = frame_begin(&b, FRAME_PARSE_JOB);
	frame_end_before(&b, start, (size_t)LIMIT_FRAME + 1);
	assert_true(b.overflow);
	strbuf_clear(&b);
	start = frame_begin(&b, FRAME_PARSE_JOB);
	frame_end_before(&b, start, LIMIT_FRAME);
	assert_false(b.overflow);
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_strings_refused),
		cmocka_unit_test(test_string_needs_arena),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_overflow),
	};
	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
