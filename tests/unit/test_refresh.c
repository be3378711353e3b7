/*
 * The state machine of a refresh against a fake fetcher, parser and store: what is committed after
 * which answer. The fakes keep what they were asked and answer when the test says so.
 */
#include "refresh_fake.h"

#include "base/clock.h"
#include "base/mem.h"
#include "refresh/refresh.h"
#include "schedule/policy.h"
#include "schedule/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the play ---- */

static struct refresh_report last_report;
static unsigned n_reports;

static void reported(void *arg, const struct refresh_report *report)
{
	(void)arg;
	last_report = *report;
	n_reports++;
}

static void start(int64_t next_due)
{
	memset(&fake, 0, sizeof fake);
	n_reports = 0;
	fake.initial = (struct feed_record){ .id = 7,
		.config = { .url = "http://a.example/feed" },
		.state = { .etag = "W/\"old\"",
			.last_modified = "yesterday",
			.validators_url = "http://a.example/feed",
			.body_hash = hash_bytes("known", 5),
			.quarantine_hash = hash_bytes("killer", 6),
			.ttl_minutes = -1,
			.update_interval_seconds = -1,
			.next_due = next_due } };
	refresher_begin();
}

/* What fetcher_free() does to a fetch under way. */
static void cancel(void)
{
	struct fetch_response response = { .final_url = "http://a.example/final" };
	failure_set(&response.fail, STAGE_FETCH, STATUS_CANCELLED, 0, "stopping");
	fake.fetch_done(fake.fetch_arg, &response);
	turn();
	assert_int_equal(fake.n_stored, 0);
}

static void ignore_drained(void *arg)
{
	(void)arg;
}

static void finish(void)
{
	refresher_end();
}

static void answer(struct fetch_response *response)
{
	response->final_url = "http://a.example/final";
	response->freshness.max_age = response->freshness.retry_after = FETCH_UNSAID;
	fake.begun(fake.fetch_arg);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_FETCHING);
	fake.fetch_done(fake.fetch_arg, response);
	free(response->body);
	turn();
}

static void answer_body(const char *body)
{
	struct fetch_response response = {
		.http_code = 200, .etag = "\"new\"", .body = xstrdup(body), .body_len = strlen(body)
	};
	answer(&response);
}

static void commit(int64_t n_new, int64_t last_id)
{
	struct store_refresh_result result = { .n_new = n_new, .last_id = last_id };
	result.state = &fake.state;
	fake.stored(fake.stored_arg, &result);
	turn();
}

static struct feed_doc *document(bool well_formed)
{
	struct feed_doc *doc = feed_doc_new();
	doc->well_formed = well_formed;
	doc->ttl_minutes = 180;
	doc->n_entries = 1;
	doc->entries = arena_new(&doc->arena, struct feed_entry);
	return doc;
}

static void a_due_feed_is_asked_with_its_validators_verbatim(void **state)
{
	(void)state;
	start(clock_now() - 10);
	assert_int_equal(fake.n_fetches, 1);
	assert_string_equal(fake.etag, "W/\"old\"");
	assert_string_equal(fake.last_modified, "yesterday");
	assert_string_equal(fake.validators_url, "http://a.example/feed");
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_QUEUED);
	refresher_drain(refresher, ignore_drained, NULL);
	cancel();
	finish();
}

static void a_feed_that_is_not_due_is_left_alone(void **state)
{
	(void)state;
	start(clock_now() + 1000);
	assert_int_equal(fake.n_fetches, 0);
	finish();
}

static void a_304_keeps_what_it_does_not_name(void **state)
{
	(void)state;
	start(0);
	answer(&(struct fetch_response){ .http_code = 304, .not_modified = true });
	assert_int_equal(fake.n_parses, 0);
	assert_string_equal(fake.stored_etag, "W/\"old\"");
	assert_string_equal(fake.stored_validators_url, "http://a.example/feed");
	assert_false(fake.stored_doc);
	assert_true(fake.state.next_due >= clock_now() + 3600 - 2);
	commit(0, 0);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_IDLE);
	finish();
}

