#include "db/backup.h"

#include "base/limits.h"
#include "base/mem.h"
#include "db/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* ---- one copy ---- */

bool sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path) + 1);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	free(folder);
	return ok;
}

static bool is_stopped(const atomic_bool *stop)
{
	return stop != NULL && atomic_load(stop);
}

/* The log cannot begin anew while a copy reads its snapshot. */
static bool log_is_too_long(struct db *from)
{
	const char *path = sqlite3_filename_wal(sqlite3_db_filename(from->handle, "main"));
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > (off_t)LIMIT_BACKUP_LOG;
}

/* Step by step; the disk is made to follow, so that a large copy is no flood of writes in the end
 * for which everybody else's commit would wait. */
static bool copy_pages(struct db *from, struct db *to, int fd, const atomic_bool *stop)
{
	sqlite3_backup *b = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	int code = SQLITE_OK;
	bool too_long = false;

	if (b == NULL) {
		db_note_failure(to);
		return false;
	}
	for (unsigned step = 1; code == SQLITE_OK && !too_long && !is_stopped(stop); step++) {
		code = sqlite3_backup_step(b, LIMIT_BACKUP_PAGES);
		too_long = log_is_too_long(from);
		if (step % LIMIT_BACKUP_STEPS == 0 && fdatasync(fd) != 0)
			code = SQLITE_IOERR_FSYNC;
	}
	/* Finishing reports what a step met. */
	int end = sqlite3_backup_finish(b);
	if (code == SQLITE_DONE && end == SQLITE_OK)
		return true;
	db_note_failure(to);
	if (too_long)
		snprintf(to->error, sizeof(to->error),
			"so much was written meanwhile that the log grew beyond %d MiB",
			(int)(LIMIT_BACKUP_LOG / MIB));
	return false;
}

/* Without a log of its own, the copy is one file that can be carried about. */
static bool finish_copy(struct db *to, const atomic_bool *stop, char *error, size_t size)
{
	char detail[LIMIT_DETAIL];

	if (!db_exec(to, "PRAGMA journal_mode = DELETE")) {
		snprintf(error, size, "%s (SQLite %d)", to->error, to->code);
		return false;
	}
	if (db_quick_check(to, stop, detail, sizeof(detail)) == DB_SOUND)
		return true;
	snprintf(error, size, "the copy is not sound: %s", detail);
	return false;
}

/* The snapshot is held from the first page to the last: a copy that began again with each commit of
 * somebody else would never end. No longer: the log grows meanwhile. */
static bool copy_snapshot(
	struct db *from, struct db *to, int fd, const atomic_bool *stop, char *error, size_t size)
{
	if (!db_exec(from, "BEGIN; SELECT COUNT(*) FROM sqlite_schema")) {
		snprintf(error, size, "%s (SQLite %d)", from->error, from->code);
		return false;
	}
	bool ok = copy_pages(from, to, fd, stop);
	if (!db_exec(from, "COMMIT"))
		db_exec(from, "ROLLBACK");
	if (!ok)
		snprintf(error, size, "%s (SQLite %d)", to->error, to->code);
	return ok;
}

/* Everything but its name. */
static bool make_copy(struct db *from, const char *partial, int fd, const atomic_bool *stop,
	char *error, size_t size)
{
	struct db to;
	bool ok = db_open(&to, partial, DB_WRITER);

	if (!ok)
		snprintf(error, size, "%s (SQLite %d)", to.error, to.code);
	ok = ok && copy_snapshot(from, &to, fd, stop, error, size) &&
	     finish_copy(&to, stop, error, size);
	db_close(&to);
	if (!ok && is_stopped(stop))
		snprintf(error, size, "courantd is stopping");
	return ok;
}

/* What a copy that was killed left behind, too. */
static void remove_partial(const char *partial)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *path = xasprintf("%s%s", partial, suffixes[i]);
		unlink(path);
		free(path);
	}
}

bool db_backup(struct db *from, const char *path, const atomic_bool *stop, char *error, size_t size)
{
	char *partial = xasprintf("%s.partial", path);
	bool ok = false;

	remove_partial(partial);
	int fd = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(error, size, "%s: %s", partial, strerror(errno));
	} else if (make_copy(from, partial, fd, stop, error, size)) {
		ok = fsync(fd) == 0 && rename(partial, path) == 0 && sync_folder_of(path);
		if (!ok)
			snprintf(error, size, "%s: %s", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	if (!ok)
		remove_partial(partial);
	free(partial);
	return ok;
}

/* ---- the folder ---- */

const char *stamp_format(int64_t when, char buf[STAMP_SIZE])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(buf, STAMP_SIZE, "%Y%m%dT%H%M%SZ", &tm) == 0)
		snprintf(buf, STAMP_SIZE, "00000000T000000Z");
	return buf;
}

