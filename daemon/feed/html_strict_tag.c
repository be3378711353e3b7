#include "feed/html_strict_tag.h"

#include "base/text.h"
#include "feed/entity.h"

/* A character that means itself after every parser. */
static bool is_ordinary(int32_t cp)
{
	return (cp >= 0x20 || cp == '\n' || cp == '\t') && text_char_safe(cp) && cp != 0xfffd;
}

/* Whether the name, or a beginning of it, is that of a character: "&copyright" is a reference to
 * some parsers in some places. */
static bool begins_with_entity(struct span name)
{
	for (size_t n = 2; n <= name.n; n++)
		if (entity_named((struct span){ name.s, n }) != 0)
			return true;
	return false;
}

/* The reference at t as its character; 0 when gumbo must have a look at it. A lone & is itself. */
static int32_t reference(struct span t, bool attribute, size_t *ret_len)
{
	size_t n = 1;
	int32_t cp;

	*ret_len = 1;
	while (n < t.n && (ascii_alnum(t.s[n]) || (n == 1 && t.s[n] == '#')))
		n++;
	if (n == 1)
		return '&';
	if (attribute && n < t.n && t.s[n] == '=' && t.s[1] != '#')
		return '&'; /* a query: "?a=1&copy=2" */
	if (n >= t.n || t.s[n] != ';')
		return t.s[1] == '#' || begins_with_entity((struct span){ t.s + 1, n - 1 }) ? 0
											    : '&';
	cp = entity_read((struct span){ t.s, n + 1 }, ret_len);
	return *ret_len == n + 1 && is_ordinary(cp) ? cp : 0;
}

bool strict_decode(struct strbuf *out, struct span t, bool attribute)
{
	while (t.n > 0) {
		const char *amp = memchr(t.s, '&', t.n);
		size_t plain = amp == NULL ? t.n : (size_t)(amp - t.s), len;
		char utf8[4];
		strbuf_add(out, t.s, plain);
		span_skip(&t, plain);
		if (t.n == 0)
			return true;
		int32_t cp = reference(t, attribute, &len);
		if (cp == 0)
			return false;
		strbuf_add(out, utf8, utf8_encode(cp, utf8));
		span_skip(&t, len);
	}
	return true;
}

static bool is_repeated(const struct strict_attributes *a, struct span name)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].name.n == name.n && memcmp(a->list[i].name.s, name.s, name.n) == 0)
			return true;
	return false;
}

/* A name in lower case; empty when there is none. */
static struct span read_name(struct span *rest)
{
	struct span name = { rest->s, 0 };

	while (name.n < rest->n &&
		((name.s[name.n] >= 'a' && name.s[name.n] <= 'z') || ascii_digit(name.s[name.n]) ||
			name.s[name.n] == '-' || name.s[name.n] == '_'))
		name.n++;
	span_skip(rest, name.n);
	return name;
}

static void skip_blanks(struct span *rest)
{
	while (rest->n > 0 && ascii_space(rest->s[0]))
		span_skip(rest, 1);
}

static bool read_quoted(struct span *rest, struct span *ret_value)
{
	const char *end = memchr(rest->s + 1, rest->s[0], rest->n - 1);

	/* html.c counts a '<' there as a tag when it looks for depth. */
	if (end == NULL || memchr(rest->s, '<', (size_t)(end - rest->s)) != NULL)
		return false;
	*ret_value = (struct span){ rest->s + 1, (size_t)(end - rest->s) - 1 };
	span_skip(rest, ret_value->n + 2);
	return rest->n > 0 && (ascii_space(rest->s[0]) || rest->s[0] == '>' || rest->s[0] == '/');
}

/* Up to a blank or '>'; a '/' belongs to it (HTML 5 13.2.5.38). */
static bool read_bare(struct span *rest, struct span *ret_value)
{
	struct span value = { rest->s, 0 };

	while (value.n < rest->n && !ascii_space(value.s[value.n]) && value.s[value.n] != '>')
		if (strchr("\"'<=`&", value.s[value.n++]) != NULL)
			return false;
	span_skip(rest, value.n);
	*ret_value = value;
	return value.n > 0 && rest->n > 0;
}

/* The value behind an equals sign. */
static bool read_value(struct span *rest, struct span *ret_value)
{
	skip_blanks(rest);
	if (rest->n == 0)
		return false;
	return rest->s[0] == '"' || rest->s[0] == '\'' ? read_quoted(rest, ret_value)
						       : read_bare(rest, ret_value);
}

/* name="value", name='value', name=value or name. */
static bool read_attribute(struct strict_attributes *a, struct span *rest)
{
	struct html_attribute one = { read_name(rest), span_of("") };
	struct span behind = *rest;

	if (one.name.n == 0 || a->n_read++ == HTML_ATTRIBUTES)
		return false;
	skip_blanks(&behind);
	if (behind.n > 0 && behind.s[0] == '=') {
		*rest = behind;
		span_skip(rest, 1);
		if (!read_value(rest, &one.value))
			return false;
	} else if (behind.n == 0 || (behind.n == rest->n && behind.s[0] != '>') ||
		   is_repeated(a, one.name)) {
		/* Of one that is said again without a value gumbo drops the next one's value. */
		return false;
	}
	if (!is_repeated(a, one.name)) /* the first one counts (HTML 5 13.2.5.33) */
		a->list[a->n++] = one;
	return true;
}

/* Decodes the values that hold references; the room must not move meanwhile. */
static bool decode_values(struct strict_attributes *all)
{
	size_t at[HTML_ATTRIBUTES];

	strbuf_clear(&all->values);
	for (size_t i = 0; i < all->n; i++) {
		struct html_attribute *a = &all->list[i];
		at[i] = all->values.len;
		if (a->value.n == 0 || memchr(a->value.s, '&', a->value.n) == NULL)
			continue;
		if (!strict_decode(&all->values, a->value, true))
			return false;
		a->value.s = NULL;
		a->value.n = all->values.len - at[i];
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].value.s == NULL)
			all->list[i].value.s = strbuf_str(&all->values) + at[i];
	return true;
}

bool strict_attributes_read(struct strict_attributes *a, struct span *rest, bool may_close)
{
	a->n = a->n_read = 0;
	while (rest->n > 0 && rest->s[0] != '>' && rest->s[0] != '/') {
		if (!ascii_space(rest->s[0]))
			return false;
		skip_blanks(rest);
		if (rest->n > 0 && rest->s[0] != '>' && rest->s[0] != '/' &&
			!read_attribute(a, rest))
			return false;
	}
	if (may_close && rest->n > 0 && rest->s[0] == '/')
		span_skip(rest, 1);
	if (rest->n == 0 || rest->s[0] != '>')
		return false;
	span_skip(rest, 1);
	return decode_values(a);
}
