/*
 * Reading a feed: bytes in, struct feed_doc out. Pure: no I/O, no clock, no globals that change, no
 * threads. Runs only in courant-parse, since what it is given is hostile.
 */
#ifndef COURANT_FEED_FEED_H
#define COURANT_FEED_FEED_H

#include "base/status.h"
#include "feed/doc.h"

/* Once a process, before its sandbox closes: libxml2 and jansson set up what needs system calls. */
void feed_prepare(void);

/* What is wanted of the bytes. */
enum feed_task {
	FEED_TASK_READ, /* the feed that they are: feed_parse() */
	FEED_TASK_FIND, /* that, or the feeds that they, an HTML page, announce: feed_find() */
	FEED_TASK_OPML, /* the subscriptions that they list: opml_read() */
};

struct feed_input {
	const char *bytes; /* the body as fetched, content coding undone */
	size_t len;
	const char *content_type; /* the HTTP Content-Type, or NULL */
	const char *base_url;     /* where it was fetched from in the end, or NULL */
};

/*
 * Reads RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0 or JSON Feed 1.x. Returns the document (feed_doc_free) or
 * NULL with *ret_fail set (stage PARSE; EMPTY, NOT_A_FEED, MALFORMED, ENTITY_REFUSED, TOO_DEEP,
 * TOO_BIG, BAD_ENCODING). A document that is not well-formed is read a second time by a recovering
 * pass, and says so in `well_formed` and `warnings`.
 */
struct feed_doc *feed_parse(const struct feed_input *in, struct failure *ret_fail);

struct listing;
/*
 * What a person who names this document may mean: the feed that it is, or NULL and the feeds that
 * it announces (listing_free), or NULL, *ret_listing NULL and *ret_fail as in feed_parse(), in
 * words for that person.
 */
struct feed_doc *feed_find(
	const struct feed_input *in, struct listing **ret_listing, struct failure *ret_fail);

#endif
