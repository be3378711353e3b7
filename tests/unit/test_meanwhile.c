/*
 * What comes in between: clocks that are set, hubs, people, a disk that is full, while a feed is in
 * any of its states. Against a fake fetcher, parser and store, by a clock that stands still.
 */
#include "refresh_fake.h"

#include "base/clock.h"
#include "base/mem.h"
#include "refresh/refresh.h"
#include "schedule/schedule.h"

#include <unistd.h>

#define START INT64_C(1700000000)
#define YEAR (365 * INT64_C(86400))

/* ---- the clock ---- */

static char clock_path[] = "/tmp/courant-meanwhile-XXXXXX";

static void write_clock(int64_t utc)
{
	char *next = xasprintf("%s.next", clock_path);
	FILE *f = fopen(next, "w");
	fprintf(f, "0 %lld 0\n", (long long)utc);
	fclose(f);
	assert_int_equal(rename(next, clock_path), 0);
	free(next);
}

/* Sets it, and lets the loop see it: it looks every CLOCK_LOOK_S. */
static void set_clock(int64_t utc)
{
	write_clock(utc);
	usleep((useconds_t)(CLOCK_LOOK_S * 2e6));
	turn();
}

static int scale(void **state)
{
	(void)state;
	close(mkstemp(clock_path));
	write_clock(START);
	return clock_scale(clock_path) ? 0 : -1;
}

static int unscale(void **state)
{
	(void)state;
	return unlink(clock_path);
}

/* ---- the play ---- */

/* What is due is asked. */
static void begin(void)
{
	refresher_begin();
	set_clock(START);
}

static struct refresh_report report;
static unsigned n_reports;
static struct failure told;
static unsigned n_told;

static void reported(void *arg, const struct refresh_report *r)
{
	(void)arg;
	report = *r;
	n_reports++;
}

static void tell(void *arg, const struct failure *fail, int64_t feed_id)
{
	(void)arg, (void)feed_id;
	told = *fail;
	n_told++;
}

static void tell_added(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found)
{
	(void)found;
	tell(arg, fail, feed_id);
}

static struct feed_fetch_state state_of(int64_t last_fetch, int64_t next_due)
{
	return (struct feed_fetch_state){ .ttl_minutes = -1,
		.update_interval_seconds = -1,
		.last_fetch = last_fetch,
		.next_due = next_due };
}

/* Feed 7: fetched half an hour ago, and due in another. */
static int setup(void **state)
{
	(void)state;
	write_clock(START);
	memset(&fake, 0, sizeof fake);
	n_reports = n_told = 0;
	fake.initial = (struct feed_record){ .id = 7,
		.config = { .url = "http://a.example/feed" },
		.state = state_of(START - 1800, START + 1800) };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	refresher_end();
	return 0;
}

static void answer(struct fetch_response *response, int64_t retry_after)
{
	response->final_url = "http://a.example/final";
	response->freshness =
		(struct fetch_freshness){ .max_age = FETCH_UNSAID, .retry_after = retry_after };
	fake.fetch_done(fake.fetch_arg, response);
	free(response->body);
	turn();
}

static void answer_unchanged(void)
{
	fake.begun(fake.fetch_arg);
	answer(&(struct fetch_response){ .http_code = 304, .not_modified = true }, FETCH_UNSAID);
}

static void answer_failed(enum status status, int code, int64_t retry_after)
{
	struct fetch_response response = { .http_code = code };
	failure_set(&response.fail, STAGE_FETCH, status, code, "no");
	fake.begun(fake.fetch_arg);
	answer(&response, retry_after);
}

static void answer_postponed(int64_t until)
{
	struct fetch_response response = { .postponed_until = until };
	failure_set(&response.fail, STAGE_FETCH, STATUS_RATE_LIMITED, 0, "its host rests");
	answer(&response, FETCH_UNSAID);
}

/* The store took it, or failed. */
static void stored(enum status status)
{
	struct store_refresh_result result = { .fail = { .status = status } };
	result.n_new = fake.n_new;
	result.state = &fake.state;
	fake.stored(fake.stored_arg, &result);
	turn();
}

static bool deliver(void)
{
	char *body = xstrdup("news");
	bool taken = refresher_deliver(
		refresher, 7, body, 4, "application/rss+xml", "http://a.example/final");
	if (!taken)
		free(body);
	return taken;
}

static struct feed_doc *document(void)
{
	struct feed_doc *doc = feed_doc_new();
	doc->well_formed = true;
	doc->n_entries = 1;
	doc->entries = arena_new(&doc->arena, struct feed_entry);
	return doc;
}

static struct refresher_stats stats(void)
{
	struct refresher_stats s;
	refresher_stats(refresher, &s);
	return s;
}

static void refresh(void)
{
	refresher_now(refresher, 7, reported, NULL);
	turn();
}

