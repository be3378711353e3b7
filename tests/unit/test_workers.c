/*
 * workers/: every job is answered once, whatever its worker does. The workers are this program
 * again, started with --worker and misbehaving as the job's body asks (fake_worker.h); the last
 * test uses the real courant-parse.
 */
#include "workers/workers.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fake_worker.h"
#include "test.h"

#include <dirent.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

struct answer {
	unsigned times;
	struct failure fail;
	char title[64]; /* of the document; empty when it failed */
	char guid[64];
	bool has_doc;
};

static struct ev_loop *loop;
static unsigned waiting;

static void job_done(void *arg, struct feed_doc *doc, const struct failure *fail)
{
	struct answer *answer = arg;
	answer->times++;
	answer->has_doc = doc != NULL;
	assert_true((doc == NULL) == (fail != NULL));
	if (doc != NULL && doc->title != NULL)
		snprintf(answer->title, sizeof answer->title, "%s", doc->title);
	if (doc != NULL && doc->n_entries > 0 && doc->entries[0].guid != NULL)
		snprintf(answer->guid, sizeof answer->guid, "%s", doc->entries[0].guid);
	if (fail != NULL)
		answer->fail = *fail;
	feed_doc_free(doc);
	if (--waiting == 0)
		ev_break(loop, EVBREAK_ALL);
}

static struct workers *new_pool(const char *program, unsigned count, int64_t deadline_ms)
{
	struct workers_options options = { program, count, deadline_ms };
	return workers_new(loop, &options);
}

static void submit(struct workers *p, const char *body, const char *base, struct answer *answer)
{
	*answer = (struct answer){ 0 };
	waiting++;
	workers_submit(p, xstrdup(body), strlen(body), "text/plain", base, job_done, answer);
	assert_int_equal(answer->times, 0); /* never from inside */
}

static void gave_up(struct ev_loop *l, ev_timer *watcher, int events)
{
	(void)watcher;
	(void)events;
	ev_break(l, EVBREAK_ALL);
}

/* Runs the loop until all is answered, or for `most_s`. */
static void run(double most_s)
{
	ev_timer timer;
	ev_timer_init(&timer, gave_up, most_s, 0);
	ev_now_update(loop);
	ev_timer_start(loop, &timer);
	ev_run(loop, 0);
	ev_timer_stop(loop, &timer);
}

static void run_all(void)
{
	if (waiting > 0)
		run(30);
	assert_int_equal(waiting, 0);
}

static size_t child_pids(pid_t *pids, size_t most)
{
	size_t n = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *d; (d = readdir(proc)) != NULL && n < most;) {
		char path[300], line[512];
		int pid, parent;
		snprintf(path, sizeof path, "/proc/%s/stat", d->d_name);
		FILE *stat = d->d_name[0] >= '1' && d->d_name[0] <= '9' ? fopen(path, "re") : NULL;
		if (stat == NULL)
			continue;
		if (fgets(line, sizeof line, stat) != NULL && strrchr(line, ')') != NULL &&
			sscanf(line, "%d", &pid) == 1 &&
			sscanf(strrchr(line, ')'), ") %*c %d", &parent) == 1 && parent == getpid())
			pids[n++] = pid;
		fclose(stat);
	}
	closedir(proc);
	return n;
}

