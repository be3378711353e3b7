/* Stories of identity over several polls: what is new, what is the same, what has changed. */
#include "db.h"

#define G (1u << ENTRY_KEY_GUID | 1u << ENTRY_KEY_GUID_NOSCHEME)
#define L (1u << ENTRY_KEY_LINK)

struct poll {
	struct spec entries[4]; /* ends with the first that says nothing */
	int64_t n_new, n_changed;
};
struct story {
	const char *name;
	struct poll polls[4]; /* ends with the first without entries */
};

static const struct story stories[] = {
	{ "the same document again",
		{ { { { .guid = "a", .title = "A" }, { .guid = "b", .title = "B" } }, 2, 0 },
			{ { { .guid = "a", .title = "A" }, { .guid = "b", .title = "B" } }, 0,
				0 } } },
	{ "a changed content under the same guid",
		{ { { { .guid = "a", .title = "A", .content = "x" } }, 1, 0 },
			{ { { .guid = "a", .title = "A", .content = "y" } }, 0, 1 },
			{ { { .guid = "a", .title = "A", .content = "y" } }, 0, 0 } } },
	{ "a date that moves alone is nothing",
		{ { { { .guid = "a", .title = "A", .published = T0 } }, 1, 0 },
			{ { { .guid = "a", .title = "A", .published = T0 + 60 } }, 0, 0 } } },
	{ "http becomes https in guids and links",
		{ { { { .guid = "http://e.org/1", .url = "/1", .title = "A" } }, 1, 0 },
			{ { { .guid = "https://e.org/1", .url = "/1s", .title = "A" } }, 0, 1 },
			{ { { .guid = "https://e.org/1", .url = "/2", .title = "A" } }, 0, 1 } } },
	{ "the guid goes away, then the link moves on with the guid back",
		{ { { { .guid = "a", .url = "/a", .title = "A" } }, 1, 0 },
			{ { { .url = "/a", .title = "A" } }, 0, 0 },
			{ { { .guid = "a", .url = "/moved", .title = "A" } }, 0, 1 },
			{ { { .url = "/moved", .title = "A" } }, 0, 0 } } },
	{ "guids that are random in each request",
		{ { { { .guid = "r1", .url = "/a", .title = "A" },
			    { .guid = "r2", .url = "/b", .title = "B" } },
			  2, 0 },
			{ { { .guid = "r3", .url = "/a", .title = "A" },
				  { .guid = "r4", .url = "/b", .title = "B" } },
				0, 0 },
			{ { { .guid = "r5", .url = "/a", .title = "A" },
				  { .guid = "r6", .url = "/b", .title = "B2" } },
				0, 1 } } },
	{ "a guid that holds an edited headline",
		{ { { { .guid = "Old headline", .url = "/a", .title = "Old headline" } }, 1, 0 },
			{ { { .guid = "New headline", .url = "/a", .title = "New headline" } }, 0,
				1 } } },
	{ "one guid for all entries: the link decides, also on the day there is only one",
		{ { { { .guid = "x", .url = "/1", .title = "A", .untrusted = G },
			    { .guid = "x", .url = "/2", .title = "B", .untrusted = G } },
			  2, 0 },
			{ { { .guid = "x", .url = "/3", .title = "C" } }, 1, 0 },
			{ { { .guid = "x", .url = "/4", .title = "D" } }, 1, 0 },
			{ { { .guid = "x", .url = "/4", .title = "D" },
				  { .guid = "x", .url = "/3", .title = "C" } },
				0, 0 } } },
	{ "equal links with good guids: the guid decides, also on the day there is only one",
		{ { { { .guid = "a", .url = "/", .title = "A" },
			    { .guid = "b", .url = "/", .title = "B" } },
			  2, 0 },
			{ { { .guid = "c", .url = "/", .title = "C" } }, 1, 0 },
			{ { { .guid = "d", .url = "/", .title = "D" } }, 1, 0 },
			{ { { .guid = "a", .url = "/", .title = "A2" },
				  { .guid = "d", .url = "/", .title = "D" } },
				0, 1 } } },
	{ "no guid and equal links: the title decides",
		{ { { { .url = "/", .title = "A", .untrusted = L },
			    { .url = "/", .title = "B", .untrusted = L } },
			  2, 0 },
			{ { { .url = "/", .title = "B", .untrusted = L },
				  { .url = "/", .title = "C", .untrusted = L } },
				1, 0 },
			{ { { .url = "/", .title = "C", .content = "more" } }, 0, 1 } } },
	{ "no guid, and dates that move on every fetch",
		{ { { { .url = "/a", .title = "A", .published = T0 } }, 1, 0 },
			{ { { .url = "/a", .title = "A", .published = T0 + 9 } }, 0, 0 } } },
	{ "neither guid nor link",
		{ { { { .title = "A", .content = "x" }, { .title = "B" } }, 2, 0 },
			{ { { .title = "B" }, { .title = "A", .content = "x" } }, 0, 0 } } },
	{ "the same title and text twice, legitimately, a week apart",
		{ { { { .guid = "1", .url = "/1", .title = "Open thread" } }, 1, 0 },
			{ { { .guid = "2", .url = "/2", .title = "Open thread" } }, 1, 0 } } },
	{ "the same entry twice in a document",
		{ { { { .guid = "a", .title = "A" }, { .guid = "a", .title = "A" },
			    { .guid = "b", .title = "B" } },
			  2, 0 },
			{ { { .guid = "b", .title = "B" }, { .guid = "a", .title = "A" },
				  { .guid = "a", .title = "A" } },
				0, 0 } } },
	{ "an entry known by its guid keeps its row though another comes with its link",
		{ { { { .guid = "a", .url = "/a", .title = "A" } }, 1, 0 },
			{ { { .guid = "b", .url = "/a", .title = "B" },
				  { .guid = "a", .url = "/a2", .title = "A2" } },
				1, 1 },
			{ { { .guid = "b", .url = "/a", .title = "B" },
				  { .guid = "a", .url = "/a2", .title = "A2" } },
				0, 0 } } },
	{ "another entry without a guid comes with the link that one had before",
		{ { { { .guid = "a", .url = "/1", .title = "A" }, { .guid = "d", .title = "D" } },
			  2, 0 },
			{ { { .guid = "a", .url = "/2", .title = "A" },
				  { .guid = "d", .title = "D" }, { .url = "/1", .title = "B" } },
				1, 1 },
			{ { { .guid = "a", .url = "/2", .title = "A" },
				  { .guid = "d", .title = "D2" }, { .url = "/1", .title = "B" } },
				0, 1 } } },
	{ "one known by its text comes with a guid that another one had before",
		{ { { { .guid = "https://g/1", .title = "A" } }, 1, 0 },
			{ { { .guid = "http://g/1", .title = "A" },
				  { .title = "B", .published = T0 } },
				1, 0 },
			{ { { .guid = "http://g/1", .title = "A" },
				  { .guid = "https://g/1", .title = "B", .published = T0 },
				  { .guid = "c", .title = "C" } },
				1, 0 },
			{ { { .guid = "http://g/1", .title = "A" },
				  { .guid = "https://g/1", .title = "B", .published = T0 },
				  { .guid = "c", .title = "C2" } },
				0, 1 } } },
	{ "two documents swap their guids' links",
		{ { { { .guid = "a", .url = "/1", .title = "A" },
			    { .guid = "b", .url = "/2", .title = "B" } },
			  2, 0 },
			{ { { .guid = "a", .url = "/2", .title = "A" },
				  { .guid = "b", .url = "/1", .title = "B" } },
				0, 2 } } },
};

