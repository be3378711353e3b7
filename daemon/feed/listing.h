/*
 * A document that names feeds without being one: an HTML page that announces its own (feed/page.h),
 * or an OPML file with somebody's subscriptions (feed/opml.h). Plain data; includes no parser.
 */
#ifndef COURANT_FEED_LISTING_H
#define COURANT_FEED_LISTING_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

/* Strings are safe text on one line; NULL: not said. */
struct listed_feed {
	const char *url;      /* a page's are resolved; NULL only beside a problem */
	const char *text;     /* what the reader calls it (OPML) */
	const char *title;    /* what the publisher calls it */
	const char *category; /* the folders around it, joined by "/" (OPML) */
	const char *site_url; /* its web page (OPML) */
	const char *type;     /* of a page's link: "rss", "atom", "json" */
	const char *problem;  /* why it cannot be subscribed to, for people */
	uint32_t line;        /* where it stands, from 1 */
};

struct listing {
	struct arena arena; /* owns everything */
	struct listed_feed *feeds;
	size_t n_feeds;
	uint32_t n_left_out; /* more than the limit lets through (pages) */
};

struct listing *listing_new(void);
void listing_free(struct listing *listing); /* NULL is fine */

/* A listing in the making: its feeds stand on the heap until it is finished. */
struct listing_draft {
	struct listing *listing;
	struct listed_feed *feeds;
	size_t n, cap;
};
void listing_draft_init(struct listing_draft *d);
/* The feeds move into the arena; the listing is the caller's. */
struct listing *listing_draft_finish(struct listing_draft *d);
/* Throws everything away. */
void listing_draft_drop(struct listing_draft *d);
/* Room for one more, zeroed; valid until the next. */
struct listed_feed *listing_draft_add(struct listing_draft *d);

#endif