/* ---- clocks ---- */

static void a_clock_that_is_set_back_twice_brings_nothing_forward(void **state)
{
	(void)state;
	fake.initial.state.retry_at = START + 600;
	begin();
	set_clock(START - YEAR);
	assert_int_equal(stats().next_due, START - YEAR + 3600);
	set_clock(START - YEAR - 5);
	assert_int_equal(fake.n_fetches, 0);
	assert_int_equal(stats().next_due, START - YEAR - 5 + 3600);
	/* The Retry-After came with that answer: 2400 s after it. */
	set_clock(START - YEAR - 5 + 2390);
	refresh();
	assert_int_equal(report.fail.status, STATUS_TOO_SOON);
	assert_int_equal(report.wait, 10);
	set_clock(START - YEAR - 5 + 2410);
	refresh();
	assert_int_equal(fake.n_fetches, 1);
	answer_unchanged();
	stored(STATUS_OK);
}

/* A machine without a clock of its own, which asks for the time some seconds after its start. */
static void an_old_clock_that_is_put_right_brings_nothing_forward(void **state)
{
	(void)state;
	fake.initial.state.retry_at = START + 1000;
	write_clock(START - YEAR);
	refresher_begin();
	set_clock(START - YEAR + 10);
	assert_int_equal(stats().next_due, START - YEAR + 3600);
	set_clock(START);
	assert_int_equal(fake.n_fetches, 0);
	assert_int_equal(stats().next_due, START + 1800);
	refresh();
	assert_int_equal(report.fail.status, STATUS_TOO_SOON);
	assert_int_equal(report.wait, 1000);
	set_clock(START + 1800);
	assert_int_equal(fake.n_fetches, 1);
	answer_unchanged();
	stored(STATUS_OK);
	set_clock(START + 1801);
	assert_int_equal(fake.n_fetches, 1);
}

static void a_rest_is_kept_after_a_clock_was_set_back(void **state)
{
	(void)state;
	begin();
	set_clock(START - YEAR);
	set_clock(START - YEAR + 3600);
	assert_int_equal(fake.n_fetches, 1);
	answer_postponed(START - YEAR + 8000);
	stored(STATUS_OK);
	assert_int_equal(fake.n_fetches, 1);
	assert_int_equal(stats().next_due, START - YEAR + 8000);
}

static void a_rest_that_is_found_while_the_clock_is_set_back(void **state)
{
	(void)state;
	fake.initial.state = state_of(START - 3600, START - 1);
	begin();
	assert_int_equal(fake.n_fetches, 1);
	fake.begun(fake.fetch_arg);
	set_clock(START - YEAR);
	answer_postponed(START - YEAR + 5000); /* it was redirected to a host that rests */
	stored(STATUS_OK);
	assert_int_equal(stats().next_due, START - YEAR + 5000);
	assert_int_equal(fake.state.next_due, START - YEAR + 5000);
}

static void cancel_all(void)
{
	for (unsigned i = 0; i < fake.n_fetches; i++) {
		struct fetch_response response = { .final_url = "http://a.example/final" };
		failure_set(&response.fail, STAGE_FETCH, STATUS_CANCELLED, 0, "stopping");
		fake.fetch_done(fake.fetch_args[i], &response);
	}
	turn();
}

static void nothing(void *arg)
{
	(void)arg;
}

static void tell_imported(void *arg, const struct failure *fail)
{
	tell(arg, fail, 0);
}

static void those_who_slept_through_their_turn_do_not_begin_together(void **state)
{
	(void)state;
	struct store_import feeds[60] = { 0 };
	char urls[60][64];
	for (int i = 0; i < 60; i++) {
		snprintf(urls[i], sizeof urls[i], "http://host%d.example/feed", i);
		feeds[i] = (struct store_import){ .config.url = urls[i], .feed_id = 8 + i };
	}
	begin();
	refresher_import(refresher, feeds, 60, tell_imported, NULL);
	set_clock(START);
	assert_int_equal(fake.n_fetches, LIMIT_SPREAD_RATE);
	set_clock(START + 1);
	assert_int_equal(fake.n_fetches, 2 * LIMIT_SPREAD_RATE);
	set_clock(START + 1200); /* a suspend */
	assert_int_equal(fake.n_fetches, 3 * LIMIT_SPREAD_RATE);
	refresher_drain(refresher, nothing, NULL);
	cancel_all();
}

/* ---- what is no refresh ---- */

static void who_was_not_asked_is_not_counted(void **state)
{
	(void)state;
	fake.initial.state.next_due = START;
	begin();
	answer_postponed(START + 5000);
	stored(STATUS_OK);
	assert_int_equal(stats().tally.results[STATUS_OK], 0);
	assert_int_equal(stats().tally.commit_ms, 0);
}

