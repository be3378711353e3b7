/*
 * The answer to the jobs that look for feeds: a struct listing as a frame, by the table that reads
 * and writes it. The decoder takes its writer for hostile, as those of wire/parse.h do.
 */
#ifndef COURANT_WIRE_LISTING_H
#define COURANT_WIRE_LISTING_H

#include "feed/listing.h"
#include "wire/frame.h"

#include <stdbool.h>

/* Appends one whole frame; false when it does not fit. */
bool listing_encode(struct strbuf *out, const struct listing *listing);
/* Takes a payload without its header and reads all of it. A new listing, or NULL when it is not
 * valid. */
struct listing *listing_decode(const void *payload, size_t n);

#endif
