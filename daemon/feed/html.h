/*
 * Content for people, from hostile HTML: the source is parsed as browsers do (gumbo) and written
 * anew from the tree with what html_tags.h allows. Nothing of the source's own spelling survives,
 * so nothing hides in it.
 *
 * Out: well-formed HTML without script, style, frames, forms, event handlers, tracking pixels;
 * links are absolute where a base is known, have rel="nofollow noopener noreferrer", and only
 * schemes of the allow-list. The output is its own sanitised form. At most LIMIT_CONTENT bytes of
 * it are made: a longer source is cut, which is told by false.
 */
#ifndef COURANT_FEED_HTML_H
#define COURANT_FEED_HTML_H

#include "base/strbuf.h"
#include "feed/span.h"

#include <stdbool.h>

/* Appends the sanitised form of html, a piece of a body. base may be NULL: relative addresses stay.
 */
bool html_sanitise(struct strbuf *out, struct span html, const char *base);
/* The same without html_strict.h's short cut: for the test that proves them equal. */
void html_sanitise_by_tree(struct strbuf *out, struct span html, const char *base);
/* Appends plain text as HTML that shows it. */
bool html_escape(struct strbuf *out, struct span text);

#endif
