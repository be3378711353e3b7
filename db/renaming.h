/*
 * Entries that came back under other names: when none of the keys of most of a document is known
 * although the feed has entries, those that its last document showed and this one does not are
 * compared by what they say. Guids and links that are made anew with every request, a site that
 * moves, an identity rule of another version, a key kind that just turned out to say nothing: in
 * each of these the text is what stayed.
 *
 * Equal text alone is no proof, since publishers say the same twice on purpose (a weekly "Open
 * thread"). One of these must come with it:
 * - the publisher's date is equal;
 * - the guid or, where no guid may be used, the link is equal, verbatim;
 * - the entry has nothing by which it could differ: neither guid nor link that may be used;
 * - nearly the whole document says what nearly all of the last one said, in at least
 *   LIMIT_RENAMED_MASS different texts, and that was stored less than LIMIT_RENAMED_AGE ago: nobody
 *   writes all of it again within hours.
 */
#ifndef COURANT_DB_RENAMING_H
#define COURANT_DB_RENAMING_H

#include "db/connection.h"
#include "db/matching.h"
#include "db/trust.h"

/* Matches unknown entries by their text; the others of `matches` stay as they are. *ret_renamed:
 * KEY_BITs of the kinds that changed in most of them, 0 when they were few. Writer thread, inside a
 * request's savepoint; false when the database failed. */
bool match_renamed(struct db *db, int64_t feed_id, const struct feed_doc *doc,
	const struct entry_trust *trust, int64_t now, struct match *matches, unsigned *ret_renamed);

#endif