static void assert_no_children(void)
{
	pid_t pids[8];
	assert_int_equal(child_pids(pids, 8), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_answers(void **state)
{
	(void)state;
	static const struct {
		const char *body, *title;
		enum status status;
		unsigned crashed, timed_out;
	} cases[] = {
		{ "hello", "hello", STATUS_OK, 0, 0 },
		{ "fail", "", STATUS_NOT_A_FEED, 0, 0 },
		{ "crash", "", STATUS_PARSER_CRASHED, 2, 0 },
		{ "exit", "", STATUS_PARSER_CRASHED, 2, 0 },
		{ "hang up", "", STATUS_PARSER_CRASHED, 2, 0 },
		{ "lie: half", "", STATUS_PARSER_CRASHED, 2, 0 },
		{ "cpu", "", STATUS_PARSER_TIMEOUT, 0, 2 },
		{ "hang", "", STATUS_PARSER_TIMEOUT, 0, 2 },
		{ "lie: type", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: job", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: ready", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: length", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: doc", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: fail", "", STATUS_PARSER_LIED, 1, 0 },
		{ "lie: listing", "", STATUS_PARSER_LIED, 1, 0 },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct workers *p = new_pool(SELF, 1, 300);
		struct answer answer, after;
		submit(p, cases[i].body, NULL, &answer);
		submit(p, "after", NULL, &after); /* a loss costs only its own document */
		run_all();
		assert_int_equal(answer.times, 1);
		assert_string_equal(answer.title, cases[i].title);
		assert_int_equal(answer.fail.status, cases[i].status);
		assert_int_equal(after.times, 1);
		assert_string_equal(after.title, "after");
		struct workers_stats stats;
		workers_stats(p, &stats);
		assert_int_equal(stats.crashed, cases[i].crashed);
		assert_int_equal(stats.timed_out, cases[i].timed_out);
		assert_int_equal(stats.queued, 0);
		assert_int_equal(stats.busy, 0);
		workers_free(p);
		assert_no_children();
	}
}

static void test_crash_detail(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 1, 5000);
	struct answer answer;
	submit(p, "crash", "https://example.org/feed", &answer);
	run_all();
	assert_int_equal(answer.fail.stage, STAGE_PARSE);
	assert_string_equal(answer.fail.detail, "killed by signal 31 (SIGSYS)");
	workers_free(p);
}

/* An answer that nobody asked for ends the worker, not the next job. */
static void test_extra_answer(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 1, 5000);
	struct answer answers[2];
	struct workers_stats stats = { 0 };
	submit(p, "twice", NULL, &answers[0]);
	run_all();
	for (int i = 0; i < 500 && stats.crashed == 0; i++) {
		run(0.02);
		workers_stats(p, &stats);
	}
	submit(p, "hello", NULL, &answers[1]);
	run_all();
	assert_string_equal(answers[0].title, "twice");
	assert_string_equal(answers[1].title, "hello");
	workers_stats(p, &stats);
	assert_int_equal(stats.crashed, 1);
	assert_int_equal(stats.parsed, 2);
	workers_free(p);
}

/* The second try comes on a worker that no document has touched. */
static void test_retry(void **state)
{
	(void)state;
	char path[] = "/tmp/courant-test-XXXXXX";
	int fd = mkstemp(path);
	close(fd);
	for (unsigned count = 1; count <= 3; count++) {
		struct workers *p = new_pool(SELF, count, 5000);
		struct answer first, answers[6];
		submit(p, "warm", NULL, &first);
		run_all();
		unlink(path);
		submit(p, "crash once", path, &answers[0]);
		for (size_t i = 1; i < N_ELEMENTS(answers); i++)
			submit(p, "slow", NULL, &answers[i]);
		run_all();
		assert_string_equal(answers[0].title, "crash once");
		for (size_t i = 1; i < N_ELEMENTS(answers); i++)
			assert_string_equal(answers[i].title, "slow");
		struct workers_stats stats;
		workers_stats(p, &stats);
		assert_int_equal(stats.crashed, 1);
		assert_true(stats.alive <= count);
		workers_free(p);
		assert_no_children();
	}
	unlink(path);
}

/* A body larger than any socket buffer, and an empty one. */
static void test_sizes(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 65536, 5 * MIB };
	struct workers *p = new_pool(SELF, 2, 20000);
	struct answer answers[N_ELEMENTS(sizes)];
	for (size_t i = 0; i < N_ELEMENTS(sizes); i++) {
		char *body = sizes[i] > 0 ? xmalloc(sizes[i]) : NULL;
		if (body != NULL)
			memset(body, 'x', sizes[i]);
		answers[i] = (struct answer){ 0 };
		waiting++;
		workers_submit(p, body, sizes[i], NULL, NULL, job_done, &answers[i]);
	}
	run_all();
	for (size_t i = 0; i < N_ELEMENTS(sizes); i++) {
		assert_int_equal(answers[i].times, 1);
		assert_true(answers[i].has_doc);
	}
	workers_free(p);
}

/* One process after the other reads a share of the documents. */
static void test_replacement(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 1, 20000);
	static struct answer answers[LIMIT_WORKER_JOBS + 2];
	for (size_t i = 0; i < N_ELEMENTS(answers); i++)
		submit(p, "pid", NULL, &answers[i]);
	run_all();
	const char *first = answers[0].title, *second = answers[LIMIT_WORKER_JOBS].title;
	assert_string_not_equal(first, "");
	assert_string_not_equal(second, "");
	assert_string_not_equal(first, second);
	for (size_t i = 0; i < LIMIT_WORKER_JOBS; i++)
		assert_string_equal(answers[i].title, first);
	assert_string_equal(answers[LIMIT_WORKER_JOBS + 1].title, second);
	struct workers_stats stats;
	workers_stats(p, &stats);
	assert_int_equal(stats.crashed, 0);
	workers_free(p);
	assert_no_children();
}

