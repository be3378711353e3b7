#include "feed/html_strict.h"

#include "base/limits.h"
#include "base/text.h"
#include "feed/html_strict_tag.h"
#include "feed/html_write.h"

#define DEPTH 64 /* elements inside each other; deeper content is gumbo's */

/* Where an element may begin, so that HTML 5 13.2.6.4.7 would close nothing before it. */
enum place {
	ANYWHERE,
	NOT_IN_P,       /* its start tag closes a p */
	NOT_IN_HEADING, /* as NOT_IN_P; one heading closes another */
	IN_LIST,        /* child of ul, ol, menu or dir */
	IN_DL,          /* child of dl */
	NOT_IN_ITSELF,  /* formatting elements: nested twice they have rules of their own */
};

struct strict_tag {
	const char *name;
	enum place place;
};

/* Sorted. What is not here, or not kept by html_tags.c, is gumbo's: tables, ruby, media, whatever
 * is dropped. */
static const struct strict_tag strict_tags[] = {
	{ "a", NOT_IN_ITSELF },
	{ "abbr", ANYWHERE },
	{ "acronym", ANYWHERE },
	{ "address", NOT_IN_P },
	{ "area", ANYWHERE },
	{ "article", NOT_IN_P },
	{ "aside", NOT_IN_P },
	{ "audio", ANYWHERE },
	{ "b", NOT_IN_ITSELF },
	{ "bdi", ANYWHERE },
	{ "bdo", ANYWHERE },
	{ "big", NOT_IN_ITSELF },
	{ "blockquote", NOT_IN_P },
	{ "br", ANYWHERE },
	{ "center", NOT_IN_P },
	{ "cite", ANYWHERE },
	{ "code", NOT_IN_ITSELF },
	{ "dd", IN_DL },
	{ "del", ANYWHERE },
	{ "details", NOT_IN_P },
	{ "dfn", ANYWHERE },
	{ "div", NOT_IN_P },
	{ "dl", NOT_IN_P },
	{ "dt", IN_DL },
	{ "em", NOT_IN_ITSELF },
	{ "figcaption", NOT_IN_P },
	{ "figure", NOT_IN_P },
	{ "font", NOT_IN_ITSELF },
	{ "footer", NOT_IN_P },
	{ "h1", NOT_IN_HEADING },
	{ "h2", NOT_IN_HEADING },
	{ "h3", NOT_IN_HEADING },
	{ "h4", NOT_IN_HEADING },
	{ "h5", NOT_IN_HEADING },
	{ "h6", NOT_IN_HEADING },
	{ "header", NOT_IN_P },
	{ "hgroup", NOT_IN_P },
	{ "hr", NOT_IN_P },
	{ "i", NOT_IN_ITSELF },
	{ "img", ANYWHERE },
	{ "ins", ANYWHERE },
	{ "kbd", ANYWHERE },
	{ "li", IN_LIST },
	{ "main", NOT_IN_P },
	{ "map", ANYWHERE },
	{ "mark", ANYWHERE },
	{ "nav", NOT_IN_P },
	{ "ol", NOT_IN_P },
	{ "p", NOT_IN_P },
	{ "picture", ANYWHERE },
	{ "pre", NOT_IN_P },
	{ "q", ANYWHERE },
	{ "s", NOT_IN_ITSELF },
	{ "samp", ANYWHERE },
	{ "section", NOT_IN_P },
	{ "small", NOT_IN_ITSELF },
	{ "source", ANYWHERE },
	{ "span", ANYWHERE },
	{ "strike", NOT_IN_ITSELF },
	{ "strong", NOT_IN_ITSELF },
	{ "sub", ANYWHERE },
	{ "summary", NOT_IN_P },
	{ "sup", ANYWHERE },
	{ "time", ANYWHERE },
	{ "tt", NOT_IN_ITSELF },
	{ "u", NOT_IN_ITSELF },
	{ "ul", NOT_IN_P },
	{ "var", ANYWHERE },
	{ "video", ANYWHERE },
	{ "wbr", ANYWHERE },
};

struct open_element {
	const struct html_tag *tag;
	enum place place;
};

struct strict {
	struct html_writer writer;
	struct span rest;
	struct open_element open[DEPTH];
	int depth;
	struct strict_attributes attributes;
	struct strbuf text; /* decoded */
};

