#include "digest/edition.h"

#include "base/limits.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NOON 1795435200 /* 2026-11-23T12:00:00Z */

static void add(
	struct edition *e, int64_t id, int64_t feed_id, const char *category, int64_t published)
{
	char title[32], feed[32];

	snprintf(title, sizeof(title), "e%d", (int)id);
	snprintf(feed, sizeof(feed), "feed %d", (int)feed_id);
	const struct entry_record record = { .id = id,
		.feed_id = feed_id,
		.feed_title = feed,
		.category = category,
		.title = title,
		.url = "https://a.example/",
		.published = published,
		.created = NOON };
	edition_add(e, &record);
}

/* "e3 e1 | e2": stories, then the others. */
static const char *order(const struct edition *e)
{
	static char out[1024];
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < e->n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s%s", i > 0 ? " " : "",
			i == e->n_stories ? "| " : "", e->entries[i].title);
	return out;
}

static void test_quota(void **state)
{
	struct edition e;

	(void)state;
	edition_init(&e, "daily", "2026-11-23", NOON);
	for (int i = 1; i <= 6; i++) /* a loud feed, all of it new */
		add(&e, i, 1, NULL, NOON - 10 + i);
	add(&e, 7, 2, NULL, NOON - 5000); /* quiet ones */
	add(&e, 8, 3, NULL, NOON - 9000);
	add(&e, 9, 3, NULL, NOON - 9001);
	edition_rank(&e, 5);
	assert_string_equal(order(&e), "e6 e7 e8 e5 e9 | e4 e3 e2 e1");
	assert_int_equal(e.n_feeds, 3);
	assert_int_equal(e.n_stories, 5);
	assert_false(edition_has_categories(&e));
	edition_release(&e);
}

static void test_categories(void **state)
{
	struct edition e;

	(void)state;
	edition_init(&e, "daily", "2026-11-23", NOON);
	add(&e, 1, 1, NULL, NOON - 1);
	add(&e, 2, 2, "tech", NOON - 2);
	add(&e, 3, 3, "news", NOON - 3);
	add(&e, 4, 3, "news", NOON - 1);
	add(&e, 5, 4, "tech", NOON - 1);
	edition_rank(&e, 80);
	assert_string_equal(order(&e), "e4 e3 e5 e2 e1");
	assert_true(edition_has_categories(&e));
	assert_true(edition_category_begins(&e, 0));
	assert_false(edition_category_begins(&e, 1));
	assert_true(edition_category_begins(&e, 2));
	assert_string_equal(edition_category(&e.entries[4]), "Other");
	edition_release(&e);
}

