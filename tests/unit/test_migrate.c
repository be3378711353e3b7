/* Which files are taken, which are refused and left as they were, and what a migration leaves
 * behind. */
#include "db.h"

#include "db/migrate.h"

#include <fcntl.h>
#include <sys/stat.h>

static int setup(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig_init(rig);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	rig_release(*state);
	free(*state);
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
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_missing_and_an_empty_file_become_ours),
		T(a_newer_database_is_refused),
		T(a_foreign_database_is_refused),
		T(what_is_no_database_is_refused),
		T(a_place_without_permission_is_named),
		T(steps_leave_a_copy_and_a_version),
		T(a_failed_step_changes_nothing),
		T(a_copy_that_fails_stops_it),
		T(a_full_file_is_a_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
