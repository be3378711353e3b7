/*
 * A piece of text that belongs to somebody else, with the ASCII helpers that feeds need: their
 * formats are ASCII at heart, so nothing here asks the locale.
 */
#ifndef COURANT_FEED_SPAN_H
#define COURANT_FEED_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *s; /* not terminated; never NULL, since even adding 0 to NULL is undefined */
	size_t n;
};

static inline struct span span_of(const char *s)
{
	return s == NULL ? (struct span){ "", 0 } : (struct span){ s, strlen(s) };
}

static inline bool ascii_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static inline bool ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_alnum(char c)
{
	return ascii_alpha(c) || ascii_digit(c);
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* 0-15, or -1. */
static inline int hex_value(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Passes over the first n bytes. */
static inline void span_skip(struct span *t, size_t n)
{
	t->s += n;
	t->n -= n;
}

/* Without white space at both ends. */
static inline struct span span_trim(struct span t)
{
	while (t.n > 0 && ascii_space(t.s[0]))
		t.s++, t.n--;
	while (t.n > 0 && ascii_space(t.s[t.n - 1]))
		t.n--;
	return t;
}

/* The order of t and word without regard to ASCII case, as strcasecmp tells it; t may hold
 * anything, a NUL even. */
static inline int span_order(struct span t, const char *word)
{
	size_t n = strlen(word);
	int order = strncasecmp(t.s, word, t.n < n ? t.n : n);

	return order != 0 ? order : (t.n > n) - (t.n < n);
}

/* Equal but for ASCII case. */
static inline bool span_is(struct span t, const char *word)
{
	return strlen(word) == t.n && (t.n == 0 || strncasecmp(t.s, word, t.n) == 0);
}

static inline bool span_starts(struct span t, const char *word)
{
	size_t n = strlen(word);

	return n <= t.n && strncasecmp(t.s, word, n) == 0;
}

#endif
