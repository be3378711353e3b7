/*
 * Character references of HTML and XML.
 */
#ifndef COURANT_FEED_ENTITY_H
#define COURANT_FEED_ENTITY_H

#include "base/strbuf.h"
#include "feed/span.h"

#include <stdint.h>

/* The character of a name without & and ; as in HTML 4.01 24 and common HTML 5; 0 when there is
 * none. Exact case. */
int32_t entity_named(struct span name);
/*
 * Reads a reference at t, which begins with '&': "&name;", "&#123;", "&#x7b;"; the semicolon may be
 * missing after a number or a Latin-1 name. Returns the character and its length in bytes, or 0.
 * Numbers in 128-159 mean windows-1252 (HTML 5 13.2.5.80); impossible numbers give U+FFFD.
 */
int32_t entity_read(struct span t, size_t *ret_len);
/* What a byte above 127 means in windows-1252. */
int32_t entity_windows_1252(unsigned char byte);
/* Appends what the reference at t, which begins with '&', stands for, or the '&' alone; returns the
 * bytes used. */
size_t entity_put(struct strbuf *out, struct span t);
/* Appends t with its references decoded once. */
void entity_decode(struct strbuf *out, struct span t);

#endif
