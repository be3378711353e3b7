/* Looking after the database: when copies are made, who is told, and what is noticed. */
#include "db.h"

#include "base/limits.h"
#include "care/care.h"
#include "care/next_copy.h"
#include "db/backup.h"
#include "schedule/alarm.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

struct play {
	struct rig rig;
	struct conf conf;
	struct ev_loop *loop;
	struct care *care;
	unsigned n_damaged, n_answered;
	enum status answer; /* the last one */
	int64_t bytes;
	char copy[256];
};

static int setup(void **state)
{
	struct play *p = xcalloc(1, sizeof(*p));

	rig_init(&p->rig);
	rig_open_store(&p->rig);
	refresh_doc(&p->rig, add_feed(&p->rig, "https://example.org/", NULL),
		make_numbered(200, "<p>harbour</p>"), T0);
	rig_close(&p->rig);
	p->conf.backup.at_minutes = -1;
	p->conf.backup.keep = 3;
	p->loop = ev_loop_new(0);
	*state = p;
	return 0;
}

static char *file(struct play *p, const char *name)
{
	return xasprintf("%s/%s", p->rig.dir, name);
}

static int teardown(void **state)
{
	struct play *p = *state;

	care_free(p->care);
	ev_loop_destroy(p->loop);
	char *mark = xasprintf("%s.damaged", p->rig.path);
	unlink(mark);
	free(mark);
	char *folder = file(p, "backups");
	struct backup *list;
	size_t n = backups_list(folder, &list);
	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", folder, list[i].name);
		unlink(path);
		free(path);
	}
	free(list);
	rmdir(folder);
	free(folder);
	rig_release(&p->rig);
	free(p);
	return 0;
}

static void damaged(void *arg)
{
	((struct play *)arg)->n_damaged++;
}

static void copied(void *arg, const struct care_copy *copy)
{
	struct play *p = arg;

	p->n_answered++;
	p->answer = copy->fail.status;
	p->bytes = copy->bytes;
	snprintf(p->copy, sizeof(p->copy), "%s", copy->path == NULL ? "" : copy->path);
}

static void begin(struct play *p, bool unclean)
{
	p->care = care_new(&(struct care_options){ .loop = p->loop,
		.db_path = p->rig.path,
		.conf = &p->conf,
		.unclean = unclean,
		.damaged = damaged,
		.arg = p });
}

static struct care_status status_of(struct play *p)
{
	struct care_status status;

	care_status(p->care, &status);
	return status;
}

static void run_until_answered(struct play *p, unsigned n)
{
	while (p->n_answered < n)
		ev_run(p->loop, EVRUN_ONCE);
}

static void run_until_checked(struct play *p)
{
	while (status_of(p).check == CARE_CHECK_RUNNING)
		ev_run(p->loop, EVRUN_ONCE);
}

static void spoil(struct play *p)
{
	int64_t page = sql_number(
		p->rig.path, "SELECT rootpage FROM sqlite_schema WHERE name = 'contents'");
	char noise[LIMIT_PAGE_SIZE];
	int fd = open(p->rig.path, O_WRONLY);

	memset(noise, 0xa5, sizeof(noise));
	assert_int_equal(
		pwrite(fd, noise, sizeof(noise), (page - 1) * LIMIT_PAGE_SIZE), sizeof(noise));
	close(fd);
}

/* ---- when ---- */
#define HOUR 3600
#define MIDNIGHT (T0 - T0 % 86400)

static void the_next_copy(void **state)
{
	static const struct {
		int at_minutes;
		int64_t last, now, expected;
	} rows[] = {
		{ -1, 0, T0, ALARM_NEVER },
		{ -1, T0 - 9 * 86400, T0, ALARM_NEVER },
		/* None yet: none was missed. */
		{ 4 * 60, 0, MIDNIGHT, MIDNIGHT + 4 * HOUR },
		{ 4 * 60, 0, MIDNIGHT + 4 * HOUR, MIDNIGHT + 28 * HOUR },
		{ 0, 0, MIDNIGHT + 1, MIDNIGHT + 24 * HOUR },
		/* Today's is there. */
		{ 4 * 60, MIDNIGHT + 4 * HOUR, MIDNIGHT + 5 * HOUR, MIDNIGHT + 28 * HOUR },
		/* It was missed, a day or a year ago. */
		{ 4 * 60, MIDNIGHT - 1, MIDNIGHT + 5 * HOUR,
			MIDNIGHT + 5 * HOUR + LIMIT_BACKUP_LATE },
		{ 4 * 60, MIDNIGHT - 366 * 86400, MIDNIGHT, MIDNIGHT + LIMIT_BACKUP_LATE },
		/* The clock was set back: by the copy's own time nothing is due for a year, by the
		   clock today. */
		{ 4 * 60, MIDNIGHT + 366 * 86400, MIDNIGHT, MIDNIGHT + 4 * HOUR },
	};

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		int64_t next = next_copy(rows[i].at_minutes, rows[i].last, rows[i].now);
		if (next != rows[i].expected)
			fail_msg("row %zu: %lld", i, (long long)(next - rows[i].now));
	}
}

/* ---- copies ---- */

