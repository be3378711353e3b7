/*
 * Whose turn it is: pauses, rests and limits as requests arrive at the origin; and every fetch is
 * answered exactly once, also when it is cancelled or the fetcher is freed.
 */
#include "base/clock.h"
#include "fetch_play.h"

/* --- hosts ------------------------------------------------------- */

static bool answer_slowly(struct origin *o, int fd, const struct seen *s)
{
	(void)o, (void)s;
	usleep(50 * 1000);
	return origin_reply(fd, "200 OK", "", "x");
}

static void a_host_is_asked_one_at_a_time_with_pauses(void **state)
{
	(void)state;
	struct fetcher_options options = plain_options;
	options.per_host = 1;
	options.host_delay_ms = 300;
	struct play *p = play_begin(answer_slowly, &options);
	for (int i = 0; i < 6; i++)
		play_get(p, "/feed");
	play_run(p);
	assert_int_equal(p->origin->n_seen, 6);
	assert_int_equal(p->origin->most_at_once, 1);
	assert_int_equal(p->origin->n_connections, 1);
	for (int i = 1; i < 6; i++)
		assert_in_range(
			p->origin->seen[i].at_ms - p->origin->seen[i - 1].at_ms, 150, 20000);
	play_end(p);
}

static void redirects_keep_the_pause(void **state)
{
	(void)state;
	struct fetcher_options options = plain_options;
	options.per_host = 1;
	options.host_delay_ms = 300;
	struct play *p = play_begin(answer_redirect, &options);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/302-to-302-to-doc"));
	request.timeout_ms = 500; /* waiting for the host is not the exchange */
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_OK);
	for (int i = 1; i < 3; i++)
		assert_in_range(
			p->origin->seen[i].at_ms - p->origin->seen[i - 1].at_ms, 150, 20000);
	play_end(p);
}

static void concurrency_is_kept(void **state)
{
	(void)state;
	struct fetcher_options options = plain_options;
	options.concurrency = 3;
	options.per_host = 8;
	struct play *p = play_begin(answer_slowly, &options);
	for (int i = 0; i < 12; i++)
		play_get(p, "/feed");
	play_run(p);
	assert_int_equal(p->origin->most_at_once, 3);
	play_end(p);
}

static bool answer_429(struct origin *o, int fd, const struct seen *s)
{
	char fields[128] = "";
	(void)o;
	if (strcmp(s->path, "/now") == 0)
		return origin_reply(fd, "200 OK", "", "x");
	if (strcmp(s->path, "/short") == 0)
		snprintf(fields, sizeof(fields), "Retry-After: 1000\r\n");
	if (strcmp(s->path, "/long") == 0)
		snprintf(fields, sizeof(fields), "Retry-After: 7200\r\n");
	if (strcmp(s->path, "/date") == 0) {
		time_t later = time(NULL) + 3600;
		struct tm tm;
		strftime(fields, sizeof(fields), "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n",
			gmtime_r(&later, &tm));
	}
	return origin_reply(fd, "429 Slow Down", fields, "");
}

static struct {
	unsigned n;
	char host[64];
	int64_t length;
} noted;

static void note_rest(void *arg, const struct fetch_rest *rest)
{
	(void)arg;
	noted.n++;
	copy_text(noted.host, sizeof(noted.host), rest->host);
	noted.length = rest->until - rest->since;
}

