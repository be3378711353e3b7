#include "client/html_token.h"

#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#define LONGEST_REFERENCE 10 /* "&#1114111;" */

static const struct reference {
	const char *name;
	const char *text;
} references[] = {
	{ "amp", "&" },
	{ "lt", "<" },
	{ "gt", ">" },
	{ "quot", "\"" },
	{ "apos", "'" },
	{ "nbsp", "\u00a0" },
};

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* The '>' that ends a tag, outside of quotes, or NULL. */
static const char *tag_end(const char *at, const char *end)
{
	bool quoted = false;
	for (; at < end; at++) {
		if (*at == '"') {
			quoted = !quoted;
		} else if (*at == '>' && !quoted) {
			return at;
		}
	}
	return NULL;
}

/* A tag at r->at, which is '<'; false when it is none. */
static bool read_tag(struct html_reader *r, struct html_token *ret)
{
	const char *name = r->at + 1;
	bool close = name < r->end && *name == '/';
	name += close;
	if (name >= r->end || *name < 'a' || *name > 'z') {
		return false;
	}
	const char *after = name;
	while (after < r->end && is_name(*after)) {
		after++;
	}
	const char *gt = tag_end(after, r->end);
	if (gt == NULL) {
		return false;
	}
	*ret = (struct html_token){
		.kind = close ? HTML_CLOSE : HTML_OPEN,
		.text = name,
		.len = (size_t)(after - name),
		.attributes = after,
		.attributes_len = (size_t)(gt - after),
	};
	r->at = gt + 1;
	return true;
}

bool html_next(struct html_reader *r, struct html_token *ret)
{
	if (r->at >= r->end) {
		return false;
	}
	if (*r->at == '<' && read_tag(r, ret)) {
		return true;
	}
	const char *next = memchr(r->at + 1, '<', (size_t)(r->end - r->at - 1));
	const char *stop = next != NULL ? next : r->end;
	*ret = (struct html_token){
		.kind = HTML_TEXT, .text = r->at, .len = (size_t)(stop - r->at)
	};
	r->at = stop;
	return true;
}

bool html_attribute(const struct html_token *t, const char *name, struct strbuf *out)
{
	const char *at = t->attributes, *end = at + t->attributes_len;
	size_t wanted = strlen(name);
	while (at < end) {
		const char *quote = memchr(at, '"', (size_t)(end - at));
		const char *close =
			quote != NULL ? memchr(quote + 1, '"', (size_t)(end - quote - 1)) : NULL;
		if (close == NULL) {
			return false;
		}
		size_t before = (size_t)(quote - at);
		if (before > wanted + 1 && at[before - 1] == '=' &&
			at[before - wanted - 2] == ' ' &&
			memcmp(quote - wanted - 1, name, wanted) == 0) {
			html_decode(out, quote + 1, (size_t)(close - quote - 1));
			return true;
		}
		at = close + 1;
	}
	return false;
}

static int32_t digit_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : 99;
}

/* "#233" or "#xe9"; false when it is no Unicode scalar value. */
static bool decode_number(struct strbuf *out, const char *s, size_t n)
{
	int32_t base = n > 1 && (s[1] == 'x' || s[1] == 'X') ? 16 : 10, cp = 0;
	size_t i = base == 16 ? 2 : 1;
	char bytes[4];
	if (i >= n) {
		return false;
	}
	for (; i < n; i++) {
		if (digit_value(s[i]) >= base) {
			return false;
		}
		cp = cp * base + digit_value(s[i]);
		if (cp > 0x10ffff) {
			return false;
		}
	}
	if (cp == 0 || (cp >= 0xd800 && cp <= 0xdfff)) {
		return false;
	}
	strbuf_add(out, bytes, utf8_encode(cp, bytes));
	return true;
}

static bool decode_reference(struct strbuf *out, const char *s, size_t n)
{
	if (n > 0 && s[0] == '#') {
		return decode_number(out, s, n);
	}
	for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
		if (strlen(references[i].name) == n && memcmp(references[i].name, s, n) == 0) {
			strbuf_addstr(out, references[i].text);
			return true;
		}
	}
	return false;
}

void html_decode(struct strbuf *out, const char *s, size_t n)
{
	const char *end = s + n;
	while (s < end) {
		const char *amp = memchr(s, '&', (size_t)(end - s));
		const char *stop = amp != NULL ? amp : end;
		strbuf_add(out, s, (size_t)(stop - s));
		if (amp == NULL) {
			break;
		}
		size_t left = (size_t)(end - amp - 1);
		const char *semicolon =
			memchr(amp + 1, ';', left < LONGEST_REFERENCE ? left : LONGEST_REFERENCE);
		if (semicolon != NULL &&
			decode_reference(out, amp + 1, (size_t)(semicolon - amp - 1))) {
			s = semicolon + 1;
		} else {
			strbuf_addch(out, '&');
			s = amp + 1;
		}
	}
}
