/* Entries that come back under other names, and those that only say the same as others. */
#include "db.h"

#define G (1u << ENTRY_KEY_GUID | 1u << ENTRY_KEY_GUID_NOSCHEME)
#define L (1u << ENTRY_KEY_LINK)
#define HOUR 3600
#define WEEK (7 * 86400)

struct poll {
	int64_t at; /* seconds after the first */
	struct spec entries[4];
	int64_t n_new, n_changed;
};
struct story {
	const char *name;
	struct poll polls[4]; /* ends with the first without entries */
};

static const struct story stories[] = {
	{ "guids that are random in each request, no links",
		{ { 0,
			  { { .guid = "r1", .title = "A", .published = T0 },
				  { .guid = "r2", .title = "B", .published = T0 - 9 } },
			  2, 0 },
			{ HOUR,
				{ { .guid = "r3", .title = "A", .published = T0 },
					{ .guid = "r4", .title = "B", .published = T0 - 9 } },
				0, 0 },
			{ 2 * HOUR,
				{ { .guid = "r5", .title = "C", .published = T0 + HOUR },
					{ .guid = "r6", .title = "A", .published = T0 },
					{ .guid = "r7", .title = "B", .published = T0 - 9 } },
				1, 0 },
			{ 3 * HOUR,
				{ { .guid = "r8", .title = "C", .published = T0 + HOUR },
					{ .guid = "r9", .title = "A", .published = T0 } },
				0, 0 } } },
	{ "guids and links that are random in each request, and no dates",
		{ { 0,
			  { { .guid = "r1", .url = "/1", .title = "A" },
				  { .guid = "r2", .url = "/2", .title = "B" },
				  { .guid = "r3", .url = "/3", .title = "C" } },
			  3, 0 },
			{ HOUR,
				{ { .guid = "r4", .url = "/4", .title = "A" },
					{ .guid = "r5", .url = "/5", .title = "B" },
					{ .guid = "r6", .url = "/6", .title = "C" } },
				0, 3 },
			{ 2 * HOUR,
				{ { .guid = "r7", .url = "/7", .title = "A" },
					{ .guid = "r8", .url = "/8", .title = "B" },
					{ .guid = "r9", .url = "/9", .title = "C" } },
				0, 3 },
			{ WEEK,
				{ { .guid = "ra", .url = "/a", .title = "D" },
					{ .guid = "rb", .url = "/b", .title = "A" },
					{ .guid = "rc", .url = "/c", .title = "B" } },
				1, 2 } } },
	{ "random guids, and dates that move on every fetch",
		{ { 0,
			  { { .guid = "r1", .title = "A", .published = T0 },
				  { .guid = "r2", .title = "B", .published = T0 },
				  { .guid = "r3", .title = "C", .published = T0 } },
			  3, 0 },
			{ HOUR,
				{ { .guid = "r4", .title = "A", .published = T0 + HOUR },
					{ .guid = "r5", .title = "B", .published = T0 + HOUR },
					{ .guid = "r6", .title = "C", .published = T0 + HOUR } },
				0, 0 } } },
	{ "a site that moves gives its entries new names once",
		{ { 0,
			  { { .guid = "a", .url = "/a", .title = "A", .published = T0 },
				  { .guid = "b", .url = "/b", .title = "B", .published = T0 - 9 } },
			  2, 0 },
			{ WEEK,
				{ { .guid = "na", .url = "/na", .title = "A", .published = T0 },
					{ .guid = "nb",
						.url = "/nb",
						.title = "B",
						.published = T0 - 9 } },
				0, 2 },
			{ 2 * WEEK,
				{ { .guid = "na", .url = "/na", .title = "A2", .published = T0 },
					{ .guid = "nb",
						.url = "/nb",
						.title = "B2",
						.published = T0 - 9 } },
				0, 2 } } },
	{ "a weekly thread with nothing in it is new each week",
		{ { 0, { { .guid = "1", .url = "/1", .title = "Open thread", .published = T0 } }, 1,
			  0 },
			{ WEEK,
				{ { .guid = "2",
					.url = "/2",
					.title = "Open thread",
					.published = T0 + WEEK } },
				1, 0 },
			{ 2 * WEEK, { { .guid = "3", .url = "/3", .title = "Open thread" } }, 1,
				0 } } },
	{ "a weekly thread whose link is always the front page",
		{ { 0, { { .guid = "1", .url = "/", .title = "Open thread", .untrusted = L } }, 1,
			  0 },
			{ WEEK,
				{ { .guid = "2",
					.url = "/",
					.title = "Open thread",
					.untrusted = L } },
				1, 0 } } },
	{ "a week's menu is the next week's, under other names",
		{ { 0,
			  { { .guid = "1", .title = "Soup", .published = T0 },
				  { .guid = "2", .title = "Fish", .published = T0 + 9 },
				  { .guid = "3", .title = "Cake", .published = T0 + 18 } },
			  3, 0 },
			{ WEEK,
				{ { .guid = "4", .title = "Soup", .published = T0 + WEEK },
					{ .guid = "5",
						.title = "Fish",
						.published = T0 + WEEK + 9 },
					{ .guid = "6",
						.title = "Cake",
						.published = T0 + WEEK + 18 } },
				3, 0 } } },
	{ "the same title twice in a document, and in the next",
		{ { 0,
			  { { .guid = "1", .title = "Open thread", .published = T0 },
				  { .guid = "2", .title = "Open thread", .published = T0 - WEEK } },
			  2, 0 },
			{ HOUR,
				{ { .guid = "3", .title = "Open thread", .published = T0 + 9 },
					{ .guid = "4", .title = "Open thread", .published = T0 },
					{ .guid = "5",
						.title = "Open thread",
						.published = T0 - WEEK } },
				1, 0 } } },
	{ "one link for all, first seen on the day there are two: the title was never stored as a "
	  "key",
		{ { 0, { { .url = "/", .title = "A" } }, 1, 0 },
			{ HOUR,
				{ { .url = "/", .title = "B", .untrusted = L },
					{ .url = "/", .title = "A", .untrusted = L } },
				1, 0 },
			{ 2 * HOUR,
				{ { .url = "/", .title = "C", .untrusted = L },
					{ .url = "/", .title = "B", .untrusted = L },
					{ .url = "/", .title = "A", .untrusted = L } },
				1, 0 } } },
	{ "good guids that all become one, with nothing else to go by",
		{ { 0, { { .guid = "a", .title = "A" }, { .guid = "b", .title = "B" } }, 2, 0 },
			{ WEEK,
				{ { .guid = "x", .title = "C", .untrusted = G },
					{ .guid = "x", .title = "A", .untrusted = G },
					{ .guid = "x", .title = "B", .untrusted = G } },
				1, 0 },
			{ 2 * WEEK,
				{ { .guid = "x", .title = "C" }, { .guid = "x", .title = "A" } }, 0,
				0 } } },
};

