#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *p)
{
	if (p == NULL) {
		fputs("<2>out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xmalloc(size_t n)
{
	return or_abort(malloc(n > 0 ? n : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return or_abort(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *xrealloc(void *p, size_t n)
{
	return or_abort(realloc(p, n > 0 ? n : 1));
}

void *xgrow(void *p, size_t n, size_t *cap, size_t size)
{
	if (p != NULL && n < *cap)
		return p;
	size_t want = *cap < 8 ? 8 : *cap * 2;
	size_t bytes;
	if (__builtin_mul_overflow(want, size, &bytes))
		or_abort(NULL);
	p = xrealloc(p, bytes);
	*cap = want;
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
	n = strnlen(s, n);
	char *copy = xmalloc(n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

void xfree_secret(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
	free(s);
}

char *xstrdup_or_null(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

char *xasprintf(const char *format, ...)
{
	char *s;
	va_list ap;
	va_start(ap, format);
	int n = vasprintf(&s, format, ap);
	va_end(ap);
	return or_abort(n < 0 ? NULL : s);
}
