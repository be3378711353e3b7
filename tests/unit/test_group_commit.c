/* Group commit: order, company, and what a failure, a full disk or a kill leaves behind: nothing
 * half done. */
#include "db.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

struct order {
	int next;
	bool wrong;
	int n_failed;
};
struct numbered {
	struct order *order;
	int number;
};

static void note_order(void *arg, const struct failure *fail, int64_t id)
{
	struct numbered *n = arg;

	(void)id;
	n->order->wrong |= n->order->next++ != n->number;
	n->order->n_failed += fail->status != STATUS_OK;
}

/* Another program holds the lock, so that requests gather. */
static sqlite3 *hold_lock(const char *path)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void release_lock(sqlite3 *db)
{
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void wait_for(struct rig *rig, const struct order *order, int n)
{
	while (order->next < n) {
		sem_wait(&rig->awake);
		store_dispatch(rig->store);
	}
}

static void requests_are_grouped_and_answered_in_order(void **state)
{
	enum { N = 40 };
	struct rig *rig = *state;
	struct order order = { 0 };
	struct numbered numbers[N];
	char url[64];

	sqlite3 *lock = hold_lock(rig->path);
	for (int i = 0; i < N; i++) {
		/* Every fourth repeats the URL before it and fails, harming no other. */
		snprintf(url, sizeof(url), "https://example.org/%d", i % 4 == 3 ? i - 1 : i);
		struct feed_config config = { .url = url };
		numbers[i] = (struct numbered){ &order, i };
		store_feed_add(rig->store, &config, T0, T0, note_order, &numbers[i]);
	}
	usleep(20000);
	store_dispatch(rig->store);
	assert_int_equal(order.next, 0); /* nothing is answered before it is committed */
	rig->n_wakes = 0;
	release_lock(lock);
	wait_for(rig, &order, N);
	assert_false(order.wrong);
	assert_int_equal(order.n_failed, N / 4);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM feeds"), N - N / 4);
	/* One commit, one wake-up; more where the machine was so slow that the group's time was up.
	 */
	assert_in_range(__atomic_load_n(&rig->n_wakes, __ATOMIC_SEQ_CST), 1, N - 1);
}

static void a_group_has_an_end(void **state)
{
	enum { N = LIMIT_GROUP_COMMIT_DOCS + 1 };
	struct rig *rig = *state;
	struct order order = { 0 };
	struct numbered numbers[N];

	sqlite3 *lock = hold_lock(rig->path);
	for (int i = 0; i < N; i++) {
		numbers[i] = (struct numbered){ &order, i };
		store_feed_remove(rig->store, 1, note_order, &numbers[i]);
	}
	rig->n_wakes = 0;
	release_lock(lock);
	wait_for(rig, &order, N);
	assert_false(order.wrong);
	assert_int_equal(order.n_failed, N);
	assert_true(__atomic_load_n(&rig->n_wakes, __ATOMIC_SEQ_CST) >= 2);
}

/* The database refuses in the middle of a document: nothing of that document stays, everything of
 * its neighbours does. */
static void half_a_document_is_none(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	int64_t b = add_feed(rig, "https://example.org/b", NULL);
	static const struct spec bad[] = {
		{ .guid = "1", .title = "never reached" },
		{ .guid = "2", .title = "boom" },
		{ .guid = "3", .title = "first" },
	};
	static const struct spec good[] = { { .guid = "1", .title = "good" } };
	struct order order = { 0 };
	struct numbered numbers[2] = { { &order, 0 }, { &order, 1 } };
	struct feed_config config = { .url = "https://example.org/c" };

	sql_run(rig->path, "CREATE TRIGGER boom BEFORE INSERT ON entries WHEN new.title = 'boom'"
			   " BEGIN SELECT RAISE(ABORT, 'boom'); END");
	sqlite3 *lock = hold_lock(rig->path);
	struct feed_fetch_state s = { .etag = "new", .next_due = T0 };
	store_feed_add(rig->store, &config, T0, T0, note_order, &numbers[0]);
	store_refresh(rig->store, a, &s, make_doc(bad, N_ELEMENTS(bad)), T0, rig_refresh_done, rig);
	store_refresh(rig->store, b, &s, make_doc(good, N_ELEMENTS(good)), T0, NULL, NULL);
	config.url = "https://example.org/d";
	store_feed_add(rig->store, &config, T0, T0, note_order, &numbers[1]);
	release_lock(lock);
	wait_for(rig, &order, 2);
	assert_int_equal(rig->fail.status, STATUS_STORE_FAILED);
	assert_int_equal(rig->fail.stage, STAGE_STORE);
	assert_non_null(strstr(rig->fail.detail, "boom"));
	assert_int_equal(order.n_failed, 0);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM feeds"), 4);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries"), 1);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys WHERE feed_id = 1"), 0);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM feeds WHERE etag = 'new'"), 1);
	assert_counters_right(rig);
	sql_run(rig->path, "DROP TRIGGER boom");
	rig->answered = false;
	refresh(rig, a, bad, N_ELEMENTS(bad), T0);
	assert_int_equal(rig->refresh.n_new, 3);
}