static void play(struct rig *rig, const struct story *s, int64_t feed_id)
{
	int64_t total = 0;

	for (size_t p = 0; p < N_ELEMENTS(s->polls) && s->polls[p].entries[0].title != NULL; p++) {
		const struct poll *poll = &s->polls[p];
		size_t n = 0;
		while (n < N_ELEMENTS(poll->entries) && poll->entries[n].title != NULL)
			n++;
		refresh(rig, feed_id, poll->entries, n, T0 + poll->at);
		if (rig->refresh.n_new != poll->n_new || rig->refresh.n_changed != poll->n_changed)
			fail_msg("%s: poll %zu: %lld new, %lld changed", s->name, p,
				(long long)rig->refresh.n_new, (long long)rig->refresh.n_changed);
		total += poll->n_new;
		if (rig->refresh.n_entries != total)
			fail_msg("%s: poll %zu: %lld entries", s->name, p,
				(long long)rig->refresh.n_entries);
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

/* One move is believed; names that change twice in a row say nothing from then on. */
static void what_rotates_is_distrusted_the_second_time(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const unsigned expected[] = { 0, G << 8, G };
	char guids[2][24];

	for (int i = 0; i < 3; i++) {
		snprintf(guids[0], 16, "a%d", i);
		snprintf(guids[1], 16, "b%d", i);
		const struct spec specs[] = { { .guid = guids[0], .title = "A", .published = T0 },
			{ .guid = guids[1], .title = "B", .published = T0 } };
		refresh(rig, feed, specs, 2, T0 + i * HOUR);
		assert_int_equal(
			sql_number(rig->path, "SELECT distrusted FROM feeds"), expected[i]);
	}
	/* Nothing is compared by text any more, and no aliases are added. */
	int64_t n_keys = sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys");
	const struct spec again[] = { { .guid = "a9", .title = "A", .published = T0 + 5 },
		{ .guid = "b9", .title = "B", .published = T0 + 6 } };
	refresh(rig, feed, again, 2, T0 + WEEK);
	assert_int_equal(rig->refresh.n_known, 2);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys"), n_keys);
}

static void a_site_that_moves_twice_in_years_is_trusted(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);

	for (int i = 0; i < 6; i++) {
		char guids[2][24];
		snprintf(guids[0], 16, "a%d", i / 2);
		snprintf(guids[1], 16, "b%d", i / 2);
		const struct spec specs[] = { { .guid = guids[0], .title = "A", .published = T0 },
			{ .guid = guids[1], .title = "B", .published = T0 } };
		refresh(rig, feed, specs, 2, T0 + i * WEEK);
		assert_int_equal(rig->refresh.n_new, i == 0 ? 2 : 0);
	}
	assert_int_equal(sql_number(rig->path, "SELECT distrusted FROM feeds"), 0);
}

/* As after an upgrade that raised ENTRY_IDENTITY_VERSION: none of the stored keys is made any more.
 */
static void keys_of_another_rule_are_replaced(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec specs[] = { { .guid = "a", .url = "/a", .title = "A" },
		{ .guid = "b", .url = "/b", .title = "B" }, { .url = "/c", .title = "C" },
		{ .title = "D", .content = "d" } };

	refresh(rig, feed, specs, 4, T0);
	sql_run(rig->path, "UPDATE entry_keys SET hash = random();"
			   "UPDATE entries SET keys_hash = random();"
			   "UPDATE presences SET document = 0");
	refresh(rig, feed, specs, 4, T0 + WEEK);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_known, 4);
	assert_int_equal(sql_number(rig->path, "SELECT distrusted FROM feeds"), 0);
	static const struct spec edited[] = { { .guid = "a", .url = "/a", .title = "A2" } };
	refresh(rig, feed, edited, 1, T0 + 2 * WEEK);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_changed, 1);
}

