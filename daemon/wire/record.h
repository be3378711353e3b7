/*
 * Structs as bytes, by a table of their fields: one table serves both directions, so that writing
 * and reading cannot drift apart. Reading checks what the table promises; the writer is not
 * trusted. Pure.
 */
#ifndef COURANT_WIRE_RECORD_H
#define COURANT_WIRE_RECORD_H

#include "wire/frame.h"

enum field_kind {
	FIELD_LINE,   /* const char *: safe text (base/text.h) on one line, at most `max` bytes */
	FIELD_TEXT,   /* const char *: safe text, at most `max` bytes */
	FIELD_HTML,   /* const char *: any UTF-8 without NUL, at most `max` bytes */
	FIELD_URL,    /* const char *: as FIELD_LINE, and no scheme that runs code */
	FIELD_BOOL,   /* bool */
	FIELD_U8,     /* uint8_t, at most `max` */
	FIELD_U32,    /* uint32_t or an enum, at most `max` */
	FIELD_NUMBER, /* int64_t: FEED_UNKNOWN, or 0 to `max` */
	FIELD_DATE,   /* int64_t: FEED_NO_DATE, or a second of the years 0 to 9999 */
	FIELD_HASHES, /* struct hash[max] */
	FIELD_RECORD, /* a struct in place, described by `of` */
	FIELD_LIST,   /* a pointer to at most `max` structs described by `of`, their number a size_t
			 at `count` */
};

struct record;
struct field {
	enum field_kind kind;
	bool required; /* a string is not NULL, every hash is set */
	size_t offset, count;
	size_t max;
	const struct record *of;
};

struct record {
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

/* Appends the struct at `from`. */
void record_put(struct strbuf *out, const struct record *record, const void *from);
/* Fills the zeroed struct at `to`, strings and lists in the arena. A value that breaks the table,
 * or the arena's end, sets r->bad; what stands in `to` is not to be used then. */
void record_get(struct frame_reader *r, struct arena *a, const struct record *record, void *to);

#endif
