/* Which files are taken, which are refused and left as they were, and what a migration leaves
 * behind. */
#include "db.h"

#include "db/check.h"
#include "db/migrate.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static int setup(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig_init(rig);
	*state = rig;
	return 0;
}

static struct hash hash_file(const char *path)
{
	char *bytes = xmalloc(MIB);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, bytes, MIB);
	struct hash h = hash_bytes(bytes, n < 0 ? 0 : (size_t)n);

	if (fd >= 0)
		close(fd);
	free(bytes);
	return h;
}

/* The store refuses the file, says a word that tells why, and leaves every byte in place. */
static void expect_refused(struct rig *rig, const char *word)
{
	char error[512] = "";
	struct store_options options = { rig->path, rig_wake, rig };
	struct hash before = hash_file(rig->path), after;

	assert_null(store_open(&options, error, sizeof(error)));
	if (strstr(error, word) == NULL || strstr(error, rig->path) == NULL)
		fail_msg("no \"%s\" in: %s", word, error);
	after = hash_file(rig->path);
	assert_true(hash_equal(&before, &after));
}

static void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

static void a_missing_and_an_empty_file_become_ours(void **state)
{
	struct rig *rig = *state;

	write_file(rig->path, "", 0);
	for (int i = 0; i < 2; i++) {
		rig_open_store(rig);
		rig_close(rig);
		assert_int_equal(sql_number(rig->path, "PRAGMA application_id"), DB_APPLICATION_ID);
		assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), db_migrations.n);
		assert_int_equal(sql_number(rig->path, "PRAGMA auto_vacuum"), 2);
		assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM pragma_journal_mode "
						       "WHERE journal_mode = 'wal'"),
			1);
		assert_int_equal(
			sql_number(rig->path,
				"SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main'"
				" AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict"),
			0);
		unlink(rig->path);
	}
	rig_open_store(rig);
}

static void a_newer_database_is_refused(void **state)
{
	struct rig *rig = *state;

	rig_open_store(rig);
	rig_close(rig);
	sql_run(rig->path, "PRAGMA user_version = 99");
	expect_refused(rig, "newer courant");
}

static void a_foreign_database_is_refused(void **state)
{
	struct rig *rig = *state;

	sql_run(rig->path, "CREATE TABLE feeds (id)");
	expect_refused(rig, "not one of courant");
	sql_run(rig->path, "PRAGMA application_id = 77");
	expect_refused(rig, "0x0000004d");
}

static void what_is_no_database_is_refused(void **state)
{
	struct rig *rig = *state;
	char noise[8192];

	memset(noise, 'x', sizeof(noise));
	write_file(rig->path, noise, sizeof(noise));
	expect_refused(rig, "not a database");
	/* A header that looks right, and rubbish behind it. */
	rig_open_store((unlink(rig->path), rig));
	rig_close(rig);
	FILE *f = fopen(rig->path, "r+");
	assert_non_null(f);
	fseek(f, 100, SEEK_SET);
	fwrite(noise, 1, 2000, f);
	fclose(f);
	expect_refused(rig, "malformed");
}

static void a_place_without_permission_is_named(void **state)
{
	struct rig *rig = *state;
	char error[512] = "";
	struct store_options options = { "/nonexistent/courant.db", rig_wake, rig };

	assert_null(store_open(&options, error, sizeof(error)));
	assert_non_null(strstr(error, "/nonexistent/courant.db: No such file or directory"));
}

