#include "test.h"

#include "base/fold.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <string.h>

struct pair {
	const char *in, *out;
};

static void check_pairs(
	void (*function)(struct strbuf *, const char *, size_t), const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct strbuf out = STRBUF_INIT(1000);
		function(&out, pairs[i].in, strlen(pairs[i].in));
		assert_string_equal(strbuf_str(&out), pairs[i].out);
		assert_true(text_is_safe(strbuf_str(&out), out.len));
		strbuf_release(&out);
	}
}

static void unsafe_characters_are_removed(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "plain", "plain" }, { "a\x1b[31mred", "a[31mred" },
		{ "tab\tand\nline", "tab\tand\nline" }, { "\x7f\x01\x1f", "" },
		{ "c1 \xc2\x9b csi", "c1  csi" }, /* U+009B is an ESC [ of its own */
		{ "\xe2\x80\xae"
		  "evil",
			"evil" }, /* U+202E */
		{ "\xe2\x81\xa6"
		  "x"
		  "\xe2\x81\xa9",
			"x" },          /* U+2066, U+2069 */
		{ "\xef\xbf\xbe", "" }, /* U+FFFE */
		{ "\xef\xb7\x90", "" }, /* U+FDD0 */
		{ "\xed\xa0\x80",
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* a surrogate, three bad parts */
		{ "\xff"
		  "a",
			"\xef\xbf\xbd"
			"a" },
		{ "\xe2\x82", "\xef\xbf\xbd" },             /* cut off: one maximal subpart */
		{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" }, /* overlong NUL */
		{ "\xf0\x9f\x98\x80 \xd8\xb3", "\xf0\x9f\x98\x80 \xd8\xb3" },
		{ "\xe2\x80\x8f", "\xe2\x80\x8f" }, /* a right-to-left mark is text */
	};
	check_pairs(text_safe, pairs, N_ELEMENTS(pairs));
}

static void lines_are_folded_and_trimmed(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "  a \t\n b  ", "a b" },
		{ "", "" },
		{ " \n ", "" },
		{ "\xc2\xab\xc2\xa0mot\xc2\xa0\xc2\xbb", "\xc2\xab\xc2\xa0mot\xc2\xa0\xc2\xbb" },
		{ "a\xc2\xa0\xc2\xa0"
		  "b",
			"a b" },
		{ "a \xc2\xa0"
		  "b",
			"a b" },
		{ "a\xe3\x80\x80"
		  "b",
			"a b" },
		{ "a\x1b\x02"
		  "b",
			"ab" },
	};
	check_pairs(text_safe_line, pairs, N_ELEMENTS(pairs));
}

static void copies_are_cut_at_characters(void **state)
{
	(void)state;
	char out[6];
	assert_string_equal(text_safe_copy(out, sizeof out, "abcdefgh"), "abcde");
	assert_string_equal(text_safe_copy(out, sizeof out, "abcd\xc3\xa9"), "abcd");
	assert_string_equal(text_safe_copy(out, sizeof out, "abc\xc3\xa9"), "abc\xc3\xa9");
	assert_string_equal(text_safe_copy(out, 1, "abc"), "");
}

static void every_scalar_value_survives_encoding(void **state)
{
	(void)state;
	for (int32_t cp = 0; cp <= 0x10ffff; cp++) {
		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		char utf8[4];
		size_t n = utf8_encode(cp, utf8), len;
		assert_int_equal(utf8_decode(utf8, n, &len), cp);
		assert_int_equal(len, n);
		assert_true(utf8_valid(utf8, n));
		/* Every proper prefix is one bad subpart, and a cut inside removes it whole. */
		for (size_t k = 1; k < n; k++) {
			assert_int_equal(utf8_decode(utf8, k, &len), -1);
			assert_int_equal(len, k);
			assert_int_equal(utf8_cut(utf8, k), 0);
		}
		assert_int_equal(utf8_cut(utf8, n), n);
	}
}

static void validity_does_not_depend_on_place(void **state)
{
	(void)state;
	char text[64];
	for (size_t at = 0; at < 40; at++) {
		memset(text, 'x', sizeof text);
		memcpy(text + at, "\xe2\x82\xac", 3);
		assert_true(utf8_valid(text, sizeof text));
		text[at + 1] = 'x';
		assert_false(utf8_valid(text, sizeof text));
	}
	assert_true(utf8_valid("", 0));
}

static void widths(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		size_t width;
	} cases[] = {
		{ "abc", 3 }, { "\xc3\xa9t\xc3\xa9", 3 }, { "e\xcc\x81", 1 }, /* combining acute */
		{ "\xe4\xb8\xad\xe6\x96\x87", 4 },                            /* Chinese */
		{ "\xf0\x9f\x98\x80", 2 },                                    /* emoji */
		{ "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", 5 },            /* Arabic */
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_int_equal(text_width(cases[i].s, strlen(cases[i].s)), cases[i].width);
	size_t width;
	assert_int_equal(text_fit("\xe4\xb8\xad\xe6\x96\x87", 6, 3, &width), 3);
	assert_int_equal(width, 2);
	assert_int_equal(
		text_fit("ae\xcc\x81z", 5, 2, &width), 4); /* the mark stays with its letter */
	assert_int_equal(width, 2);
}

/* Lines end at spaces and between wide characters; what closes stays with what it closes. */
static void lines_end_where_they_may(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t columns;
		const char *line;
	} cases[] = {
		{ "", 5, "" },
		{ "one two", 7, "one two" },
		{ "one two", 6, "one" },
		{ "one two", 3, "one" },
		{ "unbreakable", 4, "unbr" },
		{ "每周六班", 5, "每周" },
		{ "a 每周六班", 5, "a 每" },
		{ "每周。六班", 4, "每" },
		{ "每（周）六", 4, "每" },
		{ "港 iPhone", 5, "港" },
		{ "港iPhone", 5, "港" },
		{ "e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301" },
		{ "x 👩\u200d👩", 4, "x" },
		{ "每", 1, "每" },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		size_t n = strlen(cases[i].text),
		       taken = fold_at(cases[i].text, n, cases[i].columns);
		if (taken != strlen(cases[i].line) ||
			memcmp(cases[i].text, cases[i].line, taken) != 0)
			fail_msg("%s in %zu columns: %.*s", cases[i].text, cases[i].columns,
				(int)taken, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsafe_characters_are_removed),
		cmocka_unit_test(lines_are_folded_and_trimmed),
		cmocka_unit_test(copies_are_cut_at_characters),
		cmocka_unit_test(every_scalar_value_survives_encoding),
		cmocka_unit_test(validity_does_not_depend_on_place),
		cmocka_unit_test(widths),
		cmocka_unit_test(lines_end_where_they_may),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
