/*
 * The decoders behind charset.c.
 */
#ifndef COURANT_FEED_CHARSET_CONVERT_H
#define COURANT_FEED_CHARSET_CONVERT_H

#include "base/strbuf.h"
#include "feed/charset_labels.h"

#include <stdint.h>

/* Appends bytes as valid UTF-8; returns the number of places that fit no character (each became
 * U+FFFD), SIZE_MAX when there is no such converter. */
size_t charset_convert(struct strbuf *out, struct span bytes, const struct encoding *from);

/* A character that was written as two surrogates of three bytes each (CESU-8, Unicode TR 26): its
 * bytes, or 0. */
size_t charset_surrogates(struct span t, int32_t *ret_cp);

#endif
