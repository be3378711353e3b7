/*
 * HTML, or what may be HTML, as plain text: for titles, names and summaries, which are text for
 * people.
 */
#ifndef COURANT_FEED_HTML_TEXT_H
#define COURANT_FEED_HTML_TEXT_H

#include "base/strbuf.h"
#include "feed/span.h"

/* Whether t begins with a comment or declaration ("<!--", "<!DOCTYPE", "<![CDATA[", "<!>"). To
 * browsers every "<!" is one, up to the next '>' (HTML 5 13.2.5.41), but "<! " or "<!'" never was
 * markup: it is text that lost its escape, and shown. */
bool html_declares(struct span t);
/* Whether t holds a tag of a known HTML element or a character reference: then RSS means it as
 * HTML. */
bool html_suspected(struct span t);
/*
 * Appends the text of t as HTML shows it: tags and comments gone, script and style with their
 * contents, references decoded once, a blank where a block, cell or line ends. What looks like a
 * tag of no known element ("vector<T>") stays. The caller folds white space and makes it safe
 * (base/text.h).
 */
void html_text(struct strbuf *out, struct span t);

#endif
