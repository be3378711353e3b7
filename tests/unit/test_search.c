/* The search: what the index finds, and how conditions bound it. */
#include "search.h"

#include "db/search_narrow.h"

static void html_becomes_text(void **state)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
		{ "<p>One</p>\n<p>two &amp; <b>three</b></p>", "One two & three " },
		{ "a &lt;b&gt; &quot;c&quot; &copy; &", "a <b> \"c\" &copy; &" },
		{ "no end <a href=\"x", "no end " },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		search_plain_text(&out, cases[i].html);
		assert_string_equal(strbuf_str(&out), cases[i].text);
		strbuf_release(&out);
	}
}

/* Text that goes on with `word` until it is longer than what is searched. */
static char *make_long(const char *word, const char *last)
{
	struct strbuf html = STRBUF_INIT(2 * LIMIT_SEARCH_TEXT);

	while (html.len <= LIMIT_SEARCH_TEXT)
		strbuf_addstr(&html, word);
	strbuf_addstr(&html, last);
	char *copy = xstrdup(strbuf_str(&html));
	strbuf_release(&html);
	return copy;
}

static void the_beginning_of_a_long_text_is_searched(void **state)
{
	struct rig *rig = *state;
	char *spaced = make_long("begun ", "ended"), *unspaced = make_long("鉄", "道");
	struct spec all[] = {
		{ "g1", "/long/1", "One", spaced, T0, 0 },
		{ "g2", "/long/2", "Two", unspaced, T0 + 1, 0 },
	};
	struct found f;

	int64_t feed = add_feed(rig, "https://example.org/long", NULL);
	refresh(rig, feed, all, N_ELEMENTS(all), T0);
	wait_for_index(rig);
	assert_string_equal(search(rig, "begun feed:long", &f), "/long/1");
	assert_string_equal(search(rig, "鉄 feed:long", &f), "/long/2");
	assert_string_equal(search(rig, "ended", &f), "");
	assert_string_equal(search(rig, "鉄道 feed:long", &f), "");
	store_feed_remove(rig->store, feed, rig_feed_done, rig);
	rig_wait(rig);
	wait_for_removal(rig);
	assert_index_whole(rig);
	free(spaced);
	free(unspaced);
}

/* ---- words ---- */
/* Titles, and what finds them. */
static const struct {
	const char *title, *queries[6];
} spelt[] = {
	{ "Straße der Füße", { "strasse", "STRASSE", "straße", "\"strasse der fusse\"" } },
	{ "Ærøskøbing, Łódź, Þórshöfn",
		{ "aeroskobing", "ÆRØSKØBING", "lodz", "thorshofn", "łód*" } },
	{ "Une ﬁne œuvre, oﬃce", { "fine", "oeuvre", "office", "ﬁne" } },
	{ "Ο Σίσυφος στην οδό", { "σισυφος", "ΣΙΣΥΦΟΣ", "Σίσυφος", "οδο" } },
	{ "Ёлка ещё зелёная", { "елка", "ЁЛКА", "еще" } },
	{ "ＡＢＣ全角１２３", { "abc", "全角", "123", "ＡＢＣ全角" } },
	{ "L’État, don't: e-mail, C++, covid-19",
		{ "l'etat", "etat", "don’t", "e-mail", "c++", "covid-19" } },
	{ "Version 3.14 at https://example.org/a?b=1",
		{ "3.14", "https://example.org/a", "example.org" } },
	{ "İstanbul ılık", { "istanbul", "ilik", "ılık" } },
	{ "שלום عليكم", { "שלום", "عليكم" } },
	/* Emoji that unicode61 takes for letters. */
	{ "🥳Hooray🤔maybe🙂, later🏻",
		{ "hooray", "maybe", "later", "\"hooray maybe\"" } },
};

static void words_are_found_however_written(void **state)
{
	static const struct {
		const char *query, *urls;
	} cases[] = {
		{ "etats unis", "/1" },
		{ "ÉTATS", "/1" },
		{ "education", "/1" },
		{ "\"etats unis\"", "/1" },
		{ "\"unis etats\"", "" },
		{ "educ*", "/1" },
		{ "educ", "" },
		/* A part of a text that has no spaces. */
		{ "新しい鉄道", "/2" },
		{ "首都", "/2" },
		{ "都首", "" },
		{ "東京", "/2" },
		{ "สายใหม่", "/3" },
		{ "มหานคร", "/3" },
		/* In the title and often counts more than once in passing. */
		{ "linux", "/4|/5" },
		{ "linux -kernel", "/5" },
		{ "kernel park", "" },
		{ "title:linux", "/4" },
		{ "friends", "/4" },
		{ "amp", "" },
		{ "feed:example.org linux", "/4|/5" },
		{ "category:tech walk", "/5" },
		{ "feed:1 首都", "/2" },
		{ "linux is:unread", "/4|/5" },
		{ "linux is:read", "" },
		{ "is:starred", "" },
		{ "linux after:2023-11", "/4|/5" },
		{ "linux before:2023-11-14", "" },
	};
	struct found f;

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		if (strcmp(search(*state, cases[i].query, &f), cases[i].urls) != 0)
			fail_msg("%s finds %s instead of %s", cases[i].query, f.titles,
				cases[i].urls);
	}
}

