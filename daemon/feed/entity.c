#include "feed/entity.h"

#include "base/text.h"
#include "feed/entity_table.h"

#include <stdlib.h>

#define LONGEST_NAME 16

/* What authors mean by &#128; to &#159;: HTML 5 13.2.5.80. */
static const uint16_t windows_1252[32] = {
	0x20ac,
	0x81,
	0x201a,
	0x0192,
	0x201e,
	0x2026,
	0x2020,
	0x2021,
	0x02c6,
	0x2030,
	0x0160,
	0x2039,
	0x0152,
	0x8d,
	0x017d,
	0x8f,
	0x90,
	0x2018,
	0x2019,
	0x201c,
	0x201d,
	0x2022,
	0x2013,
	0x2014,
	0x02dc,
	0x2122,
	0x0161,
	0x203a,
	0x0153,
	0x9d,
	0x017e,
	0x0178,
};

static int compare(const void *key, const void *element)
{
	const struct span *name = key;
	const char *other = ((const struct entity *)element)->name;
	int order = strncmp(name->s, other, name->n);

	return order != 0 ? order : -(other[name->n] != '\0');
}

int32_t entity_named(struct span name)
{
	const struct entity *found;

	if (name.n == 0 || name.n > LONGEST_NAME)
		return 0;
	found = bsearch(&name, entities, sizeof(entities) / sizeof(entities[0]),
		sizeof(entities[0]), compare);
	return found == NULL ? 0 : found->cp;
}

int32_t entity_windows_1252(unsigned char byte)
{
	return byte >= 128 && byte < 160 ? windows_1252[byte - 128] : byte;
}

/* The number of "&#123;" or "&#x7b;", at most 0x110000; the length 0 when it is none. */
static int32_t number(struct span t, size_t *ret_len)
{
	size_t i = 2, digits = 0;
	int base = 10;
	int32_t cp = 0;

	*ret_len = 0;
	if (t.n < 3 || t.s[0] != '&' || t.s[1] != '#')
		return 0;

	if (i < t.n && (t.s[i] == 'x' || t.s[i] == 'X')) {
		base = 16;
		i++;
	}
	for (; i < t.n; i++, digits++) {
		int v = hex_value(t.s[i]);
		if (v < 0 || v >= base)
			break;
		cp = cp < 0x110000 ? cp * base + v : cp;
	}
	if (digits > 0)
		*ret_len = i + (i < t.n && t.s[i] == ';');
	return cp < 0x110000 ? cp : 0x110000;
}

static int32_t numeric(struct span t, size_t *ret_len)
{
	size_t len, more;
	int32_t cp = number(t, &len), low;

	if (len == 0)
		return 0;
	*ret_len = len;
	/* Programs that think in UTF-16 write one character as two. */
	if (cp >= 0xd800 && cp < 0xdc00) {
		low = number((struct span){ t.s + len, t.n - len }, &more);
		if (low >= 0xdc00 && low < 0xe000) {
			*ret_len = len + more;
			return 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	if (cp >= 128 && cp < 160)
		return entity_windows_1252((unsigned char)cp);
	if (cp == 0 || cp >= 0x110000 || (cp >= 0xd800 && cp < 0xe000))
		return 0xfffd;
	return cp;
}

int32_t entity_read(struct span t, size_t *ret_len)
{
	size_t i = 1;
	int32_t cp;

	if (t.n < 3)
		return 0;
	if (t.s[1] == '#')
		return numeric(t, ret_len);
	while (i < t.n && i <= LONGEST_NAME && ascii_alnum(t.s[i]))
		i++;
	cp = entity_named((struct span){ t.s + 1, i - 1 });
	if (cp == 0)
		return 0;
	bool closed = i < t.n && t.s[i] == ';';
	/* "&copy 2004" is a reference, "?a=1&sect=2" and "&lt" inside a word are not worth the
	 * guess. */
	if (!closed && (cp > 255 || (i < t.n && t.s[i] == '=')))
		return 0;
	*ret_len = i + closed;
	return cp;
}

size_t entity_put(struct strbuf *out, struct span t)
{
	size_t len = 1;
	int32_t cp = entity_read(t, &len);
	char utf8[4];

	if (cp == 0)
		strbuf_addch(out, '&');
	else
		strbuf_add(out, utf8, utf8_encode(cp, utf8));
	return len;
}

void entity_decode(struct strbuf *out, struct span t)
{
	while (t.n > 0) {
		const char *amp = memchr(t.s, '&', t.n);
		size_t plain = amp == NULL ? t.n : (size_t)(amp - t.s);
		strbuf_add(out, t.s, plain);
		span_skip(&t, plain);
		if (t.n == 0)
			return;
		size_t len = entity_put(out, t);
		span_skip(&t, len);
	}
}