static bool says_something(const struct spec *s)
{
	return s->guid != NULL || s->url != NULL || s->title != NULL;
}

static void play(struct rig *rig, const struct story *s, int64_t feed_id)
{
	int64_t total = 0;

	for (size_t p = 0; p < N_ELEMENTS(s->polls) && says_something(&s->polls[p].entries[0]);
		p++) {
		const struct poll *poll = &s->polls[p];
		size_t n = 0;
		while (n < N_ELEMENTS(poll->entries) && says_something(&poll->entries[n]))
			n++;
		refresh(rig, feed_id, poll->entries, n, T0 + (int64_t)p * 3600);
		total += poll->n_new;
		if (rig->refresh.n_new != poll->n_new ||
			rig->refresh.n_changed != poll->n_changed ||
			rig->refresh.n_entries != total)
			fail_msg("%s: poll %zu: %d new, %d changed, %d in all", s->name, p,
				(int)rig->refresh.n_new, (int)rig->refresh.n_changed,
				(int)rig->refresh.n_entries);
	}
}

static void stories_end_well(void **state)
{
	struct rig *rig = *state;

	for (size_t i = 0; i < N_ELEMENTS(stories); i++) {
		char url[64];
		snprintf(url, sizeof(url), "https://example.org/%zu", i);
		play(rig, &stories[i], add_feed(rig, url, NULL));
	}
	assert_counters_right(rig);
}

/* The same entry in two feeds is two entries: keys never cross feeds. */
static void feeds_do_not_share_keys(void **state)
{
	struct rig *rig = *state;
	static const struct spec entry[] = { { .guid = "a", .url = "/a", .title = "A" } };

	for (int i = 0; i < 2; i++) {
		refresh(rig,
			add_feed(rig, i == 0 ? "https://example.org/1" : "https://example.org/2",
				NULL),
			entry, 1, T0);
		assert_int_equal(rig->refresh.n_new, 1);
	}
}