/* All that is gone counts, not only what could be compared. */
static void what_some_of_many_say_again_is_new(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec before[] = { { .guid = "1", .title = "A" },
		{ .guid = "2", .title = "B" }, { .guid = "3", .title = "C" },
		{ .guid = "4", .title = "D" }, { .guid = "5", .title = "E" },
		{ .guid = "6", .title = "F" } };
	static const struct spec after[] = { { .guid = "7", .title = "A" },
		{ .guid = "8", .title = "B" }, { .guid = "9", .title = "C" } };

	refresh(rig, feed, before, N_ELEMENTS(before), T0);
	refresh(rig, feed, after, N_ELEMENTS(after), T0 + HOUR);
	assert_int_equal(rig->refresh.n_new, 3);
}

/* A crowd of equal texts costs no quadratic time, and merges nothing that is not proved. */
static void many_equal_texts_end(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	enum { N = 3000 };
	struct spec *specs = xcalloc(N, sizeof(*specs));
	char(*guids)[24] = xcalloc(N, sizeof(*guids));

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < N; i++) {
			snprintf(guids[i], sizeof(guids[i]), "%d/%d", round, i);
			specs[i] = (struct spec){ .guid = guids[i],
				.title = "Open thread",
				.published = T0 + round * WEEK + i };
		}
		refresh(rig, feed, specs, N, T0 + round * WEEK);
		assert_int_equal(rig->refresh.n_new, N);
	}
	free(guids);
	free(specs);
}

