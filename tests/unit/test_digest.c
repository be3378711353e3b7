/* The life of an edition, with a store and readers of the test's own behind db/'s interface. */
#include "digest/digest.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- db/, faked: one queue, answered when the test says so ---- */

struct pending {
	void (*answer)(struct pending *p);
	store_edition_done_fn *begun;
	store_done_fn *marked;
	reader_work_fn *work;
	reader_done_fn *done;
	void *arg;
	char label[64], name[64];
	int64_t now, edition_id;
};

static struct pending queue[64];
static size_t n_queue;
static int64_t last_entry, n_editions, n_marked;
static struct edition_record last_edition; /* what query_editions tells, and edition_begin repeats
					      when it is unpublished */
static char last_name[64], last_label[64];
static struct failure next_failure;
static bool readers_fail, entry_fails;

static struct pending *push(void (*answer)(struct pending *p), void *arg)
{
	assert_true(n_queue < 64);
	queue[n_queue] = (struct pending){ .answer = answer, .arg = arg };
	return &queue[n_queue++];
}

static void answer_begin(struct pending *p)
{
	struct failure fail = next_failure;

	next_failure = (struct failure){ 0 };
	if (fail.status == STATUS_OK && (last_edition.id == 0 || last_edition.published)) {
		snprintf(last_name, sizeof(last_name), "%s", p->name);
		snprintf(last_label, sizeof(last_label), "%s", p->label);
		last_edition = (struct edition_record){ .id = ++n_editions,
			.name = last_name,
			.label = last_label,
			.after_id = last_edition.upto_id,
			.upto_id = last_entry,
			.created = p->now };
	}
	struct edition_record edition = last_edition;
	p->begun(p->arg, &fail, &edition);
}

void store_edition_begin(struct store *s, const char *name, const char *label, int64_t now,
	store_edition_done_fn *done, void *arg)
{
	(void)s;
	struct pending *p = push(answer_begin, arg);
	p->begun = done;
	p->now = now;
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->label, sizeof(p->label), "%s", label);
}

static void answer_marked(struct pending *p)
{
	struct failure fail = next_failure;

	next_failure = (struct failure){ 0 };
	if (fail.status == STATUS_OK) {
		assert_int_equal(p->edition_id, last_edition.id);
		last_edition.published = true;
		n_marked++;
	}
	p->marked(p->arg, &fail, 1);
}

void store_edition_published(struct store *s, int64_t edition_id, store_done_fn *done, void *arg)
{
	(void)s;
	struct pending *p = push(answer_marked, arg);
	p->marked = done;
	p->edition_id = edition_id;
}

static void answer_reader(struct pending *p)
{
	p->work(NULL, p->arg);
	p->done(p->arg);
}

void readers_submit(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	(void)r;
	struct pending *p = push(answer_reader, arg);
	p->work = work;
	p->done = done;
}

void readers_submit_long(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	readers_submit(r, work, done, arg);
}

int64_t query_entries(
	struct query *q, const struct entry_filter *filter, query_entry_fn *each, void *arg)
{
	int64_t n = 0;

	(void)q;
	assert_true(filter->without_content);
	if (readers_fail)
		return -1;
	for (int64_t id = filter->after_id + 1; id < filter->before_id && n < filter->limit;
		id++, n++) {
		char title[32], url[64];
		snprintf(title, sizeof(title), "entry %d.", (int)id);
		snprintf(url, sizeof(url), "https://a.example/%d", (int)id);
		const struct entry_record record = { .id = id,
			.feed_id = id % 3,
			.feed_title = "feed",
			.category = id % 2 == 0 ? "even" : "odd",
			.title = title,
			.url = url,
			.published = id,
			.created = id };
		each(arg, &record);
	}
	return filter->before_id - filter->after_id - 1;
}

int query_entry(struct query *q, int64_t id, query_entry_fn *each, void *arg)
{
	const struct entry_record record = { .id = id, .summary = "A summary." };

	(void)q;
	if (entry_fails)
		return -1;
	each(arg, &record);
	return 1;
}