static void a_rest_is_for_all_of_the_host(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int64_t asked;
	} cases[] = { { "/short", 1000 }, { "/long", 7200 }, { "/date", 3600 } };
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct fetcher_options options = plain_options;
		options.per_host = 1;
		options.rest_noted = note_rest;
		noted.n = 0;
		struct play *p = play_begin(answer_429, &options);
		struct answer *limited = play_get(p, cases[i].path), *queued = play_get(p, "/now");
		struct fetch_request request = request_of(at(p, "one.test", "/now"));
		struct answer *other = play_start(p, &request);
		play_run(p);
		struct answer *later = play_get(p, "/now");
		play_run(p);
		assert_status(other, STATUS_OK); /* another name is another host */
		assert_status(limited, STATUS_RATE_LIMITED);
		assert_int_equal(limited->http_code, 429);
		assert_int_equal(limited->postponed_until, 0); /* it was asked */
		assert_int_equal(noted.n, 1);
		assert_in_range(noted.length, cases[i].asked - 60, cases[i].asked);
		assert_true(strncmp(noted.host, "127.0.0.1:", 10) == 0);
		assert_status(queued, STATUS_RATE_LIMITED);
		assert_in_range(
			queued->postponed_until - clock_now(), cases[i].asked - 60, cases[i].asked);
		assert_status(later, STATUS_RATE_LIMITED);
		assert_true(later->postponed_until == queued->postponed_until);
		assert_int_equal(later->n_begun + queued->n_begun, 0);
		assert_int_equal(p->origin->n_seen, 2);
		play_end(p);
	}
}

static void a_rest_that_was_kept_holds(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_429, NULL);
	char host[32];
	snprintf(host, sizeof(host), "127.0.0.1:%d", p->origin->port);
	int64_t until = clock_now() + 5000;
	fetcher_rest(p->fetcher, &(struct fetch_rest){ host, clock_now(), until, 0 });
	assert_true(fetcher_resting(p->fetcher, at(p, "127.0.0.1", "/x")) == until);
	assert_true(fetcher_resting(p->fetcher, at(p, "one.test", "/x")) == 0);
	struct answer *a = play_get(p, "/now");
	play_run(p);
	assert_true(a->postponed_until == until);
	assert_int_equal(p->origin->n_seen, 0);
	play_end(p);
}

/* Two names in one group: one queue, one pace, one rest. */
static void a_group_is_one_host(void **state)
{
	(void)state;
	static char name[] = "both", one[] = "one.test", two[] = "two.test";
	static char *names[] = { one, two };
	const struct conf_host group = {
		.name = name, .names = names, .n_names = 2, .per_host = 1, .host_delay_ms = 300
	};
	struct fetcher_options options = plain_options;
	options.hosts = &group;
	options.n_hosts = 1;
	struct play *p = play_begin(answer_429, &options);
	struct fetch_request requests[] = { request_of(at(p, "one.test", "/now")),
		request_of(at(p, "two.test", "/now")), request_of(at(p, "127.0.0.1", "/now")) };
	for (size_t i = 0; i < N_ELEMENTS(requests); i++)
		play_start(p, &requests[i]);
	play_run(p);
	assert_int_equal(p->origin->n_seen, 3);
	int64_t at_ms[2];
	char line[64];
	size_t n = 0;
	snprintf(line, sizeof(line), "Host: 127.0.0.1:%d", p->origin->port);
	for (unsigned i = 0; i < 3; i++)
		if (!seen_has(&p->origin->seen[i], line))
			at_ms[n++] = p->origin->seen[i].at_ms;
	assert_int_equal(n, 2);
	assert_true(at_ms[1] - at_ms[0] >= 150);

	struct fetch_request limited = request_of(at(p, "one.test", "/long"));
	struct fetch_request next = request_of(at(p, "two.test", "/now"));
	play_start(p, &limited);
	play_run(p);
	struct answer *postponed = play_start(p, &next);
	play_run(p);
	assert_true(postponed->postponed_until > 0);

	/* Without the group each is alone again, and who asked for it still rests. */
	fetcher_set_options(p->fetcher, &plain_options);
	struct answer *alone = play_start(p, &next), *resting = play_start(p, &limited);
	play_run(p);
	assert_status(alone, STATUS_OK);
	assert_true(resting->postponed_until > 0);
	play_end(p);
}

/* ---- a configuration that makes a group of hosts that are being asked ---- */

static atomic_bool gate_open, gate_reached;

static bool answer_at_the_gate(struct origin *o, int fd, const struct seen *s)
{
	atomic_store(&gate_reached, true);
	while (strcmp(s->path, "/now") != 0 && !atomic_load(&gate_open))
		usleep(5 * 1000);
	return answer_429(o, fd, s);
}