static void copies_on_demand(void **state)
{
	struct play *p = *state;

	begin(p, false);
	assert_int_equal(status_of(p).check, CARE_CHECK_NONE);
	assert_int_equal(status_of(p).last_copy, 0);
	/* One waits for the first copy, the others, who came when it had begun, share the next. */
	for (int i = 0; i < 4; i++)
		care_copy(p->care, copied, p);
	run_until_answered(p, 4);
	assert_int_equal(p->answer, STATUS_OK);
	assert_int_equal(sql_number(p->copy, "SELECT COUNT(*) FROM entries"), 200);
	assert_true(p->bytes > LIMIT_PAGE_SIZE);
	assert_true(status_of(p).last_copy > T0);
	struct backup *list;
	char *folder = file(p, "backups");
	assert_int_equal(backups_list(folder, &list), 2);
	free(list);
	free(folder);
	/* The next life knows of it. */
	int64_t last = status_of(p).last_copy;
	care_free(p->care);
	begin(p, false);
	assert_int_equal(status_of(p).last_copy, last);
}

static void a_copy_that_fails(void **state)
{
	struct play *p = *state;
	char *folder = file(p, "backups");
	int fd = open(folder, O_CREAT | O_WRONLY, 0600);

	close(fd);
	begin(p, false);
	care_copy(p->care, copied, p);
	run_until_answered(p, 1);
	assert_int_equal(p->answer, STATUS_STORE_FAILED);
	assert_true(status_of(p).failed_copy > 0);
	assert_non_null(strstr(status_of(p).error, "backups"));
	unlink(folder);
	free(folder);
	care_copy(p->care, copied, p);
	run_until_answered(p, 2);
	assert_int_equal(p->answer, STATUS_OK);
	assert_int_equal(status_of(p).failed_copy, 0);
	assert_int_equal(p->n_damaged, 0);
}

static void whoever_waits_at_the_end_is_told(void **state)
{
	struct play *p = *state;

	begin(p, true);
	for (int i = 0; i < 3; i++)
		care_copy(p->care, copied, p);
	care_free(p->care);
	p->care = NULL;
	assert_int_equal(p->n_answered, 3);
	assert_int_equal(p->answer, STATUS_CANCELLED);
}

static void what_a_killed_copy_left_goes_at_the_start(void **state)
{
	struct play *p = *state;
	char *folder = file(p, "backups");
	char *partial = xasprintf("%s/courant-20261123T040000Z.db.partial", folder);

	mkdir(folder, 0700);
	close(open(partial, O_CREAT | O_WRONLY, 0600));
	begin(p, false);
	assert_int_equal(access(partial, F_OK), -1);
	free(partial);
	free(folder);
}

/* ---- damage ---- */

static void an_unclean_stop_is_followed_by_a_check(void **state)
{
	struct play *p = *state;

	begin(p, true);
	assert_int_equal(status_of(p).check, CARE_CHECK_RUNNING);
	/* What may be damaged is checked before it is copied. */
	care_copy(p->care, copied, p);
	run_until_checked(p);
	assert_int_equal(status_of(p).check, CARE_CHECK_SOUND);
	run_until_answered(p, 1);
	assert_int_equal(p->answer, STATUS_OK);
	assert_int_equal(p->n_damaged, 0);
}

static void damage_is_told_once_and_marked(void **state)
{
	struct play *p = *state;
	char reason[LIMIT_DETAIL];

	spoil(p);
	begin(p, true);
	run_until_checked(p);
	assert_int_equal(status_of(p).check, CARE_CHECK_DAMAGED);
	assert_int_equal(p->n_damaged, 1);
	assert_true(recovery_due(p->rig.path, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "btreeInitPage"));
	/* What follows from it says less. */
	care_damaged(p->care, "a statement met it, too");
	assert_int_equal(p->n_damaged, 1);
	assert_true(recovery_due(p->rig.path, reason, sizeof(reason)));
	assert_null(strstr(reason, "statement"));
}

static void a_copy_finds_damage(void **state)
{
	struct play *p = *state;

	begin(p, false);
	spoil(p);
	care_copy(p->care, copied, p);
	run_until_answered(p, 1);
	assert_int_equal(p->answer, STATUS_STORE_FAILED);
	assert_int_equal(p->n_damaged, 1);
}

/* ---- the log ---- */

static void a_log_that_is_held(void **state)
{
	struct play *p = *state;

	begin(p, false);
	care_log(p->care, LIMIT_LOG_HELD - 1);
	assert_int_equal(status_of(p).log_held_since, 0);
	care_log(p->care, LIMIT_LOG_HELD);
	int64_t since = status_of(p).log_held_since;
	assert_true(since > 0);
	care_log(p->care, 3 * LIMIT_LOG_HELD);
	assert_int_equal(status_of(p).log_held_since, since);
	assert_int_equal(status_of(p).log_bytes, 3 * LIMIT_LOG_HELD);
	/* Not told again and again around the limit. */
	care_log(p->care, LIMIT_LOG_HELD - 1);
	assert_int_equal(status_of(p).log_held_since, since);
	care_log(p->care, LIMIT_PAGE_SIZE);
	assert_int_equal(status_of(p).log_held_since, 0);
	/* Our own copy ends by itself. */
	care_copy(p->care, copied, p);
	care_log(p->care, 2 * LIMIT_LOG_HELD);
	assert_int_equal(status_of(p).log_held_since, 0);
	run_until_answered(p, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_copy),
		T(copies_on_demand),
		T(a_copy_that_fails),
		T(whoever_waits_at_the_end_is_told),
		T(what_a_killed_copy_left_goes_at_the_start),
		T(an_unclean_stop_is_followed_by_a_check),
		T(damage_is_told_once_and_marked),
		T(a_copy_finds_damage),
		T(a_log_that_is_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
