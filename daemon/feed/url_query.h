/*
 * Query parameters that say who clicked where, and nothing about what is shown.
 */
#ifndef COURANT_FEED_URL_QUERY_H
#define COURANT_FEED_URL_QUERY_H

#include "base/strbuf.h"
#include "feed/span.h"

/* Whether a parameter of that name serves tracking only. */
bool url_query_is_tracking(struct span name);
/* Appends "?" and the parameters that matter, in their order; nothing when none is left. */
void url_query_add_kept(struct strbuf *out, struct span query);

#endif
