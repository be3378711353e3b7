/*
 * Names of encodings: what publishers call them (WHATWG Encoding 4.2), what they are called here,
 * who decodes them.
 */
#ifndef COURANT_FEED_CHARSET_LABELS_H
#define COURANT_FEED_CHARSET_LABELS_H

#include "feed/span.h"

enum decoder {
	DECODE_UTF8,
	DECODE_WINDOWS_1252, /* and what claims to be Latin-1 or ASCII */
	DECODE_UTF16LE,
	DECODE_UTF16BE,
	DECODE_UTF32LE,
	DECODE_UTF32BE,
	DECODE_ICU, /* by libxml2's converter of that name */
};

struct encoding {
	const char *name;      /* as IANA spells it */
	const char *converter; /* the name ICU knows it by, which may be a superset */
	enum decoder decoder;
	bool ascii;  /* bytes below 0x80 are ASCII, whatever stands around them */
	bool single; /* one byte, one character: anything decodes */
};

/* The encoding of a label, in any case; NULL when courant does not know it. */
const struct encoding *encoding_find(struct span label);

#endif
