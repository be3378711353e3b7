/*
 * Parts of a feed that several elements share: persons, links, attachments, tags, numbers. All
 * strings end up in the document's arena.
 */
#ifndef COURANT_FEED_FIELDS_H
#define COURANT_FEED_FIELDS_H

#include "feed/build.h"

/* A person from one line of text; all NULL when it is blank. */
struct feed_person field_person(struct build *b, struct span text);
/* Adds a link with rel, type, title, hreflang and length from its attributes; a rel=enclosure is an
 * attachment too. Inside an Atom source only the address of the source is taken. */
void field_link(struct build *b, const char *base, struct span href, const struct attributes *attrs,
	bool of_source);
/* Adds an attachment with type, length or fileSize, and duration from its attributes; url may be
 * NULL: nothing is added. */
void field_attachment(struct build *b, const char *url, const struct attributes *attrs);
/* The relation that a field stands for; of those that field_pointer and KIND_RELATION take. */
const char *field_relation(enum field field);
/* Adds a link of the field's relation, from url, href or ref, type and language. */
void field_pointer(struct build *b, const struct frame *f, const struct attributes *attrs);
/* Adds a chapter from start, title, href and image. */
void field_chapter(struct build *b, const struct frame *f, const struct attributes *attrs);
/* Adds a tag from term, domain or scheme, label or (itunes) text; false when the element's text is
 * still needed. */
bool field_tag_attributes(struct build *b, const struct attributes *attrs);
/* Adds a tag of that term; with the scheme and label of the last field_tag_attributes. */
void field_tag(struct build *b, struct span term);
/* A number of decimal digits, or FEED_UNKNOWN. */
int64_t field_number(struct span text);
/* Seconds of "95", "1:35", "1:02:35", or FEED_UNKNOWN. */
int64_t field_duration(struct span text);
/* Decodes the base64 (RFC 4648) at the pool's end in place; returns what it says, empty when it is
 * none. */
struct span field_base64(struct strbuf *pool, size_t at);

#endif
