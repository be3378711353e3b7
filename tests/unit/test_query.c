/* What the reader threads answer: pages in every order, totals, records complete, and no statement
 * left open. */
#include "db.h"

#include "db/entry_filter.h"

static int setup(void **state)
{
	int result = rig_setup(state);

	rig_open_readers(*state, 2);
	return result;
}

/* ---- asking on a reader thread, waiting for the answer ---- */
#define SEEN_MAX 600
struct ask {
	struct rig *rig;
	struct entry_filter filter;
	int64_t id;
	int64_t ret;
	size_t n;
	int64_t ids[SEEN_MAX];
	struct query_totals totals;
	char text[4096]; /* what the test's callback wrote */
	bool ok;
};

static void see_id(void *arg, const struct entry_record *e)
{
	struct ask *a = arg;

	assert_true(a->n < SEEN_MAX);
	assert_true((e->content == NULL) == a->filter.without_content);
	a->ids[a->n++] = e->id;
}

static void work_entries(struct query *q, void *arg)
{
	struct ask *a = arg;

	a->ret = query_entries(q, &a->filter, see_id, a);
	if (a->ret < 0)
		snprintf(a->text, sizeof(a->text), "%s", query_error(q));
}

static void ask_done(void *arg)
{
	((struct ask *)arg)->rig->answered = true;
}

static void ask(struct ask *a, reader_work_fn *work)
{
	a->n = 0;
	readers_submit(a->rig->readers, work, ask_done, a);
	rig_wait(a->rig);
}

/* The whole table of entries, read past the store, to compare with. */
struct row {
	int64_t id, feed_id, status, starred, published;
	bool tech;
};
static size_t read_rows(struct rig *rig, struct row rows[SEEN_MAX])
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
				 "SELECT e.id, feed_id, status, starred, published, category IS "
				 "'tech' FROM entries e"
				 " JOIN feeds f ON f.id = feed_id",
				 -1, &stmt, NULL),
		SQLITE_OK);
	for (; sqlite3_step(stmt) == SQLITE_ROW; n++) {
		assert_true(n < SEEN_MAX);
		rows[n] =
			(struct row){ sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
				sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3),
				sqlite3_column_int64(stmt, 4), sqlite3_column_int(stmt, 5) != 0 };
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

static bool matches(const struct row *r, const struct entry_filter *f)
{
	bool status = f->n_statuses == 0 && r->status != ENTRY_REMOVED;

	for (size_t i = 0; i < f->n_statuses; i++)
		status |= (int64_t)f->statuses[i] == r->status;
	return status && (f->starred == 0 || (f->starred > 0) == (r->starred != 0)) &&
	       (f->feed_id == 0 || f->feed_id == r->feed_id) &&
	       (f->category == NULL || (*f->category != '\0') == r->tech) &&
	       (f->after_id == 0 || r->id > f->after_id) &&
	       (f->before_id == 0 || r->id < f->before_id) &&
	       (f->after == 0 || r->published > f->after) &&
	       (f->before == 0 || r->published < f->before) &&
	       (f->published_after == 0 || r->published > f->published_after) &&
	       (f->published_before == 0 || r->published < f->published_before);
}

static enum entry_order sorted_by;
static bool sorted_down;

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_rows(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int order = 0;

	if (sorted_by == ENTRY_ORDER_STATUS)
		order = compare(a->status, b->status);
	if (sorted_by == ENTRY_ORDER_FEED)
		order = compare(a->feed_id, b->feed_id);
	if (order == 0 && sorted_by != ENTRY_ORDER_ID && sorted_by != ENTRY_ORDER_CREATED)
		order = compare(a->published, b->published);
	if (order == 0)
		order = compare(a->id, b->id);
	return sorted_down ? -order : order;
}

/* The page and the total as they must be, found by looking at every row. */
static void expect_page(struct ask *a, const struct row *all, size_t n_all)
{
	static struct row rows[SEEN_MAX];
	const struct entry_filter *f = &a->filter;
	size_t n = 0, limit = (size_t)f->limit;

	for (size_t i = 0; i < n_all; i++) {
		if (matches(&all[i], f))
			rows[n++] = all[i];
	}
	sorted_by = f->order;
	sorted_down = f->descending;
	qsort(rows, n, sizeof(rows[0]), compare_rows);
	ask(a, work_entries);
	assert_int_equal(a->ret, f->without_total ? a->n : n);
	size_t offset = (size_t)f->offset < n ? (size_t)f->offset : n;
	size_t left = n - offset;
	assert_int_equal(a->n, limit != 0 && limit < left ? limit : left);
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(a->ids[i], rows[offset + i].id);
}

