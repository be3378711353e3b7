#include "db/recovery.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/limits.h"
#include "db/backup.h"
#include "db/check.h"
#include "db/edition_files.h"
#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- small files beside the database ---- */

static bool write_note(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n = strlen(text);
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok && sync_folder_of(path);
}

/* The first line. */
static bool read_note(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static char *mark_of(const char *path)
{
	return xasprintf("%s.damaged", path);
}

void recovery_mark(const char *path, const char *reason)
{
	char *mark = mark_of(path), *line = xasprintf("%s\n", reason);

	/* The first find counts: what follows from it says less. */
	if (access(mark, F_OK) != 0 && !write_note(mark, line))
		log_err("%s: %s; the next start may not know that the database is damaged", mark,
			strerror(errno));
	free(line);
	free(mark);
}

bool recovery_was_unclean(const char *path)
{
	char *wal = xasprintf("%s-wal", path);
	bool left = access(wal, F_OK) == 0;

	free(wal);
	return left;
}

/* ---- is it damaged? ---- */

char *backups_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	int n = slash == NULL ? 0 : (int)(slash + 1 - path);

	return xasprintf("%.*sbackups", n, path);
}

/* Reads what every start needs. */
static bool is_unreadable(const char *path, char *reason, size_t size)
{
	struct db db;
	bool readable =
		db_open(&db, path, DB_READER) && db_exec(&db, "SELECT COUNT(*) FROM sqlite_schema");
	bool damaged = !readable && db_says_damaged(&db);

	if (damaged)
		snprintf(reason, size, "%s (SQLite %d)", db.error, db.code);
	db_close(&db);
	return damaged;
}

static bool has_copies(const char *path)
{
	char *folder = backups_folder(path);
	struct backup *list;
	bool any = backups_list(folder, &list) > 0;

	free(list);
	free(folder);
	return any;
}

/* An empty file is a new one, unless there was something in it already. */
static bool was_emptied(const char *path, char *reason, size_t size)
{
	if (!has_copies(path))
		return false;
	snprintf(reason, size, "the file is empty");
	return true;
}

bool recovery_due(const char *path, char *reason, size_t size)
{
	char *mark = mark_of(path);
	bool marked = read_note(mark, reason, size);
	struct stat st;

	free(mark);
	if (marked)
		return true;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	return st.st_size == 0 ? was_emptied(path, reason, size)
			       : is_unreadable(path, reason, size);
}

/* ---- setting aside ---- */

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* A name under which nothing stands yet. */
static char *aside_name(const char *path, int64_t now)
{
	char stamp[STAMP_SIZE];
	char *name = xasprintf("%s.damaged-%s", path, stamp_format(now, stamp));

	for (unsigned i = 2; exists(name); i++) {
		free(name);
		name = xasprintf("%s.damaged-%s-%u", path, stamp, i);
	}
	return name;
}

static bool move_along(const char *from, const char *to, const char *suffix)
{
	char *old = xasprintf("%s%s", from, suffix), *new = xasprintf("%s%s", to, suffix);
	bool ok = rename(old, new) == 0 || errno == ENOENT;

	free(old);
	free(new);
	return ok;
}

/* The log first: without the file that it belongs to it must never lie beside another one. */
static bool set_aside(const char *path, const char *aside)
{
	return move_along(path, aside, "-shm") && move_along(path, aside, "-wal") &&
	       move_along(path, aside, "") && sync_folder_of(path);
}

/* ---- restoring ---- */

/* What followers and servers were told since the copy was taken is not known any more: ids begin
 * where none can have been, no feed is asked sooner than it may, and no edition is made again. */
static bool prepare(struct db *db, const char *path, int64_t now)
{
	char sql[256];
	struct stmt s = db_stmt(db, STATEMENT_LAST_ENTRY_ID);
	int64_t last_id = stmt_row(&s) ? stmt_read_int(&s) : 0;

	if (!stmt_end(&s) || !edition_files_note(db, path, last_id))
		return false;

	snprintf(sql, sizeof(sql),
		"UPDATE sqlite_sequence SET seq = seq + %d WHERE name = 'entries';"
		"UPDATE feeds SET next_due = MAX(next_due, %" PRId64 ")",
		LIMIT_RESTORE_IDS, now + LIMIT_INTERVAL_FLOOR);
	return db_exec(db, sql);
}

static bool prepare_file(const char *fresh, const char *path, int64_t now)
{
	struct db db;
	bool ok = db_open(&db, fresh, DB_WRITER) && prepare(&db, path, now);

	db_close(&db);
	return ok;
}

/* Puts one copy in the place of `path`; false: it will not do. */
static bool restore_copy(const char *copy, const char *path, int64_t now)
{
	char error[LIMIT_LOG_LINE];
	char *fresh = xasprintf("%s.restoring", path);
	struct db from;
	bool ok = db_check_file(copy, &db_migrations, error, sizeof(error));

	if (ok) {
		ok = db_open(&from, copy, DB_READER) &&
		     db_backup(&from, fresh, NULL, error, sizeof(error));
		db_close(&from);
	}
	if (!ok)
		log_err("%s cannot be restored: %s", copy, error);
	ok = ok && prepare_file(fresh, path, now) && rename(fresh, path) == 0 &&
	     sync_folder_of(path);
	if (!ok)
		unlink(fresh);
	free(fresh);
	return ok;
}