/* A file that may not grow any more is what a full disk looks like; then there is room again. */
static void a_failed_commit_leaves_nothing(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	int64_t b = add_feed(rig, "https://example.org/b", NULL);
	struct rlimit before, tight;
	struct feed_fetch_state s = { .next_due = T0 };

	refresh_doc(rig, a, make_numbered(3, "x"), T0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = before;
	tight.rlim_cur = 4096;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	sigaction(SIGXFSZ, &ignore, &old);
	sqlite3 *lock = hold_lock(rig->path);
	store_refresh(rig->store, b, &s, make_numbered(500, "x"), T0, NULL, NULL);
	store_refresh(rig->store, a, &s, make_numbered(500, "x"), T0, rig_refresh_done, rig);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	release_lock(lock);
	rig_wait(rig);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	sigaction(SIGXFSZ, &old, NULL);
	assert_int_equal(rig->fail.status, STATUS_STORE_FAILED);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(store_last_entry_id(rig->store), 3);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries"), 3);
	assert_counters_right(rig);

	refresh_doc(rig, a, make_numbered(500, "x"), T0);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(rig->refresh.n_new, 497);
	assert_int_equal(rig->refresh.first_id, 4);
}

/* ---- closing, dying ---- */
struct late {
	struct rig *rig;
	struct numbered number;
};

static void submit_more(void *arg, const struct failure *fail, int64_t id)
{
	struct late *late = arg;
	struct feed_config config = { .url = "https://example.org/late" };

	(void)id;
	assert_int_equal(fail->status, STATUS_OK);
	store_feed_add(late->rig->store, &config, T0, T0, note_order, &late->number);
}

static void closing_answers_everybody(void **state)
{
	struct rig *rig = *state;
	struct order order = { 0 };
	struct late late = { rig, { &order, 0 } };
	struct feed_config config = { .url = "https://example.org/a" };

	store_feed_add(rig->store, &config, T0, T0, submit_more, &late);
	store_close(rig->store);
	rig->store = NULL;
	/* What comes in while the store closes is refused, not forgotten. */
	assert_int_equal(order.next, 1);
	assert_int_equal(order.n_failed, 1);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM feeds"), 1);
}

struct child {
	int fd, n_asked, n_answered;
};

static void write_ack(void *arg, const struct store_refresh_result *result)
{
	struct child *child = arg;

	child->n_answered++;
	if (result->fail.status != STATUS_OK ||
		write(child->fd, &result->last_id, sizeof(result->last_id)) < 0)
		_exit(3);
}

/* The child stores documents, some at a time, and says what was acknowledged, until it is killed.
 */
static void store_until_killed(struct rig *rig, int64_t feed_id, int fd)
{
	struct feed_fetch_state s = { .next_due = T0 };
	struct child child = { .fd = fd };

	rig_open_store(rig);
	for (size_t n = (size_t)store_last_entry_id(rig->store) + 1;; n++) {
		store_refresh(
			rig->store, feed_id, &s, make_numbered(n, "x"), T0, write_ack, &child);
		child.n_asked++;
		while (child.n_asked - child.n_answered > 20) {
			sem_wait(&rig->awake);
			store_dispatch(rig->store);
		}
	}
}

/* Kills the child some time after its nth acknowledgement; returns the greatest id it was told. */
static int64_t kill_after(pid_t pid, int fd, int n, useconds_t then_us)
{
	int64_t acknowledged = 0, id;

	while (read(fd, &id, sizeof(id)) == sizeof(id)) {
		if (id > acknowledged)
			acknowledged = id;
		if (--n == 0) {
			usleep(then_us);
			kill(pid, SIGKILL);
		}
	}
	waitpid(pid, NULL, 0);
	return acknowledged;
}

static int64_t run_and_kill(struct rig *rig, int64_t feed_id, unsigned *seed)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		store_until_killed(rig, feed_id, fds[1]);
	}
	close(fds[1]);
	int64_t acknowledged =
		kill_after(pid, fds[0], rand_r(seed) % 20 + 1, (useconds_t)rand_r(seed) % 10000);
	close(fds[0]);
	return acknowledged;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
	struct rig *rig = *state;
	int64_t a = add_feed(rig, "https://example.org/a", NULL);
	unsigned seed = 3;

	for (int round = 0; round < 12; round++) {
		char sql[96];
		rig_close(rig);
		int64_t acknowledged = run_and_kill(rig, a, &seed);
		assert_true(acknowledged > 0);
		rig_open_store(rig);
		assert_true(store_last_entry_id(rig->store) >= acknowledged);
		snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM entries WHERE id <= %lld",
			(long long)acknowledged);
		assert_int_equal(sql_number(rig->path, sql), acknowledged);
		assert_int_equal(sql_number(rig->path,
					 "SELECT COUNT(*) - COUNT(DISTINCT identity) FROM entries"),
			0);
		assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM pragma_quick_check"
						       " WHERE quick_check <> 'ok'"),
			0);
		assert_counters_right(rig);
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(requests_are_grouped_and_answered_in_order),
		T(a_group_has_an_end),
		T(half_a_document_is_none),
		T(a_failed_commit_leaves_nothing),
		T(closing_answers_everybody),
		T(what_was_acknowledged_survives_a_kill),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
