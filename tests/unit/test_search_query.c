/* What people type to search, and what it means. */
#include "test.h"

#include "base/mem.h"
#include "db/search_query.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define T0 INT64_C(1700000000) /* "now" */

static int64_t some_feeds(void *arg, bool category, const char *name, int64_t *ids, size_t max)
{
	(void)arg;
	if (strcmp(name, "broken") == 0)
		return -1;
	size_t n = strcmp(name, "many") == 0    ? max
		   : strcmp(name, "crowd") == 0 ? 20
		   : strcmp(name, "mob") == 0   ? 30
						: 0;
	for (size_t i = 0; i < n; i++) /* of the mob, every other one */
		ids[i] = (int64_t)(strcmp(name, "mob") == 0 ? 2 * i : i) + 1;
	if (n > 0)
		return (int64_t)n;
	if (strcmp(name, "news") != 0)
		return 0;
	ids[0] = 7;
	ids[1] = 9;
	return category ? 2 : 1;
}

#define ANY "{title author text} : "
static const struct {
	const char *text, *match;
	bool unread, read, starred;
	int64_t before, after;
} queries[] = {
	{ "linux", ANY "\"linux\"", false, false, false, 0, 0 },
	{ "  linux\tkernel ", ANY "\"linux\" AND " ANY "\"kernel\"", false, false, false, 0, 0 },
	{ "\"open source\"", ANY "\"open source\"", false, false, false, 0, 0 },
	{ "kern*", ANY "\"kern\"*", false, false, false, 0, 0 },
	{ "\"open sour\"*", ANY "\"open sour\"*", false, false, false, 0, 0 },
	{ "linux -windows -mac", ANY "\"linux\" NOT (" ANY "\"windows\" OR " ANY "\"mac\")", false,
		false, false, 0, 0 },
	/* What means something to FTS5 is only text here. */
	{ "AND NEAR(x) ^y", ANY "\"AND\" AND " ANY "\"NEAR(x)\" AND " ANY "\"^y\"", false, false,
		false, 0, 0 },
	{ "https://example.org/a:b", ANY "\"https://example.org/a:b\"", false, false, false, 0, 0 },
	{ "12:30", ANY "\"12:30\"", false, false, false, 0, 0 },
	{ "author:\"Jo Doe\" title:news", "author : \"Jo Doe\" AND title : \"news\"", false, false,
		false, 0, 0 },
	{ "feed:news x", "feed : (\"7\") AND " ANY "\"x\"", false, false, false, 0, 0 },
	{ "Feed:news X", "feed : (\"7\") AND " ANY "\"X\"", false, false, false, 0, 0 },
	{ "RE:x TITLE:y", ANY "\"RE:x\" AND title : \"y\"", false, false, false, 0, 0 },
	{ "x -category:news", ANY "\"x\" NOT (feed : (\"7\" OR \"9\"))", false, false, false, 0,
		0 },
	{ "is:unread is:starred", "", true, false, true, 0, 0 },
	{ "is:read x", ANY "\"x\"", false, true, false, 0, 0 },
	{ "before:2026-11-23 after:2026", "", false, false, false, 1795392000, 1767225600 },
	{ "after:2d before:12h", "", false, false, false, T0 - 43200, T0 - 172800 },
	{ "", "", false, false, false, 0, 0 },
	/* All must hold: the narrowest counts, and nothing is both. */
	{ "before:2026-11-23 before:2025 before:2026", "", false, false, false, 1735689600, 0 },
	{ "after:2026 after:2026-11-23 after:2025", "", false, false, false, 0, 1795392000 },
	{ "is:read is:unread", "", true, true, false, 0, 0 },
	/* The beginning of time is a time, too. */
	{ "before:1970", "", false, false, false, -1, 0 },
};

static void queries_mean_what_they_say(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < N_ELEMENTS(queries); i++) {
		struct search_query q;
		struct failure fail = { 0 };
		if (!search_query_parse(queries[i].text, T0, some_feeds, NULL, &q, &fail))
			fail_msg("%s: %s", queries[i].text, fail.detail);
		assert_string_equal(strbuf_str(&q.match), queries[i].match);
		assert_int_equal(q.unread, queries[i].unread);
		assert_int_equal(q.read, queries[i].read);
		assert_int_equal(q.starred, queries[i].starred);
		assert_int_equal(q.before, queries[i].before);
		assert_int_equal(q.after, queries[i].after);
		search_query_release(&q);
	}
}