static bool restore_newest(
	const char *path, const char *folder, int64_t now, struct backup *ret_copy)
{
	struct backup *list;
	size_t n = backups_list(folder, &list), i = 0;
	bool ok = false;

	for (; i < n && !ok; i++) {
		char *copy = xasprintf("%s/%s", folder, list[i].name);
		ok = restore_copy(copy, path, now);
		free(copy);
		*ret_copy = list[i];
	}
	free(list);
	return ok;
}

/* An empty database whose ids begin with the time: beyond those of whatever stood there. */
static bool begin_anew(const char *path, int64_t now, char *error, size_t size)
{
	char *fresh = xasprintf("%s.restoring", path), sql[96];
	struct db db;

	unlink(fresh);
	snprintf(sql, sizeof(sql), "INSERT INTO sqlite_sequence VALUES ('entries', %" PRId64 ")",
		now);
	bool ok = db_open(&db, fresh, DB_WRITER) &&
		  db_migrate(&db, fresh, &db_migrations, error, size) && db_exec(&db, sql) &&
		  edition_files_note(&db, path, now);
	db_close(&db);
	ok = ok && chmod(fresh, 0600) == 0 && rename(fresh, path) == 0 && sync_folder_of(path);
	if (!ok)
		unlink(fresh);
	free(fresh);
	return ok;
}

/* Says what there is now instead of what there was. */
static void tell(
	const char *aside, const char *reason, const struct backup *copy, char *report, size_t size)
{
	char stamp[STAMP_SIZE];

	if (copy->name[0] != '\0')
		snprintf(report, size,
			"the database was damaged (%s) and was set aside as %s; the copy %s was "
			"put in "
			"its place: what was read, starred and subscribed since %s is lost, and of "
			"the entries since then those that their feeds show no longer",
			reason, aside, copy->name, stamp_format(copy->taken, stamp));
	else
		snprintf(report, size,
			"the database was damaged (%s) and was set aside as %s; there was no sound "
			"copy, so it begins anew with the feeds of the configuration: feeds that "
			"were added otherwise and all entries are lost",
			reason, aside);
}

bool recovery_carry_out(const char *path, const char *folder, const char *reason, int64_t now,
	char *report, size_t size)
{
	char *aside = aside_name(path, now), *mark = mark_of(path);
	char *note = xasprintf("%s.txt", aside);
	struct backup copy = { 0 };
	char error[LIMIT_LOG_LINE] = "";

	/* While the mark is there, a start that finds half of this does it again. */
	recovery_mark(path, reason);
	bool ok = set_aside(path, aside);
	if (!ok) {
		snprintf(report, size, "the damaged database %s cannot be set aside as %s: %s",
			path, aside, strerror(errno));
	} else if (!restore_newest(path, folder, now, &copy)) {
		copy = (struct backup){ 0 };
		ok = begin_anew(path, now, error, sizeof(error));
		if (!ok)
			snprintf(report, size, "no database could be made at %s: %s %s", path,
				strerror(errno), error);
	}
	if (ok) {
		tell(aside, reason, &copy, report, size);
		write_note(note, report);
		unlink(mark);
		sync_folder_of(path);
	}
	free(note);
	free(mark);
	free(aside);
	return ok;
}

void recovery_at_start(const char *path, int64_t now)
{
	char reason[LIMIT_DETAIL], report[LIMIT_LOG_LINE];

	if (!recovery_due(path, reason, sizeof(reason))) {
		if (access(path, F_OK) != 0 && has_copies(path))
			log_warning("there is no database %s, though there are copies of one in "
				    "backups: it begins anew",
				path);
		return;
	}
	char *folder = backups_folder(path);
	bool done = recovery_carry_out(path, folder, reason, now, report, sizeof(report));
	free(folder);
	if (!done)
		log_fatal("%s", report);
	log_err("%s", report);
}

/* ---- what is remembered of it ---- */

bool recovery_last(const char *path, struct recovery *ret)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path));
	char *prefix = xasprintf("%s.damaged-", slash == NULL ? path : slash + 1), newest[256] = "";
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t n = strlen(entry->d_name);
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && n > 4 &&
			strcmp(entry->d_name + n - 4, ".txt") == 0 &&
			strcmp(entry->d_name, newest) > 0)
			snprintf(newest, sizeof(newest), "%s", entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	char *note = xasprintf("%s/%s", folder, newest);
	bool found = newest[0] != '\0' && stamp_parse(newest + strlen(prefix), &ret->at) &&
		     read_note(note, ret->text, sizeof(ret->text));
	free(note);
	free(prefix);
	free(folder);
	return found;
}