int64_t query_editions(struct query *q, const char *name, bool published, int64_t limit,
	query_edition_fn *each, void *arg)
{
	(void)q;
	assert_int_equal(limit, 1);
	assert_false(published);
	if (last_edition.id == 0 || strcmp(name, last_name) != 0)
		return 0;
	each(arg, &last_edition);
	return 1;
}

const char *query_error(struct query *q)
{
	(void)q;
	return "the disk is on fire";
}

/* Answers what is queued, in order, and what that queues, at most `n`. */
static size_t answer(size_t n)
{
	size_t done = 0;

	while (n_queue > 0 && done < n) {
		struct pending first = queue[0];
		memmove(queue, queue + 1, --n_queue * sizeof(queue[0]));
		first.answer(&first);
		done++;
	}
	return done;
}

/* ---- the play ---- */

static char dir[] = "/tmp/courant-test-digest-XXXXXX";
static char daily[] = "daily", even[] = "even", evening[] = "evening";
static char *categories[] = { even };
static struct conf_digest digests[2];
static struct conf conf;
static struct ev_loop *loop;
static struct digester *digester;

static struct told {
	int n;
	struct failure fail;
	struct edition_record edition;
	char label[64];
} told;

static void made(void *arg, const struct failure *fail, const struct edition_record *edition)
{
	assert_ptr_equal(arg, &told);
	told.n++;
	told.fail = *fail;
	told.edition = *edition;
	snprintf(
		told.label, sizeof(told.label), "%s", edition->label != NULL ? edition->label : "");
}

static void start(void)
{
	const struct digester_options options = { .loop = loop, .conf = &conf };

	digester = digester_new(&options);
}

static void stop(void)
{
	digester_free(digester);
	digester = NULL;
}

static int fresh(void **state)
{
	(void)state;
	digests[0] = (struct conf_digest){ .name = daily,
		.at_minutes = 420,
		.formats = DIGEST_TXT | DIGEST_MD,
		.max_stories = 2 };
	digests[1] = (struct conf_digest){ .name = even,
		.at_minutes = -1,
		.formats = DIGEST_TXT,
		.max_stories = 10,
		.categories = categories,
		.n_categories = 1 };
	conf = (struct conf){ .state_dir = dir, .digests = digests, .n_digests = 2 };
	memset(&told, 0, sizeof(told));
	memset(&last_edition, 0, sizeof(last_edition));
	n_queue = 0;
	n_editions = n_marked = last_entry = 0;
	readers_fail = entry_fails = false;
	next_failure = (struct failure){ 0 };
	return 0;
}