static void who_refreshes_while_a_hub_sends_has_it_asked_after_that(void **state)
{
	(void)state;
	begin();
	assert_true(deliver());
	refresh();
	fake.parse_done(fake.parse_arg, document(), NULL);
	refresh();
	stored(STATUS_OK);
	assert_int_equal(n_reports, 0);
	assert_int_equal(fake.n_fetches, 1);
	answer_unchanged();
	stored(STATUS_OK);
	assert_int_equal(n_reports, 2);
	assert_true(report.not_modified);
}

static void who_refreshes_while_a_due_time_is_stored_is_told_why_not(void **state)
{
	(void)state;
	fake.initial.state.last_fetch = START - 60;
	begin();
	refresher_set_pushed(refresher, 7, true);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_STORING);
	refresh();
	stored(STATUS_OK);
	assert_int_equal(n_reports, 1);
	assert_int_equal(report.fail.status, STATUS_TOO_SOON);
	assert_int_equal(fake.n_fetches, 0);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_IDLE);
}

static void a_feed_may_go_while_what_its_hub_sent_is_read(void **state)
{
	(void)state;
	begin();
	assert_true(deliver());
	refresher_remove(refresher, 7, tell, NULL);
	turn();
	assert_int_equal(n_told, 1);
	fake.parse_done(fake.parse_arg, document(), NULL);
	turn();
	assert_int_equal(fake.n_stored, 0);
	assert_int_equal(stats().in_state[REFRESH_PARSING], 0);
}

static void a_feed_that_fails_twice_is_pardoned_for_both(void **state)
{
	(void)state;
	fake.initial.state.next_due = START;
	begin();
	answer_failed(STATUS_DNS_FAILED, 0, FETCH_UNSAID);
	stored(STATUS_OK);
	set_clock(START + 700);
	refresh();
	answer_failed(STATUS_DNS_FAILED, 0, FETCH_UNSAID);
	stored(STATUS_OK);
	assert_int_equal(fake.state.n_failures, 2);
	/* Nor can another host be reached: it is we who are offline. */
	struct store_import other = { .config.url = "http://b.example/feed", .feed_id = 8 };
	refresher_import(refresher, &other, 1, tell_imported, NULL);
	set_clock(START + 700);
	answer_failed(STATUS_DNS_FAILED, 0, FETCH_UNSAID);
	assert_true(stats().offline_since > 0);
	assert_int_equal(fake.state.n_failures, 0);
	stored(STATUS_OK);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_IDLE);
	assert_int_equal(stats().n_failing, 0);
}

/* ---- the store ---- */

static void a_store_that_fails_does_not_shorten_a_retry_after(void **state)
{
	(void)state;
	fake.initial.state.next_due = START;
	begin();
	answer_failed(STATUS_HTTP_ERROR, 503, 7200);
	stored(STATUS_STORE_FAILED);
	assert_int_equal(stats().next_due, START + 7200);
	set_clock(START + 3600);
	refresh();
	assert_int_equal(report.fail.status, STATUS_TOO_SOON);
	assert_int_equal(fake.n_fetches, 1);
}

static void hubs_keep_what_a_full_disk_cannot_take(void **state)
{
	(void)state;
	begin();
	assert_true(deliver());
	fake.parse_done(fake.parse_arg, document(), NULL);
	stored(STATUS_DISK_FULL);
	assert_true(stats().full_since > 0);
	assert_false(deliver());
}

/* A document of so many bytes, of which nothing is known, with an earlier page: it is stored. */
static void begin_gap(size_t n)
{
	static struct feed_link link = { .rel = "prev-archive", .href = "http://a.example/older" };
	struct fetch_response response = { .http_code = 200, .body_len = n };
	response.body = xcalloc(1, n);
	fake.initial.state.next_due = START;
	fake.initial.state.last_success = START - 1800;
	fake.n_new = 10;
	fake.n_entries = 20;
	begin();
	fake.begun(fake.fetch_arg);
	answer(&response, FETCH_UNSAID);
	struct feed_doc *doc = document();
	doc->links = &link;
	doc->n_links = 1;
	fake.parse_done(fake.parse_arg, doc, NULL);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_STORING);
}

/* What waits for the parsers and the store holds the fetcher back; an earlier page that waits for
 * the fetcher must not. */
static void a_large_document_with_a_gap_does_not_block_its_earlier_pages(void **state)
{
	(void)state;
	begin_gap(LIMIT_HELD_BYTES + 1);
	assert_true(fake.paused);
	stored(STATUS_OK);
	assert_int_equal(fake.n_fetches, 2); /* the page */
	assert_false(fake.paused);
	refresher_drain(refresher, nothing, NULL);
	fake.fetch_done(
		fake.fetch_arg, &(struct fetch_response){ .fail.status = STATUS_CANCELLED });
	turn();
}

