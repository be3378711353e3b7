/*
 * OPML 1.0 and 2.0: a tree of outlines, some of which are feeds and the others folders. What
 * programs write as OPML is often no XML, so the tags are read one by one (feed/scan_tag.h):
 * addresses with a bare & and attributes in odd case do no harm, and no entity of a document's own
 * is ever looked at.
 */
#ifndef COURANT_FEED_OPML_H
#define COURANT_FEED_OPML_H

#include "base/status.h"
#include "feed/feed.h"
#include "feed/listing.h"

/*
 * Every outline that claims to be a feed (it has an xmlUrl, or the type rss), in order, those that
 * cannot be subscribed to with their problem; the title of a feed is its own, `text` what its
 * reader made of that. NULL with *ret_fail: EMPTY, NOT_A_FEED (no OPML), MALFORMED (it ends in the
 * middle), ENTITY_REFUSED, TOO_DEEP (LIMIT_OPML_DEPTH), TOO_BIG (LIMIT_LISTED).
 */
struct listing *opml_read(const struct feed_input *in, struct failure *ret_fail);

#endif
