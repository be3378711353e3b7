/*
 * Which entries of one document are the same entry, and which of their keys say who they are. Pure:
 * looks at the document only; the matching against what is stored is in matching.c.
 *
 * Two entries of a document are compared by the most trusted kind of key that both have: equal
 * there, they are one; different there, no lesser key makes them one. A kind that such different
 * entries share is no identity in this feed; so is a kind that the parser left out because it
 * repeats (feed/doc.h). Both are reported, so that the store remembers them (feeds.distrusted) for
 * the days on which only one of those entries is in the document.
 */
#ifndef COURANT_DB_TRUST_H
#define COURANT_DB_TRUST_H

#include "feed/doc.h"

#include <stdbool.h>

#define KEY_BIT(kind) (1u << (kind))
#define KEYS_OF_GUID (KEY_BIT(ENTRY_KEY_GUID) | KEY_BIT(ENTRY_KEY_GUID_NOSCHEME))
#define KEYS_OF_LINK (KEY_BIT(ENTRY_KEY_LINK) | KEY_BIT(ENTRY_KEY_LINK_TITLE))
#define KEYS_ALL 255u /* of feeds.distrusted: the bits above are kinds that are suspected only */

struct entry_trust {    /* of one entry of the document, at the same index */
	bool duplicate; /* the same as an entry before it: not stored */
	/* KEY_BITs of the keys by which it is looked up, and known from now on. Title and content
	 * identify only an entry that has nothing better: a weekly "Open thread" is a new entry
	 * each week. */
	unsigned keys;
};

/* Fills ret[doc->n_entries] and returns the KEY_BITs that are distrusted: those given and those
 * learned from this document. An entry without any key gets its content's hash as one: it could not
 * be recognised at the next poll otherwise. */
unsigned trust_document(struct feed_doc *doc, unsigned distrusted, struct entry_trust *ret);
/* Chooses the keys of all entries anew, when more turned out to be distrusted than the document
 * showed. */
void trust_choose(const struct feed_doc *doc, unsigned distrusted, struct entry_trust *ret);

#endif
