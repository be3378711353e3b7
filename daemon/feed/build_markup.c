#include "feed/build.h"
#include "feed/html_tags.h"
#include "feed/url.h"

static void add_escaped(struct strbuf *out, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		const char *as = s[i] == '&'   ? "&amp;"
				 : s[i] == '<' ? "&lt;"
				 : s[i] == '>' ? "&gt;"
				 : s[i] == '"' ? "&quot;"
					       : NULL;
		if (as == NULL)
			continue;
		strbuf_add(out, s + from, i - from);
		strbuf_addstr(out, as);
		from = i + 1;
	}
	strbuf_add(out, s + from, n - from);
}

static bool is_blank(struct span t)
{
	return span_trim(t).n == 0;
}

/* A child where text was expected: what it means for the text so far. */
static void becomes_html(struct build *b, struct frame *owner)
{
	struct strbuf *pool = &b->draft->pool;
	struct span so_far = { strbuf_str(pool) + owner->at, pool->len - owner->at };

	if (owner->judged)
		return;
	owner->judged = true;
	if (owner->type == TEXT_PLAIN)
		owner->silent = true; /* plain text, says the publisher: tags go, text stays */
	else if (is_blank(so_far))
		owner->capture = CAPTURE_XHTML;
	if (owner->type == TEXT_MAYBE)
		owner->type = TEXT_HTML;
}

static void add_attribute(struct build *b, const struct frame *f, const char **a)
{
	struct strbuf *pool = &b->draft->pool;
	const struct frame *owner = &b->frames[b->capturing];
	struct attributes one = { a, 1 };
	struct span value;

	if (a[1] != NULL || !attribute_find(b, &one, a[0], false, &value))
		return;
	strbuf_addch(pool, ' ');
	strbuf_addstr(pool, a[0]);
	strbuf_addstr(pool, "=\"");
	/* An xml:base inside the content is lost with the sanitiser's one base: resolve now. */
	strbuf_clear(&b->url);
	if (f->base != owner->base && html_attribute_is_url(span_of(a[0])) &&
		url_resolve(&b->url, f->base, value))
		value = (struct span){ b->url.data, b->url.len };
	add_escaped(pool, value.s, value.n);
	strbuf_addch(pool, '"');
}

static bool is_html(const struct element_name *name)
{
	enum ns ns = ns_find(name->uri, name->prefix);

	/* svg and math keep their names, and the sanitiser drops them by these */
	return name->prefix == NULL || ns == NS_XHTML;
}

void markup_start(struct build *b, struct frame *f, const struct element_name *name,
	const struct attributes *attrs)
{
	struct frame *owner = &b->frames[b->capturing];
	struct strbuf *pool = &b->draft->pool;
	bool first = owner == f - 1 && pool->len == owner->at;

	if (owner->capture == CAPTURE_HTML)
		becomes_html(b, owner);
	/* RFC 4287 3.1.1.3: the div around XHTML is no part of it. */
	f->silent = owner->silent || !is_html(name) ||
		    (first && owner->capture == CAPTURE_XHTML && strcmp(name->local, "div") == 0 &&
			    owner->type == TEXT_HTML && f->base == owner->base);
	f->capture = CAPTURE_NOTHING;
	if (f->silent)
		return;
	strbuf_addch(pool, '<');
	strbuf_addstr(pool, name->local);
	for (int i = 0; i < attrs->n; i++)
		add_attribute(b, f, attrs->list + i * 5);
	strbuf_addch(pool, '>');
}

void markup_text(struct build *b, const struct frame *f, const char *s, size_t n)
{
	if (f->capture == CAPTURE_XHTML)
		add_escaped(&b->draft->pool, s, n);
	else
		strbuf_add(&b->draft->pool, s, n);
}

void markup_end(struct build *b, const struct frame *f, const char *local)
{
	struct strbuf *pool = &b->draft->pool;
	const struct html_tag *tag;

	if (f->silent)
		return;
	tag = html_tag_find(span_of(local));
	if (tag != NULL && (tag->flags & HTML_VOID))
		return;
	strbuf_addstr(pool, "</");
	strbuf_addstr(pool, local);
	strbuf_addch(pool, '>');
}

void build_raw(struct build *b, const char *s, size_t n)
{
	struct frame *owner = b->capturing < 0 ? NULL : &b->frames[b->capturing];

	if (owner == NULL || owner->type == TEXT_PLAIN)
		return;
	owner->capture = CAPTURE_HTML;
	owner->type = TEXT_HTML;
	strbuf_add(&b->draft->pool, s, n);
}