/* Four feeds of 60 to 120 entries in two categories, read, starred and removed at random. */
static void fill(struct rig *rig, unsigned *seed)
{
	int64_t id;
	char url[64];

	for (int f = 0; f < 4; f++) {
		snprintf(url, sizeof(url), "https://example.org/%d", f);
		int64_t feed = add_feed(rig, url, f % 2 == 0 ? "tech" : NULL);
		refresh_doc(rig, feed, make_numbered((size_t)(60 + 20 * f), "<p>x</p>"), T0 + f);
	}
	for (id = 1; id <= store_last_entry_id(rig->store); id++) {
		enum entry_status status = (enum entry_status)(rand_r(seed) % 3);
		store_entries_status(rig->store, &id, 1, status, T0, NULL, NULL);
		if (rand_r(seed) % 4 == 0)
			store_entry_toggle_star(rig->store, id, T0, NULL, NULL);
	}
	store_entries_status(rig->store, NULL, 0, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
}

static void random_filter(struct entry_filter *f, enum entry_status statuses[3], unsigned *seed)
{
	static const char *const categories[] = { NULL, NULL, "tech", "" };

#define PICK(n) (rand_r(seed) % (n))
	*f = (struct entry_filter){ .statuses = statuses };
	for (int s = 0; s < 3; s++) {
		if (PICK(3) == 0)
			statuses[f->n_statuses++] = (enum entry_status)s;
	}
	f->starred = PICK(2) ? 0 : PICK(3) - 1;
	f->feed_id = PICK(3) ? 0 : PICK(5);
	f->category = categories[PICK(4)];
	f->after_id = PICK(3) ? 0 : PICK(300);
	f->before_id = PICK(3) ? 0 : PICK(500);
	f->after = PICK(4) ? 0 : T0 - 60 * PICK(120);
	f->before = PICK(4) ? 0 : T0 - 60 * PICK(120);
	f->published_after = PICK(6) ? 0 : T0 - 60 * PICK(120);
	f->published_before = PICK(6) ? 0 : T0 - 60 * PICK(120);
	f->order = (enum entry_order)PICK(5);
	f->descending = PICK(2);
	f->limit = PICK(2) ? 0 : PICK(50) + 1;
	f->offset = PICK(2) ? 0 : PICK(100);
	f->without_content = PICK(2);
	f->without_total = PICK(4) == 0;
}

static void pages_are_what_looking_at_every_row_finds(void **state)
{
	static struct ask a;
	static struct row all[SEEN_MAX];
	enum entry_status statuses[3];
	unsigned seed = 11;

	a.rig = *state;
	fill(*state, &seed);
	size_t n = read_rows(*state, all);
	assert_int_equal(n, 60 + 80 + 100 + 120);
	for (int i = 0; i < 2000; i++) {
		random_filter(&a.filter, statuses, &seed);
		expect_page(&a, all, n);
	}
}

/* ---- a whole record ---- */
static void describe(void *arg, const struct entry_record *e)
{
	struct ask *a = arg;
	struct strbuf out = STRBUF_INIT(sizeof(a->text) - 1);

	strbuf_addf(&out, "%d %d %s|%s|%s|%s %s %d %s|%s|%s|%s|%s|%s|%s|%s %lld", (int)e->id,
		(int)e->feed_id, e->feed_title, e->feed_url, e->site_url, e->category,
		entry_status_name(e->status), e->starred, e->guid, e->url, e->comments_url,
		e->title, e->author, e->content == NULL ? "-" : e->content, e->summary, e->language,
		(long long)e->published);
	for (size_t i = 0; i < e->n_tags; i++)
		strbuf_addf(&out, " #%s", e->tags[i]);
	for (size_t i = 0; i < e->n_enclosures; i++)
		strbuf_addf(&out, " [%lld %s %s %lld]", (long long)e->enclosures[i].id,
			e->enclosures[i].url,
			e->enclosures[i].mime_type == NULL ? "-" : e->enclosures[i].mime_type,
			(long long)e->enclosures[i].size);
	assert_int_equal(strlen(e->hash), 16);
	snprintf(a->text, sizeof(a->text), "%s", strbuf_str(&out));
	strbuf_release(&out);
}

static void work_entry(struct query *q, void *arg)
{
	struct ask *a = arg;

	a->ok = query_entry(q, a->id, describe, a) > 0;
}

static void work_headline(struct query *q, void *arg)
{
	struct ask *a = arg;

	a->ret = query_entries(q, &a->filter, describe, a);
}

static struct feed_doc *make_full_doc(void)
{
	static const struct spec spec = {
		.guid = "g", .url = "https://e.org/1", .title = "Title", .published = T0 - 7
	};
	struct feed_doc *doc = make_doc(&spec, 1);
	struct feed_entry *e = &doc->entries[0];
	static struct feed_person authors[] = { { .name = "Ada" }, { .email = "bob@e.org" },
		{ .url = "x" }, { .name = "" } };
	static struct feed_tag tags[] = { { .term = "t1", .label = "Tag <1>" }, { .term = "t2" },
		{ .label = "" } };
	static struct feed_attachment attachments[] = {
		{ .url = "https://e.org/a.mp3", .mime_type = "audio/mpeg", .size_in_bytes = 123 },
		{ .url = "https://e.org/b", .size_in_bytes = FEED_UNKNOWN }
	};

	doc->home_page_url = "https://e.org/";
	e->comments_url = "https://e.org/c";
	e->summary = "Summary";
	e->content_text = "1 < 2\n\"&\"";
	e->language = "en";
	e->authors = authors;
	e->n_authors = N_ELEMENTS(authors);
	e->tags = tags;
	e->n_tags = N_ELEMENTS(tags);
	e->attachments = attachments;
	e->n_attachments = N_ELEMENTS(attachments);
	return doc;
}

#define HEAD                                                              \
	"1 1 Example|https://example.org/f|https://e.org/|tech unread 0 " \
	"g|https://e.org/1|https://e.org/c|Title|Ada, bob@e.org|"
#define TAIL                                                                           \
	"|Summary|en 1699999993 #Tag <1> #t2 [256 https://e.org/a.mp3 audio/mpeg 123]" \
	" [257 https://e.org/b - 0]"

static void records_are_complete(void **state)
{
	struct rig *rig = *state;
	static struct ask a;

	a = (struct ask){ .rig = rig, .id = 1, .filter = { .without_content = true } };
	refresh_doc(rig, add_feed(rig, "https://example.org/f", "tech"), make_full_doc(), T0);
	assert_int_equal(rig->refresh.n_new, 1);
	ask(&a, work_entry);
	assert_true(a.ok);
	assert_string_equal(a.text, HEAD "<p>1 &lt; 2<br>\n&quot;&amp;&quot;</p>" TAIL);
	ask(&a, work_headline);
	assert_int_equal(a.ret, 1);
	assert_string_equal(a.text, HEAD "-" TAIL);
	a.id = 2;
	ask(&a, work_entry);
	assert_false(a.ok);

	/* What a changed entry no longer has is gone. */
	static const struct spec spec = { .guid = "g", .title = "New" };
	refresh(rig, 1, &spec, 1, T0);
	a.id = 1;
	ask(&a, work_entry);
	assert_non_null(strstr(a.text, "|New|"));
	assert_null(strstr(a.text, "#"));
	assert_null(strstr(a.text, "[256"));
}

/* ---- feeds, editions, totals ---- */
static void list_feed(void *arg, const struct feed_record *f)
{
	struct ask *a = arg;
	size_t used = strlen(a->text);

	snprintf(a->text + used, sizeof(a->text) - used, "%d:%s:%d/%d ", (int)f->id,
		f->config.name == NULL ? "" : f->config.name, (int)f->n_unread, (int)f->n_entries);
}

static void work_feeds(struct query *q, void *arg)
{
	struct ask *a = arg;

	a->text[0] = '\0';
	a->ret = query_feeds(q, a->id, list_feed, a);
	a->ok = query_totals(q, &a->totals);
}

static void feeds_are_listed_by_name(void **state)
{
	static const struct feed_config configs[] = { { .url = "https://e.org/1", .name = "b" },
		{ .url = "https://e.org/2", .name = "A" }, { .url = "https://e.org/0" } };
	struct rig *rig = *state;
	static struct ask a;

	a = (struct ask){ .rig = rig };
	for (size_t i = 0; i < N_ELEMENTS(configs); i++) {
		store_feed_add(rig->store, &configs[i], T0, T0, rig_feed_done, rig);
		rig_wait(rig);
	}
	refresh_doc(rig, 2, make_numbered(5, "x"), T0);
	struct feed_fetch_state s = { .n_failures = 1 };
	failure_set(&s.failure, STAGE_FETCH, STATUS_TIMEOUT, 0, "60 s");
	store_refresh(rig->store, 3, &s, NULL, T0, rig_refresh_done, rig);
	rig_wait(rig);
	store_feed_mark_read(rig->store, 2, 2, T0, rig_done, rig);
	rig_wait(rig);
	store_entry_toggle_star(rig->store, 1, T0, rig_done, rig);
	rig_wait(rig);
	ask(&a, work_feeds);
	assert_int_equal(a.ret, 3);
	assert_string_equal(a.text, "2:A:3/5 1:b:0/0 3::0/0 ");
	assert_true(a.ok);
	assert_int_equal(a.totals.n_feeds, 3);
	assert_int_equal(a.totals.n_failing, 1);
	assert_int_equal(a.totals.n_entries, 5);
	assert_int_equal(a.totals.n_unread, 3);
	assert_int_equal(a.totals.n_starred, 1);
	assert_int_equal(a.totals.last_entry_id, 5);
	assert_true(a.totals.db_bytes > 4096);
	a.id = 2;
	ask(&a, work_feeds);
	assert_int_equal(a.ret, 1);
	assert_string_equal(a.text, "2:A:3/5 ");
	a.id = 9;
	ask(&a, work_feeds);
	assert_int_equal(a.ret, 0);
}

static void list_edition(void *arg, const struct edition_record *e)
{
	struct ask *a = arg;
	size_t used = strlen(a->text);

	snprintf(a->text + used, sizeof(a->text) - used, "%s %s %d-%d %d; ", e->name, e->label,
		(int)e->after_id, (int)e->upto_id, e->published);
}

static void work_editions(struct query *q, void *arg)
{
	struct ask *a = arg;

	a->text[0] = '\0';
	query_editions(q, NULL, false, 2, list_edition, a);
	a->ret = query_editions(q, "daily", false, 10, list_edition, a);
	size_t used = strlen(a->text);
	snprintf(a->text + used, sizeof(a->text) - used, "| ");
	query_editions(q, "daily", true, 1, list_edition, a);
	query_editions(q, NULL, true, 1, list_edition, a);
}

static void editions_are_listed_newest_first(void **state)
{
	struct rig *rig = *state;
	static struct ask a;
	static const char *const names[] = { "daily", "weekly", "daily" };

	a = (struct ask){ .rig = rig };
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		store_edition_begin(rig->store, names[i], "2026-01-01", T0, rig_edition_done, rig);
		rig_wait(rig);
		if (i == 2)
			break;
		store_edition_published(rig->store, rig->edition.id, rig_done, rig);
		rig_wait(rig);
	}
	ask(&a, work_editions);
	assert_int_equal(a.ret, 2);
	assert_string_equal(a.text, "daily 2026-01-01-2 0-0 0; weekly 2026-01-01 0-0 1; "
				    "daily 2026-01-01-2 0-0 0; daily 2026-01-01 0-0 1; | "
				    "daily 2026-01-01 0-0 1; weekly 2026-01-01 0-0 1; ");
}

