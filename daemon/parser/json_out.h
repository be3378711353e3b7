/*
 * JSON (RFC 8259) appended to a buffer, member by member. Strings must be valid UTF-8.
 */
#ifndef COURANT_PARSER_JSON_OUT_H
#define COURANT_PARSER_JSON_OUT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct json_out {
	struct strbuf *out;
	bool comma; /* the next member needs one */
};

/* key NULL: an element of an array, or the root. */
void json_out_open(struct json_out *w, const char *key, char bracket);
void json_out_close(struct json_out *w, char bracket);
void json_out_text(
	struct json_out *w, const char *key, const char *value); /* nothing when value is NULL */
void json_out_number(struct json_out *w, const char *key, int64_t value);
void json_out_decimal(
	struct json_out *w, double value); /* an element of an array; must be finite */
void json_out_bool(struct json_out *w, const char *key, bool value);

#endif
