/* The plan of every statement of db/: nothing reads the entries, or what hangs on them, without an
 * index. */
#include "db.h"

#include "db/entry_filter.h"
#include "db/migrate.h"
#include "db/search_text.h"
#include "db/statements.h"

/* Tables that grow with the entries or the feeds; `f`, `c`, `e`, `k` are their names in the
 * statements. */
static const char *const big_tables[] = { "entries", "e", "entry_keys", "k", "contents",
	"entry_tags", "enclosures", "feeds", "f", "feed_counters", "feed_moves", "digest_editions",
	"tombstones", "tallies", "https_hosts", "host_rests", "revisions", "presences",
	"forgetting" };
/* Statements that are meant to walk over all feeds; and the one that sums up a table of totals. */
static bool walks_over_feeds(const char *name)
{
	static const char *const names[] = { "FEEDS_BY_ID", "FEEDS_BY_NAME", "MOVES", "HTTPS_HOSTS",
		"TOTAL_FEEDS", "FEEDS_LARGEST", "COUNTERS", "SEARCH_FEEDS_NAMED" };

	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* "SCAN entries" is a full scan; "SCAN entries USING INDEX ..." reads an index in its order until
 * the limit is reached. */
static bool is_full_scan(const char *detail)
{
	char table[32];

	if (sscanf(detail, "SCAN %31s", table) != 1 || strstr(detail, "USING") != NULL)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(big_tables); i++) {
		if (strcmp(table, big_tables[i]) == 0)
			return true;
	}
	return false;
}

