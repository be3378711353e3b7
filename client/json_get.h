/*
 * Reading the daemon's JSON without trusting its shape: what is missing or of another type reads as
 * nothing. Strings are borrowed and NOT yet safe for a terminal.
 */
#ifndef COURANT_CLIENT_JSON_GET_H
#define COURANT_CLIENT_JSON_GET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct strbuf;

/* The value at a dotted path ("feed.category.title"), or NULL. */
const json_t *get_value(const json_t *from, const char *path);
const char *get_text(const json_t *from, const char *path); /* never NULL */
int64_t get_number(const json_t *from, const char *path);   /* or 0 */
bool get_flag(const json_t *from, const char *path);        /* true only for true */
bool get_time(
	const json_t *from, const char *path, int64_t *ret); /* RFC 3339; false leaves *ret alone */

/* Appends the value as JSON that is safe for a terminal: what text_char_safe() refuses is written
 * as \uXXXX, so nothing is lost. */
void json_add_safe(struct strbuf *out, const json_t *value, size_t dump_flags);

#endif
