#include "client/html_element.h"

#include <stdlib.h>
#include <string.h>

#include "client/output.h"

/* In the order of strcmp(3). */
static const struct element elements[] = {
	{ "a", FLOW_LINK, STYLE_PLAIN },
	{ "address", FLOW_BLOCK, STYLE_PLAIN },
	{ "article", FLOW_BLOCK, STYLE_PLAIN },
	{ "aside", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "audio", FLOW_MEDIA, STYLE_PLAIN },
	{ "b", FLOW_INLINE, STYLE_BOLD },
	{ "blockquote", FLOW_QUOTATION, STYLE_PLAIN },
	{ "br", FLOW_BREAK, STYLE_PLAIN },
	{ "caption", FLOW_BLOCK, STYLE_DIM },
	{ "cite", FLOW_INLINE, STYLE_ITALIC },
	{ "code", FLOW_CODE, STYLE_PLAIN },
	{ "dd", FLOW_INDENTED, STYLE_PLAIN },
	{ "del", FLOW_STRUCK, STYLE_PLAIN },
	{ "details", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "div", FLOW_BLOCK, STYLE_PLAIN },
	{ "dl", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "dt", FLOW_BLOCK, STYLE_BOLD },
	{ "em", FLOW_INLINE, STYLE_ITALIC },
	{ "figcaption", FLOW_BLOCK, STYLE_DIM },
	{ "figure", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "footer", FLOW_BLOCK, STYLE_PLAIN },
	{ "h1", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "h2", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "h3", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "h4", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "h5", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "h6", FLOW_PARAGRAPH, STYLE_BOLD },
	{ "header", FLOW_BLOCK, STYLE_PLAIN },
	{ "hr", FLOW_RULE, STYLE_PLAIN },
	{ "i", FLOW_INLINE, STYLE_ITALIC },
	{ "img", FLOW_IMAGE, STYLE_PLAIN },
	{ "kbd", FLOW_CODE, STYLE_PLAIN },
	{ "li", FLOW_ITEM, STYLE_PLAIN },
	{ "main", FLOW_BLOCK, STYLE_PLAIN },
	{ "ol", FLOW_NUMBERS, STYLE_PLAIN },
	{ "p", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "pre", FLOW_PRE, STYLE_PLAIN },
	{ "q", FLOW_QUOTE, STYLE_PLAIN },
	{ "s", FLOW_STRUCK, STYLE_PLAIN },
	{ "samp", FLOW_CODE, STYLE_PLAIN },
	{ "section", FLOW_PARAGRAPH, STYLE_PLAIN },
	{ "source", FLOW_SOURCE, STYLE_PLAIN },
	{ "strike", FLOW_STRUCK, STYLE_PLAIN },
	{ "strong", FLOW_INLINE, STYLE_BOLD },
	{ "summary", FLOW_BLOCK, STYLE_BOLD },
	{ "sup", FLOW_RAISED, STYLE_PLAIN },
	{ "table", FLOW_TABLE, STYLE_PLAIN },
	{ "td", FLOW_CELL, STYLE_PLAIN },
	{ "th", FLOW_CELL, STYLE_BOLD },
	{ "tr", FLOW_ROW, STYLE_PLAIN },
	{ "tt", FLOW_CODE, STYLE_PLAIN },
	{ "ul", FLOW_BULLETS, STYLE_PLAIN },
	{ "video", FLOW_MEDIA, STYLE_PLAIN },
};

static int compare_name(const void *key, const void *element)
{
	const struct html_token *t = key;
	const char *name = ((const struct element *)element)->name;
	int order = strncmp(t->text, name, t->len);
	return order != 0 ? order : name[t->len] == '\0' ? 0 : -1;
}

const struct element *html_element(const struct html_token *tag)
{
	return bsearch(tag, elements, sizeof elements / sizeof elements[0], sizeof elements[0],
		compare_name);
}