/* Whatever the sizes, each entry stands there once. */
static void test_each_once(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct edition e;
		bool seen[300] = { false };
		seed = seed * 1103515245 + 12345;
		const int n = (int)(seed >> 16) % 300, max = (int)(seed >> 8) % 100 + 1;
		edition_init(&e, "d", "l", NOON);
		for (int i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			add(&e, i, (seed >> 16) % 9, (seed >> 20) % 3 == 0 ? "c" : NULL,
				NOON - (seed >> 12) % 50);
		}
		edition_rank(&e, (size_t)max);
		assert_int_equal(e.n, n);
		assert_int_equal(e.n_stories, n < max ? n : max);
		for (size_t i = 0; i < e.n; i++) {
			assert_false(seen[e.entries[i].id]);
			seen[e.entries[i].id] = true;
		}
		/* The most that one feed has among the stories exceeds another's by one only where
		 * that one has no more. */
		size_t stories[9] = { 0 }, all[9] = { 0 };
		for (size_t i = 0; i < e.n; i++) {
			all[e.entries[i].feed_id]++;
			stories[e.entries[i].feed_id] += i < e.n_stories;
		}
		for (int a = 0; a < 9; a++)
			for (int b = 0; b < 9; b++)
				assert_true(stories[a] <= stories[b] + 1 || stories[b] == all[b]);
		edition_release(&e);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *title, *url, *language;
		const char *title_shown, *url_shown, *language_shown;
	} cases[] = {
		{ " a\n b ", "http://x/", "en", "a b", "http://x/", "en" },
		{ "a\x1b[31m\x9b"
		  "b\xe2\x80\xae",
			"HTTPS://x/", "pt-BR",
			"a[31m\xef\xbf\xbd"
			"b",
			"HTTPS://x/", "pt-BR" },
		{ NULL, "mailto:a@b", NULL, "mailto:a@b", "mailto:a@b", NULL },
		{ "", "javascript:alert(1)", "\"><script>", "(untitled)", NULL, NULL },
		{ "t", "data:text/html,x", "e", "t", NULL, NULL },
		{ "t", "http://", "", "t", NULL, NULL },
		{ "t", "http://a b", "x y", "t", NULL, NULL },
		{ "t", "http://a\nb", "de_DE", "t", NULL, NULL },
		{ "t", " http://a", NULL, "t", NULL, NULL },
		{ "t", "/relative", NULL, "t", NULL, NULL },
		{ "t", NULL, NULL, "t", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct edition e;
		edition_init(&e, "d", "l", NOON);
		const struct entry_record record = { .id = 1,
			.feed_id = 1,
			.title = cases[i].title,
			.url = cases[i].url,
			.language = cases[i].language };
		edition_add(&e, &record);
		assert_string_equal(e.entries[0].title, cases[i].title_shown);
		assert_string_equal(e.entries[0].feed, "(unnamed)");
		assert_string_equal(e.entries[0].url != NULL ? e.entries[0].url : "none",
			cases[i].url_shown != NULL ? cases[i].url_shown : "none");
		assert_string_equal(e.entries[0].language != NULL ? e.entries[0].language : "none",
			cases[i].language_shown != NULL ? cases[i].language_shown : "none");
		edition_release(&e);
	}
}

static const char *summary(struct edition *e, const char *text)
{
	edition_summary(e, &e->entries[0], text, NULL);
	return e->entries[0].summary;
}

static void test_summary(void **state)
{
	struct edition e;
	char words[3000], solid[3000];

	(void)state;
	edition_init(&e, "d", "l", NOON);
	add(&e, 1, 1, NULL, NOON);
	assert_null(summary(&e, NULL));
	assert_null(summary(&e, ""));
	assert_null(summary(&e, " \n\x01 "));
	assert_null(summary(&e, "e1"));
	assert_string_equal(summary(&e, "one\n\ntwo"), "one two");
	for (size_t i = 0; i < sizeof(words); i++)
		words[i] = i % 7 == 6 ? ' ' : 'a';
	words[sizeof(words) - 1] = '\0';
	const char *cut = summary(&e, words);
	assert_in_range(
		text_width(cut, strlen(cut)), LIMIT_DIGEST_SUMMARY - 7, LIMIT_DIGEST_SUMMARY);
	assert_string_equal(cut + strlen(cut) - 4, "a…");
	for (size_t i = 0; i + 3 < sizeof(solid); i += 3)
		memcpy(solid + i, "日", 3);
	solid[sizeof(solid) - 3] = '\0';
	cut = summary(&e, solid);
	assert_in_range(
		text_width(cut, strlen(cut)), LIMIT_DIGEST_SUMMARY - 1, LIMIT_DIGEST_SUMMARY);
	assert_true(utf8_valid(cut, strlen(cut)));
	edition_release(&e);
}

