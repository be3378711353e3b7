/* The search: what a query means, what the index finds, and that it follows the entries. */
#include "db.h"

#include "base/clock.h"
#include "db/connection.h"
#include "db/search_index.h"
#include "db/search_narrow.h"
#include "db/search_query.h"
#include "db/search_text.h"

#include <sys/stat.h>

/* ---- queries ---- */
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
	int status;
	bool starred;
	int64_t before, after;
} queries[] = {
	{ "linux", ANY "\"linux\"", -1, false, 0, 0 },
	{ "  linux\tkernel ", ANY "\"linux\" AND " ANY "\"kernel\"", -1, false, 0, 0 },
	{ "\"open source\"", ANY "\"open source\"", -1, false, 0, 0 },
	{ "kern*", ANY "\"kern\"*", -1, false, 0, 0 },
	{ "\"open sour\"*", ANY "\"open sour\"*", -1, false, 0, 0 },
	{ "linux -windows -mac", ANY "\"linux\" NOT (" ANY "\"windows\" OR " ANY "\"mac\")", -1,
		false, 0, 0 },
	/* What means something to FTS5 is only text here. */
	{ "AND NEAR(x) ^y", ANY "\"AND\" AND " ANY "\"NEAR(x)\" AND " ANY "\"^y\"", -1, false, 0,
		0 },
	{ "https://example.org/a:b", ANY "\"https://example.org/a:b\"", -1, false, 0, 0 },
	{ "12:30", ANY "\"12:30\"", -1, false, 0, 0 },
	{ "author:\"Jo Doe\" title:news", "author : \"Jo Doe\" AND title : \"news\"", -1, false, 0,
		0 },
	{ "feed:news x", "feed : (\"7\") AND " ANY "\"x\"", -1, false, 0, 0 },
	{ "Feed:news X", "feed : (\"7\") AND " ANY "\"X\"", -1, false, 0, 0 },
	{ "RE:x TITLE:y", ANY "\"RE:x\" AND title : \"y\"", -1, false, 0, 0 },
	{ "x -category:news", ANY "\"x\" NOT (feed : (\"7\" OR \"9\"))", -1, false, 0, 0 },
	{ "is:unread is:starred", "", ENTRY_UNREAD, true, 0, 0 },
	{ "is:read x", ANY "\"x\"", ENTRY_READ, false, 0, 0 },
	{ "before:2026-11-23 after:2026", "", -1, false, 1795392000, 1767225600 },
	{ "after:2d before:12h", "", -1, false, T0 - 43200, T0 - 172800 },
	{ "", "", -1, false, 0, 0 },
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
		assert_int_equal(q.status, queries[i].status);
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
	assert_non_null(strstr(fail.detail, "the query ends here"));
	search_query_release(&q);
	free(longest);
}

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

/* ---- the index ---- */
static const struct spec entries[] = {
	{ "g1", "/1", "Les États-Unis annoncent", "<p>Washington et l'<b>Éducation</b>.</p>", T0,
		0 },
	{ "g2", "/2", "東京で新しい鉄道が開業", "<p>日本の首都</p>", T0 + 1, 0 },
	{ "g3", "/3", "รถไฟฟ้าสายใหม่เปิดแล้ว", "<p>กรุงเทพมหานคร</p>", T0 + 2, 0 },
	{ "g4", "/4", "Linux kernel 7.1", "<p>The kernel of Linux. Linux &amp; friends.</p>",
		T0 + 3, 0 },
	{ "g5", "/5", "A walk in the park", "<p>Once Linux is mentioned.</p>", T0 + 4, 0 },
};

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
};

struct found {
	const char *query;
	int64_t match_ms; /* in */
	int64_t now;
	char titles[512], snippet[512];
	int64_t total;
	bool timed_out;
	struct failure fail;
};

static void see(void *arg, const struct entry_record *e)
{
	struct found *f = arg;
	size_t n = strlen(f->titles);

	if (n == 0 && e->snippet != NULL)
		snprintf(f->snippet, sizeof(f->snippet), "%s", e->snippet);
	snprintf(f->titles + n, sizeof(f->titles) - n, "%s%s", n == 0 ? "" : "|", e->url);
}