static void letters_are_found_as_they_are_typed(void **state)
{
	struct rig *rig = *state;
	struct spec specs[N_ELEMENTS(spelt)];
	struct found f;

	for (size_t i = 0; i < N_ELEMENTS(spelt); i++)
		specs[i] = (struct spec){ .guid = spelt[i].title,
			.url = spelt[i].title,
			.title = spelt[i].title,
			.content = "<p>x</p>" };
	refresh(rig, add_feed(rig, "https://example.org/spelt", NULL), specs, N_ELEMENTS(specs),
		T0);
	wait_for_index(rig);
	for (size_t i = 0; i < N_ELEMENTS(spelt); i++) {
		for (size_t k = 0; k < N_ELEMENTS(spelt[i].queries) && spelt[i].queries[k] != NULL;
			k++) {
			if (strstr(search(rig, spelt[i].queries[k], &f), spelt[i].title) == NULL)
				fail_msg("%s finds %s", spelt[i].queries[k], f.titles);
		}
	}
	assert_index_whole(rig);
}

static void snippets_mark_what_matched(void **state)
{
	struct found f;

	search(*state, "首都", &f);
	assert_string_equal(f.snippet, "日本の\2首都\3 ");
	search(*state, "education", &f);
	assert_non_null(strstr(f.snippet, "l'\2Éducation\3"));
}

/* Of these letters one grows and one shrinks when they are folded: the token is as long as before,
 * but what stands in it is elsewhere. */
static void marks_never_part_a_character(void **state)
{
	static const struct spec entry = { "g9", "/9", "Marks", "<p>Ⱥ鉄é</p>", T0, 0 };
	struct rig *rig = *state;
	struct found f;

	refresh(rig, add_feed(rig, "https://example.org/marks", NULL), &entry, 1, T0);
	wait_for_index(rig);
	assert_string_equal(search(rig, "鉄 feed:marks", &f), "/9");
	assert_string_equal(f.snippet, "\2Ⱥ鉄é\3 ");
}

/* SQLite looks at the time now and then: a search of a few entries is done before. */
static void a_search_that_takes_too_long_is_given_up(void **state)
{
	struct rig *rig = *state;
	struct found f;

	refresh_doc(rig, add_feed(rig, "https://example.org/many", NULL),
		make_numbered(3000, "<p>numbered</p>"), T0);
	wait_for_index(rig);
	try_search(rig, "numbered", -1, &f);
	assert_int_equal(f.total, -1);
	assert_true(f.timed_out);
	/* The reader serves the next one. */
	search(rig, "numbered", &f);
	assert_int_equal(f.total, LIMIT_SEARCH_MATCHES);
}

/* ---- conditions that bound a search ---- */
static void dates_and_states_bound_a_search(void **state)
{
	static const struct spec late = { "g6", "/6", "Linux, long ago", "<p>x</p>",
		T0 - 86400 * 365, 0 };
	static const struct {
		const char *query, *urls;
	} cases[] = {
		{ "linux before:2023", "/6" },
		{ "linux after:2023", "/4|/5" },
		{ "linux before:2022", "" },
		{ "linux after:2024", "" },
		{ "linux after:2022 before:2024", "/4|/6|/5" },
		{ "park after:2022 is:unread", "/5" },
		{ "linux is:unread", "/6|/5" },
		{ "linux is:read", "/4" },
		{ "linux is:read before:2023", "" },
	};
	struct rig *rig = *state;
	struct found f;

	/* An entry of another feed that came last and is the oldest. */
	refresh(rig, add_feed(rig, "https://example.org/late", NULL), &late, 1, T0);
	wait_for_index(rig);
	store_entries_status(
		rig->store, (int64_t[]){ 2, 3, 4, 5 }, 4, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		if (strcmp(search(rig, cases[i].query, &f), cases[i].urls) != 0)
			fail_msg("%s finds %s instead of %s", cases[i].query, f.titles,
				cases[i].urls);
	}
}

/* The ids between which a search of "linux" looks; the first entry of a document is its newest and
 * has the last id: /5 is 1, /1 is 5. */
static void bounds_are_those_of_the_entries(void **state)
{
	static const enum entry_status unread[] = { ENTRY_UNREAD };
	static const struct {
		int64_t common;
		int64_t after, before; /* dates */
		bool unread;
		int64_t after_id, before_id;
	} cases[] = {
		{ 2, T0 - 1, 0, false, 0, 6 },
		{ 2, 0, T0, false, 0, 1 },
		{ 2, T0, T0 + 3, false, 2, 5 },
		{ 2, T0 + 1, T0 + 4, true, 1, 4 },
		{ 2, 0, 0, true, 1, INT64_MAX },
		{ 2, 0, 0, false, 0, 0 },
		/* Only two have the word: nothing is looked up. */
		{ 3, T0, T0 + 3, true, 0, 0 },
	};
	struct rig *rig = *state;
	struct db db;

	store_entries_status(rig->store, (int64_t[]){ 1 }, 1, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	assert_true(db_open(&db, rig->path, DB_READER));
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct entry_filter f = { .match = "linux",
			.published_after = cases[i].after,
			.published_before = cases[i].before,
			.statuses = cases[i].unread ? unread : NULL,
			.n_statuses = cases[i].unread };
		assert_true(search_narrow(&db, &f, cases[i].common));
		if (f.after_id != cases[i].after_id || f.before_id != cases[i].before_id)
			fail_msg("case %zu: %lld and %lld", i, (long long)f.after_id,
				(long long)f.before_id);
	}
	db_close(&db);
}