static void test_content(void **state)
{
	static const struct {
		const char *summary, *content, *shown;
	} cases[] = {
		{ NULL, "<p>One &amp; <b>two</b></p><p>three</p>", "One & two three" },
		{ " ", "<p>text</p>", "text" },
		{ "summary", "<p>text</p>", "summary" },
		{ NULL, "<p><img src=\"http://x/\" alt=\"\"></p>", NULL },
		{ NULL, "&lt;script&gt;&#27;[31m", "<script>[31m" },
		{ NULL, "<p>e1</p>", NULL },
		{ NULL, "", NULL },
	};
	struct edition e;
	static char big[LIMIT_DIGEST_CONTENT * 2];

	(void)state;
	edition_init(&e, "d", "l", NOON);
	add(&e, 1, 1, NULL, NOON);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		edition_summary(&e, &e.entries[0], cases[i].summary, cases[i].content);
		assert_string_equal(e.entries[0].summary != NULL ? e.entries[0].summary : "none",
			cases[i].shown != NULL ? cases[i].shown : "none");
	}
	/* Cut in the middle of a tag. */
	memset(big, ' ', sizeof(big) - 1);
	memcpy(big, "begin", 5);
	memcpy(big + LIMIT_DIGEST_CONTENT - 10, "end<a href=\"http://x/\">", 23);
	edition_summary(&e, &e.entries[0], NULL, big);
	assert_string_equal(e.entries[0].summary, "begin end");
	edition_release(&e);
}

static void test_untitled(void **state)
{
	struct edition e;
	const struct entry_record note = { .id = 1, .feed_id = 1, .url = "https://n.example/1" };
	const struct entry_record told = {
		.id = 2, .feed_id = 1, .url = "https://n.example/2", .summary = "Short."
	};

	(void)state;
	edition_init(&e, "d", "l", NOON);
	edition_add(&e, &note);
	edition_add(&e, &told);
	assert_string_equal(e.entries[0].title, "https://n.example/1");
	assert_string_equal(e.entries[1].title, "Short.");
	edition_summary(&e, &e.entries[1], "Short.", NULL);
	assert_null(e.entries[1].summary);
	edition_summary(&e, &e.entries[0], NULL,
		"<p>It rained all day, and when it stopped the road was a river, the river was a "
		"lake and the lake was "
		"nowhere to be seen.</p>");
	assert_string_equal(e.entries[0].title,
		"It rained all day, and when it stopped the road "
		"was a river, the river was a lake and the lake was…");
	assert_non_null(strstr(e.entries[0].summary, "nowhere to be seen."));
	edition_release(&e);
}

static void test_times(void **state)
{
	struct edition e;
	char buf[96];

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	edition_init(&e, "d", "l", NOON);
	assert_string_equal(edition_date(&e, buf), "Monday, 23 November 2026");
	assert_string_equal(edition_sum(&e, buf), "Nothing new since the last edition");
	add(&e, 1, 1, NULL, NOON - 12 * 3600);
	assert_string_equal(edition_when(&e, &e.entries[0], buf), "01:00");
	edition_rank(&e, 80);
	assert_string_equal(edition_sum(&e, buf), "1 new entry from 1 feed");
	add(&e, 2, 2, NULL, NOON - 13 * 3600 - 1);
	assert_string_equal(edition_when(&e, &e.entries[1], buf), "22 November");
	add(&e, 3, 2, NULL, NOON - 366 * 86400);
	assert_string_equal(edition_when(&e, &e.entries[2], buf), "22 November 2025");
	add(&e, 4, 2, NULL, NOON + 366 * 86400); /* the future is when we saw it */
	assert_string_equal(edition_when(&e, &e.entries[3], buf), "13:00");
	edition_rank(&e, 80);
	assert_string_equal(edition_sum(&e, buf), "4 new entries from 2 feeds");
	edition_release(&e);
}

/* Text past the limit is counted, not forgotten. */
static void test_too_much(void **state)
{
	struct edition e;
	static char url[LIMIT_DIGEST_URL + 1] = "http://a/";

	(void)state;
	memset(url + 9, 'x', sizeof(url) - 10);
	edition_init(&e, "d", "l", NOON);
	const size_t n = LIMIT_DIGEST_TEXT / LIMIT_DIGEST_URL + 1000;
	const struct entry_record record = {
		.id = 1, .feed_id = 1, .feed_title = "f", .title = "t", .url = url
	};
	for (size_t i = 0; i < n; i++)
		edition_add(&e, &record);
	assert_true(e.n_uncounted > 0);
	assert_int_equal(e.n + e.n_uncounted, n);
	edition_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_categories),
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_untitled),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_too_much),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
