/*
 * Puts one document into the database: its entries, new, changed or known already, and what it says
 * of the feed. Writer thread, inside a request's savepoint.
 */
#ifndef COURANT_DB_FILING_H
#define COURANT_DB_FILING_H

#include "db/connection.h"
#include "db/store.h"

/* Adds to n_new, n_changed, first_id and last_id of *result and keeps the feed's counters.
 * distrusted: as stored with the feed. False when the database failed. */
bool file_document(struct db *db, int64_t feed_id, struct feed_doc *doc, unsigned distrusted,
	int64_t now, struct store_refresh_result *result);

#endif