/* ---- conditions beside the query ---- */
struct beside {
	struct rig *rig;
	const char *query;
	struct entry_filter filter;
	int64_t total;
};

static void pass(void *arg, const struct entry_record *e)
{
	(void)arg, (void)e;
}

static void count_beside(struct query *q, void *arg)
{
	struct beside *b = arg;
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX);
	struct failure fail;

	assert_true(query_search(q, b->query, T0, &b->filter, &match, &fail));
	b->total = query_entries(q, &b->filter, pass, NULL);
	strbuf_release(&match);
}

static void counted_beside(void *arg)
{
	answered(((struct beside *)arg)->rig);
}

/* Entries 1 to 5 of T0 + 4 to T0; 1 and 2 are read, 1 has a star. */
static void what_is_asked_beside_a_query_holds_too(void **state)
{
	static const enum entry_status unread[] = { ENTRY_UNREAD },
				       known[] = { ENTRY_READ, ENTRY_UNREAD };
	static const struct {
		const char *query;
		struct entry_filter filter;
		int64_t total;
	} cases[] = {
		{ "is:read", { .starred = 0 }, 2 },
		{ "is:read", { .statuses = unread, .n_statuses = 1 }, 0 },
		{ "is:read", { .statuses = known, .n_statuses = 2 }, 2 },
		{ "linux is:unread", { .statuses = unread, .n_statuses = 1 }, 0 },
		{ "is:read is:unread", { .starred = 0 }, 0 },
		{ "is:starred", { .starred = 1 }, 1 },
		{ "is:starred", { .starred = -1 }, 0 },
		{ "after:2023", { .published_after = T0 + 2 }, 2 },
		{ "before:2024", { .published_before = T0 + 2 }, 2 },
		{ "after:2024", { .published_after = T0 + 2 }, 0 },
		{ "before:2023", { .published_before = T0 + 2 }, 0 },
		{ "linux before:2024", { .published_before = T0 + 4 }, 1 },
	};
	struct rig *rig = *state;

	store_entries_status(rig->store, (int64_t[]){ 1, 2 }, 2, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	store_entry_toggle_star(rig->store, 1, T0, rig_done, rig);
	rig_wait(rig);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct beside b = { rig, cases[i].query, cases[i].filter, 0 };
		readers_submit(rig->readers, count_beside, counted_beside, &b);
		rig_wait(rig);
		if (b.total != cases[i].total)
			fail_msg("case %zu, %s: %lld", i, cases[i].query, (long long)b.total);
	}
}

static void many_feeds_are_searched_by_a_filter(void **state)
{
	struct rig *rig = *state;
	struct found f;

	for (int i = 0; i < 2 * LIMIT_SEARCH_FEEDS; i++) {
		char url[64];
		snprintf(url, sizeof(url), "https://%s.example/%d", i % 2 == 0 ? "even" : "odd", i);
		int64_t feed = add_feed(rig, url, "crowd");
		if (i < 4)
			refresh_doc(rig, feed, make_numbered(2, "<p>numbered</p>"), T0);
	}
	wait_for_index(rig);
	static const struct {
		const char *query;
		int64_t total;
	} cases[] = {
		{ "numbered category:crowd", 8 },
		{ "numbered category:crowd feed:odd", 4 },
		{ "numbered category:crowd -feed:odd", 4 },
		{ "numbered -category:crowd", 0 },
		{ "linux -category:crowd", 2 },
		{ "category:crowd", 8 },
		{ "numbered category:tech", 0 },
		/* A number is that feed's, though names have it, too. */
		{ "feed:2", 2 },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		search(rig, cases[i].query, &f);
		if (f.total != cases[i].total)
			fail_msg("%s finds %lld", cases[i].query, (long long)f.total);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_becomes_text),
		cmocka_unit_test_setup_teardown(
			the_beginning_of_a_long_text_is_searched, setup, teardown),
		cmocka_unit_test_setup_teardown(words_are_found_however_written, setup, teardown),
		cmocka_unit_test_setup_teardown(
			letters_are_found_as_they_are_typed, setup, teardown),
		cmocka_unit_test_setup_teardown(snippets_mark_what_matched, setup, teardown),
		cmocka_unit_test_setup_teardown(marks_never_part_a_character, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_asked_beside_a_query_holds_too, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_search_that_takes_too_long_is_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_and_states_bound_a_search, setup, teardown),
		cmocka_unit_test_setup_teardown(bounds_are_those_of_the_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(
			many_feeds_are_searched_by_a_filter, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