/* ---- steps ---- */
static const char *const one[] = {
	"PRAGMA application_id = 0x636f7572; CREATE TABLE a (x); INSERT INTO a VALUES (1);"
};
static const char *const two[] = { "SELECT 1", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 2;" };
static const char *const three[] = { "SELECT 1", "SELECT 1",
	"CREATE TABLE b (x); INSERT INTO nowhere VALUES (1);" };

/* What store_open does, with other steps. */
static bool migrate(struct rig *rig, const char *const *steps, int n, char *error, size_t size)
{
	const struct migrations m = { steps, n };
	struct db db;

	if (!db_check_file(rig->path, &m, error, size))
		return false;
	assert_true(db_open(&db, rig->path, DB_WRITER));
	bool ok = db_migrate(&db, rig->path, &m, error, size);
	db_close(&db);
	return ok;
}

static void steps_leave_a_copy_and_a_version(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];

	snprintf(copy, sizeof(copy), "%s.v1.bak", rig->path);
	assert_true(migrate(rig, one, 1, error, sizeof(error)));
	assert_int_equal(access(copy, F_OK), -1); /* nothing was there to copy */
	assert_true(migrate(rig, two, 2, error, sizeof(error)));
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 2);
	assert_int_equal(sql_number(rig->path, "SELECT y FROM a"), 2);
	assert_int_equal(sql_number(copy, "PRAGMA user_version"), 1);
	assert_int_equal(sql_number(copy, "SELECT x FROM a"), 1);
	unlink(copy);
	assert_true(migrate(rig, two, 2, error, sizeof(error)));
	assert_int_equal(access(copy, F_OK), -1); /* nothing was to be done */
	assert_false(migrate(rig, one, 1, error, sizeof(error)));
}

static void a_failed_step_changes_nothing(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];

	assert_true(migrate(rig, two, 1, error, sizeof(error)));
	sql_run(rig->path, "PRAGMA application_id = 0x636f7572; CREATE TABLE a (x)");
	assert_true(migrate(rig, three, 2, error, sizeof(error)));
	assert_false(migrate(rig, three, 3, error, sizeof(error)));
	assert_non_null(strstr(error, "from version 2 to 3: no such table: nowhere"));
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 2);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'b'"), 0);
	snprintf(copy, sizeof(copy), "%s.v2.bak", rig->path);
	assert_int_equal(sql_number(copy, "PRAGMA user_version"), 2);
	unlink(copy);
}

/* Without a copy there is no migration. */
static void a_copy_that_fails_stops_it(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];

	assert_true(migrate(rig, one, 1, error, sizeof(error)));
	snprintf(copy, sizeof(copy), "%s.v1.bak", rig->path);
	assert_int_equal(mkdir(copy, 0700), 0);
	assert_false(migrate(rig, two, 2, error, sizeof(error)));
	assert_non_null(strstr(error, copy));
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 1);
	rmdir(copy);
}

/* ---- steps on a database that is in use ---- */

/* The step that made it, and a step under test. */
static bool migrate_ours(struct rig *rig, const char *next, char *error, size_t size)
{
	const char *const all[] = { db_migrations.steps[0], next };

	assert_int_equal(db_migrations.n, 1);
	return migrate(rig, all, 2, error, size);
}

static int64_t matches(const char *path, const char *word)
{
	struct db db;

	assert_true(db_open(&db, path, DB_READER));
	struct stmt s = db_stmt_composed(&db, "SELECT COUNT(*) FROM search WHERE search MATCH ?");
	stmt_text(&s, word);
	int64_t n = stmt_row(&s) ? stmt_read_int(&s) : -1;
	assert_true(stmt_end(&s));
	db_close(&db);
	return n;
}

static void wait_for_index(struct rig *rig)
{
	int64_t end_ms = clock_monotonic_ms() + 60000;

	while (sql_number(rig->path, "SELECT upto_id FROM search_state") <
		store_last_entry_id(rig->store)) {
		assert_true(clock_monotonic_ms() < end_ms);
		usleep(10000);
	}
}

/* Two feeds with 300 entries each, indexed, some read, one starred. */
static void fill(struct rig *rig)
{
	rig_open_store(rig);
	for (int i = 0; i < 2; i++) {
		char url[64];
		snprintf(url, sizeof(url), "https://example.org/%d.xml", i);
		refresh_doc(
			rig, add_feed(rig, url, NULL), make_numbered(300, "<p>harbour</p>"), T0);
	}
	store_feed_mark_read(rig->store, 1, 200, T0, rig_done, rig);
	rig_wait(rig);
	wait_for_index(rig);
	rig_close(rig);
}

/* What must not change, whatever a step does. */
static void expect_filled(const char *path)
{
	assert_int_equal(sql_number(path, "SELECT COUNT(*) FROM entries"), 600);
	assert_int_equal(sql_number(path, "SELECT COUNT(*) FROM contents"), 600);
	assert_int_equal(sql_number(path, "SELECT COUNT(*) FROM entries WHERE status = 1"), 200);
	assert_int_equal(sql_number(path, "SELECT n_unread FROM totals"), 400);
	assert_int_equal(matches(path, "harbour"), 600);
}

