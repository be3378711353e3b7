/*
 * A feed that is being added, against a fake fetcher, parser and store: what is stored when, and
 * what the one who asked is told when a step fails.
 */
#include "refresh_fake.h"

#include "base/mem.h"
#include "feed/listing.h"
#include "refresh/refresh.h"
#include "schedule/schedule.h"

#include <stdlib.h>
#include <string.h>

#define URL "http://a.example/feed"

static struct {
	unsigned times;
	struct failure fail;
	int64_t feed_id;
	size_t n_found;
} told;

static void added(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found)
{
	(void)arg;
	told.times++;
	told.fail = *fail;
	told.feed_id = feed_id;
	told.n_found = found != NULL ? found->n_feeds : 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof fake);
	memset(&told, 0, sizeof told);
	refresher_begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	refresher_end();
	return 0;
}

static unsigned n_feeds(void)
{
	struct refresher_stats stats;
	refresher_stats(refresher, &stats);
	return stats.n_feeds;
}

/* Everything is at rest, and counted as that. */
static void assert_at_rest(unsigned feeds)
{
	struct refresher_stats stats;
	refresher_stats(refresher, &stats);
	assert_int_equal(stats.n_feeds, feeds);
	for (int i = 0; i < REFRESH_STATE_COUNT; i++)
		assert_int_equal(stats.in_state[i], i == REFRESH_IDLE ? feeds : 0);
}

static void add(const char *url)
{
	struct feed_config config = { .url = url };
	refresher_add(refresher, &config, added, NULL);
	turn();
}

static void answer(struct fetch_response *response)
{
	response->final_url = "http://a.example/final";
	response->freshness.max_age = response->freshness.retry_after = FETCH_UNSAID;
	fake.begun(fake.fetch_arg);
	fake.fetch_done(fake.fetch_arg, response);
	free(response->body);
	turn();
}

static void answer_body(void)
{
	struct fetch_response response = {
		.http_code = 200, .etag = "\"new\"", .body = xstrdup("body"), .body_len = 4
	};
	answer(&response);
}

static void find(struct feed_doc *doc, struct listing *listing, const struct failure *fail)
{
	fake.found(fake.parse_arg, doc, listing, fail);
	turn();
}

/* Fetched, read, on its way into the store. */
static void begin(void)
{
	add(URL);
	assert_int_equal(fake.n_fetches, 1);
	answer_body();
	find(feed_doc_new(), NULL, NULL);
	assert_non_null(fake.added);
	assert_int_equal(fake.n_stored, 0);
	assert_int_equal(n_feeds(), 0);
}

static void a_feed_is_stored_with_its_first_fetch(void **state)
{
	(void)state;
	begin();
	fake.added(fake.added_arg, &(struct failure){ 0 }, 7);
	turn();
	assert_int_equal(fake.n_stored, 1);
	assert_string_equal(fake.stored_etag, "\"new\"");
	assert_int_equal(told.times, 0);
	struct store_refresh_result result = { .n_new = 3, .last_id = 9, .state = &fake.state };
	fake.stored(fake.stored_arg, &result);
	turn();
	assert_int_equal(told.times, 1);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_int_equal(told.feed_id, 7);
	assert_int_equal(fake.published, 9);
	assert_int_equal(fake.n_fetches, 1);
	assert_at_rest(1);
}

static void a_store_that_takes_no_feed_leaves_nothing(void **state)
{
	(void)state;
	begin();
	struct failure fail;
	failure_set(&fail, STAGE_STORE, STATUS_DISK_FULL, 0, "no room");
	fake.added(fake.added_arg, &fail, 0);
	turn();
	assert_int_equal(told.times, 1);
	assert_int_equal(told.fail.status, STATUS_DISK_FULL);
	assert_int_equal(fake.n_stored, 0);
	assert_at_rest(0);
}

