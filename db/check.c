#include "db/check.h"

#include <stdio.h>
#include <string.h>

#define STEPS 10000 /* of SQLite's machine between two looks at `stop`: a millisecond or so */

bool db_says_search_damaged(const struct db *db)
{
	return db->code == SQLITE_CORRUPT_VTAB;
}

bool db_says_damaged(const struct db *db)
{
	int code = db->code & 0xff;

	return (code == SQLITE_CORRUPT && !db_says_search_damaged(db)) || code == SQLITE_NOTADB;
}

static int is_stopped(void *stop)
{
	return atomic_load((const atomic_bool *)stop);
}

static enum db_soundness soundness(const struct db *db, char *detail, size_t size)
{
	snprintf(detail, size, "%s (SQLite %d)", db->error, db->code);
	return db_says_damaged(db) || db_says_search_damaged(db) ? DB_DAMAGED : DB_UNCHECKED;
}

/* The first line of what was found is where, "*** in database main ***"; the second says what. */
static void describe(const char *found, char *detail, size_t size)
{
	const char *what = strncmp(found, "*** ", 4) == 0 ? strchr(found, '\n') : NULL;

	what = what != NULL ? what + 1 : found;
	snprintf(detail, size, "%.*s", (int)strcspn(what, "\n"), what);
}

enum db_soundness db_quick_check(struct db *db, const atomic_bool *stop, char *detail, size_t size)
{
	enum db_soundness result = DB_SOUND;

	if (stop != NULL)
		sqlite3_progress_handler(db->handle, STEPS, is_stopped, (void *)(uintptr_t)stop);
	struct stmt s = db_stmt_composed(db, "PRAGMA quick_check(1)");
	const char *found = stmt_row(&s) ? stmt_read_text(&s) : NULL;
	if (found != NULL && strcmp(found, "ok") != 0) {
		describe(found, detail, size);
		result = DB_DAMAGED;
	}
	if (!stmt_end(&s))
		result = soundness(db, detail, size);
	sqlite3_progress_handler(db->handle, 0, NULL, NULL);
	return result;
}

enum db_soundness db_search_check(struct db *db, char *detail, size_t size)
{
	if (db_exec(db, "INSERT INTO search (search) VALUES ('integrity-check')"))
		return DB_SOUND;
	return soundness(db, detail, size);
}