static const char *file(const char *name)
{
	static char text[256 * KIB];
	char *path = xasprintf("%s/digests/%s", dir, name);
	FILE *f = fopen(path, "r");

	free(path);
	if (f == NULL)
		return "(missing)";
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void test_on_demand(void **state)
{
	(void)state;
	start();
	assert_int_equal(answer(64), 1); /* nothing was missed */
	assert_false(digester_busy(digester));
	last_entry = 5;
	digester_now(digester, "daily", made, &told);
	assert_true(digester_busy(digester));
	assert_int_equal(answer(64), 3);
	assert_false(digester_busy(digester));
	assert_int_equal(told.n, 1);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_true(told.edition.published);
	assert_int_equal(told.edition.upto_id, 5);
	const char *text = file("daily/latest.txt");
	for (int i = 1; i <= 5; i++) {
		char title[32];
		snprintf(title, sizeof(title), "entry %d.\n", i);
		assert_int_equal(count(text, title), 1);
	}
	assert_int_equal(count(text, "A summary."), 2);
	assert_int_equal(count(file("daily/latest.md"), "A summary."), 2);
	assert_string_equal(file("daily/latest.html"), "(missing)");
	stop();
}

static void test_categories_and_pages(void **state)
{
	(void)state;
	start();
	answer(64);
	last_entry = 3 * LIMIT_DIGEST_PAGE;
	digester_now(digester, "even", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_non_null(strstr(file("even/latest.txt"), "1500 new entries from 3 feeds"));
	assert_int_equal(count(file("even/latest.txt"), "entry "), 1500);
	/* The next edition begins where this one ended. */
	last_entry += 2;
	digester_now(digester, "even", made, &told);
	answer(64);
	assert_int_equal(count(file("even/latest.txt"), "entry 30"), 1);
	assert_non_null(strstr(file("even/latest.txt"), "entry 3002."));
	stop();
}

static void test_unknown(void **state)
{
	(void)state;
	start();
	digester_now(digester, "weekly", made, &told);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.fail.status, STATUS_NOT_FOUND);
	assert_false(digester_busy(digester));
	stop();
	answer(64);
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	start();
	answer(64);
	last_entry = 1;
	digester_now(digester, "daily", made, &told);
	digester_now(digester, "even", made, &told);
	digester_now(digester, "daily", made, &told);
	assert_int_equal(n_queue, 1);
	assert_int_equal(answer(64), 9);
	assert_int_equal(told.n, 3);
	assert_int_equal(n_marked, 3);
	stop();
}

static void test_failures_repeat_the_edition(void **state)
{
	(void)state;
	start();
	answer(64);
	last_entry = 4;
	failure_set(&next_failure, STAGE_STORE, STATUS_DISK_FULL, 0, "full");
	digester_now(digester, "daily", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_DISK_FULL);
	readers_fail = true;
	digester_now(digester, "daily", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_STORE_FAILED);
	assert_string_equal(told.fail.detail, "cannot read entries: the disk is on fire");
	assert_int_equal(n_marked, 0);
	readers_fail = false;
	/* No edition goes out without what its stories say. */
	entry_fails = true;
	digester_now(digester, "daily", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_STORE_FAILED);
	assert_int_equal(n_marked, 0);
	entry_fails = false;
	/* The mark fails when the files are there already. */
	digester_now(digester, "daily", made, &told);
	answer(2);
	failure_set(&next_failure, STAGE_STORE, STATUS_DISK_FULL, 0, "full");
	answer(64);
	assert_int_equal(told.fail.status, STATUS_DISK_FULL);
	last_entry = 9; /* not in the edition that was begun before */
	digester_now(digester, "daily", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_int_equal(told.edition.id, 1);
	assert_int_equal(told.edition.upto_id, 4);
	assert_int_equal(n_marked, 1);
	stop();
}

static void set_last(const char *name, int64_t created, bool published)
{
	snprintf(last_name, sizeof(last_name), "%s", name);
	snprintf(last_label, sizeof(last_label), "2026-01-01");
	last_edition = (struct edition_record){ .id = ++n_editions,
		.name = last_name,
		.label = last_label,
		.created = created,
		.published = published };
}

static void test_missed(void **state)
{
	(void)state;
	set_last("daily", clock_now() - 2 * 86400, true);
	start();
	assert_int_equal(answer(64), 4);
	assert_int_equal(n_editions, 2);
	assert_int_equal(n_marked, 1);
	stop();
}

/* The edition that was interrupted ends where it was begun; the time that came since has its own.
 */
static void test_missed_after_an_interrupted_one(void **state)
{
	(void)state;
	set_last("daily", clock_now() - 2 * 86400, false);
	start();
	assert_int_equal(answer(64), 7);
	assert_int_equal(n_editions, 2);
	assert_int_equal(n_marked, 2);
	stop();
}

static void test_interrupted(void **state)
{
	(void)state;
	set_last("even", clock_now(), false);
	start();
	assert_int_equal(answer(64), 4);
	assert_int_equal(n_editions, 1);
	assert_int_equal(n_marked, 1);
	assert_non_null(strstr(file("even/2026-01-01.txt"), "Nothing new"));
	stop();
}

static void test_not_missed(void **state)
{
	(void)state;
	set_last("daily", clock_now(), true);
	start();
	assert_int_equal(answer(64), 1);
	stop();
}

/* However far an edition is when the digester goes: it is answered once, and nothing is used after
 * it is freed. */
static void test_stop_at_every_step(void **state)
{
	(void)state;
	for (size_t step = 0; step < 6; step++) {
		fresh(state);
		last_entry = 1;
		start();
		digester_now(digester, "daily", made, &told);
		digester_now(digester, "even", made, &told);
		answer(step);
		stop();
		assert_int_equal(told.n, 2);
		answer(64);
		assert_int_equal(told.n, 2);
	}
}

static void test_reload(void **state)
{
	struct conf_digest other = {
		.name = evening, .at_minutes = 1290, .formats = DIGEST_HTML, .max_stories = 5
	};
	struct conf changed = { .state_dir = dir, .digests = &other, .n_digests = 1 };

	(void)state;
	start();
	answer(64);
	last_entry = 1;
	digester_now(digester, "daily", made, &told);
	digester_now(digester, "even", made, &told);
	digester_reload(digester, &changed);
	answer(64);
	assert_int_equal(told.n, 2);
	assert_int_equal(told.fail.status,
		STATUS_NOT_FOUND); /* the waiting one is gone, the running one was made */
	assert_int_equal(n_marked, 1);
	digester_now(digester, "evening", made, &told);
	answer(64);
	assert_int_equal(told.fail.status, STATUS_OK);
	assert_non_null(strstr(file("evening/latest.html"), "<!DOCTYPE html>"));
	digester_now(digester, "daily", made, &told);
	assert_int_equal(told.fail.status, STATUS_NOT_FOUND);
	stop();
}

static void end_loop(struct ev_loop *l, struct ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(l, EVBREAK_ALL);
}

/* In a zone of our own the local clock is about to show 07:00. */
static void test_clock_makes_one(void **state)
{
	int64_t behind = (clock_now() + 1 - 7 * 3600) % 86400;
	struct ev_timer tick;
	char tz[64];

	(void)state;
	const bool east = behind > 43200;
	if (east)
		behind = 86400 - behind;
	snprintf(tz, sizeof(tz), "TST%s%d:%02d:%02d", east ? "-" : "", (int)(behind / 3600),
		(int)(behind / 60 % 60), (int)(behind % 60));
	setenv("TZ", tz, 1);
	set_last("daily", clock_now() - 3600, true);
	last_entry = 3;
	start(); /* it hears of the last edition when the time has come: one is made, not two */
	ev_timer_init(&tick, end_loop, 0.1, 0.1);
	ev_timer_start(loop, &tick);
	for (int i = 0; i < 50 && n_queue == 1; i++)
		ev_run(loop, 0);
	ev_timer_stop(loop, &tick);
	assert_int_equal(n_queue, 2);
	assert_int_equal(answer(64), 4);
	assert_int_equal(n_marked, 1);
	assert_non_null(strstr(file("daily/latest.txt"), "3 new entries"));
	/* The next one is a day away, and a failure brings another try. */
	ev_run(loop, EVRUN_NOWAIT);
	assert_int_equal(n_queue, 0);
	stop();
	setenv("TZ", "UTC", 1);
	tzset();
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	log_init("test_digest", LOG_LEVEL_ERR);
	loop = ev_loop_new(0);
	return mkdtemp(dir) == NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	ev_loop_destroy(loop);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_on_demand, fresh),
		cmocka_unit_test_setup(test_categories_and_pages, fresh),
		cmocka_unit_test_setup(test_unknown, fresh),
		cmocka_unit_test_setup(test_one_after_the_other, fresh),
		cmocka_unit_test_setup(test_failures_repeat_the_edition, fresh),
		cmocka_unit_test_setup(test_missed, fresh),
		cmocka_unit_test_setup(test_missed_after_an_interrupted_one, fresh),
		cmocka_unit_test_setup(test_interrupted, fresh),
		cmocka_unit_test_setup(test_not_missed, fresh),
		cmocka_unit_test_setup(test_stop_at_every_step, fresh),
		cmocka_unit_test_setup(test_reload, fresh),
		cmocka_unit_test_setup(test_clock_makes_one, fresh),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
