/*
 * Puts one document into the database: its entries, new, changed or known already, and what it says
 * of the feed. Writer thread, inside a request's savepoint.
 */
#ifndef COURANT_DB_FILING_H
#define COURANT_DB_FILING_H

#include "db/connection.h"
#include "db/store.h"

struct filed_feed { /* what is known of the feed before its document */
	int64_t id;
	unsigned distrusted;  /* feeds.distrusted */
	int64_t last_success; /* when it was last read, 0: never */
	int64_t n_entries;
	int64_t document; /* presences.document, 0: none */
	const char *etag; /* that came with the document, NULL: none */
};

/* Adds to n_new, n_backfilled, n_changed, n_known, first_id and last_id of *result and keeps the
 * feed's counters. False when the database failed. */
bool file_document(struct db *db, const struct filed_feed *feed, struct feed_doc *doc, int64_t now,
	struct store_refresh_result *result);

#endif
