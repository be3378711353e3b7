#include "feed/html_write.h"

#include "base/limits.h"
#include "base/text.h"
#include "feed/html_url.h"

#include <stdint.h>

void html_writer_init(struct html_writer *w, struct strbuf *out, const char *base)
{
	w->out = out;
	w->base = base;
	w->safe_source = false;
	w->pre_end = SIZE_MAX;
	strbuf_init(&w->url, LIMIT_URL * 16);
	strbuf_init(&w->text, LIMIT_BODY_MAX);
}

void html_writer_release(struct html_writer *w)
{
	strbuf_release(&w->url);
	strbuf_release(&w->text);
}

/* What must not stand in text (1), and what must not in an attribute (1 or 2). */
static const unsigned char marks[256] = { ['&'] = 1, ['<'] = 1, ['>'] = 1, ['"'] = 2 };

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	default:
		return "&quot;";
	}
}

static void add_escaped(struct strbuf *out, struct span t, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < t.n; i++) {
		unsigned char mark = marks[(unsigned char)t.s[i]];
		if (mark == 0 || (mark == 2 && !attribute))
			continue;
		strbuf_add(out, t.s + from, i - from);
		strbuf_addstr(out, escape_of(t.s[i]));
		from = i + 1;
	}
	strbuf_add(out, t.s + from, t.n - from);
}

/* Made safe after the last decoding, then escaped. */
static void add_text(struct html_writer *w, struct span t, bool attribute)
{
	if (!w->safe_source && !text_is_safe(t.s, t.n)) {
		strbuf_clear(&w->text);
		text_safe(&w->text, t.s, t.n);
		t = (struct span){ strbuf_str(&w->text), w->text.len };
	}
	add_escaped(w->out, t, attribute);
}

void html_write_text(struct html_writer *w, struct span text)
{
	/* A line break right behind <pre> is not part of it (HTML 5 13.2.6.4.7): say it twice. */
	if (w->out->len == w->pre_end && text.n > 0 && text.s[0] == '\n')
		strbuf_addch(w->out, '\n');
	add_text(w, text, false);
}

static const struct html_attribute *find(
	const struct html_attribute *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(list[i].name, name))
			return &list[i];
	return NULL;
}

static bool at_most_one(const struct html_attribute *length)
{
	return length != NULL &&
	       (span_is(length->value, "1") || span_is(length->value, "0") ||
		       span_is(length->value, "1px") || span_is(length->value, "0px"));
}

/* An image that nobody can see, or one without an address and words. */
static bool is_useless_image(struct html_writer *w, const struct html_attribute *list, size_t n)
{
	const struct html_attribute *src = find(list, n, "src"), *set = find(list, n, "srcset");
	const struct html_attribute *alt = find(list, n, "alt");

	if (at_most_one(find(list, n, "width")) && at_most_one(find(list, n, "height")))
		return true;
	strbuf_clear(&w->url);
	bool usable = src != NULL && html_url_add(&w->url, w->base, src->value, true);
	/* Of the address as it will be: line breaks and the like are gone from it. */
	if (usable && html_url_is_tracker((struct span){ w->url.data, w->url.len }))
		return true;
	if (usable || (alt != NULL && alt->value.n > 0))
		return false;
	return set == NULL || !html_srcset_add(&w->url, w->base, set->value);
}

/* The address as it may stay, in w->url; false when it may not. */
static bool make_url(struct html_writer *w, const struct html_attribute *a)
{
	bool link = span_is(a->name, "href") || span_is(a->name, "cite");

	strbuf_clear(&w->url);
	if (span_is(a->name, "srcset"))
		return html_srcset_add(&w->url, w->base, a->value);
	return html_url_add(&w->url, w->base, a->value, !link);
}

static void add_attribute(
	struct html_writer *w, const struct html_tag *tag, const struct html_attribute *a)
{
	struct span value = a->value;

	if (!html_attribute_allowed(tag, a->name))
		return;
	if (html_attribute_is_url(a->name)) {
		if (!make_url(w, a))
			return;
		value = (struct span){ w->url.data, w->url.len };
	}
	strbuf_addch(w->out, ' ');
	for (size_t i = 0; i < a->name.n; i++)
		strbuf_addch(w->out, ascii_lower(a->name.s[i]));
	strbuf_addstr(w->out, "=\"");
	add_text(w, value, true);
	strbuf_addch(w->out, '"');
	if (span_is(a->name, "href"))
		strbuf_addstr(w->out, " rel=\"nofollow noopener noreferrer\"");
}

bool html_write_start(struct html_writer *w, const struct html_tag *tag,
	const struct html_attribute *attributes, size_t n)
{
	if (strcmp(tag->name, "img") == 0 && is_useless_image(w, attributes, n))
		return false;
	strbuf_addch(w->out, '<');
	strbuf_addstr(w->out, tag->name);
	for (size_t i = 0; i < n; i++)
		add_attribute(w, tag, &attributes[i]);
	strbuf_addch(w->out, '>');
	if (strcmp(tag->name, "pre") == 0)
		w->pre_end = w->out->len;
	return true;
}

void html_write_end(struct html_writer *w, const struct html_tag *tag)
{
	strbuf_addstr(w->out, "</");
	strbuf_addstr(w->out, tag->name);
	strbuf_addch(w->out, '>');
}
