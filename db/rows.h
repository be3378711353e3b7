/*
 * From the columns of a statement to a record (records.h), one function for each SELECT list of
 * statements.h. The strings of a record belong to the statement, and to `texts` where that is
 * given, and live until the next row or the end. Only db/ includes this.
 */
#ifndef COURANT_DB_ROWS_H
#define COURANT_DB_ROWS_H

#include "base/arena.h"
#include "db/connection.h"
#include "db/records.h"
#include "db/texts.h"

void feed_row_read(struct stmt *s, struct feed_record *ret);                       /* FEED_ROW */
void move_row_read(struct stmt *s, int64_t *ret_feed_id, struct move_record *ret); /* MOVE_ROW */
void websub_row_read(struct stmt *s, struct websub_record *ret);                   /* WEBSUB_ALL */
void edition_row_read(struct stmt *s, struct edition_record *ret);                 /* EDITION_ROW */
/* REVISIONS */
void revision_row_read(struct stmt *s, struct unpacked *texts, struct revision_record *ret);

#define ENTRY_HASH_HEX 17
/* ENTRY_ROW, without tags and enclosures; `hash` is written into hex. */
void entry_row_read(
	struct stmt *s, struct unpacked *texts, struct entry_record *ret, char hex[ENTRY_HASH_HEX]);
/* Adds the tags and enclosures of ret->id, in `a`. False when the database failed. */
bool entry_lists_read(struct db *db, struct arena *a, struct entry_record *ret);

#endif
