/* Packed texts in a database: dictionaries are made, and damage costs the texts it hit. */
#include "db.h"

#include "base/limits.h"
#include "db/texts.h"

struct reading {
	struct rig *rig;
	int64_t n, n_with_content, n_with_title;
};

static void count_entry(void *arg, const struct entry_record *e)
{
	struct reading *r = arg;

	r->n++;
	r->n_with_title += e->title != NULL;
	r->n_with_content +=
		e->content != NULL && strncmp(e->content, "<p>", 3) == 0 && e->guid != NULL;
}

static void read_all(struct query *q, void *arg)
{
	struct reading *r = arg;
	struct entry_filter filter = { .order = ENTRY_ORDER_ID, .limit = LIMIT_API_ENTRIES };

	assert_true(query_entries(q, &filter, count_entry, r) >= 0);
}

static void all_read(void *arg)
{
	((struct reading *)arg)->rig->answered = true;
}

static struct reading read_entries(struct rig *rig)
{
	struct reading r = { .rig = rig };

	readers_submit(rig->readers, read_all, all_read, &r);
	rig_wait(rig);
	return r;
}

static void wait_for(struct rig *rig, const char *sql, int64_t n)
{
	int64_t end_ms = clock_monotonic_ms() + 60000;

	while (sql_number(rig->path, sql) != n) {
		if (clock_monotonic_ms() > end_ms)
			fail_msg("never %d: %s", (int)n, sql);
		usleep(10000);
	}
}

#define CONTENT "<p>The night ferry runs again.</p>"

/* Entries enough for a dictionary, and 100 after it. */
static void store_with_dictionary(struct rig *rig)
{
	int64_t first = add_feed(rig, "https://example.org/a", NULL);
	int64_t second = add_feed(rig, "https://example.org/b", NULL);

	refresh_doc(rig, first, make_numbered(LIMIT_DICTIONARY_ENTRIES, CONTENT), T0);
	wait_for(rig, "SELECT COUNT(*) FROM dictionaries", 1);
	refresh_doc(rig, second, make_numbered(100, CONTENT), T0);
}

static void a_dictionary_is_made_when_there_are_entries_enough(void **state)
{
	struct rig *rig = *state;

	store_with_dictionary(rig);
	assert_int_equal(sql_number(rig->path, "SELECT n_entries FROM dictionaries WHERE id = 2"),
		LIMIT_DICTIONARY_ENTRIES);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM contents"
					       " WHERE substr(texts, 1, 1) = X'02'"),
		100);
	rig_open_readers(rig, 1);
	struct reading r = read_entries(rig);
	assert_int_equal(r.n, LIMIT_DICTIONARY_ENTRIES + 100);
	assert_int_equal(r.n_with_content, r.n);
}

static void without_its_dictionary_a_text_is_missing_and_nothing_else(void **state)
{
	struct rig *rig = *state;

	store_with_dictionary(rig);
	wait_for(rig, "SELECT upto_id FROM search_state", LIMIT_DICTIONARY_ENTRIES + 100);
	rig_close(rig);
	sql_run(rig->path, "DELETE FROM dictionaries");
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	struct reading r = read_entries(rig);
	assert_int_equal(r.n, LIMIT_DICTIONARY_ENTRIES + 100);
	assert_int_equal(r.n_with_title, r.n);
	assert_int_equal(r.n_with_content, LIMIT_DICTIONARY_ENTRIES);
}

static void a_damaged_text_is_mended_by_the_next_version(void **state)
{
	static const struct spec said = { .guid = "g", .title = "A", .content = CONTENT };
	static const struct spec corrected = { .guid = "g", .title = "A", .content = CONTENT "!" };
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	refresh(rig, feed, &said, 1, T0);
	wait_for(rig, "SELECT upto_id FROM search_state", 1);
	sql_run(rig->path, "UPDATE contents SET texts = X'01ffffffff'");
	rig_open_readers(rig, 1);
	struct reading r = read_entries(rig);
	assert_int_equal(r.n_with_title, 1);
	assert_int_equal(r.n_with_content, 0);
	refresh(rig, feed, &corrected, 1, T0 + 10);
	assert_int_equal(rig->refresh.n_changed, 1);
	assert_int_equal(read_entries(rig).n_with_content, 1);
	assert_false(store_is_damaged(rig->store));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(a_dictionary_is_made_when_there_are_entries_enough),
		T(without_its_dictionary_a_text_is_missing_and_nothing_else),
		T(a_damaged_text_is_mended_by_the_next_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
