/*
 * An HTML page where a feed was expected: publishers move their feeds and leave a page behind that
 * links to them.
 */
#ifndef COURANT_FEED_PAGE_H
#define COURANT_FEED_PAGE_H

#include "base/strbuf.h"
#include "feed/span.h"

/*
 * Appends the addresses, resolved and parted by blanks, of the feeds that a page announces with
 * <link rel="alternate" type="application/rss+xml"> and its like; false when there are none. Their
 * number is bounded by the room in out.
 */
bool page_feeds(struct strbuf *out, struct span html, const char *base);

#endif
