/*
 * What a tree of some HTML would cost. gumbo has no limits of its own: its work per tag grows with
 * the elements that are open, and with the square of the tag's attributes.
 */
#ifndef COURANT_FEED_HTML_COST_H
#define COURANT_FEED_HTML_COST_H

#include "feed/span.h"

/*
 * Whether gumbo might take its time. The source is read as HTML 5's tokenizer reads it; where the
 * two could part (script, CDATA in drawings), and for end tags out of place, more elements count as
 * open than gumbo will have, never fewer by more than half. Linear in the source.
 */
bool html_is_costly(struct span html);

#endif
