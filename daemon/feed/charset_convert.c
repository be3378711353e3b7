#include "feed/charset_convert.h"

#include "base/text.h"
#include "feed/entity.h"

#include <libxml/encoding.h>
#include <libxml/tree.h>
#include <stdint.h>

#define REPLACEMENT 0xfffd
/* Bytes given to the converter at once: libxml2 moves what is left of them after every character
 * that fits none. */
#define PIECE ((size_t)4096)

static void add_char(struct strbuf *out, int32_t cp)
{
	char utf8[4];

	strbuf_add(out, utf8, utf8_encode(cp, utf8));
}

size_t charset_surrogates(struct span t, int32_t *ret_cp)
{
	const unsigned char *s = (const unsigned char *)t.s;

	if (t.n < 6 || s[0] != 0xed || (s[1] & 0xf0) != 0xa0 || (s[2] & 0xc0) != 0x80 ||
		s[3] != 0xed || (s[4] & 0xf0) != 0xb0 || (s[5] & 0xc0) != 0x80)
		return 0;
	*ret_cp = 0x10000 +
		  ((s[1] & 0x0f) << 16 | (s[2] & 0x3f) << 10 | (s[4] & 0x0f) << 6 | (s[5] & 0x3f));
	return 6;
}

/* Stray bytes in UTF-8 are pieces of a windows-1252 text, pasted; what ICU made is another matter.
 */
static size_t from_utf8(struct strbuf *out, struct span t, bool pasted)
{
	size_t bad = 0, from = 0, i = 0, len;

	while (i < t.n) {
		if ((unsigned char)t.s[i] < 0x80) {
			i++;
			continue;
		}
		if (utf8_decode(t.s + i, t.n - i, &len) < 0) {
			int32_t cp;
			size_t pair = charset_surrogates((struct span){ t.s + i, t.n - i }, &cp);
			strbuf_add(out, t.s + from, i - from);
			if (pair > 0) {
				add_char(out, cp);
				i += pair;
				from = i;
				continue;
			}
			for (size_t k = 0; pasted && k < len; k++)
				add_char(out, entity_windows_1252((unsigned char)t.s[i + k]));
			if (!pasted)
				add_char(out, REPLACEMENT);
			from = i + len;
			bad++;
		}
		i += len;
	}
	strbuf_add(out, t.s + from, t.n - from);
	return bad;
}

static size_t from_windows_1252(struct strbuf *out, struct span t)
{
	size_t from = 0;

	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.s[i];
		if (c < 0x80)
			continue;
		strbuf_add(out, t.s + from, i - from);
		add_char(out, entity_windows_1252(c));
		from = i + 1;
	}
	strbuf_add(out, t.s + from, t.n - from);
	return 0;
}

static uint32_t unit(const char *s, size_t size, bool little)
{
	uint32_t v = 0;

	for (size_t i = 0; i < size; i++)
		v = v << 8 | (unsigned char)s[little ? size - 1 - i : i];
	return v;
}

static size_t from_utf16(struct strbuf *out, struct span t, bool little)
{
	size_t bad = t.n % 2, i = 0;

	while (i + 2 <= t.n) {
		uint32_t u = unit(t.s + i, 2, little), low;
		i += 2;
		if (u >= 0xd800 && u < 0xdc00 && i + 2 <= t.n &&
			(low = unit(t.s + i, 2, little)) >= 0xdc00 && low < 0xe000) {
			u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		bool lone = u >= 0xd800 && u < 0xe000;
		bad += lone;
		add_char(out, lone ? REPLACEMENT : (int32_t)u);
	}
	return bad;
}

static size_t from_utf32(struct strbuf *out, struct span t, bool little)
{
	size_t bad = t.n % 4 != 0;

	for (size_t i = 0; i + 4 <= t.n; i += 4) {
		uint32_t u = unit(t.s + i, 4, little);
		bool wrong = u > 0x10ffff || (u >= 0xd800 && u < 0xe000);
		bad += wrong;
		add_char(out, wrong ? REPLACEMENT : (int32_t)u);
	}
	return bad;
}

/* Converts one piece; what does not fit a character becomes U+FFFD and the converter goes on behind
 * it. */
static size_t convert_piece(struct strbuf *out, struct span piece, xmlCharEncodingHandlerPtr h)
{
	xmlBufferPtr in = xmlBufferCreate(), made = xmlBufferCreate();
	size_t bad = 0;

	xmlBufferAdd(in, (const xmlChar *)piece.s, (int)piece.n);
	while (xmlBufferLength(in) > 0) {
		int before = xmlBufferLength(in);
		int written = xmlCharEncInFunc(h, made, in);
		if (written >= 0 && xmlBufferLength(in) == 0)
			break;
		if (xmlBufferLength(in) == before && written <= 0) {
			xmlBufferShrink(in, 1);
			xmlBufferCat(made, (const xmlChar *)"\xef\xbf\xbd");
			bad++;
		} else if (written < 0) {
			xmlBufferCat(made, (const xmlChar *)"\xef\xbf\xbd");
			bad++;
		}
	}
	strbuf_add(out, xmlBufferContent(made), (size_t)xmlBufferLength(made));
	xmlBufferFree(in);
	xmlBufferFree(made);
	return bad;
}

static size_t from_icu(struct strbuf *out, struct span t, const char *converter)
{
	xmlCharEncodingHandlerPtr h = xmlFindCharEncodingHandler(converter);
	struct strbuf raw = STRBUF_INIT(out->max);
	size_t bad = 0;

	if (h == NULL)
		return SIZE_MAX;
	for (size_t at = 0; at < t.n; at += PIECE) {
		size_t n = t.n - at < PIECE ? t.n - at : PIECE;
		bad += convert_piece(&raw, (struct span){ t.s + at, n }, h);
		/* One in sixteen wrong is another encoding; the rest would cost as much again. */
		if (bad > 64 + t.n / 16) {
			bad = SIZE_MAX;
			break;
		}
	}
	xmlCharEncCloseFunc(h);
	if (bad != SIZE_MAX)
		bad += from_utf8(out, (struct span){ strbuf_str(&raw), raw.len }, false);
	strbuf_release(&raw);
	return bad;
}

size_t charset_convert(struct strbuf *out, struct span bytes, const struct encoding *from)
{
	switch (from->decoder) {
	case DECODE_UTF8:
		return from_utf8(out, bytes, true);
	case DECODE_WINDOWS_1252:
		return from_windows_1252(out, bytes);
	case DECODE_UTF16LE:
		return from_utf16(out, bytes, true);
	case DECODE_UTF16BE:
		return from_utf16(out, bytes, false);
	case DECODE_UTF32LE:
		return from_utf32(out, bytes, true);
	case DECODE_UTF32BE:
		return from_utf32(out, bytes, false);
	case DECODE_ICU:
		return from_icu(out, bytes, from->converter);
	}
	return SIZE_MAX;
}