/* Declared meanwhile: the store knows it first. */
static void a_feed_that_came_meanwhile_exists(void **state)
{
	(void)state;
	begin();
	struct failure fail;
	failure_set(&fail, STAGE_STORE, STATUS_EXISTS, 0, "feed 5 has this URL");
	fake.added(fake.added_arg, &fail, 5);
	turn();
	assert_int_equal(told.fail.status, STATUS_EXISTS);
	assert_int_equal(told.feed_id, 5);
	assert_at_rest(0);
}

/* It is subscribed to; its entries come with the next fetch, which is not now. */
static void a_feed_whose_entries_cannot_be_stored_is_there(void **state)
{
	(void)state;
	begin();
	fake.added(fake.added_arg, &(struct failure){ 0 }, 7);
	struct store_refresh_result result = { 0 };
	failure_set(&result.fail, STAGE_STORE, STATUS_DISK_FULL, 0, "no room");
	fake.stored(fake.stored_arg, &result);
	turn();
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_int_equal(told.feed_id, 7);
	assert_int_equal(fake.n_fetches, 1);
	assert_at_rest(1);
}

static void a_page_is_answered_with_its_feeds(void **state)
{
	(void)state;
	struct listing_draft draft;
	listing_draft_init(&draft);
	listing_draft_add(&draft)->url = "http://a.example/rss";
	add(URL);
	answer_body();
	find(NULL, listing_draft_finish(&draft), NULL);
	assert_int_equal(told.fail.status, STATUS_NOT_A_FEED);
	assert_int_equal(told.n_found, 1);
	assert_null(fake.added);
	assert_at_rest(0);
}

static void what_cannot_be_fetched_is_not_added(void **state)
{
	(void)state;
	add(URL);
	struct fetch_response response = { 0 };
	failure_set(&response.fail, STAGE_FETCH, STATUS_HTTP_ERROR, 404, "HTTP 404");
	answer(&response);
	assert_int_equal(told.fail.status, STATUS_HTTP_ERROR);
	assert_null(fake.added);
	assert_at_rest(0);
}

static void the_same_feed_is_not_added_twice_at_once(void **state)
{
	(void)state;
	add(URL);
	add("HTTP://A.example:80/feed#x");
	assert_int_equal(told.times, 1);
	assert_int_equal(told.fail.status, STATUS_EXISTS);
	assert_int_equal(told.feed_id, 0);
	assert_int_equal(fake.n_fetches, 1);
	answer_body();
	find(NULL, NULL, &(struct failure){ .stage = STAGE_PARSE, .status = STATUS_EMPTY });
	assert_int_equal(told.times, 2);
	assert_at_rest(0);
}

static void looking_stores_nothing(void **state)
{
	(void)state;
	refresher_discover(refresher, &(struct feed_config){ .url = URL }, added, NULL);
	turn();
	answer_body();
	find(feed_doc_new(), NULL, NULL);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_int_equal(told.n_found, 1);
	assert_null(fake.added);
	assert_at_rest(0);
}

static void note_drained(void *arg)
{
	*(bool *)arg = true;
}

static void draining_ends_an_addition(void **state)
{
	(void)state;
	bool drained = false;
	add(URL);
	refresher_drain(refresher, note_drained, &drained);
	turn();
	assert_int_equal(fake.n_cancelled, 1);
	assert_false(drained);
	struct fetch_response response = { 0 };
	failure_set(&response.fail, STAGE_FETCH, STATUS_CANCELLED, 0, "stopping");
	answer(&response);
	assert_true(drained);
	assert_int_equal(told.fail.status, STATUS_CANCELLED);
	assert_at_rest(0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_feed_is_stored_with_its_first_fetch),
		T(a_store_that_takes_no_feed_leaves_nothing),
		T(a_feed_that_came_meanwhile_exists),
		T(a_feed_whose_entries_cannot_be_stored_is_there),
		T(a_page_is_answered_with_its_feeds),
		T(what_cannot_be_fetched_is_not_added),
		T(the_same_feed_is_not_added_twice_at_once),
		T(looking_stores_nothing),
		T(draining_ends_an_addition),
	};
	return cmocka_run_group_tests_name("adding", tests, NULL, NULL);
}
