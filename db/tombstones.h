/*
 * Tombstones: what stays of an entry that retention took (retention.h). Its keys stay, so that it
 * is recognised and kept away when its publisher shows it again; when no document has shown it for
 * LIMIT_TOMBSTONE, it is forgotten. No index leads from an entry to its keys: all keys of the feed
 * are walked over, which are very many when a feed publishes a thousand entries a day, and so in
 * steps that go on with the feed's next document. Writer thread, inside a request's savepoint;
 * false when the database failed.
 */
#ifndef COURANT_DB_TOMBSTONES_H
#define COURANT_DB_TOMBSTONES_H

#include "db/connection.h"

#include <stdint.h>

/* The document shows an entry whose tombstone it is. */
bool tombstone_seen(struct db *db, int64_t entry_id, int64_t now);
/* Goes on forgetting those of a feed for LIMIT_FORGET_MS. Only right after a document was filed:
 * whatever stands in it has been seen. One that is seen again in the middle stays, with the keys
 * that it still has. */
bool tombstones_forget(struct db *db, int64_t feed_id, int64_t now);

#endif
