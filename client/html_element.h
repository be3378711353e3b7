/*
 * What the elements of sanitised HTML do to the lines of a terminal: one row an element. An element
 * without a row is transparent.
 */
#ifndef COURANT_CLIENT_HTML_ELEMENT_H
#define COURANT_CLIENT_HTML_ELEMENT_H

#include "client/html_token.h"

enum flow {
	FLOW_INLINE,
	FLOW_BLOCK,     /* on lines of its own */
	FLOW_PARAGRAPH, /* with empty lines around */
	FLOW_BULLETS,
	FLOW_NUMBERS,
	FLOW_ITEM,
	FLOW_QUOTATION,
	FLOW_INDENTED,
	FLOW_PRE,
	FLOW_CODE,
	FLOW_STRUCK,
	FLOW_RAISED,
	FLOW_QUOTE,
	FLOW_MEDIA, /* a link; its content is for browsers that cannot show it */
	FLOW_LINK,
	FLOW_TABLE, /* as FLOW_PARAGRAPH when it cannot be aligned (html_table.h) */
	FLOW_ROW,
	FLOW_CELL,
	FLOW_SOURCE, /* from here on: without content */
	FLOW_BREAK,
	FLOW_RULE,
	FLOW_IMAGE,
};

struct element {
	const char *name;
	enum flow flow;
	unsigned style; /* enum style, added to what is in force */
};

/* The row of a tag's element, or NULL. */
const struct element *html_element(const struct html_token *tag);

#endif
