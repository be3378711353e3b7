/*
 * The one place where sanitised HTML is written: escaping, the allow-list of attributes, addresses.
 * html.c feeds it from gumbo's tree, html_strict.c straight from a source that needs no tree.
 */
#ifndef COURANT_FEED_HTML_WRITE_H
#define COURANT_FEED_HTML_WRITE_H

#include "base/strbuf.h"
#include "feed/html_tags.h"
#include "feed/span.h"

#define HTML_ATTRIBUTES 32 /* of one element that are looked at */

struct html_attribute {
	struct span name, value; /* value: references decoded */
};

struct html_writer {
	struct strbuf *out;
	const char *base;
	struct strbuf url, text; /* scratch */
	size_t pre_end;          /* of out, right behind the last <pre> */
	bool safe_source;        /* what is given is safe already (text_is_safe) */
};

void html_writer_init(struct html_writer *w, struct strbuf *out, const char *base);
void html_writer_release(struct html_writer *w);
/* Text that is not markup: made safe, escaped. */
void html_write_text(struct html_writer *w, struct span text);
/* A start tag with the attributes that may stay; false, and nothing written, for an image that
 * nobody could see. */
bool html_write_start(struct html_writer *w, const struct html_tag *tag,
	const struct html_attribute *attributes, size_t n);
void html_write_end(struct html_writer *w, const struct html_tag *tag);

#endif
