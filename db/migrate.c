#include "db/migrate.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID_AT 68 /* in the file's header (SQLite file format, 1.3) */

static const char *const steps[] = {
#include "db/schema.sql.inc"
};
const struct migrations db_migrations = { steps, sizeof(steps) / sizeof(steps[0]) };

/* The first column of the first row of a statement, or -1. */
static int64_t number(struct db *db, const char *sql)
{
	struct stmt s = db_stmt_composed(db, sql);
	int64_t n = stmt_row(&s) ? stmt_read_int(&s) : -1;

	return stmt_end(&s) ? n : -1;
}

static bool refuse_unreadable(const struct db *db, const char *path, char *error, size_t size)
{
	snprintf(error, size,
		"cannot read the database %s: %s (SQLite %d); if the file is damaged, put a backup "
		"in its"
		" place, or move it away together with its -wal to start with an empty one",
		path, db->error, db->code);
	return false;
}

/* What the file itself says, whatever its log does. */
static bool is_ours_without_log(const char *path)
{
	unsigned char id[4] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool read = fd >= 0 && pread(fd, id, sizeof(id), APPLICATION_ID_AT) == sizeof(id);

	if (fd >= 0)
		close(fd);
	return read && ((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 |
			       id[3]) == DB_APPLICATION_ID;
}

static bool refuse_foreign(const char *path, int64_t id, char *error, size_t size)
{
	if (is_ours_without_log(path))
		snprintf(error, size,
			"%s-wal is not its log, but that of another database; both were left as "
			"they are: move %s-wal away",
			path, path);
	else
		snprintf(error, size,
			"%s is an SQLite database, but not one of courant (application_id 0x%08x); "
			"it was left as"
			" it is: set another state_dir, or move the file away",
			path, (unsigned)id);
	return false;
}

static bool check_version(
	struct db *db, const char *path, const struct migrations *m, char *error, size_t size)
{
	int64_t id = number(db, "PRAGMA application_id");
	int64_t version = number(db, "PRAGMA user_version");
	int64_t n_tables = number(db, "SELECT COUNT(*) FROM sqlite_schema");

	if (id < 0 || version < 0 || n_tables < 0)
		return refuse_unreadable(db, path, error, size);
	if (id == 0 && version == 0 && n_tables == 0)
		return true;
	if (id != DB_APPLICATION_ID)
		return refuse_foreign(path, id, error, size);
	if (version > m->n) {
		snprintf(error, size,
			"%s was written by a newer courant (schema version %d, this one knows %d); "
			"it was left as"
			" it is: install the newer version, or put a backup in its place",
			path, (int)version, m->n);
		return false;
	}
	return true;
}

bool db_check_file(const char *path, const struct migrations *m, char *error, size_t size)
{
	struct stat st;
	struct db db;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			return true;
		snprintf(error, size, "cannot read the database %s: %s", path, strerror(errno));
		return false;
	}
	if (st.st_size == 0)
		return true;
	bool ok = db_open(&db, path, DB_READER) ? check_version(&db, path, m, error, size)
						: refuse_unreadable(&db, path, error, size);
	db_close(&db);
	return ok;
}

static bool back_up(struct db *db, const char *path, int version, char *error, size_t size)
{
	char reason[LIMIT_DETAIL * 2];
	char *copy = xasprintf("%s.v%d.bak", path, version);
	bool ok = db_backup(db, copy, NULL, reason, sizeof(reason));

	if (!ok)
		snprintf(error, size, "cannot copy the database to %s before its migration: %s",
			copy, reason);
	free(copy);
	return ok;
}

/* A step may make a table anew under another name, which must not take along what refers to its
 * rows; so references are not followed while it runs, and all are looked at when it has. */
static bool references_hold(struct db *db)
{
	struct stmt s = db_stmt_composed(db, "PRAGMA foreign_key_check");
	char table[64] = "";

	if (stmt_row(&s))
		snprintf(table, sizeof(table), "%s", stmt_read_text(&s));
	if (!stmt_end(&s))
		return false;
	if (table[0] == '\0')
		return true;
	db->code = SQLITE_CONSTRAINT_FOREIGNKEY;
	snprintf(
		db->error, sizeof(db->error), "rows of %s refer to rows that are not there", table);
	return false;
}

static bool step(struct db *db, const struct migrations *m, int version)
{
	char set_version[48];

	snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", version + 1);
	if (db_exec(db, "PRAGMA foreign_keys = OFF") && db_run(db, STATEMENT_BEGIN_WRITE) &&
		db_exec(db, m->steps[version]) && db_exec(db, set_version) && references_hold(db) &&
		db_run(db, STATEMENT_COMMIT) && db_exec(db, "PRAGMA foreign_keys = ON"))
		return true;
	/* The first failure is what the user is told, not that of cleaning up. */
	sqlite3_exec(db->handle, "ROLLBACK; PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	return false;
}

/* All of them; `version` is where the file stands. */
static bool take_steps(struct db *db, const char *path, const struct migrations *m, int version,
	char *error, size_t size)
{
	for (; version < m->n; version++) {
		if (step(db, m, version))
			continue;
		snprintf(error, size,
			"cannot bring the database %s from version %d to %d: %s (SQLite %d); it is "
			"as it was at version %d",
			path, version, version + 1, db->error, db->code, version);
		return false;
	}
	return true;
}

bool db_migrate(
	struct db *db, const char *path, const struct migrations *m, char *error, size_t size)
{
	int version = (int)number(db, "PRAGMA user_version");

	if (version < 0 || version > m->n)
		return refuse_unreadable(db, path, error, size);
	if (version == m->n)
		return true;
	if (version > 0) {
		log_notice("the database %s is brought from version %d to %d, after a copy to "
			   "%s.v%d.bak",
			path, version, m->n, path, version);
		if (!back_up(db, path, version, error, size))
			return false;
	}
	return take_steps(db, path, m, version, error, size);
}