static void the_same_bytes_are_not_parsed_but_their_validators_count(void **state)
{
	(void)state;
	start(0);
	answer_body("known");
	assert_int_equal(fake.n_parses, 0);
	assert_string_equal(fake.stored_etag, "\"new\"");
	assert_string_equal(fake.stored_validators_url, "http://a.example/final");
	commit(0, 0);
	finish();
}

static void a_document_is_committed_then_published(void **state)
{
	(void)state;
	start(0);
	answer_body("news");
	assert_int_equal(fake.n_parses, 1);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_PARSING);
	fake.parse_done(fake.parse_arg, document(true), NULL);
	assert_true(fake.stored_doc);
	assert_string_equal(fake.stored_etag, "\"new\"");
	struct hash hash = hash_bytes("news", 4);
	assert_true(hash_equal(&fake.state.body_hash, &hash));
	assert_true(fake.state.next_due >= clock_now() + 3 * 3600 - 2); /* ttl is a floor */
	assert_int_equal(fake.published, 0);
	commit(3, 42);
	assert_int_equal(fake.published, 42);
	finish();
}

static void a_recovered_document_does_not_move_the_validators(void **state)
{
	(void)state;
	start(0);
	answer_body("torn");
	fake.parse_done(fake.parse_arg, document(false), NULL);
	assert_true(fake.stored_doc);
	assert_string_equal(fake.stored_etag, "W/\"old\"");
	assert_string_equal(fake.stored_validators_url, "http://a.example/feed");
	commit(1, 1);
	finish();
}

static void a_broken_document_without_entries_is_a_failure(void **state)
{
	(void)state;
	start(0);
	answer_body("<rss><chan");
	struct feed_doc *doc = document(false);
	doc->n_entries = 0;
	fake.parse_done(fake.parse_arg, doc, NULL);
	assert_false(fake.stored_doc);
	assert_int_equal(fake.state.failure.status, STATUS_MALFORMED);
	struct hash known = hash_bytes("known", 5);
	assert_true(hash_equal(&fake.state.body_hash, &known));
	commit(0, 0);
	finish();
}

static void a_failed_parse_counts_as_not_seen(void **state)
{
	(void)state;
	start(0);
	answer_body("garbage");
	struct failure fail;
	failure_set(&fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0, "an HTML page");
	fake.parse_done(fake.parse_arg, NULL, &fail);
	struct hash known = hash_bytes("known", 5);
	assert_true(hash_equal(&fake.state.body_hash, &known));
	assert_string_equal(fake.stored_etag, "W/\"old\"");
	assert_int_equal(fake.state.n_failures, 1);
	assert_true(fake.state.failing_since > 0);
	assert_int_equal(fake.state.failure.status, STATUS_NOT_A_FEED);
	commit(0, 0);
	struct refresher_stats stats;
	refresher_stats(refresher, &stats);
	assert_int_equal(stats.n_failing, 1);
	finish();
}

static void a_killer_is_quarantined_until_it_changes(void **state)
{
	(void)state;
	start(0);
	answer_body("killer");
	assert_int_equal(fake.n_parses, 0);
	assert_int_equal(fake.state.failure.status, STATUS_QUARANTINED);
	commit(0, 0);
	finish();

	start(0);
	answer_body("another killer");
	assert_int_equal(fake.n_parses, 1);
	struct failure fail;
	failure_set(&fail, STAGE_PARSE, STATUS_PARSER_CRASHED, 0, "signal 11");
	fake.parse_done(fake.parse_arg, NULL, &fail);
	struct hash hash = hash_bytes("another killer", 14);
	assert_true(hash_equal(&fake.state.quarantine_hash, &hash));
	commit(0, 0);
	finish();
}

static void a_single_feed_is_offline_when_nothing_leads_to_it(void **state)
{
	(void)state;
	for (int no_route = 0; no_route < 2; no_route++) {
		struct fetch_response response = { .no_route = no_route };
		struct refresher_stats stats;
		failure_set(&response.fail, STAGE_FETCH, STATUS_DNS_FAILED, 0, "no address");
		start(0);
		answer(&response);
		refresher_stats(refresher, &stats);
		assert_int_equal(stats.offline_since > 0, no_route);
		assert_int_equal(fake.n_stored, no_route ? 0 : 1);
		if (!no_route)
			commit(0, 0);
		finish();
	}
}

