/*
 * Copies of the database, and the folder in which they stand: one file each, courant-STAMP.db,
 * whole without anything beside it, named by the UTC time at which it was begun. Files that are
 * named otherwise are left alone.
 *
 * Any thread, with a connection of its own; nobody waits for it: a copy reads one snapshot, writers
 * go on in the write-ahead log meanwhile. A copy during which that grows beyond LIMIT_BACKUP_LOG is
 * given up.
 */
#ifndef COURANT_DB_BACKUP_H
#define COURANT_DB_BACKUP_H

#include "db/connection.h"

#include <stdatomic.h>
#include <stdint.h>

#define BACKUP_NAME_SIZE 64
#define STAMP_SIZE 20

/* Copies what `from` sees into the file `path`: checked (PRAGMA quick_check) and synced, or not
 * there at all; what stood there before stays until then. False with a message in error; also when
 * *stop (NULL: never) became true. `from` may not be in a transaction. */
bool db_backup(
	struct db *from, const char *path, const atomic_bool *stop, char *error, size_t size);

/* As db_backup, of the database `path` into the folder, which is made when it is missing; then the
 * oldest copies go until `keep` are left. *ret_name is the new one's path, for the caller to free.
 */
bool backup_make(const char *path, const char *folder, unsigned keep, int64_t now,
	const atomic_bool *stop, char **ret_name, char *error, size_t size);

/* A copy in the folder. */
struct backup {
	char name[BACKUP_NAME_SIZE];
	int64_t taken; /* UTC seconds */
	int64_t bytes;
};
/* Those of the folder, the newest first, as an array for the caller to free; 0 when there is none.
 */
size_t backups_list(const char *folder, struct backup **ret);

/* Removes what copies that were killed left of themselves. While none is made. */
void backups_sweep(const char *folder);

/* "20261123T040000Z". */
const char *stamp_format(int64_t when, char buf[STAMP_SIZE]);
bool stamp_parse(const char *text, int64_t *ret);
/* Makes what was renamed into or out of the folder of `path` survive a loss of power. */
bool sync_folder_of(const char *path);

#endif