static void test_cancel(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 2, 20000);
	struct answer answers[6];
	for (size_t i = 0; i < N_ELEMENTS(answers); i++)
		submit(p, "hang", NULL, &answers[i]);
	struct workers_stats stats = { 0 };
	for (int i = 0; i < 500 && stats.busy < 2; i++) {
		run(0.02);
		workers_stats(p, &stats);
	}
	assert_int_equal(stats.alive, 2);
	assert_int_equal(stats.busy, 2);
	assert_int_equal(stats.queued, 4);
	workers_free(p);
	assert_int_equal(waiting, 0);
	for (size_t i = 0; i < N_ELEMENTS(answers); i++) {
		assert_int_equal(answers[i].times, 1);
		assert_int_equal(answers[i].fail.status, STATUS_CANCELLED);
	}
	assert_no_children();
	workers_free(NULL);
	workers_free(new_pool(SELF, 1, 100)); /* never used: never started */
}

static void test_does_not_start(void **state)
{
	(void)state;
	char script[] = "/tmp/courant-test-XXXXXX";
	int fd = mkstemp(script);
	assert_int_equal(write(fd, "#!/bin/sh\nexit 3\n", 17), 17);
	fchmod(fd, 0700);
	close(fd);
	const struct {
		const char *program, *detail;
	} cases[] = {
		{ "/nonexistent/courant-parse",
			"the parser cannot be started: No such file or directory" },
		{ script, "the parser does not become ready: ended with exit status 3" },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct workers *p = new_pool(cases[i].program, 4, 1000);
		struct answer answers[10], late;
		for (size_t k = 0; k < N_ELEMENTS(answers); k++)
			submit(p, "hello", NULL, &answers[k]);
		run_all();
		for (size_t k = 0; k < N_ELEMENTS(answers); k++) {
			assert_int_equal(answers[k].times, 1);
			assert_int_equal(answers[k].fail.status, STATUS_INTERNAL);
			assert_string_equal(answers[k].fail.detail, cases[i].detail);
		}
		submit(p, "hello", NULL, &late);
		run_all();
		assert_int_equal(late.fail.status, STATUS_INTERNAL);
		workers_free(p);
		assert_no_children();
	}
	unlink(script);
}

static void test_set_count(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 1, 20000);
	struct workers_stats stats;
	struct answer answers[40];
	workers_set_count(p, 4);
	for (size_t i = 0; i < N_ELEMENTS(answers); i++)
		submit(p, "slow", NULL, &answers[i]);
	workers_stats(p, &stats);
	assert_int_equal(stats.alive, 4);
	run(0.05);
	workers_set_count(p, 2);
	run_all();
	/* Those that are too many have yet to end. */
	workers_stats(p, &stats);
	for (int i = 0; i < 500 && stats.alive > 2; i++) {
		run(0.02);
		workers_stats(p, &stats);
	}
	assert_int_equal(stats.alive, 2);
	assert_int_equal(stats.parsed, N_ELEMENTS(answers));
	workers_free(p);
}

static uint64_t random_state = 88172645463325252;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static unsigned kills;

static void kill_one(struct ev_loop *l, ev_timer *watcher, int events)
{
	(void)events;
	pid_t pids[16];
	size_t n = child_pids(pids, N_ELEMENTS(pids));
	if (n > 0 && kill(pids[random_next() % n], SIGKILL) == 0)
		kills++;
	ev_timer_set(watcher, 0.002 + (double)(random_next() % 20) / 1000, 0);
	if (kills < 50)
		ev_timer_start(l, watcher);
}

static void test_random_kills(void **state)
{
	(void)state;
	struct workers *p = new_pool(SELF, 4, 20000);
	static struct answer answers[200];
	char body[32];
	kills = 0;
	for (size_t i = 0; i < N_ELEMENTS(answers); i++) {
		snprintf(body, sizeof body, "slow %zu", i);
		submit(p, body, NULL, &answers[i]);
	}
	ev_timer killer;
	ev_timer_init(&killer, kill_one, 0.01, 0);
	ev_timer_start(loop, &killer);
	run_all();
	ev_timer_stop(loop, &killer);
	for (size_t i = 0; i < N_ELEMENTS(answers); i++) {
		assert_int_equal(answers[i].times, 1);
		snprintf(body, sizeof body, "slow %zu", i);
		if (answers[i].has_doc)
			assert_string_equal(answers[i].title, body);
		else
			assert_int_equal(answers[i].fail.status == STATUS_PARSER_CRASHED ||
						 answers[i].fail.status == STATUS_INTERNAL,
				1);
	}
	assert_true(kills > 0);
	struct answer after; /* however many starts were shot down */
	submit(p, "after", NULL, &after);
	run_all();
	assert_string_equal(after.title, "after");
	workers_free(p);
	assert_no_children();
}

/* ---- The real parser ---- */

