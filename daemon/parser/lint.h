/*
 * What a publisher should know of a feed: the findings of the reader (struct feed_doc's warnings)
 * and those of the rules of lint_rules.h, each with its line, in the document's order:
 *
 *   FILE:LINE: severity: what is wrong: "what is there"; what to do [rule]
 *
 * and a line with their numbers at the end. Pure: what time it is, is a parameter.
 */
#ifndef COURANT_PARSER_LINT_H
#define COURANT_PARSER_LINT_H

#include "base/strbuf.h"
#include "feed/feed.h"

/*
 * Appends the findings about a document. doc is what feed_parse() made of it, NULL when it was
 * refused, fail says why then. name is shown as the file's. Returns the number of findings.
 */
size_t lint_document(struct strbuf *out, const char *name, const struct feed_input *in,
	const struct feed_doc *doc, const struct failure *fail, int64_t now);

#endif