static struct fetcher_options grouped(void)
{
	static char name[] = "both", one[] = "one.test", two[] = "two.test";
	static char *names[] = { one, two };
	static const struct conf_host group = {
		.name = name, .names = names, .n_names = 2, .per_host = 1, .host_delay_ms = 300
	};
	struct fetcher_options options = plain_options;
	options.per_host = 1;
	options.hosts = &group;
	options.n_hosts = 1;
	return options;
}

/* Who waited for one host now waits for the group, and rests with it. */
static void a_reload_does_not_part_hosts_from_their_requests(void **state)
{
	(void)state;
	struct fetcher_options apart = plain_options, together = grouped();
	apart.per_host = 1;
	atomic_store(&gate_open, false);
	struct play *p = play_begin(answer_at_the_gate, &apart);
	struct fetch_request limited = request_of(at(p, "one.test", "/long"));
	struct fetch_request waits = request_of(at(p, "one.test", "/now"));
	struct fetch_request comes = request_of(at(p, "two.test", "/now"));
	struct answer *a[3];
	a[0] = play_start(p, &limited);
	a[1] = play_start(p, &waits);
	while (!atomic_load(&gate_reached))
		run_for(p, 0.01);
	fetcher_set_options(p->fetcher, &together);
	a[2] = play_start(p, &comes);
	run_for(p, 0.5);
	assert_int_equal(a[2]->n_begun, 0); /* one request at a time to the group */
	atomic_store(&gate_open, true);
	play_run(p);
	assert_status(a[0], STATUS_RATE_LIMITED);
	for (int i = 1; i < 3; i++) {
		assert_true(a[i]->postponed_until > 0);
		assert_int_equal(a[i]->n_begun, 0);
	}
	assert_int_equal(p->origin->n_seen, 1);
	play_end(p);
}

static void a_reload_keeps_the_pause(void **state)
{
	(void)state;
	struct fetcher_options together = grouped();
	struct play *p = play_begin(answer_429, NULL);
	struct fetch_request request = request_of(at(p, "one.test", "/now"));
	run_for(p, 0.4); /* a new fetcher begins with a pause as well */
	play_start(p, &request);
	play_run(p);
	fetcher_set_options(p->fetcher, &together);
	play_start(p, &request);
	play_run(p);
	assert_true(p->origin->seen[1].at_ms - p->origin->seen[0].at_ms >= 150);
	play_end(p);
}

/* Who reloads again and again keeps nobody waiting for ever. */
static void a_reload_that_groups_nothing_begins_no_pause(void **state)
{
	(void)state;
	struct fetcher_options slow = plain_options;
	slow.host_delay_ms = 3000;
	struct play *p = play_begin(answer_429, &slow);
	struct fetch_request request = request_of(at(p, "one.test", "/now"));
	struct answer *a = play_start(p, &request);
	for (int64_t end_ms = clock_monotonic_ms() + 20000; !a->n_done;) {
		assert_true(clock_monotonic_ms() < end_ms);
		run_for(p, 0.5);
		fetcher_set_options(p->fetcher, &slow);
	}
	assert_status(a, STATUS_OK);
	play_end(p);
}

static void loopback_rests_only_when_it_asks(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_429, NULL);
	struct answer *limited = play_get(p, "/unsaid");
	play_run(p);
	struct answer *next = play_get(p, "/now");
	play_run(p);
	assert_status(limited, STATUS_RATE_LIMITED);
	assert_int_equal(limited->freshness.retry_after, FETCH_UNSAID);
	assert_status(next, STATUS_OK);
	play_end(p);
}

/* --- stopping ---------------------------------------------------- */