static void many_feeds_become_a_set(void **state)
{
	struct search_query q;
	struct failure fail = { 0 };

	(void)state;
	assert_true(search_query_parse("x category:crowd feed:mob -feed:mob -feed:crowd", T0,
		some_feeds, NULL, &q, &fail));
	assert_string_equal(strbuf_str(&q.match), ANY "\"x\"");
	/* 1, 3, ... 19 are in both. */
	assert_true(q.of_feeds.given);
	assert_int_equal(q.of_feeds.n, 10);
	for (size_t i = 0; i < q.of_feeds.n; i++)
		assert_int_equal(q.of_feeds.ids[i], 2 * i + 1);
	assert_int_equal(q.not_of_feeds.n, 50);
	search_query_release(&q);
}

static void wrong_queries_say_where(void **state)
{
	static const struct {
		const char *text, *says;
		enum status status;
	} wrong[] = {
		{ "linux \"open", "position 7: this quote has no end", STATUS_BAD_REQUEST },
		{ "été foo:bar", "position 5: there is no filter \"foo:\"", STATUS_BAD_REQUEST },
		{ "-linux", "position 1: say what to look for, too", STATUS_BAD_REQUEST },
		{ "is:unread -linux", "position 11: say what to look for, too",
			STATUS_BAD_REQUEST },
		{ "x --", "position 3: \"-\" has neither a letter nor a digit",
			STATUS_BAD_REQUEST },
		{ "party 🎉", "position 7: \"🎉\" has neither", STATUS_BAD_REQUEST },
		{ "“”", "has neither a letter", STATUS_BAD_REQUEST },
		{ "100 €", "position 5: \"€\" has neither", STATUS_BAD_REQUEST },
		{ "2 × 2", "position 3: \"×\" has neither", STATUS_BAD_REQUEST },
		{ "🤔 party", "position 1: \"🤔\" has neither", STATUS_BAD_REQUEST },
		{ "؟", "has neither a letter", STATUS_BAD_REQUEST },
		{ "x -", "position 3: nothing to look for", STATUS_BAD_REQUEST },
		{ "\"\"", "position 1: nothing to look for", STATUS_BAD_REQUEST },
		{ "feed:", "position 1: what to filter by is missing", STATUS_BAD_REQUEST },
		{ "feed:nosuch", "position 1: there is no feed", STATUS_BAD_REQUEST },
		{ "category:nosuch words", "\"nosuch\"; several words stand in quotes",
			STATUS_BAD_REQUEST },
		{ "x category:nosuch", "position 3: there is no category", STATUS_BAD_REQUEST },
		{ "feed:many", "more than 100000 feeds", STATUS_BAD_REQUEST },
		{ "is:great", "is: knows unread, read and starred", STATUS_BAD_REQUEST },
		{ "-is:unread", "cannot be turned round", STATUS_BAD_REQUEST },
		{ "before:tomorrow", "takes a date", STATUS_BAD_REQUEST },
		{ "before:2026-13", "takes a date", STATUS_BAD_REQUEST },
		{ "after:2026-02-30", "takes a date", STATUS_BAD_REQUEST },
		{ "after:2026-02-", "takes a date", STATUS_BAD_REQUEST },
		{ "feed:broken", "cannot look up feeds", STATUS_STORE_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(wrong); i++) {
		struct search_query q;
		struct failure fail = { 0 };
		assert_false(search_query_parse(wrong[i].text, T0, some_feeds, NULL, &q, &fail));
		assert_int_equal(fail.status, wrong[i].status);
		if (strstr(fail.detail, wrong[i].says) == NULL)
			fail_msg("%s: %s", wrong[i].text, fail.detail);
		search_query_release(&q);
	}
	char *longest = xcalloc(1, LIMIT_SEARCH_QUERY + 2);
	memset(longest, 'x', LIMIT_SEARCH_QUERY + 1);
	struct search_query q;
	struct failure fail = { 0 };
	assert_false(search_query_parse(longest, T0, some_feeds, NULL, &q, &fail));
	assert_non_null(strstr(fail.detail, "at most 1024 bytes"));
	search_query_release(&q);
	free(longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_mean_what_they_say),
		cmocka_unit_test(many_feeds_become_a_set),
		cmocka_unit_test(wrong_queries_say_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
