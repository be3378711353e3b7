/*
 * A document for a person at a terminal: what the feed is, then its entries with date, title, link,
 * authors and attachments, wrapped at a width. Everything passes base/text.h once more, so that
 * nothing a publisher wrote can move the cursor. Pure.
 */
#ifndef COURANT_PARSER_TEXT_OUT_H
#define COURANT_PARSER_TEXT_OUT_H

#include "base/status.h"
#include "base/strbuf.h"
#include "feed/doc.h"

#define TEXT_OUT_WIDTH 80 /* columns where no terminal says otherwise */

/* Appends the document; width in columns, at least 40 is used. */
void text_out_doc(struct strbuf *out, const struct feed_doc *doc, size_t width);
/* Appends "NAME: why it is no feed" and a line feed. */
void text_out_failure(struct strbuf *out, const char *name, const struct failure *fail);

#endif
