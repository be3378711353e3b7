#include "feed/html_cost.h"

#include "base/limits.h"
#include "base/mem.h"
#include "feed/html_tags.h"

#include <stdlib.h>

/* Attributes of one tag that gumbo may see: it compares each with all before it. */
#define ATTRIBUTES 256
/* Open elements that gumbo may look at, over all tags: so many a byte and, for short sources, so
 * many at least. One takes it 4 ns. */
#define STEPS_PER_BYTE 64
#define STEPS_AT_LEAST (256 * KIB)

#define LOOKS 4 /* at a byte, where quotes that never close make us look at many again */
#define CELL 4  /* the lowest rank of a table's elements */

struct cost {
	struct span rest;
	struct span *open; /* the names of the elements that may be open */
	size_t depth, room;
	size_t steps, most_steps;
	/* gumbo cannot but read the tags as we do; else whatever looks like one counts, in quotes
	 * and comments, too */
	bool certain;
	size_t looked_at, most_looked_at; /* bytes of attributes, while uncertain */
	enum { HTML, FOREIGN, EITHER } inside;
	size_t outside; /* depth at which a drawing or formula ends */
};

static bool is_blank(char c)
{
	return ascii_space(c) || c == '/';
}

/* The end of a name or value: at one of the stops, or at the end. */
static size_t until(struct span t, size_t from, const char *stops)
{
	while (from < t.n && (t.s[from] == '\0' || strchr(stops, t.s[from]) == NULL))
		from++;
	return from;
}

/* What stands in a tag behind its name. */
struct attributes {
	size_t n, bytes; /* to before the '>' */
	bool closed;     /* "/>": an element of a drawing has no content then */
};

/* As HTML 5 13.2.5.32 reads them; more than ATTRIBUTES are not read to their end. */
static struct attributes count_attributes(struct span t)
{
	struct attributes a = { 0 };
	size_t at = 0;

	for (;; a.n++) {
		size_t from = at;
		while (at < t.n && is_blank(t.s[at]))
			at++;
		a.closed = at > from && t.s[at - 1] == '/';
		if (at == t.n || t.s[at] == '>' || a.n > ATTRIBUTES)
			break;
		/* An equals sign first is part of the name. */
		at = until(t, at + 1, " \t\n\r\f/>=");
		while (at < t.n && ascii_space(t.s[at]))
			at++;
		if (at == t.n || t.s[at] != '=')
			continue;
		for (at++; at < t.n && ascii_space(t.s[at]); at++)
			;
		if (at < t.n && (t.s[at] == '"' || t.s[at] == '\'')) {
			const char *close = memchr(t.s + at + 1, t.s[at], t.n - at - 1);
			at = close == NULL ? t.n : (size_t)(close - t.s) + 1;
		} else {
			at = until(t, at, " \t\n\r\f>");
		}
	}
	a.bytes = at;
	return a;
}

/* To behind the comment, the declaration or what else is none of an element's tags. */
static void pass_comment(struct cost *c)
{
	struct span t = c->rest;
	const char *end;

	/* text inside svg and math, up to "]]>" */
	if (span_starts(t, "<![CDATA["))
		c->certain = false;
	if (!c->certain) {
		span_skip(&c->rest, 2);
		return;
	}
	if (!span_starts(t, "<!--")) {
		end = memchr(t.s, '>', t.n);
		span_skip(&c->rest, end == NULL ? t.n : (size_t)(end - t.s) + 1);
		return;
	}
	span_skip(&t, 4);
	/* "<!-->" and "<!--->" are comments, "--!>" ends one (HTML 5 13.2.5.43 to 51). */
	size_t at = span_starts(t, ">") ? 1 : span_starts(t, "->") ? 2 : 0;
	while (at == 0 && (end = t.n == 0 ? NULL : memmem(t.s, t.n, "--", 2)) != NULL) {
		span_skip(&t, (size_t)(end - t.s) + 1);
		at = span_starts(t, "->") ? 2 : span_starts(t, "-!>") ? 3 : 0;
	}
	span_skip(&t, at == 0 ? t.n : at);
	c->rest = t;
}

/* Elements whose inside is no markup, mostly: not where gumbo ignores them. */
static bool holds_raw_text(struct span name)
{
	static const char *const raw[] = { "iframe", "noembed", "noframes", "plaintext", "script",
		"style", "textarea", "title", "xmp" };

	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
		if (span_is(name, raw[i]))
			return true;
	return false;
}

/* Whether the raw text of an element that begins here has nothing in it to be in doubt about. */
static bool ends_soon(struct span t, struct span name)
{
	const char *end = t.n == 0 ? NULL : memchr(t.s, '<', t.n);

	if (end == NULL)
		return true;
	span_skip(&t, (size_t)(end - t.s));
	return t.n > name.n + 2 && t.s[1] == '/' && strncasecmp(t.s + 2, name.s, name.n) == 0 &&
	       (t.s[name.n + 2] == '>' || is_blank(t.s[name.n + 2]));
}

/* Elements that need no end tag: another of their rank ends the innermost one, and one of a table's
 * ranks those above it, too. */
