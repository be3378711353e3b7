/*
 * A disk that fails, and one that loses power: every write and every sync of a refresh fails once,
 * and at every point of a busy time the disk is left with what was synced and a random part of the
 * rest. What was answered as stored is there, what was answered as failed is not, and trying again
 * works.
 */
#include "db.h"

#include "db/check.h"
#include "fault_vfs.h"

#include <pthread.h>
#include <time.h>

enum { ENTRIES = 12, NEIGHBOURS = 2 };

static void assert_sound(const char *path)
{
	char detail[256] = "";
	struct db db;

	assert_true(db_open(&db, path, DB_WRITER));
	if (db_quick_check(&db, NULL, detail, sizeof(detail)) != DB_SOUND ||
		db_search_check(&db, detail, sizeof(detail)) != DB_SOUND)
		fail_msg("%s: %s", path, detail);
	db_close(&db);
}

/* ---- the n-th operation fails ---- */

struct answers {
	int n;
	struct failure refresh, neighbour[NEIGHBOURS];
};

static void note_refresh(void *arg, const struct store_refresh_result *result)
{
	struct answers *a = arg;

	a->refresh = result->fail;
	a->n++;
}

static void note_first(void *arg, const struct failure *fail, int64_t id)
{
	struct answers *a = arg;

	(void)id;
	a->neighbour[0] = *fail;
	a->n++;
}

static void note_second(void *arg, const struct failure *fail, int64_t id)
{
	struct answers *a = arg;

	(void)id;
	a->neighbour[1] = *fail;
	a->n++;
}

/* Keeps the writer from beginning before all have come: the three are one group then, on a machine
 * that is not too slow for it. */
static void submit(struct rig *rig, int64_t feed_id, struct answers *a)
{
	struct feed_config b = { .url = "https://example.org/b" },
			   c = { .url = "https://example.org/c" };
	struct feed_fetch_state state = { .etag = "\"new\"",
		.next_due = T0 + 3600,
		.ttl_minutes = -1,
		.update_interval_seconds = -1 };

	*a = (struct answers){ 0 };
	store_feed_add(rig->store, &b, T0, T0, note_first, a);
	store_refresh(rig->store, feed_id, &state, make_numbered(ENTRIES, "<p>Some text</p>"), T0,
		note_refresh, a);
	store_feed_add(rig->store, &c, T0, T0, note_second, a);
	while (a->n < 1 + NEIGHBOURS) {
		sem_wait(&rig->awake);
		store_dispatch(rig->store);
	}
}

static void assert_reported(const struct failure *fail, int code)
{
	if (fail->status == STATUS_OK)
		return;
	assert_int_equal(
		fail->status, code == SQLITE_FULL ? STATUS_DISK_FULL : STATUS_STORE_FAILED);
	assert_true(fail->detail[0] != '\0');
}

/* The file says what the answers said; an added feed counts as one that may have been there. */
static void assert_as_answered(struct rig *rig, const struct answers *a)
{
	bool stored = a->refresh.status == STATUS_OK;

	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entries"), stored ? ENTRIES : 0);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM feeds WHERE etag IS NOT NULL"), stored);
	for (int i = 0; i < NEIGHBOURS; i++)
		assert_int_equal(
			sql_number(rig->path,
				i == 0 ? "SELECT COUNT(*) FROM feeds WHERE url LIKE '%/b'"
				       : "SELECT COUNT(*) FROM feeds WHERE url LIKE '%/c'"),
			a->neighbour[i].status == STATUS_OK);
	assert_counters_right(rig);
}

/* True when the n-th operation was reached. */
static bool fail_once(enum fault_op op, unsigned n, int code, bool stay)
{
	struct rig rig;
	struct answers a;

	rig_init(&rig);
	rig_open_store(&rig);
	int64_t feed_id = add_feed(&rig, "https://example.org/a", NULL);
	fault_vfs_fail(op, n, code, stay);
	submit(&rig, feed_id, &a);
	bool failed = fault_vfs_failed();
	fault_vfs_fail(op, 0, 0, false);
	assert_reported(&a.refresh, code);
	assert_as_answered(&rig, &a);

	submit(&rig, feed_id, &a);
	assert_int_equal(a.refresh.status, STATUS_OK);
	assert_true(a.neighbour[0].status == STATUS_OK || a.neighbour[0].status == STATUS_EXISTS);
	a.neighbour[0].status = a.neighbour[1].status = STATUS_OK;
	assert_as_answered(&rig, &a);
	rig_close(&rig);
	assert_sound(rig.path);
	assert_as_answered(&rig, &a);
	rig_release(&rig);
	fault_vfs_reset();
	return failed;
}

static unsigned fail_each(enum fault_op op, int code, bool stay)
{
	unsigned n = 1;

	while (fail_once(op, n, code, stay))
		n++;
	assert_true(n > 1);
	return n - 1;
}

