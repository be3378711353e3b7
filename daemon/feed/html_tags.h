/*
 * The HTML elements that courant knows, and what it does with each.
 */
#ifndef COURANT_FEED_HTML_TAGS_H
#define COURANT_FEED_HTML_TAGS_H

#include "feed/span.h"

#include <stdint.h>

enum html_flag {
	HTML_KEEP = 1,            /* stays in sanitised content */
	HTML_VOID = 2,            /* has no content and no end tag */
	HTML_BLOCK = 4,           /* parts words from each other when it becomes text */
	HTML_DROP = 8,            /* goes with all it contains */
	HTML_PARAGRAPH_ENDS = 16, /* its start tag closes an open p (HTML 5 13.2.6.4.7) */
};

struct html_tag {
	const char *name;
	unsigned flags;
	const char *attributes; /* allowed beside the global ones: names between blanks, or NULL */
};

/* The element of a name in any case, or NULL. */
const struct html_tag *html_tag_find(struct span name);
/* Whether the attribute may stay on that element. */
bool html_attribute_allowed(const struct html_tag *tag, struct span name);
/* Whether the attribute holds an address. */
bool html_attribute_is_url(struct span name);
/* Whether an address with that scheme may stay; an empty scheme is a relative reference. */
bool html_scheme_allowed(struct span scheme, bool for_image);

#endif
