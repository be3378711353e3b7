/* The operations of the store, and that they are still done after it was opened again. */
#include "db.h"

#include "db/texts.h"

#include <sys/stat.h>

/* ---- feeds ---- */
struct seen_feed {
	int n;
	char url[64], name[64], etag[64], detail[LIMIT_DETAIL], title[64];
	struct feed_record feed; /* its strings are gone */
};

/* Entries with this content, as stored. */
static int64_t count_contents(struct rig *rig, const char *content)
{
	struct unpacked texts = { 0 };
	int64_t n = 0;
	struct db db;

	assert_true(db_open(&db, rig->path, DB_READER));
	struct stmt s = db_stmt_composed(&db, "SELECT texts FROM contents");
	while (stmt_row(&s)) {
		stmt_read_texts(&s, ENTRY_TEXTS, &texts);
		n += texts.texts[TEXT_CONTENT] != NULL &&
		     strcmp(texts.texts[TEXT_CONTENT], content) == 0;
	}
	assert_true(stmt_end(&s));
	unpacked_release(&texts);
	db_close(&db);
	return n;
}

static void see_feed(void *arg, const struct feed_record *feed)
{
	struct seen_feed *seen = arg;

	seen->n++;
	seen->feed = *feed;
	snprintf(seen->url, sizeof(seen->url), "%s", feed->config.url);
	snprintf(seen->name, sizeof(seen->name), "%s",
		feed->config.name == NULL ? "(null)" : feed->config.name);
	snprintf(seen->etag, sizeof(seen->etag), "%s",
		feed->state.etag == NULL ? "(null)" : feed->state.etag);
	snprintf(seen->title, sizeof(seen->title), "%s",
		feed->meta.title == NULL ? "(null)" : feed->meta.title);
	snprintf(seen->detail, sizeof(seen->detail), "%s", feed->state.failure.detail);
}

static void feeds_are_added_once(void **state)
{
	struct rig *rig = *state;
	struct feed_config config = { .url = "https://example.org/a",
		.name = "A",
		.category = "tech",
		.interval = 7200,
		.allow_private = true,
		.declared = true };

	store_feed_add(rig->store, &config, T0 + 5, T0, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	int64_t id = rig->id;
	assert_true(id > 0);
	store_feed_add(rig->store, &config, T0 + 5, T0, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_EXISTS);
	assert_int_equal(rig->id, id);

	rig_close(rig);
	rig_open_store(rig);
	struct seen_feed seen = { 0 };
	store_each_feed(rig->store, see_feed, &seen);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.feed.id, id);
	assert_string_equal(seen.url, "https://example.org/a");
	assert_string_equal(seen.name, "A");
	assert_int_equal(seen.feed.config.interval, 7200);
	assert_true(seen.feed.config.allow_private);
	assert_true(seen.feed.config.declared);
	assert_false(seen.feed.config.disabled);
	assert_int_equal(seen.feed.state.next_due, T0 + 5);
	assert_int_equal(seen.feed.created, T0);
	assert_int_equal(seen.feed.state.ttl_minutes, -1);
	assert_int_equal(seen.feed.state.failure.status, STATUS_OK);
	assert_string_equal(seen.etag, "(null)");
}