static void a_store_that_fails_changes_nothing_and_is_not_hammered(void **state)
{
	(void)state;
	start(0);
	refresher_now(refresher, 7, reported, NULL);
	answer_body("news");
	fake.parse_done(fake.parse_arg, document(true), NULL);
	struct store_refresh_result result = { 0 };
	failure_set(&result.fail, STAGE_STORE, STATUS_DISK_FULL, 0, "no space");
	result.state = &fake.state;
	fake.stored(fake.stored_arg, &result);
	turn();
	assert_int_equal(n_reports, 1);
	assert_int_equal(last_report.fail.status, STATUS_DISK_FULL);
	assert_int_equal(fake.n_fetches, 1);
	struct refresher_stats stats;
	refresher_stats(refresher, &stats);
	assert_true(stats.next_due >= clock_now() + 898);
	finish();
}

static void a_refresh_by_hand_joins_the_one_under_way(void **state)
{
	(void)state;
	start(0);
	refresher_now(refresher, 7, reported, NULL);
	refresher_now(refresher, 7, reported, NULL);
	assert_int_equal(fake.n_fetches, 1);
	answer(&(struct fetch_response){ .http_code = 304, .not_modified = true });
	commit(0, 0);
	assert_int_equal(n_reports, 2);
	assert_true(last_report.not_modified);
	/* And the next one is too soon: the server was asked just now. */
	refresher_now(refresher, 7, reported, NULL);
	assert_int_equal(n_reports, 2); /* never from inside the call */
	turn();
	assert_int_equal(n_reports, 3);
	assert_int_equal(last_report.fail.status, STATUS_TOO_SOON);
	refresher_now(refresher, 999, reported, NULL);
	turn();
	assert_int_equal(last_report.fail.status, STATUS_NOT_FOUND);
	finish();
}

static void count_drained(void *arg)
{
	++*(unsigned *)arg;
}

static void draining_cancels_fetches_and_stores_nothing_of_them(void **state)
{
	(void)state;
	unsigned n_drained = 0;
	start(0);
	refresher_drain(refresher, count_drained, &n_drained);
	turn();
	assert_int_equal(fake.n_cancelled, 1);
	assert_int_equal(n_drained, 0);
	cancel();
	assert_int_equal(n_drained, 1);
	assert_int_equal(fake.n_stored, 0);
	finish();
}

static void added_done(void *arg, const struct failure *fail, int64_t feed_id)
{
	(void)feed_id;
	*(struct failure *)arg = *fail;
}

static void addition_done(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found)
{
	(void)feed_id;
	(void)found;
	*(struct failure *)arg = *fail;
}

static void declared_feeds_come_and_go_with_the_configuration(void **state)
{
	(void)state;
	start(clock_now() + 5000);
	static char file[] = "courant.conf", name[] = "A", url[] = "http://a.example/feed";
	struct conf_feed declared = { .name = name, .url = url, .file = file, .line = 12 };
	struct conf with = conf;
	with.feeds = &declared;
	with.n_feeds = 1;
	refresher_reload(refresher, &with);
	assert_int_equal(fake.n_updates, 1);
	assert_true(fake.updated.declared);
	assert_string_equal(refresher_declared_at(refresher, 7), "courant.conf:12");
	refresher_reload(refresher, &with);
	assert_int_equal(fake.n_updates, 1); /* nothing differs */

	struct failure fail = { 0 };
	refresher_remove(refresher, 7, added_done, &fail);
	turn();
	assert_int_equal(fail.status, STATUS_DECLARED);
	assert_non_null(strstr(fail.detail, "courant.conf:12"));

	refresher_reload(refresher, &conf);
	assert_int_equal(fake.n_updates, 2);
	assert_true(fake.updated.disabled);
	struct refresher_stats stats;
	refresher_stats(refresher, &stats);
	assert_int_equal(stats.n_feeds, 1);
	assert_true(stats.next_due == SCHEDULE_NEVER);

	/* Added again by hand it goes on. */
	struct feed_config config = { .url = url };
	fail.status = STATUS_INTERNAL;
	refresher_add(refresher, &config, addition_done, &fail);
	turn();
	assert_int_equal(fail.status, STATUS_OK);
	refresher_stats(refresher, &stats);
	assert_true(stats.next_due != SCHEDULE_NEVER);
	finish();
}