/* ---- the configuration ---- */

/* Of feed 7, as the only one or not at all. */
static void declare(bool there)
{
	static char file[] = "courant.conf", name[] = "A", url[] = "http://a.example/feed";
	static struct conf_feed declared = { .name = name, .url = url, .file = file, .line = 1 };
	static struct conf with;
	with = conf;
	with.feeds = &declared;
	with.n_feeds = there;
	refresher_reload(refresher, &with);
	turn();
}

static void who_is_taken_out_is_not_asked_when_its_turn_comes(void **state)
{
	(void)state;
	fake.initial.state.next_due = START;
	begin();
	declare(true);
	refresh();
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_QUEUED);
	declare(false);
	assert_int_equal(fake.n_cancelled, 1);
	cancel_all();
	assert_int_equal(report.fail.status, STATUS_CANCELLED);
	assert_int_equal(fake.n_stored, 0);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_IDLE);
	assert_int_equal(stats().next_due, SCHEDULE_NEVER);
}

static void who_is_taken_out_is_asked_for_no_earlier_page(void **state)
{
	(void)state;
	begin_gap(4);
	declare(true);
	declare(false);
	stored(STATUS_OK);
	assert_int_equal(fake.n_fetches, 1);
	assert_int_equal(refresher_feed_state(refresher, 7), REFRESH_IDLE);
}

/* ---- people ---- */

static void another_login_does_not_shorten_a_retry_after(void **state)
{
	(void)state;
	fake.initial.state.retry_at = START + 5000;
	fake.initial.state.next_due = START + 6000;
	begin();
	const struct feed_change change = { .login = true, .username = "anna", .password = "x" };
	refresher_change(refresher, 7, &change, tell, NULL);
	turn();
	assert_int_equal(fake.n_fetches, 0);
	assert_int_equal(stats().next_due, START + 5000);
}

static void a_change_that_was_not_stored_is_stored_when_it_is_made_again(void **state)
{
	(void)state;
	const struct feed_change change = { .title = "Another" };
	begin();
	fake.update_status = STATUS_DISK_FULL;
	refresher_change(refresher, 7, &change, tell, NULL);
	turn();
	assert_int_equal(told.status, STATUS_DISK_FULL);
	fake.update_status = STATUS_OK;
	refresher_change(refresher, 7, &change, tell, NULL);
	turn();
	assert_int_equal(n_told, 2);
	assert_int_equal(told.status, STATUS_OK);
	assert_int_equal(fake.n_updates, 2);
}

static void a_disabled_feed_is_there_again_when_that_is_stored(void **state)
{
	(void)state;
	static const enum status answers[] = { STATUS_DISK_FULL, STATUS_OK };
	const struct feed_config config = { .url = "http://a.example/feed" };
	fake.initial.config.disabled = true;
	fake.hold_updates = true;
	begin();
	for (unsigned i = 0; i < N_ELEMENTS(answers); i++) {
		refresher_add(refresher, &config, tell_added, NULL);
		turn();
		assert_int_equal(n_told, i);
		fake.update_done(fake.update_arg, &(struct failure){ .status = answers[i] }, 7);
		turn();
		assert_int_equal(n_told, i + 1);
		assert_int_equal(told.status, answers[i]);
		assert_int_equal(stats().next_due == SCHEDULE_NEVER, answers[i] != STATUS_OK);
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_clock_that_is_set_back_twice_brings_nothing_forward),
		T(an_old_clock_that_is_put_right_brings_nothing_forward),
		T(a_rest_is_kept_after_a_clock_was_set_back),
		T(a_rest_that_is_found_while_the_clock_is_set_back),
		T(those_who_slept_through_their_turn_do_not_begin_together),
		T(who_was_not_asked_is_not_counted),
		T(who_refreshes_while_a_hub_sends_has_it_asked_after_that),
		T(who_refreshes_while_a_due_time_is_stored_is_told_why_not),
		T(a_feed_may_go_while_what_its_hub_sent_is_read),
		T(a_feed_that_fails_twice_is_pardoned_for_both),
		T(a_store_that_fails_does_not_shorten_a_retry_after),
		T(hubs_keep_what_a_full_disk_cannot_take),
		T(a_large_document_with_a_gap_does_not_block_its_earlier_pages),
		T(who_is_taken_out_is_not_asked_when_its_turn_comes),
		T(who_is_taken_out_is_asked_for_no_earlier_page),
		T(another_login_does_not_shorten_a_retry_after),
		T(a_change_that_was_not_stored_is_stored_when_it_is_made_again),
		T(a_disabled_feed_is_there_again_when_that_is_stored),
	};
	return cmocka_run_group_tests_name("meanwhile", tests, scale, unscale);
}
