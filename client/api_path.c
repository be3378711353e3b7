#include "client/api_path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

void api_path_init(struct api_path *q, const char *format, ...)
{
	va_list ap;
	*q = (struct api_path){ .text = STRBUF_INIT(4 * LIMIT_URL) };
	va_start(ap, format);
	strbuf_vaddf(&q->text, format, ap);
	va_end(ap);
}

void api_path_release(struct api_path *q)
{
	strbuf_release(&q->text);
}

/* Everything but the unreserved characters of RFC 3986 2.3. */
static void add_encoded(struct strbuf *b, const char *s)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (; *s != '\0'; s++) {
		if (strchr(unreserved, *s) != NULL) {
			strbuf_addch(b, *s);
		} else {
			strbuf_addf(b, "%%%02X", (unsigned)(unsigned char)*s);
		}
	}
}

void api_path_add(struct api_path *q, const char *name, const char *value)
{
	strbuf_addf(&q->text, "%c%s=", q->begun ? '&' : '?', name);
	add_encoded(&q->text, value);
	q->begun = true;
}

void api_path_add_number(struct api_path *q, const char *name, int64_t value)
{
	char digits[32];
	snprintf(digits, sizeof digits, "%" PRId64, value);
	api_path_add(q, name, digits);
}

void api_path_segment(struct api_path *q, const char *segment)
{
	strbuf_addch(&q->text, '/');
	add_encoded(&q->text, segment);
}

const char *api_path_str(const struct api_path *q)
{
	return strbuf_str(&q->text);
}
