/* What changed entries said before, and how much of it is kept. */
#include "db.h"

/* ---- reading them ---- */

struct reading {
	struct rig *rig;
	struct strbuf list; /* "NUMBER TITLE/CONTENT (ALIKE);" of each */
};

static void seen(void *arg, const struct revision_record *r)
{
	struct reading *reading = arg;

	strbuf_addf(&reading->list, "%lld %s/%s", (long long)r->number, r->title,
		r->content != NULL ? r->content : "");
	if (r->n_alike > 0)
		strbuf_addf(&reading->list, " (%lld)", (long long)r->n_alike);
	strbuf_addstr(&reading->list, r->whole ? ";" : " cut;");
}

static void read_work(struct query *q, void *arg)
{
	struct reading *reading = arg;

	assert_true(query_revisions(q, 1, seen, reading) >= 0);
}

static void read_done(void *arg)
{
	((struct reading *)arg)->rig->answered = true;
}

static void expect(struct rig *rig, const char *list)
{
	struct reading reading = { .rig = rig, .list = STRBUF_INIT(MIB) };

	readers_submit(rig->readers, read_work, read_done, &reading);
	rig_wait(rig);
	assert_string_equal(strbuf_str(&reading.list), list);
	strbuf_release(&reading.list);
}

static void say(struct rig *rig, int64_t feed, const char *title, const char *content, int64_t at)
{
	const struct spec entry[] = { { .guid = "a", .title = title, .content = content } };

	refresh(rig, feed, entry, 1, T0 + at);
}

/* ---- */

static void what_was_said_before_is_kept(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	say(rig, feed, "Two hurt", "<p>x</p>", 0);
	expect(rig, "");
	say(rig, feed, "Three hurt", "<p>x</p>", 100);
	expect(rig, "1 Two hurt/<p>x</p>;");
	say(rig, feed, "Three hurt", "<p>y</p>", 200);
	expect(rig, "1 Two hurt/<p>x</p>;2 Three hurt/<p>x</p>;");
	assert_int_equal(
		sql_number(rig->path, "SELECT replaced FROM revisions WHERE number = 2"), T0 + 200);
}

/* The fetch that brought the change, and what the publisher says of it. */
static void the_cause_is_kept(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	struct feed_fetch_state fetched = { .next_due = T0 + 9,
		.ttl_minutes = -1,
		.update_interval_seconds = -1,
		.etag = "\"v2\"" };
	static const struct spec after[] = { { .guid = "a", .title = "After" } };
	struct feed_doc *doc = make_doc(after, 1);

	say(rig, feed, "Before", NULL, 0);
	doc->entries[0].updated = T0 + 5;
	store_refresh(rig->store, feed, &fetched, doc, T0 + 9, rig_refresh_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->refresh.n_changed, 1);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM revisions WHERE etag = '\"v2\"'"
				      " AND updated = 1700000005 AND replaced = 1700000009"),
		1);
}

static void a_link_alone_is_no_revision(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec a[] = { { .guid = "a", .title = "A", .url = "/1" } };
	static const struct spec b[] = { { .guid = "a", .title = "A", .url = "/2" } };

	refresh(rig, feed, a, 1, T0);
	refresh(rig, feed, b, 1, T0 + 1);
	assert_int_equal(rig->refresh.n_changed, 1);
	expect(rig, "");
}

static void a_counter_that_moves_with_every_poll_is_kept_once(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	char content[64];

	for (int i = 0; i < 30; i++) {
		snprintf(content, sizeof(content), "%d comments at %02d:%02d", 3 * i, i % 24, i);
		say(rig, feed, "A", content, i);
	}
	expect(rig, "1 A/0 comments at 00:00 (28);");
	say(rig, feed, "A", "closed", 99);
	expect(rig, "1 A/0 comments at 00:00 (29);");
	say(rig, feed, "A", "open", 100);
	expect(rig, "1 A/0 comments at 00:00 (29);2 A/closed;");
}

/* Two servers that disagree. */
static void two_versions_in_turn_are_kept_once_each(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	for (int i = 0; i < 20; i++)
		say(rig, feed, i % 2 == 0 ? "A" : "B", "x", i);
	expect(rig, "1 A/x (9);2 B/x (8);");
}

static void the_first_and_the_last_ones_stay(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	struct strbuf list = STRBUF_INIT(4096);
	char title[2] = "A";

	for (; title[0] <= 'Z'; title[0]++)
		say(rig, feed, title, "x", title[0]);
	strbuf_addstr(&list, "1 A/x;");
	for (int i = 26 - LIMIT_REVISIONS + 1; i < 26; i++)
		strbuf_addf(&list, "%d %c/x;", i, 'A' + i - 1);
	expect(rig, strbuf_str(&list));
	strbuf_release(&list);
}

static char *long_text(size_t n, char c)
{
	char *text = xcalloc(n + 1, 1);

	memset(text, c, n);
	return text;
}

static void bytes_are_bounded(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	for (char c = 'a'; c <= 'k'; c++) {
		char *text = long_text(LIMIT_REVISION_BYTES - 100, c);
		say(rig, feed, "A", text, c);
		free(text);
	}
	assert_in_range(
		sql_number(rig->path, "SELECT SUM(size) FROM revisions"), 1, LIMIT_REVISIONS_BYTES);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM revisions"), 4);
	assert_int_equal(sql_number(rig->path, "SELECT MIN(number) FROM revisions"), 1);
}

static void a_long_text_is_said_not_to_be_kept(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	char *text = long_text(LIMIT_REVISION_BYTES + 1, 'x');

	say(rig, feed, "A", text, 0);
	say(rig, feed, "B", text, 1);
	free(text);
	expect(rig, "1 A/ cut;");
}

static void they_go_with_their_entry(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	say(rig, feed, "A", "x", 0);
	say(rig, feed, "B", "x", 1);
	sql_run(rig->path, "PRAGMA foreign_keys = ON; DELETE FROM contents;"
			   " DELETE FROM entries");
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM revisions"), 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup_reader, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(what_was_said_before_is_kept),
		T(the_cause_is_kept),
		T(a_link_alone_is_no_revision),
		T(a_counter_that_moves_with_every_poll_is_kept_once),
		T(two_versions_in_turn_are_kept_once_each),
		T(the_first_and_the_last_ones_stay),
		T(bytes_are_bounded),
		T(a_long_text_is_said_not_to_be_kept),
		T(they_go_with_their_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
