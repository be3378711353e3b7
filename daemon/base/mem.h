/*
 * Allocation that cannot fail: out of memory aborts with a message, since limits make it
 * unreachable by input.
 */
#ifndef COURANT_BASE_MEM_H
#define COURANT_BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
/* Grows an array of n elements to hold one more; doubles. *cap is in elements. */
void *xgrow(void *p, size_t n, size_t *cap, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
/* A copy, or NULL of NULL. */
char *xstrdup_or_null(const char *s) __attribute__((malloc));
/* Frees a text after wiping it. NULL is fine. */
void xfree_secret(char *s);
char *xasprintf(const char *format, ...)
	__attribute__((format(printf, 1, 2), malloc, returns_nonnull));

#endif
