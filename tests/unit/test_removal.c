/* Removing a feed with more entries than one step takes, and marking many as read: nobody sees how
 * it is done. */
#include "db.h"

#define ENTRIES 40

static int64_t add_full_feed(struct rig *rig, const char *url, size_t n)
{
	int64_t feed = add_feed(rig, url, "tech");

	refresh_doc(rig, feed, make_numbered(n, "word"), T0);
	assert_int_equal(rig->refresh.n_new, n);
	return feed;
}

static void remove_feed(struct rig *rig, int64_t feed)
{
	store_feed_remove(rig->store, feed, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

/* What a crash leaves behind between two steps: the feed is gone, what it had is not. */
static void leave_in_the_middle(struct rig *rig, int64_t feed)
{
	char sql[512];

	rig_close(rig);
	snprintf(sql, sizeof(sql),
		"PRAGMA foreign_keys = ON;"
		"UPDATE totals SET n_entries = totals.n_entries - c.n_entries,"
		" n_unread = totals.n_unread - c.n_unread FROM feed_counters c WHERE c.feed_id = "
		"%d;"
		"DELETE FROM feeds WHERE id = %d; INSERT INTO removals VALUES (%d)",
		(int)feed, (int)feed, (int)feed);
	sql_run(rig->path, sql);
}

static int64_t count(struct rig *rig, const char *table)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", table);
	return sql_number(rig->path, sql);
}

static void assert_nothing_is_left(struct rig *rig)
{
	static const char *const tables[] = { "entries", "contents", "entry_keys", "tombstones",
		"presences", "feeds", "removals" };

	for (size_t i = 0; i < N_ELEMENTS(tables); i++)
		assert_int_equal(count(rig, tables[i]), 0);
	assert_counters_right(rig);
}

static void a_removed_feed_leaves_nothing(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_full_feed(rig, "https://example.org/a", ENTRIES);

	sql_run(rig->path, "INSERT INTO tombstones VALUES (999, 1, 5)");
	remove_feed(rig, feed);
	wait_for_removal(rig);
	assert_nothing_is_left(rig);
}

/* More than one step takes on any machine that is not very fast; right on that, too. */
static void a_large_one_goes_in_steps(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_full_feed(rig, "https://example.org/a", 4000);

	remove_feed(rig, feed);
	assert_int_equal(sql_number(rig->path, "SELECT n_entries + n_unread FROM totals"), 0);
	/* The URL is free at once. */
	int64_t again = add_full_feed(rig, "https://example.org/a", ENTRIES);
	wait_for_removal(rig);
	assert_int_equal(count(rig, "entries"), ENTRIES);
	assert_counters_right(rig);
	remove_feed(rig, again);
	wait_for_removal(rig);
	assert_nothing_is_left(rig);
}

struct page {
	struct rig *rig;
	int64_t total, counted, n, found;
};

static void seen(void *arg, const struct entry_record *entry)
{
	(void)entry;
	((struct page *)arg)->n++;
}

static void read_page(struct query *q, void *arg)
{
	struct page *page = arg;
	struct entry_filter filter = {
		.order = ENTRY_ORDER_PUBLISHED, .descending = true, .limit = 5
	};

	page->total = query_entries(q, &filter, seen, page);
	filter.after = 1;
	page->counted = query_entries(q, &filter, seen, page);
	page->found = query_entry(q, 1, seen, page);
}

static void page_read(void *arg)
{
	((struct page *)arg)->rig->answered = true;
}

static void what_is_left_after_a_crash_is_seen_by_nobody_and_goes(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_full_feed(rig, "https://example.org/a", ENTRIES);
	struct page page = { .rig = rig };

	add_full_feed(rig, "https://example.org/b", 3);
	/* The newest of both are those of the feed that goes. */
	sql_run(rig->path, "UPDATE entries SET published = 10 + id WHERE feed_id = 2");
	leave_in_the_middle(rig, feed);
	rig_open_readers(rig, 1);
	readers_submit(rig->readers, read_page, page_read, &page);
	rig_wait(rig);
	assert_int_equal(page.total, 3);
	assert_int_equal(page.counted, 3);
	assert_int_equal(page.n, 6);
	assert_int_equal(page.found, 0);

	rig_open_store(rig);
	/* An entry that is on its way out changes no counter. */
	store_entries_status(rig->store, (int64_t[]){ 1 }, 1, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 0);
	wait_for_removal(rig);
	assert_int_equal(count(rig, "entries"), 3);
	assert_counters_right(rig);
}

/* ---- marking as read ---- */

static void mark(struct rig *rig, int64_t feed, int64_t upto)
{
	store_feed_mark_read(rig->store, feed, upto, T0 + 1, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_counters_right(rig);
}

static void all_are_marked_in_steps(void **state)
{
	struct rig *rig = *state;
	enum { MANY = 4 * LIMIT_MARK_STEP };

	add_full_feed(rig, "https://example.org/a", MANY);
	add_full_feed(rig, "https://example.org/b", LIMIT_MARK_STEP);
	int64_t upto = store_last_entry_id(rig->store);
	add_full_feed(rig, "https://example.org/c", 5);
	mark(rig, 0, upto);
	assert_int_equal(rig->n, MANY + LIMIT_MARK_STEP);
	assert_int_equal(sql_number(rig->path, "SELECT n_unread FROM totals"), 5);
	mark(rig, 3, upto + 2);
	assert_int_equal(rig->n, 2);
	mark(rig, 0, upto + 5);
	assert_int_equal(rig->n, 3);
	mark(rig, 0, upto + 5);
	assert_int_equal(rig->n, 0);
}

/* All with one date, so that the place between two steps is told by the id. */
static void entries_of_one_date_are_marked(void **state)
{
	struct rig *rig = *state;

	add_full_feed(rig, "https://example.org/a", 2 * LIMIT_MARK_STEP + 1);
	sql_run(rig->path, "UPDATE entries SET published = 7");
	mark(rig, 1, INT64_MAX);
	assert_int_equal(rig->n, 2 * LIMIT_MARK_STEP + 1);
}

static void a_feed_that_is_not_there_has_none(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_full_feed(rig, "https://example.org/a", ENTRIES);

	leave_in_the_middle(rig, feed);
	rig_open_store(rig);
	mark(rig, feed, INT64_MAX);
	assert_int_equal(rig->n, 0);
	wait_for_removal(rig);
	assert_nothing_is_left(rig);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(a_removed_feed_leaves_nothing),
		T(a_large_one_goes_in_steps),
		T(what_is_left_after_a_crash_is_seen_by_nobody_and_goes),
		T(all_are_marked_in_steps),
		T(entries_of_one_date_are_marked),
		T(a_feed_that_is_not_there_has_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
