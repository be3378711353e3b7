/*
 * Writes JSON (RFC 8259) straight into a strbuf: no tree, no allocation an element, so that a page
 * of entries costs little more than copying its text. Any thread, one writer a buffer.
 *
 * Every function takes the member's key, NULL inside an array and at the top; keys are literals of
 * ours and not escaped. Strings from elsewhere are escaped, and repaired where they are not UTF-8,
 * so that the output is valid whatever the database holds. When the buffer's maximum is passed its
 * `overflow` is set, and what was written is not to be used.
 */
#ifndef COURANT_BASE_JSON_WRITER_H
#define COURANT_BASE_JSON_WRITER_H

#include "base/strbuf.h"

#include <stdint.h>

struct json_writer {
	struct strbuf *out;
	bool comma; /* the next element needs one before it */
};

#define JSON_WRITER(buffer)     \
	{                       \
		.out = (buffer) \
	}

void jw_object(struct json_writer *w, const char *key);
void jw_object_end(struct json_writer *w);
void jw_array(struct json_writer *w, const char *key);
void jw_array_end(struct json_writer *w);

void jw_string(struct json_writer *w, const char *key, const char *s); /* NULL is "" */
void jw_string_or_null(struct json_writer *w, const char *key, const char *s);
void jw_string_if(struct json_writer *w, const char *key, const char *s); /* NULL is nothing */
void jw_int(struct json_writer *w, const char *key, int64_t value);
/* Ten digits; what is not finite is null, as in JavaScript. */
void jw_decimal(struct json_writer *w, const char *key, double value);
void jw_bool(struct json_writer *w, const char *key, bool value);
void jw_null(struct json_writer *w, const char *key);
/* UTC seconds as RFC 3339; 0, our "never", is null. */
void jw_time(struct json_writer *w, const char *key, int64_t utc);

#endif
