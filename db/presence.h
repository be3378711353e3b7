/*
 * Which of a feed's entries stand in its document: retention takes none of them, since an entry
 * that is still published would come back, or stay away though everybody can see it. What an
 * earlier page or a hub shows counts until the next document. Kept as one list a feed, so that a
 * new entry costs no index and an unchanged document writes nothing. Writer thread, inside a
 * request's savepoint; false when the database failed.
 */
#ifndef COURANT_DB_PRESENCE_H
#define COURANT_DB_PRESENCE_H

#include "db/connection.h"
#include "db/trust.h"

#include <stddef.h>

/* The ids of the list as it is stored, ascending, to be freed. */
bool presence_read(struct db *db, int64_t feed_id, int64_t **ret_ids, size_t *ret_n);
/* Notes of one entry that it is in the document (gone 0), or since when it is not. */
bool presence_set(struct db *db, int64_t entry_id, int64_t gone);
/* What is looked at of a document to recognise its entries and what changed in them, as one number,
 * never 0: of two documents with the same mark in a row the second one brings nothing.
 * `distrusted`: as it is stored with the feed. */
int64_t presence_mark(
	const struct feed_doc *doc, const struct entry_trust *trust, unsigned distrusted);
/* The feed's document shows the n given entries (sorted here, each once) and no others: those that
 * it showed before are gone since `now`. `document` is its mark, 0: it must be looked at again even
 * if it stays the same. */
bool presence_update(
	struct db *db, int64_t feed_id, int64_t *ids, size_t n, int64_t document, int64_t now);
/* The n given entries came with what is only a part of the feed (an earlier page, a hub's news):
 * they count as shown until the next document, which is looked at even if it stays the same. */
bool presence_add(struct db *db, int64_t feed_id, const int64_t *ids, size_t n);
/* Entries were changed by what is not the feed's document: that is looked at again. */
bool presence_forget(struct db *db, int64_t feed_id);

#endif
