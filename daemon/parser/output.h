/*
 * A document as JSON Feed 1.1 on one line, with what that format has no field for under "_courant"
 * (courant-parse(1) lists the fields). Unknown values are left out. Pure.
 */
#ifndef COURANT_PARSER_OUTPUT_H
#define COURANT_PARSER_OUTPUT_H

#include "base/status.h"
#include "base/strbuf.h"
#include "feed/doc.h"

/* Appends the document and a line feed; entries published after now (UTC seconds) are marked. */
void output_doc(struct strbuf *out, const struct feed_doc *doc, int64_t now);
/* Appends {"error":{"code","message"}} and a line feed. */
void output_failure(struct strbuf *out, const struct failure *fail);

#endif