/* entries made anew, as a column that changes its kind demands; the view, a new index and the
 * search index follow. */
static const char rebuilding[] =
	"CREATE TABLE fresh AS SELECT * FROM entries; DROP VIEW search_source; DROP TABLE entries;"
	"ALTER TABLE fresh RENAME TO entries; ALTER TABLE entries ADD COLUMN mood TEXT;"
	"CREATE UNIQUE INDEX entries_id ON entries (id);"
	"CREATE VIEW search_source (id, text, title, author, feed) AS"
	" SELECT e.id, 'quay ' || e.title, e.title, e.author, e.feed_id FROM entries e;"
	"CREATE TRIGGER moods AFTER UPDATE OF mood ON entries BEGIN"
	" UPDATE feeds SET description = NEW.mood WHERE id = NEW.feed_id; END;"
	"UPDATE entries SET mood = 'calm' WHERE id = 1;"
	"INSERT INTO search (search) VALUES ('rebuild');";

static void a_step_rebuilds_what_views_and_the_index_read(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];
	struct db db;

	fill(rig);
	if (!migrate_ours(rig, rebuilding, error, sizeof(error)))
		fail_msg("%s", error);
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 2);
	/* Dropping the table took nothing along that refers to it. */
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM contents"), 600);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries"), 600);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM feeds WHERE description = 'calm'"), 1);
	assert_int_equal(matches(rig->path, "quay"), 600);
	assert_int_equal(matches(rig->path, "harbour"), 0);
	assert_true(db_open(&db, rig->path, DB_WRITER));
	assert_int_equal(db_search_check(&db, error, sizeof(error)), DB_SOUND);
	db_close(&db);
	snprintf(copy, sizeof(copy), "%s.v1.bak", rig->path);
	expect_filled(copy);
	unlink(copy);
}

static void a_step_that_fails_in_the_middle(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];
	char *broken = xasprintf("%s INSERT INTO feeds (id) VALUES (1);", rebuilding);

	fill(rig);
	snprintf(copy, sizeof(copy), "%s.v1.bak", rig->path);
	assert_false(migrate_ours(rig, broken, error, sizeof(error)));
	free(broken);
	if (strstr(error, rig->path) == NULL || strstr(error, "from version 1 to 2") == NULL)
		fail_msg("%s", error);
	expect_filled(rig->path);
	expect_filled(copy);
	/* And one that forgets what referred to its rows. */
	assert_false(migrate_ours(rig, "DELETE FROM entries WHERE id = 7", error, sizeof(error)));
	assert_non_null(strstr(error, "rows of contents refer to rows that are not there"));
	expect_filled(rig->path);
	/* It is in use again as if nothing had been. */
	rig_open_store(rig);
	rig_close(rig);
	expect_filled(rig->path);
	unlink(copy);
}

/* SQL's die(): as kill -9 in the middle of a step. */
static void die(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	(void)context, (void)argc, (void)argv;
	kill(getpid(), SIGKILL);
}

static int offer_die(sqlite3 *db, char **error, const void *api)
{
	(void)error, (void)api;
	return sqlite3_create_function(db, "die", 0, SQLITE_UTF8, NULL, die, NULL, NULL);
}

static void a_step_that_is_killed(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", copy[160];
	char *deadly = xasprintf("%s SELECT die();", rebuilding);
	int status;

	fill(rig);
	snprintf(copy, sizeof(copy), "%s.v1.bak", rig->path);
	pid_t child = fork();
	if (child == 0) {
		sqlite3_auto_extension((void (*)(void))offer_die);
		migrate_ours(rig, deadly, error, sizeof(error));
		_exit(0);
	}
	free(deadly);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	expect_filled(rig->path);
	expect_filled(copy);
	/* The next start takes the step. */
	assert_true(migrate_ours(rig, rebuilding, error, sizeof(error)));
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 2);
	unlink(copy);
}

