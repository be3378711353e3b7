#include "feed/charset.h"

#include "base/limits.h"
#include "base/text.h"
#include "feed/charset_convert.h"

#include <stdint.h>
#include <uchardet/uchardet.h>

#define DECLARATION_BYTES 1024 /* the XML declaration stands here or nowhere */
#define DETECTION_BYTES (256 * KIB)
#define FEW_CHARACTERS 4 /* so many UTF-8 sequences are no accident in another encoding */

struct sniffed {
	const struct encoding *encoding;
	size_t skip; /* bytes of a byte order mark */
};

static const struct encoding *known(const char *label)
{
	return encoding_find(span_of(label));
}

static bool begins(struct span t, const char *bytes, size_t n)
{
	return t.n >= n && memcmp(t.s, bytes, n) == 0;
}

/* RFC 3629 6, Unicode 23.8; and XML 1.0 appendix F for what has no mark. */
static struct sniffed sniff(struct span t)
{
	static const struct {
		const char *bytes;
		size_t n, skip;
		const char *label;
	} marks[] = {
		{ "\xef\xbb\xbf", 3, 3, "utf-8" },
		{ "\xff\xfe\0\0", 4, 4, "utf-32le" },
		{ "\0\0\xfe\xff", 4, 4, "utf-32be" },
		{ "\xff\xfe", 2, 2, "utf-16le" },
		{ "\xfe\xff", 2, 2, "utf-16be" },
		{ "<\0\0\0", 4, 0, "utf-32le" },
		{ "\0\0\0<", 4, 0, "utf-32be" },
		{ "<\0", 2, 0, "utf-16le" },
		{ "\0<", 2, 0, "utf-16be" },
		{ "\x4c\x6f\xa7\x94", 4, 0, "ibm037" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (begins(t, marks[i].bytes, marks[i].n))
			return (struct sniffed){ known(marks[i].label), marks[i].skip };
	return (struct sniffed){ NULL, 0 };
}

/* The quoted or bare value behind "name=" (blanks allowed around the sign). */
static struct span value_after(struct span t, const char *name)
{
	size_t n = strlen(name);
	struct span none = { "", 0 };

	for (size_t i = 0; i + n < t.n; i++) {
		if (strncasecmp(t.s + i, name, n) != 0)
			continue;
		struct span rest = span_trim((struct span){ t.s + i + n, t.n - i - n });
		if (rest.n == 0 || rest.s[0] != '=')
			continue;
		rest = span_trim((struct span){ rest.s + 1, rest.n - 1 });
		while (rest.n > 0 && (rest.s[0] == '"' || rest.s[0] == '\''))
			rest.s++, rest.n--;
		size_t len = 0;
		while (len < rest.n && !ascii_space(rest.s[len]) && !strchr("\"';?>", rest.s[len]))
			len++;
		return (struct span){ rest.s, len };
	}
	return none;
}

static struct span xml_label(struct span t)
{
	struct span none = { "", 0 };
	size_t at = 0;

	while (at < t.n && (ascii_space(t.s[at]) || (unsigned char)t.s[at] >= 0x80))
		at++;
	t.s += at;
	t.n = t.n - at < DECLARATION_BYTES ? t.n - at : DECLARATION_BYTES;
	if (!span_starts(t, "<?xml"))
		return none;
	const char *end = memmem(t.s, t.n, "?>", 2);
	t.n = end == NULL ? t.n : (size_t)(end - t.s);
	return value_after(t, "encoding");
}

/* How the bytes look as UTF-8. */
struct census {
	size_t good, bad; /* sequences of several bytes; places that are none */
	size_t pairs;     /* of the good ones, those in CESU-8, which have to be converted */
};

static struct census take_census(struct span t)
{
	struct census c = { 0, 0, 0 };
	size_t len;
	int32_t cp;

	for (size_t i = 0; i < t.n; i += len) {
		len = 1;
		if ((unsigned char)t.s[i] < 0x80)
			continue;
		if (utf8_decode(t.s + i, t.n - i, &len) >= 0)
			c.good++;
		else if (charset_surrogates((struct span){ t.s + i, t.n - i }, &cp) > 0)
			c.good++, c.pairs++, len = 6;
		else
			c.bad++;
	}
	return c;
}

static const struct encoding *detect(struct span t)
{
	const struct encoding *found = NULL;
	uchardet_t detector = uchardet_new();

	if (uchardet_handle_data(detector, t.s, t.n < DETECTION_BYTES ? t.n : DETECTION_BYTES) ==
		0) {
		uchardet_data_end(detector);
		found = encoding_find(span_of(uchardet_get_charset(detector)));
	}
	uchardet_delete(detector);
	return found != NULL && found->decoder != DECODE_UTF8 ? found : known("windows-1252");
}

static void decode_as(struct charset_text *ret, struct span t, const struct encoding *e)
{
	strbuf_clear(&ret->made);
	ret->name = e->name;
	ret->n_replaced = charset_convert(&ret->made, t, e);
	ret->utf8 = (struct span){ strbuf_str(&ret->made), ret->made.len };
}

static void blame(struct charset_text *ret, struct span label)
{
	char copy[64];
	size_t n = label.n < sizeof(copy) - 1 ? label.n : sizeof(copy) - 1;

	memcpy(copy, label.s, n);
	copy[n] = '\0';
	text_safe_copy(ret->declared, sizeof(ret->declared), copy);
}

/* The bytes are no UTF-8, and nothing that is declared can be believed. */
static void decode_by_guess(struct charset_text *ret, struct span t, struct census c)
{
	const struct encoding *e = c.good > c.bad ? known("utf-8") : detect(t);

	ret->detected = true;
	decode_as(ret, t, e);
	if (ret->n_replaced == SIZE_MAX)
		decode_as(ret, t, known("windows-1252"));
}

/* Whether the bytes are UTF-8 whatever is declared. */
static bool is_surely_utf8(const struct encoding *declared, struct census c)
{
	if (c.bad > 0 || c.good == 0)
		return false;
	return declared == NULL || declared->single || c.good >= FEW_CHARACTERS || !declared->ascii;
}

static void decode_declared(struct charset_text *ret, struct span t, struct span label)
{
	const struct encoding *e = encoding_find(label);
	bool utf8 = e != NULL && e->decoder == DECODE_UTF8;
	struct census c;

	/* By far the most documents are what they should be. */
	if ((utf8 || label.n == 0) && utf8_valid(t.s, t.n)) {
		ret->utf8 = t;
		ret->name = "UTF-8";
		return;
	}
	c = take_census(t);
	bool plain = c.good == 0 && c.bad == 0;

	if (e != NULL && !e->ascii && e->decoder != DECODE_ICU) {
		blame(ret, label); /* "utf-16" on bytes that are ASCII */
		e = NULL;
	}
	if (plain && (e == NULL || e->ascii)) {
		ret->utf8 = t;
		ret->name = e == NULL ? "UTF-8" : e->name;
		if (e == NULL && label.n > 0)
			blame(ret, label);
		return;
	}
	if ((utf8 && c.bad == 0) || is_surely_utf8(e, c)) {
		ret->utf8 = t;
		ret->name = "UTF-8";
		if (c.pairs > 0)
			decode_as(ret, t, known("utf-8"));
		if (!utf8 && label.n > 0)
			blame(ret, label);
		return;
	}
	if (e == NULL || utf8) {
		if (label.n > 0)
			blame(ret, label);
		decode_by_guess(ret, t, c);
		return;
	}
	decode_as(ret, t, e);
	/* Many bytes that the declared encoding lacks: it is another one. */
	if (ret->n_replaced == SIZE_MAX || ret->n_replaced > 8 + (c.good + c.bad) / 50) {
		blame(ret, label);
		decode_by_guess(ret, t, c);
	}
}

void charset_decode(struct charset_text *ret, struct span bytes, const char *content_type)
{
	struct sniffed s = sniff(bytes);
	struct span http = value_after(span_of(content_type), "charset");
	struct span xml = xml_label(bytes);

	*ret = (struct charset_text){ .declared = "" };
	strbuf_init(&ret->made, LIMIT_BODY_MAX * 4ul);
	if (s.encoding != NULL && s.encoding->decoder != DECODE_UTF8) {
		decode_as(ret, (struct span){ bytes.s + s.skip, bytes.n - s.skip }, s.encoding);
		return;
	}
	span_skip(&bytes, s.skip);
	if (s.encoding != NULL)
		decode_declared(ret, bytes, span_of("utf-8"));
	else if (http.n > 0 && encoding_find(http) != NULL)
		decode_declared(ret, bytes, http);
	else
		decode_declared(ret, bytes, xml);
	ret->ambiguous = http.n == 0 && span_starts(span_of(content_type), "text/xml");
	if (s.encoding != NULL && xml.n > 0 && encoding_find(xml) != known("utf-8"))
		blame(ret, xml);
}
