/*
 * The parts of html_strict.c below the level of elements: references, and the attributes of one
 * tag. Only what every HTML parser reads alike is read; anything else is refused.
 */
#ifndef COURANT_FEED_HTML_STRICT_TAG_H
#define COURANT_FEED_HTML_STRICT_TAG_H

#include "base/strbuf.h"
#include "feed/html_write.h"
#include "feed/span.h"

/* The attributes of one start tag, each name once. Their values point into the source or into
 * `values`, until the next are read. */
struct strict_attributes {
	struct html_attribute list[HTML_ATTRIBUTES];
	size_t n;
	size_t n_read; /* those that were said again included */
	struct strbuf values;
};

/* Appends t with its references decoded; false when one of them is doubtful. */
bool strict_decode(struct strbuf *out, struct span t, bool attribute);
/* Reads the attributes of a start tag from behind its name to behind its '>', or "/>" where that
 * may be. False when one is doubtful. */
bool strict_attributes_read(struct strict_attributes *a, struct span *rest, bool may_close);

#endif
