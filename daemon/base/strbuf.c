#include "base/strbuf.h"
#include "base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_init(struct strbuf *b, size_t max)
{
	*b = (struct strbuf){ .max = max };
}

void strbuf_release(struct strbuf *b)
{
	free(b->data);
	strbuf_init(b, b->max);
}

void strbuf_clear(struct strbuf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Makes room for n more bytes and the terminator. */
static bool reserve(struct strbuf *b, size_t n)
{
	if (b->overflow || n > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	size_t want = b->len + n + 1;
	if (want <= b->cap)
		return true;
	size_t cap = b->cap < 64 ? 64 : b->cap + b->cap / 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if (cap < want)
		cap = want;
	b->data = xrealloc(b->data, cap);
	b->cap = cap;
	return true;
}

bool strbuf_add(struct strbuf *b, const void *bytes, size_t n)
{
	/* Room enough is the rule, and cap - 1 is never above max. */
	if ((n >= b->cap - b->len || b->overflow) && !reserve(b, n))
		return false;
	if (n > 0)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
	return true;
}

bool strbuf_addstr(struct strbuf *b, const char *s)
{
	return strbuf_add(b, s, strlen(s));
}

bool strbuf_addch(struct strbuf *b, char c)
{
	return strbuf_add(b, &c, 1);
}

bool strbuf_addf(struct strbuf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	bool fits = strbuf_vaddf(b, format, ap);
	va_end(ap);
	return fits;
}

bool strbuf_vaddf(struct strbuf *b, const char *format, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	assert(n >= 0);
	if (!reserve(b, (size_t)n))
		return false;
	vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
	b->len += (size_t)n;
	return true;
}

const char *strbuf_str(const struct strbuf *b)
{
	return b->data != NULL ? b->data : "";
}

char *strbuf_take(struct strbuf *b, size_t *ret_len)
{
	char *data = b->data != NULL ? b->data : xstrdup("");
	if (ret_len != NULL)
		*ret_len = b->len;
	strbuf_init(b, b->max);
	return data;
}

void strbuf_truncate(struct strbuf *b, size_t n)
{
	assert(n <= b->len);
	b->len = n;
	if (b->data != NULL)
		b->data[n] = '\0';
}