static void every_write_fails_once(void **state)
{
	(void)state;
	print_message("%u writes failed, each in its turn\n",
		fail_each(FAULT_WRITE, SQLITE_IOERR_WRITE, false));
}

static void every_sync_fails_once(void **state)
{
	(void)state;
	print_message("%u syncs failed, each in its turn\n",
		fail_each(FAULT_SYNC, SQLITE_IOERR_FSYNC, false));
}

static void the_disk_is_full_from_each_write_on(void **state)
{
	(void)state;
	print_message("the disk was full from each of %u writes on\n",
		fail_each(FAULT_WRITE, SQLITE_FULL, true));
}

/* ---- the power goes ---- */

#ifdef __SANITIZE_THREAD__ /* it looks at how threads meet, for which fewer do */
enum { ROUNDS = 40, CUTS = 40, ODDS = 80 };
#else
enum { ROUNDS = 100, CUTS = 100, ODDS = 80 };
#endif

struct cut {
	char *path;
	int answered; /* rounds that were answered as stored before it */
};

struct power {
	struct rig rig;
	_Atomic int answered;
	uint64_t random;
	struct cut cuts[CUTS];
	int n;
};

/* Now and then, the power goes. */
static void maybe_cut_locked(struct power *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	if (p->n == CUTS || p->random % ODDS != 0)
		return;
	struct cut *cut = &p->cuts[p->n];
	cut->answered = p->answered; /* before the picture is taken: it holds at least these */
	cut->path = xasprintf("%s/cut%d", p->rig.dir, p->n);
	fault_vfs_cut_power(cut->path, &p->random);
	p->n++;
}

/* The writer, and the thread that brings the log into the database. */
static void maybe_cut(void *arg)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	maybe_cut_locked(arg);
	pthread_mutex_unlock(&lock);
}

/* Entries of which each has a page of its own or more, so that the WAL is written back meanwhile.
 */
static struct feed_doc *make_round(int round, const char *content)
{
	char guid[8][32], title[8][32];
	struct spec specs[8];

	for (int i = 0; i < 8; i++) {
		snprintf(guid[i], sizeof(guid[i]), "g%d-%d", round, i);
		snprintf(title[i], sizeof(title[i]), "Entry %d-%d", round, i);
		specs[i] = (struct spec){ .guid = guid[i], .title = title[i], .content = content };
	}
	return make_doc(specs, 8);
}

static void assert_survived(const struct cut *cut)
{
	struct rig rig = { 0 };

	snprintf(rig.path, sizeof(rig.path), "%s", cut->path);
	sem_init(&rig.awake, 0, 0);
	rig_open_store(&rig);
	rig_close(&rig);
	assert_sound(rig.path);
	int64_t n = sql_number(rig.path, "SELECT COUNT(*) FROM entries");
	int64_t contents = sql_number(rig.path, "SELECT COUNT(*) FROM contents");
	if (n < 8 * cut->answered || n % 8 != 0 || contents != n)
		fail_msg("%s: %d rounds were answered, %d entries and %d contents are there",
			cut->path, cut->answered, (int)n, (int)contents);
	assert_counters_right(&rig);
	sem_destroy(&rig.awake);
	unlink(rig.path);
	free(cut->path);
}

static void what_was_answered_survives_a_power_cut(void **state)
{
	struct power *p = xcalloc(1, sizeof(*p));
	char *content = xcalloc(1, 8000);

	(void)state;
	memset(content, 'x', 7999);
	p->random = (uint64_t)time(NULL) * 2654435761u + 1;
	print_message("random: %llu\n", (unsigned long long)p->random);
	rig_init(&p->rig);
	rig_open_store(&p->rig);
	int64_t feed_id = add_feed(&p->rig, "https://example.org/a", NULL);
	fault_vfs_watch(maybe_cut, p);
	for (int round = 0; round < ROUNDS; round++) {
		refresh_doc(&p->rig, feed_id, make_round(round, content), T0 + round);
		assert_int_equal(p->rig.fail.status, STATUS_OK);
		p->answered = round + 1;
	}
	rig_close(&p->rig); /* the writer is gone, and with it who cuts */
	fault_vfs_watch(NULL, NULL);
	assert_true(p->n > CUTS / 5);
	for (int i = 0; i < p->n; i++)
		assert_survived(&p->cuts[i]);
	print_message("%d power cuts, the last one after %d of %d rounds\n", p->n,
		p->cuts[p->n - 1].answered, ROUNDS);
	rig_release(&p->rig);
	fault_vfs_reset();
	free(content);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_write_fails_once),
		cmocka_unit_test(every_sync_fails_once),
		cmocka_unit_test(the_disk_is_full_from_each_write_on),
		cmocka_unit_test(what_was_answered_survives_a_power_cut),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
