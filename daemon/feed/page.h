/*
 * An HTML page where a feed was expected: publishers move their feeds and leave a page behind that
 * links to them, and people know a site's page rather than its feed. Nothing is guessed: only what
 * the page announces counts (etiquette R4).
 */
#ifndef COURANT_FEED_PAGE_H
#define COURANT_FEED_PAGE_H

#include "feed/listing.h"
#include "feed/span.h"

/*
 * The feeds that the page announces with <link rel="alternate" type="application/rss+xml"> and its
 * like, in its head or body, in order, each address once: resolved against <base href> and `base`
 * (where the page came from, or NULL). Not in comments and scripts. Beyond LIMIT_PAGE_FEEDS they
 * are counted only. Never NULL; may be empty. html is valid UTF-8.
 */
struct listing *page_feeds(struct span html, const char *base);

#endif