static void many_feeds_are_added_at_once(void **state)
{
	struct rig *rig = *state;
	struct store_import feeds[4] = {
		{ .config = { .url = "https://example.org/a" },
			.title = "A",
			.site_url = "https://a/" },
		{ .config = { .url = "https://example.org/b" } },
		{ .config = { .url = "https://example.org/a" } },
		{ .config = { .url = "https://example.org/c" } },
	};

	failure_set(&feeds[3].fail, STAGE_NONE, STATUS_BAD_URL, 0, "not to be added");
	store_feeds_import(rig->store, feeds, 4, T0, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(feeds[0].fail.status, STATUS_OK);
	assert_int_equal(feeds[1].fail.status, STATUS_OK);
	assert_true(feeds[0].feed_id > 0 && feeds[1].feed_id > feeds[0].feed_id);
	assert_int_equal(feeds[2].fail.status, STATUS_EXISTS);
	assert_int_equal(feeds[2].feed_id, feeds[0].feed_id);
	assert_int_equal(feeds[3].fail.status, STATUS_BAD_URL);
	rig_close(rig);
	rig_open_store(rig);
	struct seen_feed seen = { 0 };
	store_each_feed(rig->store, see_feed, &seen);
	assert_int_equal(seen.n, 2);
}

static void feeds_are_updated(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://example.org/a", NULL);
	struct feed_config config = {
		.url = "https://example.org/a", .name = "Name", .disabled = true
	};

	store_feed_update(rig->store, id, &config, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(rig->id, id);
	store_feed_update(rig->store, id + 1, &config, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);
	rig_close(rig);
	rig_open_store(rig);
	struct seen_feed seen = { 0 };
	store_each_feed(rig->store, see_feed, &seen);
	assert_string_equal(seen.name, "Name");
	assert_true(seen.feed.config.disabled);
}

static void removal_takes_everything_along(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	int64_t b = add_feed(rig, "https://example.org/b", NULL);

	refresh_doc(rig, a, make_numbered(300, "<p>text</p>"), T0);
	refresh_doc(rig, b, make_numbered(7, "<p>text</p>"), T0);
	int64_t last = store_last_entry_id(rig->store);
	store_feed_remove(rig->store, a, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_counters_right(rig);
	wait_for_removal(rig);
	static const char *const tables[] = { "entries", "contents", "feeds", "feed_counters" };
	static const int64_t left[] = { 7, 7, 1, 1 };
	for (size_t i = 0; i < N_ELEMENTS(tables); i++) {
		char sql[64];
		snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", tables[i]);
		assert_int_equal(sql_number(rig->path, sql), left[i]);
	}
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys WHERE feed_id <> 2"), 0);
	store_feed_remove(rig->store, a, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);

	refresh_doc(rig, a, make_numbered(1, "x"), T0);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);
	assert_int_equal(rig->refresh.n_new, 0);

	/* Neither a feed's nor an entry's id is ever used again. */
	store_feed_remove(rig->store, b, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(store_last_entry_id(rig->store), last);
	int64_t c = add_feed(rig, "https://example.org/a", NULL);
	assert_true(c > b);
	refresh_doc(rig, c, make_numbered(1, "x"), T0);
	assert_int_equal(rig->refresh.first_id, last + 1);
}

/* ---- refresh ---- */
static void fetch_state_is_kept(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://example.org/a", NULL);
	struct feed_fetch_state s = { .etag = "\"x\"",
		.last_modified = "Mon",
		.validators_url = "https://example.org/b",
		.body_hash = hash_bytes("a", 1),
		.next_due = INT64_MAX,
		.due_reason = DUE_RETRY_AFTER,
		.due_wait = 7200,
		.rhythm = { 12.25, 3.5, T0, 20 },
		.last_fetch = T0 + 1,
		.last_success = T0,
		.n_failures = 3,
		.failing_since = T0 - 9,
		.ttl_minutes = 60,
		.update_interval_seconds = 1800,
		.skip_hours = 0x800001,
		.skip_days = 0x41 };

	failure_set(&s.failure, STAGE_FETCH, STATUS_HTTP_ERROR, 503, "HTTP %d", 503);
	store_refresh(rig->store, id, &s, NULL, T0, rig_refresh_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	rig_close(rig);
	rig_open_store(rig);
	struct seen_feed seen = { 0 };
	store_each_feed(rig->store, see_feed, &seen);
	const struct feed_fetch_state *got = &seen.feed.state;
	assert_string_equal(seen.etag, "\"x\"");
	assert_true(hash_equal(&got->body_hash, &s.body_hash));
	assert_false(hash_is_set(&got->quarantine_hash));
	assert_int_equal(got->next_due, INT64_MAX);
	assert_int_equal(got->due_reason, DUE_RETRY_AFTER);
	assert_int_equal(got->due_wait, 7200);
	assert_true(got->rhythm.entries == 12.25 && got->rhythm.days == 3.5);
	assert_int_equal(got->rhythm.at, T0);
	assert_int_equal(got->rhythm.window, 20);
	assert_int_equal(got->last_fetch, T0 + 1);
	assert_int_equal(got->last_success, T0);
	assert_int_equal(got->n_failures, 3);
	assert_int_equal(got->failing_since, T0 - 9);
	assert_int_equal(got->failure.stage, STAGE_FETCH);
	assert_int_equal(got->failure.status, STATUS_HTTP_ERROR);
	assert_int_equal(got->failure.http_code, 503);
	assert_string_equal(seen.detail, "HTTP 503");
	assert_int_equal(got->ttl_minutes, 60);
	assert_int_equal(got->update_interval_seconds, 1800);
	assert_int_equal(got->skip_hours, 0x800001);
	assert_int_equal(got->skip_days, 0x41);
}

static void decide_by_what_was_new(
	void *arg, const struct store_refresh_result *result, struct feed_fetch_state *state)
{
	(void)arg;
	state->next_due = T0 + result->n_new;
	state->due_reason = DUE_RHYTHM;
}

static void see_decision(void *arg, const struct store_refresh_result *result)
{
	struct rig *rig = arg;
	assert_int_equal(result->state->next_due, T0 + 10);
	rig_refresh_done(rig, result);
}

static void the_next_due_time_is_decided_with_what_was_new(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://example.org/a", NULL);
	struct feed_fetch_state s = { .next_due = 1 };
	store_decide(rig->store, decide_by_what_was_new);
	store_refresh(rig->store, id, &s, make_numbered(10, "x"), T0, see_decision, rig);
	rig_wait(rig);
	rig_close(rig);
	rig_open_store(rig);
	struct seen_feed seen = { 0 };
	store_each_feed(rig->store, see_feed, &seen);
	assert_int_equal(seen.feed.state.next_due, T0 + 10);
	assert_int_equal(seen.feed.state.due_reason, DUE_RHYTHM);
}

static void ids_grow_with_time(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://example.org/a", NULL);

	refresh_doc(rig, id, make_numbered(10, "x"), T0);
	assert_int_equal(rig->refresh.n_new, 10);
	assert_int_equal(rig->refresh.last_id - rig->refresh.first_id, 9);
	assert_int_equal(rig->refresh.n_entries, 10);
	assert_int_equal(rig->refresh.n_unread, 10);
	assert_int_equal(store_last_entry_id(rig->store), rig->refresh.last_id);
	/* Numbered 0 is the newest. */
	assert_int_equal(sql_number(rig->path, "SELECT id FROM entries WHERE title = 'Entry 0'"),
		rig->refresh.last_id);
	assert_int_equal(sql_number(rig->path,
				 "SELECT COUNT(*) FROM entries a JOIN entries b ON b.id = a.id + 1"
				 " WHERE b.published < a.published"),
		0);
}

static void a_thousand_entries_come_once(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://example.org/a", NULL);

	refresh_doc(rig, id, make_numbered(1000, "x"), T0);
	assert_int_equal(rig->refresh.n_new, 1000);
	for (int i = 0; i < 2; i++) {
		refresh_doc(rig, id, make_numbered(1000, "x"), T0 + 10);
		assert_int_equal(rig->fail.status, STATUS_OK);
		assert_int_equal(rig->refresh.n_new, 0);
		assert_int_equal(rig->refresh.n_changed, 0);
		assert_int_equal(rig->refresh.first_id, 0);
		assert_int_equal(rig->refresh.n_entries, 1000);
	}
	refresh_doc(rig, id, make_numbered(1000, "y"), T0 + 20);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_changed, 1000);
	assert_int_equal(count_contents(rig, "y"), 1000);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE changed = "
					       "1700000020 AND created = 1700000000"),
		1000);
	assert_counters_right(rig);
}

/* ---- entries ---- */
static void statuses_are_set(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	int64_t b = add_feed(rig, "https://example.org/b", NULL);

	refresh_doc(rig, a, make_numbered(3, "x"), T0);
	refresh_doc(rig, b, make_numbered(3, "x"), T0);
	int64_t ids[] = { 1, 4, 4711, 2, 5, -1 };
	store_entries_status(rig->store, ids, N_ELEMENTS(ids), ENTRY_READ, T0 + 1, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(rig->n, 4);
	assert_counters_right(rig);
	store_entries_status(rig->store, ids, N_ELEMENTS(ids), ENTRY_READ, T0 + 2, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 0);
	assert_int_equal(sql_number(rig->path, "SELECT changed FROM entries WHERE id = 1"), T0 + 1);
	store_entries_status(rig->store, NULL, 0, ENTRY_READ, T0 + 2, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);

	store_entry_toggle_star(rig->store, 3, T0 + 3, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(sql_number(rig->path, "SELECT n_starred FROM totals"), 1);
	/* A removed entry counts nowhere, its star neither; it can be brought back. */
	store_entries_status(rig->store, (int64_t[]){ 3 }, 1, ENTRY_REMOVED, T0 + 4, rig_done, rig);
	rig_wait(rig);
	assert_counters_right(rig);
	assert_int_equal(sql_number(rig->path, "SELECT n_starred FROM totals"), 0);
	store_entries_status(rig->store, (int64_t[]){ 3 }, 1, ENTRY_UNREAD, T0 + 5, rig_done, rig);
	rig_wait(rig);
	assert_counters_right(rig);
	store_entry_toggle_star(rig->store, 3, T0 + 6, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(sql_number(rig->path, "SELECT n_starred FROM totals"), 0);
	store_entry_toggle_star(rig->store, 4711, T0 + 6, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);
	assert_counters_right(rig);
}

static void feeds_are_marked_read(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	int64_t b = add_feed(rig, "https://example.org/b", NULL);

	refresh_doc(rig, a, make_numbered(5, "x"), T0);
	refresh_doc(rig, b, make_numbered(5, "x"), T0);
	store_feed_mark_read(rig->store, a, 3, T0, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 3);
	assert_counters_right(rig);
	store_feed_mark_read(rig->store, 0, 7, T0, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 4);
	assert_int_equal(sql_number(rig->path, "SELECT MIN(id) FROM entries WHERE status = 0"), 8);
	assert_counters_right(rig);
	store_feed_mark_read(rig->store, 0, INT64_MAX, T0, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 3);
	assert_int_equal(sql_number(rig->path, "SELECT n_unread FROM totals"), 0);
	assert_counters_right(rig);
}

static void counters_stay_right_under_random_operations(void **state)
{
	struct rig *rig = *state;
	unsigned seed = 7;
	int64_t feeds[5];
	char url[64];

	for (size_t i = 0; i < N_ELEMENTS(feeds); i++) {
		snprintf(url, sizeof(url), "https://example.org/%zu", i);
		feeds[i] = add_feed(rig, url, NULL);
	}
	for (int round = 0; round < 400; round++) {
		size_t f = (size_t)rand_r(&seed) % N_ELEMENTS(feeds);
		int64_t ids[4], last = store_last_entry_id(rig->store) + 1;
		for (size_t i = 0; i < N_ELEMENTS(ids); i++)
			ids[i] = rand_r(&seed) % last;
		switch (rand_r(&seed) % 8) {
		case 0:
		case 1:
			refresh_doc(rig, feeds[f], make_numbered((size_t)rand_r(&seed) % 40, "x"),
				T0 + round);
			break;
		case 2:
			store_feed_mark_read(rig->store, feeds[f], ids[0], T0, rig_done, rig);
			rig_wait(rig);
			break;
		case 3:
			store_entry_toggle_star(rig->store, ids[0], T0, rig_done, rig);
			rig_wait(rig);
			break;
		case 4:
			if (round % 10 != 0)
				break;
			store_feed_remove(rig->store, feeds[f], rig_feed_done, rig);
			rig_wait(rig);
			snprintf(url, sizeof(url), "https://example.org/%zu", f);
			feeds[f] = add_feed(rig, url, NULL);
			break;
		default:
			store_entries_status(rig->store, ids, N_ELEMENTS(ids),
				(enum entry_status)(rand_r(&seed) % 3), T0, rig_done, rig);
			rig_wait(rig);
		}
		if (round % 20 == 0)
			assert_counters_right(rig);
	}
	assert_counters_right(rig);
	assert_true(sql_number(rig->path, "SELECT n_entries FROM totals") > 20);
}

/* ---- editions ---- */
static void begin_edition(struct rig *rig, const char *name, const char *label)
{
	store_edition_begin(rig->store, name, label, T0, rig_edition_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void publish_edition(struct rig *rig)
{
	store_edition_published(rig->store, rig->edition.id, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void editions_join_without_a_gap(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);

	begin_edition(rig, "daily", "2026-11-23");
	assert_int_equal(rig->edition.after_id, 0);
	assert_int_equal(rig->edition.upto_id, 0);
	publish_edition(rig);
	refresh_doc(rig, a, make_numbered(4, "x"), T0);
	begin_edition(rig, "daily", "2026-11-23");
	assert_string_equal(rig->label, "2026-11-23-2");
	assert_int_equal(rig->edition.after_id, 0);
	assert_int_equal(rig->edition.upto_id, 4);
	assert_false(rig->edition.published);
	int64_t id = rig->edition.id;

	/* Never published: the same again, though time and entries went on. */
	refresh_doc(rig, a, make_numbered(6, "x"), T0);
	rig_close(rig);
	rig_open_store(rig);
	begin_edition(rig, "daily", "2026-11-24");
	assert_int_equal(rig->edition.id, id);
	assert_string_equal(rig->label, "2026-11-23-2");
	assert_int_equal(rig->edition.upto_id, 4);
	publish_edition(rig);

	begin_edition(rig, "daily", "2026-11-23");
	assert_string_equal(rig->label, "2026-11-23-3");
	assert_int_equal(rig->edition.after_id, 4);
	assert_int_equal(rig->edition.upto_id, 6);
	publish_edition(rig);
	begin_edition(rig, "weekly", "2026-11-23");
	assert_string_equal(rig->label, "2026-11-23");
	assert_int_equal(rig->edition.after_id, 0);
	assert_int_equal(rig->edition.upto_id, 6);
	store_edition_published(rig->store, 4711, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);
}

static void a_new_file_is_private(void **state)
{
	struct rig *rig = *state;
	struct stat st;

	assert_int_equal(stat(rig->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(feeds_are_added_once),
		T(many_feeds_are_added_at_once),
		T(feeds_are_updated),
		T(removal_takes_everything_along),
		T(fetch_state_is_kept),
		T(the_next_due_time_is_decided_with_what_was_new),
		T(ids_grow_with_time),
		T(a_thousand_entries_come_once),
		T(statuses_are_set),
		T(feeds_are_marked_read),
		T(counters_stay_right_under_random_operations),
		T(editions_join_without_a_gap),
		T(a_new_file_is_private),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
