/*
 * Which entries are the same, and which have changed: the keys and the content hash of doc.h.
 * Version ENTRY_IDENTITY_VERSION.
 */
#ifndef COURANT_FEED_IDENTITY_H
#define COURANT_FEED_IDENTITY_H

#include "feed/doc.h"

/*
 * Fills keys and content_hash of all entries. A kind of key that is shared in this document by
 * entries of different content (a guid that is the feed's own address, a link that always leads to
 * the front page) is left unset in all of them.
 */
void identity_assign(struct feed_doc *doc);

#endif
