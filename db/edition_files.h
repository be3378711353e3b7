/*
 * The digest editions that lie as files beside the database and that a restored copy does not know,
 * since they were published after it was taken: what the copy holds stood in them. They are noted
 * as published, so that none is made again over its own file. At start-up, on a database that is
 * being restored.
 */
#ifndef COURANT_DB_EDITION_FILES_H
#define COURANT_DB_EDITION_FILES_H

#include "db/connection.h"

/* `path` is the database's own: the editions stand in digests/NAME/LABEL.FORMAT beside it
 * (digest/publish.h). upto_id: the greatest entry id that they can have covered. False when the
 * database failed. */
bool edition_files_note(struct db *db, const char *path, int64_t upto_id);

#endif
