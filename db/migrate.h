/*
 * From whatever file is found to the schema of this program. A file that is not ours, or that a
 * newer courant wrote, is refused and left as it was. Each step runs in a transaction of its own,
 * after a copy of the file was put beside it; references between tables are not followed meanwhile,
 * and must hold when it ends.
 */
#ifndef COURANT_DB_MIGRATE_H
#define COURANT_DB_MIGRATE_H

#include "db/connection.h"

#include <stdbool.h>
#include <stddef.h>

#define DB_APPLICATION_ID 0x636f7572 /* "cour"; file(1) and schema.sql know it too */

/* steps[i] brings version i to version i + 1; the version is SQLite's user_version. */
struct migrations {
	const char *const *steps;
	int n;
};
/* Those of this program. */
extern const struct migrations db_migrations;

/* Looks at the file without changing it: true when it is missing, empty, or a database of ours that
 * is not newer than `m`. False with a message in error, which names the file, the reason and what
 * to do. */
bool db_check_file(const char *path, const struct migrations *m, char *error, size_t size);
/* Brings the open database to the newest version. A file with content is first copied to
 * PATH.vN.bak (N: its version). False with a message in error; the database is as the last complete
 * step left it. */
bool db_migrate(
	struct db *db, const char *path, const struct migrations *m, char *error, size_t size);

#endif
