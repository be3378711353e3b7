/* Differences of texts, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "client/word_diff.h"

struct seen {
	struct strbuf marked, before, after; /* the difference, and what it says of both texts */
	size_t n_changed;
};

static void add(struct strbuf *out, const struct word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_addstr(out, words[i].space ? " " : "");
		strbuf_add(out, words[i].text, words[i].len);
	}
}

static void see(void *arg, enum change change, const struct word *words, size_t n)
{
	static const char *const marks[][2] = { { "", "" }, { "[-", "-]" }, { "{+", "+}" } };
	struct seen *s = arg;

	assert_true(n > 0);
	strbuf_addstr(&s->marked, marks[change][0]);
	add(&s->marked, words, n);
	strbuf_addstr(&s->marked, marks[change][1]);
	if (change != CHANGE_NEW)
		add(&s->before, words, n);
	if (change != CHANGE_OLD)
		add(&s->after, words, n);
	s->n_changed += change != CHANGE_NONE ? n : 0;
}

static struct seen diff(const char *before, const char *after)
{
	struct seen s = {
		.marked = STRBUF_INIT(MIB), .before = STRBUF_INIT(MIB), .after = STRBUF_INIT(MIB)
	};
	struct words a = { 0 }, b = { 0 };

	words_cut(&a, before, strlen(before));
	words_cut(&b, after, strlen(after));
	word_diff(&a, &b, see, &s);
	words_release(&a);
	words_release(&b);
	return s;
}

static void seen_release(struct seen *s)
{
	strbuf_release(&s->marked);
	strbuf_release(&s->before);
	strbuf_release(&s->after);
}

static void changes_are_marked(void **state)
{
	static const struct {
		const char *before, *after, *marked;
	} cases[] = {
		{ "", "", "" },
		{ "the same", "the same", "the same" },
		{ "", "new", "{+new+}" },
		{ "old", "", "[-old-]" },
		{ "two were hurt", "three were hurt", "[-two-]{+three+} were hurt" },
		{ "a b c d", "a x c d", "a[- b-]{+ x+} c d" },
		{ "a b c", "a b c d e", "a b c{+ d e+}" },
		{ "one two three four", "one three", "one[- two-] three[- four-]" },
		{ "first\nsecond", "first\n\nsecond", "first[-\n-]{+\n\n+}second" },
		{ "日本語", "日本人", "日本[-語-]{+人+}" },
		{ "กิน", "กัน", "[-กิ-]{+กั+}น" }, /* a mark belongs to its letter */
		{ "1\ufe0f\u20e3 x", "2\ufe0f\u20e3 x", "[-1\ufe0f\u20e3-]{+2\ufe0f\u20e3+} x" },
		{ "👩\u200d👩\u200d👦", "👩\u200d👩\u200d👧", "[-👩\u200d👩\u200d👦-]{+👩\u200d👩\u200d👧+}" },
		{ "so “quoted” – or", "so “quoted” — or", "so “quoted”[- –-]{+ —+} or" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen s = diff(cases[i].before, cases[i].after);
		assert_string_equal(strbuf_str(&s.marked), cases[i].marked);
		assert_int_equal(s.n_changed > 0, strcmp(cases[i].before, cases[i].after) != 0);
		seen_release(&s);
	}
}

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

static void random_text(struct strbuf *out, uint32_t *seed, unsigned n)
{
	for (unsigned i = next(seed) / 65536 % (n + 1); i > 0; i--)
		strbuf_addf(out, " %c", 'a' + (int)(next(seed) / 65536 % 3));
}

/* The length of the longest common subsequence tells how short an edit can be. */
static size_t shortest(const char *a, const char *b)
{
	size_t n = strlen(a) / 2, m = strlen(b) / 2, lcs[40][40] = { { 0 } };

	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t up = lcs[i - 1][j], left = lcs[i][j - 1];
			lcs[i][j] = a[2 * i - 1] == b[2 * j - 1] ? lcs[i - 1][j - 1] + 1
				    : up > left                  ? up
								 : left;
		}
	}
	return n + m - 2 * lcs[n][m];
}

static void both_texts_can_be_read_from_it_and_nothing_is_shorter(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct strbuf a = STRBUF_INIT(1024), b = STRBUF_INIT(1024);
		random_text(&a, &seed, 30);
		random_text(&b, &seed, 30);
		struct seen s = diff(strbuf_str(&a), strbuf_str(&b));
		assert_string_equal(strbuf_str(&s.before), strbuf_str(&a));
		assert_string_equal(strbuf_str(&s.after), strbuf_str(&b));
		assert_int_equal(s.n_changed, shortest(strbuf_str(&a), strbuf_str(&b)));
		seen_release(&s);
		strbuf_release(&a);
		strbuf_release(&b);
	}
}

static void what_differs_too_much_is_two_texts(void **state)
{
	struct strbuf a = STRBUF_INIT(MIB), b = STRBUF_INIT(MIB);

	(void)state;
	strbuf_addstr(&a, "head");
	strbuf_addstr(&b, "head");
	for (int i = 0; i < LIMIT_DIFF_WORDS; i++) {
		strbuf_addf(&a, " a%d", i);
		strbuf_addf(&b, " b%d", i);
	}
	strbuf_addstr(&a, " tail");
	strbuf_addstr(&b, " tail");
	struct seen s = diff(strbuf_str(&a), strbuf_str(&b));
	assert_string_equal(strbuf_str(&s.before), strbuf_str(&a));
	assert_string_equal(strbuf_str(&s.after), strbuf_str(&b));
	assert_int_equal(s.n_changed, 2 * LIMIT_DIFF_WORDS);
	seen_release(&s);
	strbuf_release(&a);
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_marked),
		cmocka_unit_test(both_texts_can_be_read_from_it_and_nothing_is_shorter),
		cmocka_unit_test(what_differs_too_much_is_two_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
