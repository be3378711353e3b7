/*
 * JSON (RFC 8259) appended to a buffer, member by member. Strings must be valid UTF-8.
 */
#ifndef COURANT_PARSER_JSON_WRITER_H
#define COURANT_PARSER_JSON_WRITER_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
	struct strbuf *out;
	bool comma; /* the next member needs one */
};

/* key NULL: an element of an array, or the root. */
void json_open(struct json_writer *w, const char *key, char bracket);
void json_close(struct json_writer *w, char bracket);
void json_put_text(
	struct json_writer *w, const char *key, const char *value); /* nothing when value is NULL */
void json_put_number(struct json_writer *w, const char *key, int64_t value);
void json_decimal(struct json_writer *w, double value); /* an element of an array; must be finite */
void json_put_bool(struct json_writer *w, const char *key, bool value);

#endif
