/*
 * The recovering reader, for documents that are not well-formed: it never gives up, mends what it
 * can and says what it mended. It feeds the same builder as xml.c.
 *
 * - Undeclared entities, bare & and <, unquoted attributes, unbound prefixes, control characters
 * are taken as meant.
 * - A missing end tag is supplied where an element begins that cannot stand inside; a stray one is
 * passed over.
 * - HTML that was not escaped goes into the text it stands in, as it is: the sanitiser reads it as
 * browsers do.
 * - An entry that the end of the document cuts off is dropped.
 * - Entity declarations are refused here, too.
 */
#ifndef COURANT_FEED_SCAN_H
#define COURANT_FEED_SCAN_H

#include "feed/build.h"

/* Reads a whole document of valid UTF-8 into b; refusals stand in b->fail. */
void scan_read(struct build *b, const char *utf8, size_t n);

#endif
