/*
 * The body of a request: one JSON object whose keys stand in a table. Pure. What the table does not
 * name is refused by name, for the same reason as with query parameters.
 */
#ifndef COURANT_API_BODY_H
#define COURANT_API_BODY_H

#include "base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum body_type {
	BODY_TEXT,  /* one line, not empty, safe (base/text.h), at most `max` bytes */
	BODY_WORDS, /* likewise, but "" is as good as missing */
	BODY_BOOL,
	BODY_RAW,      /* alone in its table: no JSON, but at most `max` bytes of something else */
	BODY_IDS,      /* an array of ids, not empty */
	BODY_ID,       /* a whole number from 0, which is as good as missing */
	BODY_NONE,     /* a wish of Miniflux's clients that we cannot grant: only false, 0 and "" */
	BODY_ONE_NAME, /* likewise, of another User-Agent (etiquette R1) */
};

struct body_key {
	const char *name; /* NULL ends a table */
	enum body_type type;
	bool required; /* others may be missing, or null */
	size_t max;
};

/* The object (json_decref() it), checked against the table; NULL with BAD_REQUEST and a sentence.
 */
json_t *body_parse(
	const char *bytes, size_t n, const struct body_key *table, struct failure *ret_fail);
/* Values of a checked body: the text or NULL, the flag or false; owned by the body. */
const char *body_text(const json_t *body, const char *name);
bool body_bool(const json_t *body, const char *name);

#endif