bool stamp_parse(const char *text, int64_t *ret)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y%m%dT%H%M%SZ", &tm);

	if (end == NULL)
		return false;
	*ret = (int64_t)timegm(&tm);
	return true;
}

/* courant-STAMP.db, or with a number after the stamp; nothing that is half done. */
static bool is_backup(const char *name, int64_t *ret_taken)
{
	size_t n = strlen(name);

	return n < BACKUP_NAME_SIZE && n > 3 && strncmp(name, "courant-", 8) == 0 &&
	       strcmp(name + n - 3, ".db") == 0 && stamp_parse(name + 8, ret_taken);
}

/* Of one second the one without a number was first. */
static int newest_first(const void *a, const void *b)
{
	const struct backup *x = a, *y = b;
	size_t x_length = strlen(x->name), y_length = strlen(y->name);

	if (x->taken != y->taken)
		return x->taken < y->taken ? 1 : -1;
	if (x_length != y_length)
		return x_length < y_length ? 1 : -1;
	return strcmp(y->name, x->name);
}

size_t backups_list(const char *folder, struct backup **ret)
{
	struct backup *list = NULL;
	size_t n = 0, cap = 0;
	struct dirent *entry;
	int64_t taken;
	struct stat st;
	DIR *dir = opendir(folder);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!is_backup(entry->d_name, &taken) ||
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISREG(st.st_mode))
			continue;
		list = xgrow(list, n, &cap, sizeof(*list));
		list[n] = (struct backup){ .taken = taken, .bytes = st.st_size };
		snprintf(list[n++].name, BACKUP_NAME_SIZE, "%.*s", BACKUP_NAME_SIZE - 1,
			entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	if (n > 0)
		qsort(list, n, sizeof(*list), newest_first);
	*ret = list;
	return n;
}

/* The one that was just made stays, whatever the clock said when others were. */
static void rotate(const char *folder, unsigned keep, const char *made)
{
	struct backup *list;
	size_t n = backups_list(folder, &list), n_kept = 1;

	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", folder, list[i].name);
		if (strcmp(path, made) != 0 && ++n_kept > keep)
			unlink(path);
		free(path);
	}
	free(list);
}

void backups_sweep(const char *folder)
{
	static const char ending[] = ".db.partial";
	struct dirent *entry;
	int64_t taken;
	DIR *dir = opendir(folder);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const char *end = strstr(entry->d_name, ending);
		if (end != NULL && strncmp(entry->d_name, "courant-", 8) == 0 &&
			stamp_parse(entry->d_name + 8, &taken))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
}

/* A disk that a copy would fill is left to the daemon. */
static bool has_room(struct db *from, const char *folder, char *error, size_t size)
{
	struct statvfs fs;
	struct stmt s = db_stmt(from, STATEMENT_PAGE_COUNT);
	int64_t pages = stmt_row(&s) ? stmt_read_int(&s) : -1;

	if (!stmt_end(&s) || pages < 0) {
		snprintf(error, size, "%s (SQLite %d)", from->error, from->code);
		return false;
	}
	int64_t needed = pages * LIMIT_PAGE_SIZE + LIMIT_BACKUP_ROOM;
	if (statvfs(folder, &fs) != 0 || (int64_t)(fs.f_bavail * fs.f_frsize) >= needed)
		return true;
	snprintf(error, size, "%s: a copy wants %" PRId64 " MiB, and %" PRId64 " MiB are free",
		folder, needed >> 20, (int64_t)(fs.f_bavail * fs.f_frsize) >> 20);
	return false;
}

/* A name that is not taken; two copies in one second are told apart. */
static char *new_name(const char *folder, int64_t now)
{
	char stamp[STAMP_SIZE];
	char *name = xasprintf("%s/courant-%s.db", folder, stamp_format(now, stamp));

	for (unsigned i = 2; access(name, F_OK) == 0 && i < 1000; i++) {
		free(name);
		name = xasprintf("%s/courant-%s-%03u.db", folder, stamp, i);
	}
	return name;
}

bool backup_make(const char *path, const char *folder, unsigned keep, int64_t now,
	const atomic_bool *stop, char **ret_name, char *error, size_t size)
{
	struct db from;
	char *name = NULL;
	bool ok = false;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		snprintf(error, size, "%s: %s", folder, strerror(errno));
		return false;
	}
	if (!db_open(&from, path, DB_READER)) {
		snprintf(error, size, "%s (SQLite %d)", from.error, from.code);
	} else if (has_room(&from, folder, error, size)) {
		name = new_name(folder, now);
		ok = db_backup(&from, name, stop, error, size);
	}
	db_close(&from);
	if (ok) {
		rotate(folder, keep, name);
		*ret_name = name;
	} else {
		free(name);
	}
	return ok;
}