static void cancelled_fetches_are_answered(void **state)
{
	(void)state;
	struct fetcher_options options = plain_options;
	options.per_host = 1;
	struct play *p = play_begin(answer_drip, &options);
	struct answer *running = play_get(p, "/silent"), *waiting = play_get(p, "/silent");
	struct fetch_request bad = request_of("nonsense");
	struct answer *answered = play_start(p, &bad);
	fetch_cancel(answered->fetch);
	assert_int_equal(answered->n_done, 0);
	run_for(p, 0.2);
	assert_int_equal(running->n_begun, 1);
	assert_int_equal(waiting->n_begun, 0);
	fetch_cancel(waiting->fetch);
	fetch_cancel(running->fetch);
	assert_int_equal(running->n_done + waiting->n_done, 0);
	play_run(p);
	for (int i = 0; i < 3; i++)
		assert_status(&p->answers[i], STATUS_CANCELLED);
	play_end(p);
}

static void free_answers_everybody(void **state)
{
	(void)state;
	struct fetcher_options options = plain_options;
	options.concurrency = 4;
	struct play *p = play_begin(answer_drip, &options);
	struct fetch_request slow = request_of(at(p, "slow.test", "/feed"));
	struct fetch_request file = request_of("file:///etc/hostname");
	struct fetch_request bad = request_of("nonsense");
	play_start(p, &slow);
	for (int i = 0; i < 8; i++)
		play_get(p, i % 2 ? "/silent" : "/drip");
	run_for(p, 0.2);
	play_start(p, &file);
	play_start(p, &bad);
	int64_t from = clock_monotonic_ms();
	fetcher_free(p->fetcher);
	p->fetcher = NULL;
	assert_true(clock_monotonic_ms() - from < 5000);
	for (unsigned i = 0; i < p->n_started; i++)
		assert_status(&p->answers[i], STATUS_CANCELLED);
	play_end(p);
}

static void pause_holds_back(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request file = request_of("file:///nonexistent");
	fetcher_pause(p->fetcher, true);
	play_get(p, "/feed");
	play_start(p, &file);
	run_for(p, 0.1);
	assert_int_equal(p->n_done, 0);
	assert_int_equal(p->answers[0].n_begun + p->answers[1].n_begun, 0);
	struct fetcher_stats stats;
	fetcher_stats(p->fetcher, &stats);
	assert_int_equal(stats.queued, 2);
	fetcher_pause(p->fetcher, false);
	play_run(p);
	assert_status(&p->answers[0], STATUS_OK);
	play_end(p);
}

/* `done` may start the next one. */
static void done_again(void *arg, struct fetch_response *r)
{
	struct play *p = arg;
	p->n_done++;
	assert_int_equal(r->fail.status, STATUS_OK);
	if (p->n_done == 20) {
		ev_break(p->loop, EVBREAK_ALL);
		return;
	}
	struct fetch_request request = request_of(r->final_url);
	request.begun = NULL;
	fetch_start(p->fetcher, &request, done_again, p);
}

static void done_may_start_another(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/feed"));
	request.begun = NULL;
	fetch_start(p->fetcher, &request, done_again, p);
	run_for(p, 10);
	assert_int_equal(p->n_done, 20);
	assert_int_equal(p->origin->n_connections, 1);
	play_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_asked_one_at_a_time_with_pauses),
		cmocka_unit_test(redirects_keep_the_pause),
		cmocka_unit_test(concurrency_is_kept),
		cmocka_unit_test(a_rest_is_for_all_of_the_host),
		cmocka_unit_test(a_rest_that_was_kept_holds),
		cmocka_unit_test(a_group_is_one_host),
		cmocka_unit_test(a_reload_does_not_part_hosts_from_their_requests),
		cmocka_unit_test(a_reload_keeps_the_pause),
		cmocka_unit_test(a_reload_that_groups_nothing_begins_no_pause),
		cmocka_unit_test(loopback_rests_only_when_it_asks),
		cmocka_unit_test(cancelled_fetches_are_answered),
		cmocka_unit_test(free_answers_everybody),
		cmocka_unit_test(pause_holds_back),
		cmocka_unit_test(done_may_start_another),
	};
	return cmocka_run_group_tests_name("fetch turns", tests, NULL, resolvers_wait);
}
