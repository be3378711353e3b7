/*
 * An entry's content as readable text: the sanitised HTML that courantd serves (html_token.h), laid
 * out for a terminal. An output format of a trusted canonical form, not a way to read HTML from the
 * network; but whatever it is given, its result is safe text, bounded in depth and size. Pure.
 *
 * Links are numbered and listed at the end; images show their description; lists have bullets or
 * numbers; quotations a bar; code stands as it was written; tables have aligned columns, or, where
 * these have no room, one cell below the other.
 */
#ifndef COURANT_CLIENT_HTML_LAYOUT_H
#define COURANT_CLIENT_HTML_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct html_layout_options {
	size_t width; /* columns to fill */
	bool colour;
	const char *language; /* of the text, for quotation marks: "fr", "de-CH", "" */
	bool loose;           /* cells below each other: texts that are compared, not looked at */
};

/* Appends lines, the last one ended; nothing for content without text. */
void html_layout(
	struct strbuf *out, const char *html, size_t n, const struct html_layout_options *options);

#endif