static const char atom[] =
	"<?xml version='1.0' encoding='%s'?><feed xmlns='http://www.w3.org/2005/Atom'>"
	"<title>A "
	"title</title><id>urn:f</id><updated>2026-11-23T07:00:00Z</updated><entry><title>One</"
	"title>"
	"<id>urn:e:1</id><updated>2026-11-23T07:00:00Z</updated></entry></feed>";

static void test_real_parser(void **state)
{
	(void)state;
	const char *program = TEST_BUILD "/courant-parse";
	if (access(program, X_OK) != 0)
		skip();
	struct workers *p = new_pool(program, 2, LIMIT_PARSE_MS);
	static const char *const charsets[] = { "UTF-8", "windows-1252", "Shift_JIS", "GB18030",
		"KOI8-R", "johab", "x-unknown" };
	struct answer answers[N_ELEMENTS(charsets)], page, empty;
	char body[512];
	for (size_t i = 0; i < N_ELEMENTS(charsets); i++) {
		snprintf(body, sizeof body, atom, charsets[i]);
		submit(p, body, "https://example.org/feed", &answers[i]);
	}
	submit(p, "<!DOCTYPE html><html><p>hello", "https://example.org/", &page);
	submit(p, "", NULL, &empty);
	run_all();
	for (size_t i = 0; i < N_ELEMENTS(charsets) - 2; i++) {
		assert_string_equal(answers[i].title, "A title");
		assert_string_equal(answers[i].guid, "urn:e:1");
	}
	assert_int_equal(page.fail.status, STATUS_NOT_A_FEED);
	assert_int_equal(empty.fail.status, STATUS_EMPTY);
	struct workers_stats stats;
	workers_stats(p, &stats);
	assert_int_equal(stats.crashed, 0);
	workers_free(p);
	assert_no_children();
}

struct finding {
	bool has_doc;
	size_t n_feeds;
	struct failure fail;
};

static void job_found(
	void *arg, struct feed_doc *doc, struct listing *listing, const struct failure *fail)
{
	struct finding *finding = arg;
	assert_int_equal((doc != NULL) + (listing != NULL) + (fail != NULL), 1);
	finding->has_doc = doc != NULL;
	finding->n_feeds = listing != NULL ? listing->n_feeds : 0;
	if (fail != NULL)
		finding->fail = *fail;
	feed_doc_free(doc);
	listing_free(listing);
	if (--waiting == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void test_real_parser_finds(void **state)
{
	(void)state;
	const char *program = TEST_BUILD "/courant-parse";
	if (access(program, X_OK) != 0)
		skip();
	struct workers *p = new_pool(program, 2, LIMIT_PARSE_MS);
	static const struct {
		enum feed_task task;
		const char *body;
		bool has_doc;
		size_t n_feeds;
		enum status status;
	} cases[] = {
		{ FEED_TASK_FIND, "<rss version='2.0'><channel><title>T</title></channel></rss>",
			true, 0, STATUS_OK },
		{ FEED_TASK_FIND,
			"<!doctype html><link rel=alternate type=application/rss+xml href=/f>",
			false, 1, STATUS_OK },
		{ FEED_TASK_FIND, "<!doctype html><p>", false, 0, STATUS_NOT_A_FEED },
		{ FEED_TASK_OPML, "<opml><outline xmlUrl='a'/><outline xmlUrl='b'/></opml>", false,
			2, STATUS_OK },
		{ FEED_TASK_OPML, "<rss/>", false, 0, STATUS_NOT_A_FEED },
	};
	struct finding findings[N_ELEMENTS(cases)] = { 0 };
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		waiting++;
		workers_find(p, cases[i].task, xstrdup(cases[i].body), strlen(cases[i].body), NULL,
			"https://example.org/", job_found, &findings[i]);
	}
	run_all();
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_int_equal(findings[i].has_doc, cases[i].has_doc);
		assert_int_equal(findings[i].n_feeds, cases[i].n_feeds);
		assert_int_equal(findings[i].fail.status, cases[i].status);
	}
	workers_free(p);
	assert_no_children();
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--worker") == 0)
		return be_a_worker((int)strtol(argv[2], NULL, 10));
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_crash_detail),
		cmocka_unit_test(test_extra_answer),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_replacement),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_does_not_start),
		cmocka_unit_test(test_set_count),
		cmocka_unit_test(test_random_kills),
		cmocka_unit_test(test_real_parser),
		cmocka_unit_test(test_real_parser_finds),
	};
	loop = ev_default_loop(0);
	skip_under_valgrind(tests, N_ELEMENTS(tests),
		"it has no pidfd_open(2), by which the end of a parser is seen");
	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