/* ---- back-fill ---- */

static void refresh_read_at(
	struct rig *rig, int64_t feed, const struct spec *specs, size_t n, int64_t now)
{
	struct feed_fetch_state state = { .next_due = now + 3600,
		.ttl_minutes = -1,
		.update_interval_seconds = -1,
		.last_success = now };

	store_refresh(rig->store, feed, &state, make_doc(specs, n), now, rig_refresh_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void years_of_posts_at_once_are_no_news(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	enum { N = LIMIT_BACKFILL_ENTRIES + 2 };
	struct spec specs[N] = { 0 };
	char guids[N][24];

	for (int i = 0; i < N; i++) {
		snprintf(guids[i], sizeof(guids[i]), "g%d", i);
		specs[i] = (struct spec){
			.guid = guids[i], .title = guids[i], .published = T0 - i * (int64_t)WEEK
		};
	}
	/* The first document is news as a whole, also when there was an empty one before; a few
	 * late ones are, too. */
	int64_t other = add_feed(rig, "https://example.org/b", NULL);
	refresh_read_at(rig, other, specs, 0, T0);
	refresh_read_at(rig, other, specs, N, T0 + 1);
	assert_int_equal(rig->refresh.n_new, N);
	assert_int_equal(rig->refresh.n_backfilled, 0);
	refresh_read_at(rig, feed, specs, 1, T0);
	refresh_read_at(rig, feed, specs, LIMIT_BACKFILL_ENTRIES, T0 + 1);
	assert_int_equal(rig->refresh.n_new, LIMIT_BACKFILL_ENTRIES - 1);
	assert_int_equal(rig->refresh.n_backfilled, 0);

	for (int i = 0; i < N; i++)
		guids[i][0] = 'h';
	specs[0].published = T0 + 2 * WEEK;
	refresh_read_at(rig, feed, specs, N, T0 + 3 * WEEK);
	assert_int_equal(rig->refresh.n_new, N);
	assert_int_equal(rig->refresh.n_backfilled, N - 1);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE backfilled"), N - 1);
	assert_counters_right(rig);
}

static void nothing(void *arg, const struct entry_record *entry)
{
	(void)arg;
	assert_false(entry->backfilled);
}

static void count_news(struct query *q, void *arg)
{
	struct rig *rig = arg;
	struct entry_filter filter = { .news = true };

	rig->n = query_entries(q, &filter, nothing, NULL);
}

static void counted(void *arg)
{
	((struct rig *)arg)->answered = true;
}

static void news_leave_out_what_was_backfilled(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, "https://example.org/a", NULL);
	static const struct spec specs[] = { { .guid = "a", .title = "A" },
		{ .guid = "b", .title = "B" } };

	refresh(rig, feed, specs, 2, T0);
	sql_run(rig->path, "UPDATE entries SET backfilled = 1 WHERE id = 1");
	rig_open_readers(rig, 1);
	readers_submit(rig->readers, count_news, counted, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(stories_end_well),
		T(what_rotates_is_distrusted_the_second_time),
		T(a_site_that_moves_twice_in_years_is_trusted),
		T(keys_of_another_rule_are_replaced),
		T(what_some_of_many_say_again_is_new),
		T(many_equal_texts_end),
		T(years_of_posts_at_once_are_no_news),
		T(news_leave_out_what_was_backfilled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
