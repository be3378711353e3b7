/*
 * Taking apart the sanitised HTML that courantd serves: the canonical form that our own sanitiser
 * writes, well nested, names in lower case, attributes in double quotes. This is no HTML parser:
 * what is not in that form reads as text. Pure and bounded by its input.
 */
#ifndef COURANT_CLIENT_HTML_TOKEN_H
#define COURANT_CLIENT_HTML_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

enum html_kind { HTML_TEXT, HTML_OPEN, HTML_CLOSE };

struct html_token {
	enum html_kind kind;
	const char
		*text; /* the text, character references not yet decoded; or the element's name */
	size_t len;
	const char *attributes; /* what follows the name in the tag */
	size_t attributes_len;
};

struct html_reader {
	const char *at, *end;
};

/* The next token, borrowed from the input; false at the end. */
bool html_next(struct html_reader *r, struct html_token *ret);
/* Appends the decoded value of an attribute; false when there is none of that name. */
bool html_attribute(const struct html_token *t, const char *name, struct strbuf *out);
/* Appends text with its character references decoded. NOT safe for a terminal yet. */
void html_decode(struct strbuf *out, const char *s, size_t n);

#endif
