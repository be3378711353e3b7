#include "client/sse.h"

#include <string.h>

#include "base/limits.h"
#include "client/cli.h"

#define TYPE_MAX 64

void sse_init(struct sse *s, sse_handler *handler, void *ctx)
{
	*s = (struct sse){
		.handler = handler,
		.ctx = ctx,
		.line = STRBUF_INIT(LIMIT_CLIENT_EVENT),
		.data = STRBUF_INIT(LIMIT_CLIENT_EVENT),
		.type = STRBUF_INIT(TYPE_MAX),
		.id = -1,
	};
}

void sse_release(struct sse *s)
{
	strbuf_release(&s->line);
	strbuf_release(&s->data);
	strbuf_release(&s->type);
}

/* An empty line: the event is complete. */
static bool dispatch(struct sse *s)
{
	bool more = true;
	if (s->has_data) {
		struct sse_event event = {
			.type = s->type.len > 0 ? strbuf_str(&s->type) : "message",
			.data = strbuf_str(&s->data),
			.len = s->data.len,
			.id = s->id,
		};
		more = s->handler(s->ctx, &event);
	}
	strbuf_clear(&s->data);
	strbuf_clear(&s->type);
	s->has_data = false;
	return more;
}

static bool is_field(const char *line, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(line, name, n) == 0;
}

static bool take_field(struct sse *s, const char *line, size_t name, const char *value, size_t n)
{
	if (is_field(line, name, "data")) {
		bool fits = !s->has_data || strbuf_addch(&s->data, '\n');
		s->has_data = true;
		return fits && strbuf_add(&s->data, value, n);
	}
	if (is_field(line, name, "event")) {
		strbuf_clear(&s->type);
		strbuf_add(&s->type, value, n < TYPE_MAX ? n : TYPE_MAX);
	} else if (is_field(line, name, "id")) {
		char digits[24] = "";
		memcpy(digits, value, n < sizeof digits - 1 ? n : sizeof digits - 1);
		if (!id_from_word(digits, &s->id)) {
			s->id = -1;
		}
	}
	return true;
}

static bool take_line(struct sse *s, const char *line, size_t n)
{
	if (n > 0 && line[n - 1] == '\r') {
		n--;
	}
	if (n == 0) {
		return dispatch(s);
	}
	const char *colon = memchr(line, ':', n);
	size_t name = colon != NULL ? (size_t)(colon - line) : n;
	size_t value = colon != NULL ? name + 1 : n;
	if (value < n && line[value] == ' ') {
		value++;
	}
	return take_field(s, line, name, line + value, n - value);
}

bool sse_feed(struct sse *s, const char *bytes, size_t n)
{
	const char *end = bytes + n, *lf;
	bool more = true;
	while (more && (lf = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
		if (s->line.len == 0) {
			more = take_line(s, bytes, (size_t)(lf - bytes));
		} else {
			more = strbuf_add(&s->line, bytes, (size_t)(lf - bytes)) &&
			       take_line(s, strbuf_str(&s->line), s->line.len);
			strbuf_clear(&s->line);
		}
		bytes = lf + 1;
	}
	return more && strbuf_add(&s->line, bytes, (size_t)(end - bytes));
}