static void look(struct query *q, void *arg)
{
	struct found *f = arg;
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX);
	struct entry_filter filter = {
		.order = ENTRY_ORDER_RELEVANCE, .limit = 10, .match_ms = f->match_ms
	};

	f->total = -1;
	if (query_search(q, f->query, T0, &filter, &match, &f->fail)) {
		if (filter.match == NULL)
			filter.order = ENTRY_ORDER_ID;
		f->total = query_entries(q, &filter, see, f);
		f->timed_out = f->total < 0 && query_timed_out(q);
	}
	strbuf_release(&match);
}

static void answered(void *arg)
{
	((struct rig *)arg)->answered = true;
}

struct looking {
	struct rig *rig;
	struct found *found;
};

static void look_for(struct query *q, void *arg)
{
	look(q, ((struct looking *)arg)->found);
}

static void looked(void *arg)
{
	answered(((struct looking *)arg)->rig);
}

static void try_search(struct rig *rig, const char *query, int64_t match_ms, struct found *f)
{
	struct looking l = { rig, f };

	*f = (struct found){ .query = query, .match_ms = match_ms };
	readers_submit(rig->readers, look_for, looked, &l);
	rig_wait(rig);
}

/* The links of what a query finds, joined by "|". */
static const char *search(struct rig *rig, const char *query, struct found *f)
{
	try_search(rig, query, 0, f);
	if (f->total < 0)
		fail_msg("%s: %s", query, f->fail.detail);
	return f->titles;
}

static bool behind(struct rig *rig)
{
	return sql_number(rig->path,
		       "SELECT (SELECT MAX(id) FROM entries) > upto_id FROM search_state") == 1;
}

/* The writer indexes behind the commits; a test waits for it. */
static void wait_for_index(struct rig *rig)
{
	int64_t deadline_ms = clock_monotonic_ms() + 60000;

	while (behind(rig)) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		usleep(1000);
	}
}

static int setup(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig_init(rig);
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	refresh(rig, add_feed(rig, "https://example.org/feed", "tech"), entries,
		N_ELEMENTS(entries), T0);
	wait_for_index(rig);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	rig_release(*state);
	free(*state);
	return 0;
}

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