/* Calls `each` with every line of the plan; false when the statement does not compile. */
static void read_plan(sqlite3 *db, const char *sql,
	void (*each)(const char *what, const char *sql, const char *detail), const char *what)
{
	struct strbuf explain = STRBUF_INIT(8192);
	sqlite3_stmt *stmt = NULL;

	strbuf_addf(&explain, "EXPLAIN QUERY PLAN %s", sql);
	if (sqlite3_prepare_v2(db, strbuf_str(&explain), -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		each(what, sql, (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	strbuf_release(&explain);
}

static void expect_no_full_scan(const char *what, const char *sql, const char *detail)
{
	if (is_full_scan(detail) && !walks_over_feeds(what))
		fail_msg("%s: %s: %s", what, detail, sql);
}

static void no_statement_scans_a_table(void **state)
{
	struct rig *rig = *state;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	assert_true(search_register(&(struct db){ .handle = db }));
	for (int i = 0; i < STATEMENT_COUNT; i++)
		read_plan(db, statement_sql((enum statement)i), expect_no_full_scan,
			statement_name((enum statement)i));
	sqlite3_close(db);
}

/* A page in order of id is read off the table itself, which is in that order, until the limit is
 * reached. */
static void expect_index(const char *what, const char *sql, const char *detail)
{
	if (is_full_scan(detail) && strcmp(what, "page by id") != 0)
		fail_msg("%s: %s: %s", what, detail, sql);
}

/* Orders that an index has are not sorted. */
static void expect_no_sort(const char *what, const char *sql, const char *detail)
{
	expect_index(what, sql, detail);
	if (strstr(detail, "TEMP B-TREE") != NULL)
		fail_msg("%s: %s: %s", what, detail, sql);
}

static void check_filter(sqlite3 *db, const struct entry_filter *f)
{
	struct strbuf sql = STRBUF_INIT(ENTRY_FILTER_SQL);
	bool by_id =
		f->match == NULL && (f->order == ENTRY_ORDER_ID || f->order == ENTRY_ORDER_CREATED);

	entry_filter_sql(&sql, f, false);
	assert_false(sql.overflow);
	read_plan(db, strbuf_str(&sql), expect_index, by_id ? "page by id" : "page");
	if (entry_filter_counter(f) == ENTRY_COUNT_NONE) {
		entry_filter_sql(&sql, f, true);
		read_plan(db, strbuf_str(&sql), expect_index, "count");
	}
	strbuf_release(&sql);
}

#define N_FILTERS (8 * 3 * 2 * 2 * 3 * 4 * 4 * 5 * 2)

/* The i-th of all combinations of what a filter can ask. */
static void make_filter(unsigned i, struct entry_filter *f, enum entry_status statuses[3])
{
	static const char *const categories[] = { NULL, "", "tech" };

#define TAKE(n) (digit = i % (n), i /= (n), digit)
	unsigned digit, set = TAKE(8);
	*f = (struct entry_filter){ .statuses = statuses };
	for (unsigned s = 0; s < 3; s++) {
		if (set & (1u << s))
			statuses[f->n_statuses++] = (enum entry_status)s;
	}
	f->starred = (int)TAKE(3) - 1;
	f->news = f->hides_removed = TAKE(2);
	f->feed_id = TAKE(2);
	f->category = categories[TAKE(3)];
	f->after_id = TAKE(2);
	f->before_id = TAKE(2);
	f->after = f->published_after = TAKE(2);
	f->before = f->published_before = TAKE(2);
	f->order = (enum entry_order)TAKE(5);
	f->descending = TAKE(2);
}

static void no_filter_scans_a_table(void **state)
{
	struct rig *rig = *state;
	struct entry_filter f;
	enum entry_status statuses[3];
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	assert_true(search_register(&(struct db){ .handle = db }));
	for (unsigned i = 0; i < N_FILTERS; i++) {
		make_filter(i, &f, statuses);
		check_filter(db, &f);
	}
	sqlite3_close(db);
}

#define N_SEARCHES (3 * 3 * 2 * 2 * 3 * 2 * 2 * 2 * 6)

static void no_search_scans_a_table(void **state)
{
	static const enum entry_status unread[] = { ENTRY_UNREAD }, read[] = { ENTRY_READ };
	static const enum entry_status *const statuses[] = { NULL, unread, read };
	static const char *const categories[] = { NULL, "", "tech" };
	struct rig *rig = *state;
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	assert_true(search_register(&(struct db){ .handle = db }));
	for (unsigned searches = 0; searches < N_SEARCHES; searches++) {
		unsigned i = searches, digit;
		struct entry_filter f = { .match = "x" };
		f.statuses = statuses[TAKE(3)];
		f.n_statuses = f.statuses != NULL;
		f.starred = (int)TAKE(3) - 1;
		f.hides_removed = TAKE(2);
		f.feed_id = TAKE(2);
		f.category = categories[TAKE(3)];
		f.after_id = f.before_id = TAKE(2);
		f.published_after = f.published_before = TAKE(2);
		f.of_feeds = f.not_of_feeds = TAKE(2) ? "[1]" : NULL;
		f.order = (enum entry_order)TAKE(6);
		check_filter(db, &f);
	}
	sqlite3_close(db);
}

static void common_pages_need_no_sort(void **state)
{
	static const enum entry_status unread[] = { ENTRY_UNREAD }, read[] = { ENTRY_READ };
	static const struct entry_filter filters[] = {
		{ .order = ENTRY_ORDER_ID },
		{ .order = ENTRY_ORDER_CREATED, .descending = true, .after_id = 5 },
		{ .order = ENTRY_ORDER_PUBLISHED, .descending = true },
		{ .order = ENTRY_ORDER_PUBLISHED, .descending = true, .category = "tech" },
		{ .order = ENTRY_ORDER_PUBLISHED,
			.descending = true,
			.statuses = unread,
			.n_statuses = 1 },
		{ .order = ENTRY_ORDER_PUBLISHED,
			.descending = true,
			.statuses = read,
			.n_statuses = 1 },
		{ .order = ENTRY_ORDER_ID,
			.descending = true,
			.statuses = unread,
			.n_statuses = 1 },
		{ .order = ENTRY_ORDER_ID, .statuses = unread, .n_statuses = 1, .after_id = 5 },
		{ .order = ENTRY_ORDER_PUBLISHED,
			.descending = true,
			.statuses = unread,
			.n_statuses = 1,
			.feed_id = 1 },
		{ .order = ENTRY_ORDER_PUBLISHED, .descending = true, .feed_id = 1 },
		{ .order = ENTRY_ORDER_PUBLISHED, .descending = true, .starred = 1 },
		{ .order = ENTRY_ORDER_STATUS },
		{ .order = ENTRY_ORDER_FEED, .descending = true },
	};
	struct rig *rig = *state;
	struct strbuf sql = STRBUF_INIT(ENTRY_FILTER_SQL);
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	assert_true(search_register(&(struct db){ .handle = db }));
	for (size_t i = 0; i < N_ELEMENTS(filters); i++) {
		entry_filter_sql(&sql, &filters[i], false);
		read_plan(db, strbuf_str(&sql), expect_no_sort,
			filters[i].order == ENTRY_ORDER_PUBLISHED ? "page" : "page by id");
	}
	strbuf_release(&sql);
	sqlite3_close(db);
}

static void values_never_stand_in_the_text(void **state)
{
	struct strbuf sql = STRBUF_INIT(ENTRY_FILTER_SQL);
	struct entry_filter f = { .feed_id = 4711,
		.category = "'; DROP TABLE entries; --",
		.after_id = 4711,
		.before_id = 4711,
		.after = 4711,
		.before = 4711,
		.published_after = 4711,
		.published_before = 4711,
		.limit = 4711,
		.offset = 4711 };

	(void)state;
	entry_filter_sql(&sql, &f, false);
	assert_null(strstr(strbuf_str(&sql), "4711"));
	assert_null(strstr(strbuf_str(&sql), "DROP"));
	strbuf_release(&sql);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(no_statement_scans_a_table),
		T(no_filter_scans_a_table),
		T(no_search_scans_a_table),
		T(common_pages_need_no_sort),
		T(values_never_stand_in_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