/* ---- threads ---- */
/* A reader that works while the writer commits neither fails nor keeps the WAL from being reset
 * afterwards. */
static void readers_and_the_writer_do_not_wait(void **state)
{
	struct rig *rig = *state;
	static struct ask asks[32];
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	for (size_t n = 1; n <= 30; n++) {
		struct feed_fetch_state s = { .next_due = T0 };
		store_refresh(rig->store, feed, &s, make_numbered(n * 10, "x"), T0, NULL, NULL);
		asks[n] = (struct ask){ .rig = rig,
			.filter = { .order = ENTRY_ORDER_PUBLISHED, .descending = true } };
		readers_submit(rig->readers, work_entries, ask_done, &asks[n]);
		store_dispatch(rig->store);
		readers_dispatch(rig->readers);
	}
	readers_close(rig->readers);
	rig->readers = NULL;
	for (size_t n = 1; n <= 30; n++) {
		assert_true(asks[n].ret >= 0);
		assert_int_equal(asks[n].ret, asks[n].n); /* total and page are of one moment */
	}
	refresh_doc(rig, feed, NULL, T0);
	assert_int_equal(sql_number(rig->path, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
}

static void work_moment(struct query *q, void *arg)
{
	struct ask *a = arg;
	struct query_totals totals[4] = { 0 };

	a->ok = query_hold(q) && query_totals(q, &totals[0]);
	sql_run(a->rig->path, "UPDATE totals SET n_starred = n_starred + 1");
	a->ok = a->ok && query_totals(q, &totals[1]) && query_hold(q);
	query_settle(q);
	a->ok = a->ok && query_totals(q, &totals[2]);
	query_settle(q);
	a->ok = a->ok && query_totals(q, &totals[3]);
	for (int i = 0; i < 4; i++)
		a->ids[i] = totals[i].n_starred;
}

static void what_is_held_is_of_one_moment(void **state)
{
	struct ask a = { .rig = *state };

	ask(&a, work_moment);
	assert_true(a.ok);
	for (int i = 0; i < 3; i++)
		assert_int_equal(a.ids[i], 0);
	assert_int_equal(a.ids[3], 1);
	assert_int_equal(sql_number(a.rig->path, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
}

static void wait_there(struct query *q, void *arg)
{
	(void)q;
	sem_wait(arg);
}

/* However many of those that take long have come before. */
static void what_is_quick_does_not_wait_for_what_takes_long(void **state)
{
	struct rig *rig = *state;
	static struct ask quick[8];
	sem_t gate;

	sem_init(&gate, 0, 0);
	for (size_t i = 0; i < N_ELEMENTS(quick); i++)
		readers_submit_long(rig->readers, wait_there, NULL, &gate);
	for (size_t i = 0; i < N_ELEMENTS(quick); i++) {
		quick[i] = (struct ask){ .rig = rig };
		ask(&quick[i], work_entries);
		assert_int_equal(quick[i].ret, 0);
	}
	for (size_t i = 0; i < N_ELEMENTS(quick); i++)
		sem_post(&gate);
	readers_close(rig->readers);
	rig->readers = NULL;
	sem_destroy(&gate);
}

static void ask_again(void *arg)
{
	struct ask *a = arg;

	if (a->id++ == 0)
		readers_submit(a->rig->readers, work_entries, ask_again, a);
}

static void closing_answers_everybody(void **state)
{
	struct rig *rig = *state;
	static struct ask a;

	a = (struct ask){ .rig = rig };
	readers_submit(rig->readers, work_entries, ask_again, &a);
	readers_close(rig->readers);
	rig->readers = NULL;
	assert_int_equal(a.id, 2);
}

static void a_broken_database_is_an_error_with_words(void **state)
{
	struct rig *rig = *state;
	static struct ask a;

	a = (struct ask){ .rig = rig, .filter = { .order = ENTRY_ORDER_PUBLISHED } };
	sql_run(rig->path, "DROP INDEX entries_published");
	ask(&a, work_entries);
	assert_int_equal(a.ret, -1);
	assert_non_null(strstr(a.text, "entries_published"));
	/* And the connection is still of use. */
	a.filter.order = ENTRY_ORDER_ID;
	ask(&a, work_entries);
	assert_int_equal(a.ret, 0);
}

static void a_missing_database_is_an_error(void **state)
{
	char error[256] = "";
	struct readers_options options = { "/nonexistent/courant.db", 1, rig_wake, *state };

	assert_null(readers_open(&options, error, sizeof(error)));
	assert_non_null(strstr(error, "/nonexistent/courant.db"));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(pages_are_what_looking_at_every_row_finds),
		T(records_are_complete),
		T(feeds_are_listed_by_name),
		T(editions_are_listed_newest_first),
		T(readers_and_the_writer_do_not_wait),
		T(what_is_held_is_of_one_moment),
		T(what_is_quick_does_not_wait_for_what_takes_long),
		T(closing_answers_everybody),
		T(a_broken_database_is_an_error_with_words),
		T(a_missing_database_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