static void a_change_keeps_id_status_star_and_first_date(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec before[] = { { .guid = "a", .title = "A" } };
	static const struct spec after[] = {
		{ .guid = "a", .title = "A2", .content = "<p>x</p>" }
	};
	static const struct spec dated[] = { { .guid = "a", .title = "A3", .published = T0 - 5 } };

	refresh(rig, feed, before, 1, T0);
	int64_t id = rig->refresh.first_id;
	store_entries_status(rig->store, &id, 1, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	store_entry_toggle_star(rig->store, id, T0, rig_done, rig);
	rig_wait(rig);
	refresh(rig, feed, after, 1, T0 + 100);
	assert_int_equal(rig->refresh.n_changed, 1);
	assert_int_equal(rig->refresh.first_id, 0);
	assert_int_equal(
		sql_number(rig->path,
			"SELECT COUNT(*) FROM entries WHERE id = 1 AND status = 1 AND starred = 1"
			" AND title = 'A2' AND published = 1700000000 AND created = published"
			" AND changed = 1700000100"),
		1);
	refresh(rig, feed, dated, 1, T0 + 200);
	assert_int_equal(
		sql_number(rig->path, "SELECT published FROM entries WHERE id = 1"), T0 - 5);
}

static void a_removed_and_a_purged_entry_stay_away(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec both[] = { { .guid = "a", .title = "A" },
		{ .guid = "b", .title = "B" } };

	refresh(rig, feed, both, 2, T0);
	store_entries_status(rig->store, (int64_t[]){ 1, 2 }, 2, ENTRY_REMOVED, T0, rig_done, rig);
	rig_wait(rig);
	/* What retention will do: the entry goes, its keys stay as its tombstone. */
	sql_run(rig->path, "PRAGMA foreign_keys = ON; DELETE FROM entries WHERE id = 1");
	refresh(rig, feed, both, 2, T0 + 1);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_entries, 0);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE status = 2"), 1);
}

/* Rotating guids add an alias with every poll, up to a limit; past it the entry is still known by
 * its link. */
static void aliases_are_bounded(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	char guid[32];

	for (int i = 0; i < 2 * LIMIT_ENTRY_KEYS; i++) {
		snprintf(guid, sizeof(guid), "random %d", i);
		const struct spec entry[] = { { .guid = guid, .url = "/a", .title = "A" } };
		refresh(rig, feed, entry, 1, T0 + i);
		assert_int_equal(rig->refresh.n_new, i == 0);
		assert_int_equal(rig->refresh.n_changed, 0);
	}
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys"), LIMIT_ENTRY_KEYS);
	assert_int_equal(sql_number(rig->path, "SELECT n_keys FROM entries"), LIMIT_ENTRY_KEYS);
}

static void what_a_feed_says_of_itself_is_kept(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	struct feed_doc *doc = feed_doc_new();

	doc->title = "Title";
	doc->home_page_url = "https://example.org/";
	doc->description = "";
	doc->language = "fr";
	refresh_doc(rig, feed, doc, T0);
	assert_int_equal(
		sql_number(rig->path,
			"SELECT COUNT(*) FROM feeds WHERE title = 'Title' AND language = 'fr'"
			" AND site_url = 'https://example.org/' AND description IS NULL AND icon "
			"IS NULL"),
		1);
	/* A fetch that brought nothing changes none of it. */
	refresh_doc(rig, feed, NULL, T0 + 1);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM feeds WHERE title = 'Title'"), 1);
}

/* What a document said that came before is not looked up again: the keys could be gone. */
static void a_document_that_says_the_same_is_known_at_once(void **state)
{
	static const struct spec specs[] = { { .guid = "a", .title = "A", .content = "x" },
		{ .guid = "b", .title = "B", .content = "y" },
		{ .guid = "b", .title = "B", .content = "y" } };
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	refresh(rig, feed, specs, 3, T0);
	assert_int_equal(rig->refresh.n_new, 2);
	sql_run(rig->path, "DELETE FROM entry_keys");
	refresh(rig, feed, specs, 3, T0 + 10);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_changed, 0);
	assert_int_equal(rig->refresh.n_known, 2);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE gone = 0"), 2);
}

/* An earlier page, or a hub, brought another version meanwhile: the document counts again. */
static void what_else_changed_an_entry_makes_its_document_count(void **state)
{
	static const struct spec said = { .guid = "a", .title = "A", .content = "x" };
	static const struct spec other = { .guid = "a", .title = "A", .content = "y" };
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	refresh(rig, feed, &said, 1, T0);
	struct feed_doc *page = make_doc(&other, 1);
	page->partial = true;
	refresh_doc(rig, feed, page, T0 + 10);
	assert_int_equal(rig->refresh.n_changed, 1);
	refresh(rig, feed, &said, 1, T0 + 20);
	assert_int_equal(rig->refresh.n_changed, 1);
	refresh(rig, feed, &said, 1, T0 + 30);
	assert_int_equal(rig->refresh.n_changed, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(stories_end_well),
		T(feeds_do_not_share_keys),
		T(a_change_keeps_id_status_star_and_first_date),
		T(a_removed_and_a_purged_entry_stay_away),
		T(aliases_are_bounded),
		T(what_a_feed_says_of_itself_is_kept),
		T(a_document_that_says_the_same_is_known_at_once),
		T(what_else_changed_an_entry_makes_its_document_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
