/*
 * Which stored entries the entries of a document are: the keys of the document looked up in the
 * feed's alias table, in order of trust over the whole document, so that an entry known by its guid
 * takes its row before another claims it by a mere link.
 */
#ifndef COURANT_DB_MATCHING_H
#define COURANT_DB_MATCHING_H

#include "db/connection.h"
#include "db/trust.h"

struct match {                    /* of one entry of the document, at the same index */
	int64_t entry_id;         /* 0: not known */
	enum entry_key_kind kind; /* the one that matched; ENTRY_KEY_COUNT: its text (renaming.h) */
	bool purged;              /* known, but no longer stored: it stays away */
	int64_t content;          /* hash_short() of it, as stored */
	int64_t keys;             /* and of the keys that the last document gave */
	int64_t n_keys;           /* how many keys the entry has */
	int64_t gone;             /* since when it was not in the document, 0: it was */
};

/* Fills ret[doc->n_entries]; duplicates are passed over. False when the database failed. */
bool match_document(struct db *db, int64_t feed_id, const struct feed_doc *doc,
	const struct entry_trust *trust, struct match *ret);

#endif