static const struct strict_tag *strict_find(struct span name)
{
	size_t low = 0, high = sizeof(strict_tags) / sizeof(strict_tags[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *other = strict_tags[middle].name;
		int order = strncmp(other, name.s, name.n);
		if (order == 0 && other[name.n] == '\0')
			return &strict_tags[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void step(struct strict *s, size_t n)
{
	span_skip(&s->rest, n);
}

static bool strict_text(struct strict *s, struct span t)
{
	if (memchr(t.s, '&', t.n) == NULL) {
		html_write_text(&s->writer, t);
		return true;
	}
	strbuf_clear(&s->text);
	if (!strict_decode(&s->text, t, false))
		return false;
	html_write_text(&s->writer, (struct span){ strbuf_str(&s->text), s->text.len });
	return true;
}

static bool is_open(const struct strict *s, const char *name)
{
	for (int i = 0; i < s->depth; i++)
		if (strcmp(s->open[i].tag->name, name) == 0)
			return true;
	return false;
}

static bool may_begin(const struct strict *s, const struct strict_tag *t)
{
	const char *parent = s->depth > 0 ? s->open[s->depth - 1].tag->name : "";

	switch (t->place) {
	case ANYWHERE:
		return true;
	case NOT_IN_P:
		return !is_open(s, "p");
	case NOT_IN_HEADING:
		return !is_open(s, "p") &&
		       !(s->depth > 0 && s->open[s->depth - 1].place == NOT_IN_HEADING);
	case IN_LIST:
		return strcmp(parent, "ul") == 0 || strcmp(parent, "ol") == 0;
	case IN_DL:
		return strcmp(parent, "dl") == 0;
	case NOT_IN_ITSELF:
		return !is_open(s, t->name);
	}
	return false;
}

static bool start_tag(struct strict *s, const struct strict_tag *t)
{
	const struct html_tag *tag = html_tag_find(span_of(t->name));
	bool empty = tag->flags & HTML_VOID;

	if (!strict_attributes_read(&s->attributes, &s->rest, empty) || !may_begin(s, t))
		return false;
	html_write_start(&s->writer, tag, s->attributes.list, s->attributes.n);
	if (empty)
		return true;
	if (s->depth == DEPTH)
		return false;
	/* A line break right behind <pre> is not part of it, however it is written. */
	if (strcmp(t->name, "pre") == 0 && s->rest.n > 0) {
		if (s->rest.s[0] == '&')
			return false;
		step(s, s->rest.s[0] == '\n');
	}
	s->open[s->depth++] = (struct open_element){ tag, t->place };
	return true;
}

static bool end_tag(struct strict *s, const struct strict_tag *t)
{
	/* "</img>" ends nothing to any parser; "</br>" is another break. */
	bool empty = html_tag_find(span_of(t->name))->flags & HTML_VOID;
	if (empty && strcmp(t->name, "br") != 0 && s->rest.n > 0 && s->rest.s[0] == '>') {
		step(s, 1);
		return true;
	}
	if (s->depth == 0 || s->rest.n == 0 || s->rest.s[0] != '>' ||
		strcmp(t->name, s->open[s->depth - 1].tag->name) != 0)
		return false;
	step(s, 1);
	html_write_end(&s->writer, s->open[--s->depth].tag);
	return true;
}

/* A comment that every parser ends where it says so. */
static bool comment(struct strict *s)
{
	const char *end;

	step(s, 4);
	if (s->rest.n == 0 || s->rest.s[0] == '>' || s->rest.s[0] == '-')
		return false;
	end = memmem(s->rest.s, s->rest.n, "--", 2);
	if (end == NULL || (size_t)(end - s->rest.s) + 3 > s->rest.n || end[2] != '>' ||
		memchr(s->rest.s, '<', (size_t)(end - s->rest.s)) != NULL)
		return false;
	step(s, (size_t)(end - s->rest.s) + 3);
	return true;
}

/* A frame with nothing in it goes without a trace. */
static bool empty_frame(struct strict *s)
{
	static const char end[] = "</iframe>";

	if (!strict_attributes_read(&s->attributes, &s->rest, false) || !span_starts(s->rest, end))
		return false;
	step(s, sizeof(end) - 1);
	return true;
}

static bool markup(struct strict *s)
{
	struct span name;
	bool end;

	if (span_starts(s->rest, "<!--"))
		return comment(s);
	end = s->rest.n > 1 && s->rest.s[1] == '/';
	step(s, 1 + end);
	name = (struct span){ s->rest.s, 0 };
	while (name.n < s->rest.n && ascii_alnum(name.s[name.n]))
		name.n++;
	step(s, name.n);
	if (!end && span_is(name, "iframe"))
		return empty_frame(s);
	const struct strict_tag *t = strict_find(name);
	if (t == NULL)
		return false;
	return end ? end_tag(s, t) : start_tag(s, t);
}

static bool copy(struct strict *s)
{
	while (s->rest.n > 0) {
		const char *open = memchr(s->rest.s, '<', s->rest.n);
		size_t plain = open == NULL ? s->rest.n : (size_t)(open - s->rest.s);
		if (plain > 0 && !strict_text(s, (struct span){ s->rest.s, plain }))
			return false;
		step(s, plain);
		if (s->rest.n > 0 && !markup(s))
			return false;
	}
	return s->depth == 0;
}

bool html_strict_sanitise(struct strbuf *out, struct span html, const char *base)
{
	struct strict s = { .rest = html, .depth = 0 };
	size_t start = out->len;
	bool good;

	/* No bytes that HTML parsers or text_safe() change: looked at once for the whole source. */
	if (!text_is_safe(html.s, html.n))
		return false;
	html_writer_init(&s.writer, out, base);
	s.writer.safe_source = true;
	strbuf_init(&s.text, LIMIT_BODY_MAX);
	strbuf_init(&s.attributes.values, LIMIT_BODY_MAX);
	good = copy(&s) && !s.text.overflow && !s.attributes.values.overflow;
	if (!good)
		strbuf_truncate(out, start);
	html_writer_release(&s.writer);
	strbuf_release(&s.text);
	strbuf_release(&s.attributes.values);
	return good;
}