/* A disk on which the copy does not fit: files may not grow beyond half of the database. */
static void no_room_for_the_copy(void **state)
{
	struct rig *rig = *state;
	char error[512] = "", partial[160];
	struct rlimit before, small;
	struct stat st;

	fill(rig);
	assert_int_equal(stat(rig->path, &st), 0);
	getrlimit(RLIMIT_FSIZE, &before);
	small = (struct rlimit){ (rlim_t)st.st_size / 2, before.rlim_max };
	sigset_t limit, mask;
	sigemptyset(&limit);
	sigaddset(&limit, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &limit, &mask);
	setrlimit(RLIMIT_FSIZE, &small);
	bool ok = migrate_ours(rig, rebuilding, error, sizeof(error));
	setrlimit(RLIMIT_FSIZE, &before);
	sigtimedwait(&limit, NULL, &(struct timespec){ 0 });
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	assert_false(ok);
	snprintf(partial, sizeof(partial), "%s.v1.bak", rig->path);
	if (strstr(error, partial) == NULL)
		fail_msg("%s", error);
	assert_int_equal(access(partial, F_OK), -1);
	snprintf(partial, sizeof(partial), "%s.v1.bak.partial", rig->path);
	assert_int_equal(access(partial, F_OK), -1);
	assert_int_equal(sql_number(rig->path, "PRAGMA user_version"), 1);
	expect_filled(rig->path);
}

/* Of somebody who may write neither the folder nor, in another round, the file. */
static int migrate_as_nobody(struct rig *rig)
{
	char error[512] = "";

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 2;
	const char *const all[] = { db_migrations.steps[0], rebuilding };
	const struct migrations m = { all, 2 };
	struct db db;
	bool ok = db_check_file(rig->path, &m, error, sizeof(error));
	if (ok) {
		ok = db_open(&db, rig->path, DB_WRITER) &&
		     db_migrate(&db, rig->path, &m, error, sizeof(error));
		if (!ok && error[0] == '\0')
			snprintf(error, sizeof(error), "%s: %s", rig->path, db.error);
		db_close(&db);
	}
	return ok ? 1 : strstr(error, rig->path) == NULL ? 3 : 0;
}

static void a_folder_that_cannot_be_written(void **state)
{
	struct rig *rig = *state;

	fill(rig);
	struct hash was = hash_file(rig->path), is;
	for (mode_t mode = 0444; mode <= 0666; mode += 0222) {
		int status;
		chmod(rig->path, mode);
		chmod(rig->dir, 0555);
		pid_t child = fork();
		if (child == 0)
			_exit(migrate_as_nobody(rig));
		assert_int_equal(waitpid(child, &status, 0), child);
		chmod(rig->dir, 0700);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	chmod(rig->path, 0600);
	is = hash_file(rig->path);
	assert_true(hash_equal(&was, &is));
	expect_filled(rig->path);
}

static void a_full_file_is_a_full_disk(void **state)
{
	struct rig *rig = *state;
	struct failure fail;
	struct db db;

	assert_true(db_open(&db, rig->path, DB_WRITER));
	assert_true(db_exec(&db, "PRAGMA max_page_count = 10; CREATE TABLE a (x)"));
	assert_false(db_exec(&db, "INSERT INTO a VALUES (zeroblob(100000))"));
	db_failure(&db, &fail);
	assert_int_equal(fail.status, STATUS_DISK_FULL);
	assert_int_equal(fail.stage, STAGE_STORE);
	assert_false(db_exec(&db, "INSERT INTO b VALUES (1)"));
	db_failure(&db, &fail);
	assert_int_equal(fail.status, STATUS_STORE_FAILED);
	assert_non_null(strstr(fail.detail, "no such table: b"));
	db_close(&db);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(a_missing_and_an_empty_file_become_ours),
		T(a_newer_database_is_refused),
		T(a_foreign_database_is_refused),
		T(what_is_no_database_is_refused),
		T(a_place_without_permission_is_named),
		T(steps_leave_a_copy_and_a_version),
		T(a_failed_step_changes_nothing),
		T(a_copy_that_fails_stops_it),
		T(a_step_rebuilds_what_views_and_the_index_read),
		T(a_step_that_fails_in_the_middle),
		T(a_step_that_is_killed),
		T(no_room_for_the_copy),
		T(a_folder_that_cannot_be_written),
		T(a_full_file_is_a_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
