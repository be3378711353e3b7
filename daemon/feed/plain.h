/*
 * Short texts for people: plain, on one line, safe, within a limit.
 */
#ifndef COURANT_FEED_PLAIN_H
#define COURANT_FEED_PLAIN_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "feed/span.h"

/* What the publisher's text is, once XML or JSON is undone. */
enum text_type {
	TEXT_PLAIN, /* itself */
	TEXT_HTML,  /* HTML source */
	TEXT_MAYBE, /* RSS: either; HTML when it looks like it */
};

/*
 * The text on one line in the arena, cut at limit bytes with an ellipsis; NULL when nothing is left
 * or the arena is full. scratch is cleared and used.
 */
const char *plain_line(struct arena *a, struct strbuf *scratch, struct span text,
	enum text_type type, size_t limit);
/* The text with its lines kept, made safe; NULL when blank. */
const char *plain_block(struct arena *a, struct strbuf *scratch, struct span text, size_t limit);

#endif