/* Checked by FTS5 itself: what the index holds is what the entries say. */
static void assert_index_whole(struct rig *rig)
{
	struct db db;

	assert_true(db_open(&db, rig->path, DB_WRITER));
	if (!db_exec(&db, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)"))
		fail_msg("the index: %s", db.error);
	db_close(&db);
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

static void the_index_follows_changes(void **state)
{
	struct rig *rig = *state;
	struct found f;
	struct spec changed[N_ELEMENTS(entries)];

	memcpy(changed, entries, sizeof(entries));
	changed[3].title = "Minix kernel 1.0";
	changed[3].content = "<p>An older one.</p>";
	refresh(rig, 1, changed, N_ELEMENTS(changed), T0 + 10);
	assert_string_equal(search(rig, "linux", &f), "/5");
	assert_string_equal(search(rig, "minix", &f), "/4");
	store_feed_remove(rig->store, 1, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_string_equal(search(rig, "minix", &f), "");
}

static void what_was_not_indexed_is_after_a_restart(void **state)
{
	struct rig *rig = *state;
	struct found f;
	int64_t feed = add_feed(rig, "https://example.org/many", NULL);

	assert_index_whole(rig);
	refresh_doc(rig, feed, make_numbered(3000, "<p>numbered</p>"), T0);
	rig_close(rig); /* does not wait for the index */
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	/* The writer begins with the first request. */
	store_entries_status(rig->store, NULL, 0, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	wait_for_index(rig);
	search(rig, "numbered", &f);
	assert_int_equal(f.total, LIMIT_SEARCH_MATCHES);
	search(rig, "\"entry 2999\"", &f);
	assert_int_equal(f.total, 1);
	assert_index_whole(rig);
}

static void purged_entries_are_not_found(void **state)
{
	struct rig *rig = *state;
	struct found f;
	struct store_retention policy = { .max_entries_per_feed = 1 };

	store_retain(rig->store, &policy);
	refresh(rig, 1, entries, 1, T0 + 86400);
	refresh(rig, 1, entries, 1, T0 + 3 * 86400);
	assert_string_equal(search(rig, "linux", &f), "");
	assert_string_equal(search(rig, "etats", &f), "/1");
	assert_index_whole(rig);
}

static int64_t count_blocks(struct db *db)
{
	struct stmt s = db_stmt_composed(db, "SELECT COUNT(*) FROM search_data");
	int64_t n = stmt_row(&s) ? stmt_read_int(&s) : -1;

	assert_true(stmt_end(&s));
	return n;
}

/* FTS5 gathers words in memory, and a statement that might insert several rows makes it write them
 * out: each entry would be a segment. */
static void words_are_written_out_once_a_transaction(void **state)
{
	struct rig *rig = *state;
	struct db db;

	rig_close(rig);
	assert_true(db_open(&db, rig->path, DB_WRITER));
	assert_true(search_index_renew(&db));
	int64_t before = count_blocks(&db);
	assert_true(db_run(&db, STATEMENT_BEGIN_WRITE));
	for (int64_t id = 1; id <= (int64_t)N_ELEMENTS(entries); id++)
		assert_true(search_index_add(&db, id));
	assert_true(search_index_remove(&db, 2, NULL));
	assert_int_equal(count_blocks(&db), before);
	assert_true(db_run(&db, STATEMENT_COMMIT));
	assert_true(count_blocks(&db) > before);
	db_close(&db);
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

/* ---- merging ---- */
static int64_t count_segments(struct rig *rig)
{
	/* FTS5 keeps the number of the segment in the upper bits of its pages' ids; the few small
	 * ids are no pages. */
	return sql_number(
		rig->path, "SELECT COUNT(DISTINCT id >> 37) FROM search_data WHERE id > 1000");
}

/* The writer looks at the index after each answer, and after so many of them for what to merge. */
static void pass_by(struct rig *rig)
{
	for (int i = 0; i <= LIMIT_SEARCH_UNMERGED; i++) {
		store_entries_status(rig->store, NULL, 0, ENTRY_READ, T0, rig_done, rig);
		rig_wait(rig);
		assert_int_equal(rig->fail.status, STATUS_OK);
	}
}

static void wait_for_merges(struct rig *rig)
{
	int64_t deadline_ms = clock_monotonic_ms() + 60000;

	while (count_segments(rig) > 1) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		pass_by(rig);
	}
}

static void add_feeds_one_by_one(struct rig *rig, int n)
{
	for (int i = 0; i < n; i++) {
		char url[64];
		snprintf(url, sizeof(url), "https://example.org/one/%d", i);
		refresh_doc(rig, add_feed(rig, url, NULL), make_numbered(2, "<p>numbered</p>"), T0);
	}
}

static void segments_are_merged_when_nobody_waits(void **state)
{
	struct rig *rig = *state;
	struct found f;

	for (int round = 0; round < 3; round++) {
		struct db db;
		/* What another program left apart: more than one. */
		rig_close(rig);
		assert_true(db_open(&db, rig->path, DB_WRITER));
		for (int64_t id = 1; id <= 3; id++) {
			assert_true(search_index_remove(&db, id, NULL));
			assert_true(search_index_add(&db, id));
		}
		db_close(&db);
		assert_true(count_segments(rig) > 1);
		rig_open_store(rig);
		rig_open_readers(rig, 1);
		wait_for_merges(rig);
	}
	add_feeds_one_by_one(rig, 3);
	wait_for_index(rig);
	wait_for_merges(rig);
	assert_index_whole(rig);
	search(rig, "numbered", &f);
	assert_int_equal(f.total, 6);
	assert_string_equal(search(rig, "etats unis", &f), "/1");
}

/* Of the log, which each write makes longer. */
static int64_t log_size(struct rig *rig)
{
	char path[sizeof(rig->path) + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", rig->path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void what_is_merged_is_left_alone(void **state)
{
	struct rig *rig = *state;

	add_feeds_one_by_one(rig, 3);
	wait_for_index(rig);
	wait_for_merges(rig);
	pass_by(rig);
	int64_t size = log_size(rig);
	pass_by(rig);
	pass_by(rig);
	assert_int_equal(log_size(rig), size);
}

/* ---- damage ---- */
static void overwrite(struct rig *rig, const char *which)
{
	char sql[256];

	/* As good as any garbage, but always the same. */
	snprintf(sql, sizeof(sql),
		"UPDATE search_data SET block = CAST(hex(block) AS BLOB) WHERE id %s", which);
	sql_run(rig->path, sql);
}

/* As main.c does when a reader met it. */
static void mend_what_readers_met(struct rig *rig)
{
	if (readers_take_search_damage(rig->readers))
		store_rebuild_search(rig->store);
}

/* Searches, and lets the writer come by, until all is found again. */
static void wait_for_mending(struct rig *rig)
{
	int64_t deadline_ms = clock_monotonic_ms() + 60000;
	struct found f = { 0 };

	while (f.total != 2 || behind(rig)) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		try_search(rig, "linux", 0, &f);
		mend_what_readers_met(rig);
		pass_by(rig);
	}
}

static void a_damaged_index_is_made_anew(void **state)
{
	/* A page, the list of segments. */
	static const char *const places[] = { "> 1000", "= 10" };
	struct rig *rig = *state;
	struct found f;

	for (size_t i = 0; i < N_ELEMENTS(places); i++) {
		rig_close(rig);
		overwrite(rig, places[i]);
		rig_open_store(rig);
		rig_open_readers(rig, 1);
		try_search(rig, "linux", 0, &f);
		assert_int_equal(f.total, -1);
		assert_int_not_equal(f.fail.status, STATUS_BAD_REQUEST);
		mend_what_readers_met(rig);
		wait_for_mending(rig);
		assert_false(store_is_damaged(rig->store));
		assert_int_equal(
			sql_number(rig->path, "SELECT COUNT(*) FROM entries"), N_ELEMENTS(entries));
		assert_string_equal(search(rig, "etats unis", &f), "/1");
		assert_index_whole(rig);
	}
}

/* A document whose entries change meets it, too: this one fails, and the next one is stored. */
static void a_change_that_meets_damage_mends_it(void **state)
{
	struct rig *rig = *state;
	struct spec changed[N_ELEMENTS(entries)];
	struct found f;

	rig_close(rig);
	overwrite(rig, "= 10");
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	memcpy(changed, entries, sizeof(entries));
	changed[3].title = "Minix kernel 1.0";
	changed[3].content = "<p>An older one.</p>";
	refresh_doc(rig, 1, make_doc(changed, N_ELEMENTS(changed)), T0 + 1);
	refresh(rig, 1, changed, N_ELEMENTS(changed), T0 + 2);
	wait_for_index(rig);
	assert_string_equal(search(rig, "minix", &f), "/4");
	assert_string_equal(search(rig, "linux", &f), "/5");
	assert_index_whole(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_mean_what_they_say),
		cmocka_unit_test(many_feeds_become_a_set),
		cmocka_unit_test(wrong_queries_say_where),
		cmocka_unit_test(html_becomes_text),
		cmocka_unit_test_setup_teardown(words_are_found_however_written, setup, teardown),
		cmocka_unit_test_setup_teardown(
			letters_are_found_as_they_are_typed, setup, teardown),
		cmocka_unit_test_setup_teardown(snippets_mark_what_matched, setup, teardown),
		cmocka_unit_test_setup_teardown(the_index_follows_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_not_indexed_is_after_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(purged_entries_are_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_search_that_takes_too_long_is_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_and_states_bound_a_search, setup, teardown),
		cmocka_unit_test_setup_teardown(bounds_are_those_of_the_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(
			many_feeds_are_searched_by_a_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_index_is_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_change_that_meets_damage_mends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			segments_are_merged_when_nobody_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_merged_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			words_are_written_out_once_a_transaction, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
