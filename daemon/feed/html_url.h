/*
 * Addresses inside content.
 */
#ifndef COURANT_FEED_HTML_URL_H
#define COURANT_FEED_HTML_URL_H

#include "base/strbuf.h"
#include "feed/span.h"

/* Appends the address, resolved, when its scheme may stay; false and nothing otherwise. */
bool html_url_add(struct strbuf *out, const char *base, struct span url, bool for_image);
/* As html_url_add for each candidate of a srcset (HTML 5 4.8.4.2.1); candidates that may not stay
 * go. */
bool html_srcset_add(struct strbuf *out, const char *base, struct span srcset);
/* Whether an image of that address only counts readers. */
bool html_url_is_tracker(struct span url);

#endif