static int rank_of(struct span name)
{
	static const struct {
		const char *name;
		int rank;
	} ranks[] = { { "p", 1 }, { "li", 2 }, { "dd", 3 }, { "dt", 3 }, { "td", CELL },
		{ "th", CELL }, { "tr", CELL + 1 }, { "tbody", CELL + 2 }, { "tfoot", CELL + 2 },
		{ "thead", CELL + 2 } };

	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		if (span_is(name, ranks[i].name))
			return ranks[i].rank;
	return 0;
}

/* Elements whose end tag ends those without one in them. */
static bool ends_ranks(struct span name)
{
	static const char *const containers[] = { "article", "blockquote", "div", "dl", "ol",
		"section", "table", "ul" };

	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++)
		if (span_is(name, containers[i]))
			return true;
	return rank_of(name) >= CELL;
}

static bool is_foreign(struct span name)
{
	return span_is(name, "svg") || span_is(name, "math");
}

/* Whether an element begins in HTML even inside svg or math: it ends them, or HTML is what they
 * hold there (HTML 5 13.2.6.5). */
static bool begins_html(struct span name, const struct html_tag *tag)
{
	static const char *const doors[] = { "annotation-xml", "desc", "foreignobject", "mi", "mn",
		"mo", "ms", "mtext" };

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (span_is(name, doors[i]))
			return true;
	return tag != NULL && !is_foreign(name);
}

static int innermost_rank(const struct cost *c)
{
	return c->depth > 0 ? rank_of(c->open[c->depth - 1]) : 0;
}

static void begin(struct cost *c, struct span name, bool closed)
{
	const struct html_tag *tag = html_tag_find(name);
	bool raw = holds_raw_text(name), sure = !raw || ends_soon(c->rest, name);
	int rank = rank_of(name);

	c->certain &= sure;
	if (c->inside == HTML && is_foreign(name) && !closed) {
		c->inside = FOREIGN;
		c->outside = c->depth;
	} else if (c->inside == FOREIGN && begins_html(name, tag) && !(raw && sure)) {
		c->inside = EITHER;
	}
	if (c->inside == FOREIGN && closed)
		return;
	if (c->inside == HTML) {
		/* gumbo knows no command */
		if (tag != NULL && (tag->flags & HTML_VOID) && !span_is(name, "command"))
			return;
		while (rank > 0 && innermost_rank(c) <= rank &&
			innermost_rank(c) >= (rank < CELL ? rank : CELL))
			c->depth--;
	}
	c->open = xgrow(c->open, c->depth, &c->room, sizeof(*c->open));
	c->open[c->depth++] = name;
}

static bool is_same(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp(a.s, b.s, a.n) == 0;
}

/* Only what is innermost ends for certain, and around what needs no end tag a container. */
static void end(struct cost *c, struct span name)
{
	bool around = c->inside == HTML && ends_ranks(name);
	size_t i = c->depth;

	if (!c->certain)
		return;
	while (i > 0 && !is_same(c->open[i - 1], name) && around && rank_of(c->open[i - 1]) > 0)
		i--;
	if (i > 0 && is_same(c->open[i - 1], name))
		c->depth = i - 1;
	if (c->depth <= c->outside)
		c->inside = HTML;
}

/* A tag; false when it is too much. */
static bool add_tag(struct cost *c)
{
	bool closes = c->rest.s[1] == '/';
	size_t from = 1 + closes;
	struct span name = { c->rest.s + from, until(c->rest, from, " \t\n\r\f/>") - from };

	span_skip(&c->rest, from + name.n);
	struct attributes a = count_attributes(c->rest);
	if (a.n > ATTRIBUTES)
		return false;
	if (!c->certain) {
		c->looked_at += a.bytes;
	} else if (a.bytes == c->rest.n) {
		span_skip(&c->rest, a.bytes); /* it never ends: gumbo sees no tag */
		return true;
	} else {
		span_skip(&c->rest, a.bytes + 1);
	}
	if (closes)
		end(c, name);
	else
		begin(c, name, a.closed);
	c->steps += c->depth + 1;
	return c->steps <= c->most_steps && c->looked_at <= c->most_looked_at;
}

bool html_is_costly(struct span html)
{
	struct cost c = { .rest = html,
		.most_steps = html.n * STEPS_PER_BYTE + STEPS_AT_LEAST,
		.most_looked_at = html.n * LOOKS + MIB,
		.certain = true };
	bool good = true;
	const char *open;

	while (good && c.rest.n > 0 && (open = memchr(c.rest.s, '<', c.rest.n)) != NULL) {
		span_skip(&c.rest, (size_t)(open - c.rest.s));
		if (c.rest.n < 2)
			break;
		bool closes = c.rest.s[1] == '/';
		if (c.rest.n > 2 && ascii_alpha(c.rest.s[1 + closes]))
			good = add_tag(&c);
		else if (closes || c.rest.s[1] == '!' || c.rest.s[1] == '?')
			pass_comment(&c);
		else
			span_skip(&c.rest, 1);
	}
	free(c.open);
	return !good;
}
