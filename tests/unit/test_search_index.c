/* The search index: it follows the entries, is merged, and is mended. */
#include "search.h"

#include "db/search_index.h"

#include <sys/stat.h>

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
	store_begin(rig->store);
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

/* ---- merging ---- */
static int64_t count_segments(struct rig *rig)
{
	/* FTS5 keeps the number of the segment in the upper bits of its pages' ids; the few small
	 * ids are no pages. */
	return sql_number(
		rig->path, "SELECT COUNT(DISTINCT id >> 37) FROM search_data WHERE id > 1000");
}

/* An entry's words taken out and put in again, so many times: two segments each. */
static void write_apart(struct rig *rig, int times)
{
	struct db db;

	assert_true(db_open(&db, rig->path, DB_WRITER));
	for (int i = 0; i < times; i++) {
		int64_t id = 1 + i % (int64_t)N_ELEMENTS(entries);
		assert_true(search_index_remove(&db, id, NULL));
		assert_true(search_index_add(&db, id));
	}
	db_close(&db);
}

/* FTS5 by itself would merge them where the writer has no bound for it. */
static void writing_words_out_merges_nothing(void **state)
{
	struct rig *rig = *state;

	wait_for_index(rig);
	rig_close(rig);
	int64_t before = count_segments(rig);
	write_apart(rig, 50);
	assert_int_equal(count_segments(rig), before + 100);
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	assert_index_whole(rig);
}

static void a_crowd_of_segments_is_merged(void **state)
{
	struct rig *rig = *state;
	struct found f;
	struct db db;
	bool left;

	wait_for_index(rig);
	rig_close(rig);
	assert_true(db_open(&db, rig->path, DB_WRITER));
	assert_false(search_index_is_crowded(&db));
	db_close(&db);
	/* More than a byte can count in the list of segments. */
	write_apart(rig, 100);
	assert_true(db_open(&db, rig->path, DB_WRITER));
	for (int steps = 0; search_index_is_crowded(&db); steps++) {
		assert_true(steps < 1000);
		assert_true(search_index_merge(&db, &left));
	}
	db_close(&db);
	assert_true(count_segments(rig) <= LIMIT_SEARCH_SEGMENTS);
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	assert_string_equal(search(rig, "etats unis", &f), "/1");
	assert_index_whole(rig);
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
		/* What another program left apart: more than one. */
		rig_close(rig);
		write_apart(rig, 3);
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
		cmocka_unit_test_setup_teardown(the_index_follows_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_not_indexed_is_after_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(purged_entries_are_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			words_are_written_out_once_a_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_index_is_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_change_that_meets_damage_mends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(writing_words_out_merges_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_crowd_of_segments_is_merged, setup, teardown),
		cmocka_unit_test_setup_teardown(
			segments_are_merged_when_nobody_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_merged_is_left_alone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
