/* What the store counts by the hour, and what statistics read. */
#include "db.h"

#include "base/limits.h"
#include "db/stats.h"

struct seen {
	char text[4096];
	int n;
};

static void see(void *arg, const struct tally *t)
{
	struct seen *seen = arg;
	size_t n = strlen(seen->text);

	snprintf(seen->text + n, sizeof(seen->text) - n, "%lld %s %s %lld\n",
		(long long)((t->at - T0 / 3600 * 3600) / 3600), t->what, t->word, (long long)t->n);
	seen->n++;
}

struct ask {
	struct seen seen;
	int64_t since, feed_id, n_dates;
	struct stats_size size;
	bool ok, done;
};

static void see_date(void *arg, int64_t published)
{
	struct ask *ask = arg;

	ask->n_dates += published >= ask->since;
}

static void work(struct query *q, void *arg)
{
	struct ask *ask = arg;

	ask->ok = stats_tallies(q, ask->since, see, &ask->seen) && stats_size(q, &ask->size) &&
		  (ask->feed_id == 0 || stats_dates(q, ask->feed_id, ask->since, see_date, ask));
}

static void asked(void *arg)
{
	((struct ask *)arg)->done = true;
}

static void ask_stats(struct rig *rig, struct ask *ask)
{
	readers_submit(rig->readers, work, asked, ask);
	while (!ask->done) {
		sem_wait(&rig->awake);
		readers_dispatch(rig->readers);
	}
	assert_true(ask->ok);
}

/* As after a fetch: the state says that it ended now. */
static void fetch(
	struct rig *rig, int64_t feed_id, struct feed_doc *doc, enum status status, int64_t now)
{
	struct feed_fetch_state state = { .next_due = now + 3600, .last_fetch = now };

	state.failure.status = status;
	store_refresh(rig->store, feed_id, &state, doc, now, rig_refresh_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void expect(struct rig *rig, const char *tallies)
{
	struct ask ask = { .since = T0 - 40 * INT64_C(86400) };

	ask_stats(rig, &ask);
	assert_string_equal(ask.seen.text, tallies);
	assert_true(ask.size.db_bytes > 0 && ask.size.wal_bytes > 0);
}

static void entries_count_in_the_hour_they_were_published(void **state)
{
	struct rig *rig = *state;
	const struct spec specs[] = {
		{ "g1", "u1", "ahead of its time", "c", T0 + 7200, 0 },
		{ "g2", "u2", "dateless", "c", 0, 0 },
		{ "g3", "u3", "an hour old", "c", T0 - 3600, 0 },
		{ "g4", "u4", "as old", "c", T0 - 3601, 0 },
		{ "g5", "u5", "a week old", "c", T0 - LIMIT_TALLY_LATE, 0 },
		{ "g6", "u6", "older", "c", T0 - LIMIT_TALLY_LATE - 1, 0 },
		{ "g7", "u7", "much older", "c", 1000, 0 },
	};
	int64_t id = add_feed(rig, "https://a.example/", NULL);

	fetch(rig, id, make_doc(specs, N_ELEMENTS(specs)), STATUS_OK, T0);
	expect(rig, "-168 entries new 1\n-1 entries new 2\n0 entries archive 2\n0 entries new 2\n"
		    "0 fetches new 1\n");
	fetch(rig, id, make_doc(specs, N_ELEMENTS(specs)), STATUS_OK, T0 + 60);
	expect(rig, "-168 entries new 1\n-1 entries new 2\n0 entries archive 2\n0 entries new 2\n"
		    "0 fetches new 1\n0 fetches unchanged 1\n");
}

static void fetches_count_by_how_they_ended(void **state)
{
	struct rig *rig = *state;
	const struct spec was[] = { { "g1", "u1", "t", "before", T0, 0 } },
			  is[] = { { "g1", "u1", "t", "after", T0, 0 } };
	int64_t id = add_feed(rig, "https://a.example/", NULL);

	fetch(rig, id, make_doc(was, 1), STATUS_OK, T0);
	fetch(rig, id, NULL, STATUS_OK, T0 + 3600);
	fetch(rig, id, NULL, STATUS_OK, T0 + 3601);
	fetch(rig, id, make_doc(is, 1), STATUS_OK, T0 + 3602);
	fetch(rig, id, NULL, STATUS_TIMEOUT, T0 + 3603);
	expect(rig, "0 entries new 1\n0 fetches new 1\n1 entries changed 1\n"
		    "1 fetches changed 1\n1 fetches not_modified 2\n1 fetches timeout 1\n");
}

/* A page before the newest, or what a hub sends. */
static void what_was_not_fetched_is_no_fetch(void **state)
{
	struct rig *rig = *state;
	const struct spec specs[] = { { "g1", "u1", "t", "c", T0, 0 } };
	int64_t id = add_feed(rig, "https://a.example/", NULL);
	struct feed_doc *doc = make_doc(specs, 1);

	doc->partial = true;
	fetch(rig, id, doc, STATUS_OK, T0);
	refresh_doc(rig, id, NULL, T0 + 1); /* last_fetch is older */
	expect(rig, "0 entries new 1\n");
}

static void what_is_past_its_time_goes(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://a.example/", NULL);
	int64_t last = T0 + INT64_C(86400) * LIMIT_TALLY_DAYS;

	fetch(rig, id, NULL, STATUS_OK, T0);
	fetch(rig, id, NULL, STATUS_OK, T0 + 3600);
	fetch(rig, id, NULL, STATUS_OK, last);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM tallies"), 3);
	fetch(rig, id, NULL, STATUS_OK, last + 3600);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM tallies"), 3);
	assert_int_equal(sql_number(rig->path, "SELECT MIN(hour) FROM tallies"), T0 / 3600 + 1);
}

static void the_dates_of_a_feed_are_those_of_its_entries(void **state)
{
	struct rig *rig = *state;
	int64_t id = add_feed(rig, "https://a.example/", NULL);
	struct ask ask = { .feed_id = id, .since = T0 - 60 * 4 };

	fetch(rig, id, make_numbered(20, "c"), STATUS_OK, T0);
	ask_stats(rig, &ask);
	assert_int_equal(ask.n_dates, 5);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup_reader, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(entries_count_in_the_hour_they_were_published),
		TEST(fetches_count_by_how_they_ended),
		TEST(what_was_not_fetched_is_no_fetch),
		TEST(what_is_past_its_time_goes),
		TEST(the_dates_of_a_feed_are_those_of_its_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
