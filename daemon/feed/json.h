/*
 * JSON Feed 1.0 and 1.1 (jsonfeed.org), read with jansson.
 */
#ifndef COURANT_FEED_JSON_H
#define COURANT_FEED_JSON_H

#include "feed/build.h"

/* Reads a whole document of valid UTF-8 into b; false with b->fail set when it is no JSON or no
 * feed. */
bool json_read(struct build *b, const char *utf8, size_t n);

#endif
