/*
 * What becomes of a database that is damaged. It is found out at the start (the file does not open,
 * or its schema cannot be read), by the check after an unclean stop, or when a statement meets it;
 * whoever finds it leaves a mark beside the file. The next start sets the file aside, with its log,
 * as FILE.damaged-STAMP, which is never overwritten and never deleted by us, and puts the newest
 * copy in its place that is sound; without one, an empty database. A note of the same name with
 * .txt says what happened.
 *
 * Only at start-up, before the store is open, but for recovery_mark() and recovery_last().
 */
#ifndef COURANT_DB_RECOVERY_H
#define COURANT_DB_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Any thread: the database is damaged; what a person is told of it. Stays until it is set aside. */
void recovery_mark(const char *path, const char *reason);
/* Whether it has to be set aside: it is marked, or cannot be read as a database. `reason` says why.
 */
bool recovery_due(const char *path, char *reason, size_t size);
/* Sets it aside and restores, and says in `report` what was lost. A crash meanwhile is no harm: it
 * is done again. False with a message in report: the files are as they were, or where it says. */
bool recovery_carry_out(const char *path, const char *folder, const char *reason, int64_t now,
	char *report, size_t size);

/* Both, logged; ends the program when it cannot be done. */
void recovery_at_start(const char *path, int64_t now);

/* Where the copies of a database stand: the folder "backups" beside it. For the caller to free. */
char *backups_folder(const char *path);

/* The newest note; false when no set-aside file has one. */
struct recovery {
	int64_t at;
	char text[1024];
};
bool recovery_last(const char *path, struct recovery *ret);

/* The last stop was not a clean one: a log is left, which the last connection takes away. Before
 * the file is opened. */
bool recovery_was_unclean(const char *path);

#endif
