#include "parser/json_out.h"

#include <inttypes.h>
#include <string.h>

static void add_string(struct strbuf *out, const char *s)
{
	size_t from = 0, i = 0;

	strbuf_addch(out, '"');
	for (; s[i] != '\0'; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		strbuf_add(out, s + from, i - from);
		from = i + 1;
		if (c == '\n')
			strbuf_add(out, "\\n", 2);
		else if (c == '"' || c == '\\')
			strbuf_add(out, (char[]){ '\\', (char)c }, 2);
		else
			strbuf_addf(out, "\\u%04x", c);
	}
	strbuf_add(out, s + from, i - from);
	strbuf_addch(out, '"');
}

static void begin(struct json_out *w, const char *key)
{
	if (w->comma)
		strbuf_addch(w->out, ',');
	w->comma = true;
	if (key == NULL)
		return;
	strbuf_addch(w->out, '"');
	strbuf_addstr(w->out, key);
	strbuf_add(w->out, "\":", 2);
}

void json_out_open(struct json_out *w, const char *key, char bracket)
{
	begin(w, key);
	strbuf_addch(w->out, bracket);
	w->comma = false;
}

void json_out_close(struct json_out *w, char bracket)
{
	strbuf_addch(w->out, bracket);
	w->comma = true;
}

void json_out_text(struct json_out *w, const char *key, const char *value)
{
	if (value == NULL)
		return;
	begin(w, key);
	add_string(w->out, value);
}

void json_out_number(struct json_out *w, const char *key, int64_t value)
{
	begin(w, key);
	strbuf_addf(w->out, "%" PRId64, value);
}

void json_out_decimal(struct json_out *w, double value)
{
	begin(w, NULL);
	strbuf_addf(w->out, "%.10g", value);
}

void json_out_bool(struct json_out *w, const char *key, bool value)
{
	begin(w, key);
	strbuf_addstr(w->out, value ? "true" : "false");
}
