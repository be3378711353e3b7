/*
 * A growing byte buffer with a maximum given at creation. Writing past the maximum sets `overflow`
 * and drops the bytes, so that a caller checks once at the end; memory is never exhausted by input.
 * Out of memory aborts.
 */
#ifndef COURANT_BASE_STRBUF_H
#define COURANT_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *data;    /* NUL-terminated after every operation; NULL while nothing was written */
	size_t len;    /* bytes, without the terminator */
	size_t cap;    /* allocated bytes */
	size_t max;    /* most bytes of len */
	bool overflow; /* something was dropped */
};

#define STRBUF_INIT(maximum)     \
	{                        \
		.max = (maximum) \
	}

void strbuf_init(struct strbuf *b, size_t max);
void strbuf_release(struct strbuf *b); /* frees the bytes; the buffer is empty and usable again */
void strbuf_clear(struct strbuf *b);   /* empties, keeps the memory, clears overflow */
/* All of these return false, once, and set overflow when the maximum would be passed; nothing is
 * written then. */
bool strbuf_add(struct strbuf *b, const void *bytes, size_t n);
bool strbuf_addstr(struct strbuf *b, const char *s);
bool strbuf_addch(struct strbuf *b, char c);
bool strbuf_addf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool strbuf_vaddf(struct strbuf *b, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* The text, "" while nothing was written; valid until the next change. */
const char *strbuf_str(const struct strbuf *b);
/* Moves the bytes out (free() them) and leaves the buffer empty; never NULL. */
char *strbuf_take(struct strbuf *b, size_t *ret_len);
/* Cuts to n bytes; n <= len. */
void strbuf_truncate(struct strbuf *b, size_t n);

#endif
