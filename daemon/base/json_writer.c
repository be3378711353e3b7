#include "base/json_writer.h"

#include "base/clock.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What stands after the backslash; 'u' for the long form, 0 for characters that stand for
 * themselves. */
static const char ESCAPES[256] = {
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'b',
	't',
	'n',
	'u',
	'f',
	'r',
	'u',
	'u', /* 0x00 */
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u', /* 0x10 */
	['"'] = '"',
	['\\'] = '\\',
	[0x7f] = 'u',
};

static void element(struct json_writer *w, const char *key)
{
	if (w->comma)
		strbuf_addch(w->out, ',');
	w->comma = true;
	if (key != NULL) {
		strbuf_addch(w->out, '"');
		strbuf_addstr(w->out, key);
		strbuf_add(w->out, "\":", 2);
	}
}

static void raw(struct json_writer *w, const char *key, const char *s, size_t n)
{
	element(w, key);
	strbuf_add(w->out, s, n);
}

static void begin(struct json_writer *w, const char *key, char bracket)
{
	raw(w, key, &bracket, 1);
	w->comma = false;
}

static void end(struct json_writer *w, char bracket)
{
	strbuf_addch(w->out, bracket);
	w->comma = true;
}

void jw_object(struct json_writer *w, const char *key)
{
	begin(w, key, '{');
}

void jw_object_end(struct json_writer *w)
{
	end(w, '}');
}

void jw_array(struct json_writer *w, const char *key)
{
	begin(w, key, '[');
}

void jw_array_end(struct json_writer *w)
{
	end(w, ']');
}

static void add_escape(struct strbuf *out, unsigned char c)
{
	static const char DIGITS[] = "0123456789abcdef";
	char buf[6] = { '\\', ESCAPES[c], '0', '0', DIGITS[c >> 4], DIGITS[c & 15] };
	strbuf_add(out, buf, buf[1] == 'u' ? 6 : 2);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is 0: each zero borrows into its top bit. */
static uint64_t has_zero(uint64_t eight)
{
	return (eight - EACH(1)) & ~eight & EACH(0x80);
}

/* How many bytes from the start need no escape; eight at a time, since a page is mostly such text.
 */
static size_t plain_run(const char *s, size_t n)
{
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t eight;
		memcpy(&eight, s + i, sizeof eight);
		uint64_t controls = (eight - EACH(0x20)) & ~eight & EACH(0x80);
		if ((controls | has_zero(eight ^ EACH('"')) | has_zero(eight ^ EACH('\\')) |
			    has_zero(eight ^ EACH(0x7f))) != 0)
			break;
	}
	while (i < n && ESCAPES[(unsigned char)s[i]] == 0)
		i++;
	return i;
}

static void add_escaped(struct strbuf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t run = plain_run(s + i, n - i);
		strbuf_add(out, s + i, run);
		i += run;
		if (i < n)
			add_escape(out, (unsigned char)s[i]);
	}
}

void jw_string(struct json_writer *w, const char *key, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;
	element(w, key);
	strbuf_addch(w->out, '"');
	if (n == 0 || utf8_valid(s, n)) {
		add_escaped(w->out, s, n);
	} else {
		struct strbuf repaired = STRBUF_INIT(w->out->max);
		text_safe(&repaired, s, n);
		add_escaped(w->out, strbuf_str(&repaired), repaired.len);
		strbuf_release(&repaired);
	}
	strbuf_addch(w->out, '"');
}

void jw_string_or_null(struct json_writer *w, const char *key, const char *s)
{
	if (s == NULL)
		jw_null(w, key);
	else
		jw_string(w, key, s);
}

void jw_string_if(struct json_writer *w, const char *key, const char *s)
{
	if (s != NULL)
		jw_string(w, key, s);
}

void jw_decimal(struct json_writer *w, const char *key, double value)
{
	char digits[32];
	if (!isfinite(value)) {
		jw_null(w, key);
		return;
	}
	int n = snprintf(digits, sizeof digits, "%.10g", value);
	raw(w, key, digits, (size_t)n);
}

void jw_int(struct json_writer *w, const char *key, int64_t value)
{
	char digits[24];
	char *p = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--p = '-';
	raw(w, key, p, (size_t)(digits + sizeof digits - p));
}

void jw_bool(struct json_writer *w, const char *key, bool value)
{
	raw(w, key, value ? "true" : "false", value ? 4 : 5);
}

void jw_null(struct json_writer *w, const char *key)
{
	raw(w, key, "null", 4);
}

void jw_time(struct json_writer *w, const char *key, int64_t utc)
{
	char buf[RFC3339_SIZE];
	if (utc == 0)
		jw_null(w, key);
	else
		jw_string(w, key, rfc3339_format(utc, buf));
}