static void a_reload_waits_for_feeds_on_their_way_into_the_store(void **state)
{
	(void)state;
	start(clock_now() + 5000);
	static char file[] = "courant.conf", name[] = "B", url[] = "http://b.example/feed";
	struct conf_feed declared = { .name = name, .url = url, .file = file, .line = 3 };
	struct conf with = conf;
	with.feeds = &declared;
	with.n_feeds = 1;
	refresher_reload(refresher, &with);
	assert_non_null(fake.added);
	store_feed_done_fn *first = fake.added;
	fake.added = NULL;
	refresher_reload(refresher, &with);
	assert_null(fake.added); /* it is not added twice */
	first(fake.added_arg, &(struct failure){ 0 }, 8);
	turn();
	assert_null(fake.added);
	assert_string_equal(refresher_declared_at(refresher, 8), "courant.conf:3");
	assert_int_equal(fake.n_fetches, 1); /* and asked at once */
	refresher_drain(refresher, ignore_drained, NULL);
	cancel();
	finish();
}

/* Entries wait for the editions of digests that come by themselves, and for no others. */
static void the_store_is_told_what_to_keep(void **state)
{
	(void)state;
	static char asked[] = "asked", daily[] = "daily";
	struct conf_digest digests[] = { { .name = asked, .at_minutes = -1 }, { .name = daily } };
	start(clock_now() + 5000);
	struct conf with = conf;
	with.retain.read = 60;
	with.digests = digests;
	with.n_digests = N_ELEMENTS(digests);
	refresher_reload(refresher, &with);
	assert_int_equal(fake.retention.read, 60);
	assert_int_equal(fake.retention.n_digests, 1);
	finish();
}

static void urls_that_cannot_be_fetched_are_refused(void **state)
{
	(void)state;
	start(clock_now() + 5000);
	struct failure fail = { 0 };
	struct feed_config config = { .url = "gopher://old.example/" };
	refresher_add(refresher, &config, addition_done, &fail);
	turn();
	assert_int_equal(fail.status, STATUS_BAD_URL);
	assert_null(fake.added);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_due_feed_is_asked_with_its_validators_verbatim),
		cmocka_unit_test(a_feed_that_is_not_due_is_left_alone),
		cmocka_unit_test(a_304_keeps_what_it_does_not_name),
		cmocka_unit_test(the_same_bytes_are_not_parsed_but_their_validators_count),
		cmocka_unit_test(a_document_is_committed_then_published),
		cmocka_unit_test(a_recovered_document_does_not_move_the_validators),
		cmocka_unit_test(a_broken_document_without_entries_is_a_failure),
		cmocka_unit_test(a_failed_parse_counts_as_not_seen),
		cmocka_unit_test(a_killer_is_quarantined_until_it_changes),
		cmocka_unit_test(a_single_feed_is_offline_when_nothing_leads_to_it),
		cmocka_unit_test(a_store_that_fails_changes_nothing_and_is_not_hammered),
		cmocka_unit_test(a_refresh_by_hand_joins_the_one_under_way),
		cmocka_unit_test(draining_cancels_fetches_and_stores_nothing_of_them),
		cmocka_unit_test(declared_feeds_come_and_go_with_the_configuration),
		cmocka_unit_test(a_reload_waits_for_feeds_on_their_way_into_the_store),
		cmocka_unit_test(the_store_is_told_what_to_keep),
		cmocka_unit_test(urls_that_cannot_be_fetched_are_refused),
	};
	return cmocka_run_group_tests_name("refresh", tests, NULL, NULL);
}
