/*
 * A short cut for content that needs no tree: where every element is closed, nests as HTML 5 would
 * nest it anyway, and nothing has to go but attributes, the source is copied tag by tag. Anything
 * else, anything doubtful, is refused and goes to gumbo. For what it takes, its output is that of
 * html_sanitise_by_tree() to the byte (tests/unit/test_html_strict.c, fuzz_html_strict).
 */
#ifndef COURANT_FEED_HTML_STRICT_H
#define COURANT_FEED_HTML_STRICT_H

#include "base/strbuf.h"
#include "feed/span.h"

/* False, and nothing appended, when the source is not of that kind. */
bool html_strict_sanitise(struct strbuf *out, struct span html, const char *base);

#endif
