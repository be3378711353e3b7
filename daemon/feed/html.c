#include "feed/html.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "feed/html_tags.h"
#include "feed/html_text.h"
#include "feed/html_url.h"

#include <gumbo.h>
#include <setjmp.h>

/*
 * Dropping an element can leave a tree that does not read back as itself (an a that was inside an
 * object inside an a). Then the output goes through once more; input that is still moving after
 * that becomes text.
 */
#define PASSES 4
/* Elements open at once that gumbo may see: its work per tag grows with that depth. */
#define SOURCE_DEPTH 2048

/* gumbo's memory: bounded, freed at once, and a way out when it is used up, since gumbo cannot
 * fail. */
struct tree {
	struct arena arena;
	jmp_buf full;
};

struct writer {
	struct strbuf *out;
	const char *base;
	struct strbuf url, text;
	int depth;         /* elements around the node in gumbo's tree */
	bool restructured; /* something but whole subtrees of text went missing */
	size_t pre_end;    /* of out, right behind the last <pre> */
};

static void *tree_alloc(void *userdata, size_t n)
{
	struct tree *t = userdata;
	void *p = arena_alloc(&t->arena, n == 0 ? 1 : n, 1);

	if (p == NULL)
		longjmp(t->full, 1);
	return p;
}

static void tree_free(void *userdata, void *p)
{
	(void)userdata;
	(void)p;
}

static void add_escaped(struct strbuf *out, const char *s, size_t n, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		const char *as = NULL;
		if (s[i] == '&')
			as = "&amp;";
		else if (s[i] == '<')
			as = "&lt;";
		else if (s[i] == '>')
			as = "&gt;";
		else if (s[i] == '"' && attribute)
			as = "&quot;";
		if (as == NULL)
			continue;
		strbuf_add(out, s + from, i - from);
		strbuf_addstr(out, as);
		from = i + 1;
	}
	strbuf_add(out, s + from, n - from);
}

/* Made safe after the last decoding, then escaped. */
static void add_text(struct writer *w, const char *s, size_t n, bool attribute)
{
	if (!text_is_safe(s, n)) {
		strbuf_clear(&w->text);
		text_safe(&w->text, s, n);
		s = strbuf_str(&w->text);
		n = w->text.len;
	}
	add_escaped(w->out, s, n, attribute);
}

void html_escape(struct strbuf *out, struct span text)
{
	struct writer w = { .out = out };

	strbuf_init(&w.text, LIMIT_BODY_MAX);
	add_text(&w, text.s, text.n, false);
	strbuf_release(&w.text);
}

static const char *value_of(const GumboElement *e, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);

	return a == NULL ? NULL : a->value;
}

static bool at_most_one(const char *length)
{
	return length != NULL && (strcmp(length, "1") == 0 || strcmp(length, "0") == 0 ||
					 strcmp(length, "1px") == 0 || strcmp(length, "0px") == 0);
}

/* An image that nobody can see, or one without an address. */
static bool is_useless_image(struct writer *w, const GumboElement *e)
{
	const char *src = value_of(e, "src");
	bool usable;

	if (at_most_one(value_of(e, "width")) && at_most_one(value_of(e, "height")))
		return true;
	if (src != NULL && html_url_is_tracker(span_of(src)))
		return true;
	strbuf_clear(&w->url);
	usable = (src != NULL && html_url_add(&w->url, w->base, span_of(src), true)) ||
		 (value_of(e, "srcset") != NULL &&
			 html_srcset_add(&w->url, w->base, span_of(value_of(e, "srcset"))));
	return !usable && (value_of(e, "alt") == NULL || value_of(e, "alt")[0] == '\0');
}

static void add_attribute(struct writer *w, const struct html_tag *tag, const GumboAttribute *a)
{
	struct span value = span_of(a->value);
	bool image = !(tag->name[0] == 'a' && (tag->name[1] == '\0' || tag->name[1] == 'r'));

	if (!html_attribute_allowed(tag, a->name))
		return;
	if (html_attribute_is_url(a->name)) {
		strbuf_clear(&w->url);
		bool good = strcmp(a->name, "usemap") == 0 ? false
			    : strcmp(a->name, "srcset") == 0
				    ? html_srcset_add(&w->url, w->base, value)
				    : html_url_add(&w->url, w->base, value, image);
		if (!good)
			return;
		value = (struct span){ w->url.data, w->url.len };
	}
	strbuf_addch(w->out, ' ');
	strbuf_addstr(w->out, a->name);
	strbuf_addstr(w->out, "=\"");
	add_text(w, value.s, value.n, true);
	strbuf_addch(w->out, '"');
	if (strcmp(a->name, "href") == 0)
		strbuf_addstr(w->out, " rel=\"nofollow noopener noreferrer\"");
}

/* What becomes of an element: decided alike when it begins and when it ends. */
static const struct html_tag *tag_of(const GumboNode *node)
{
	const GumboElement *e = &node->v.element;

	/* Inside svg and math no name means what it means in HTML: the drawing goes, its words
	 * stay. */
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML) {
		bool code = e->tag == GUMBO_TAG_SCRIPT || e->tag == GUMBO_TAG_STYLE;
		return html_tag_find(span_of(code ? "script" : "svg"));
	}
	if (e->tag != GUMBO_TAG_UNKNOWN)
		return html_tag_find(span_of(gumbo_normalized_tagname(e->tag)));
	struct span name = { e->original_tag.data, e->original_tag.length };
	if (name.n < 2)
		return NULL;
	name.s++, name.n--;
	size_t n = 0;
	while (n < name.n && ascii_alnum(name.s[n]))
		n++;
	/* "td@" is not "td", whatever it begins with. */
	if (n < name.n && !ascii_space(name.s[n]) && name.s[n] != '/' && name.s[n] != '>')
		return NULL;
	return html_tag_find((struct span){ name.s, n });
}

static bool is_written(const struct writer *w, const struct html_tag *tag)
{
	return tag != NULL && (tag->flags & HTML_KEEP) && w->depth <= LIMIT_HTML_DEPTH;
}

/* Writes what stands before the children; false when they are to be skipped. */
static bool enter(struct writer *w, const GumboNode *node)
{
	const GumboElement *e = &node->v.element;
	const struct html_tag *tag = tag_of(node);

	if ((tag != NULL && (tag->flags & HTML_DROP)) ||
		(e->tag == GUMBO_TAG_IMG && is_useless_image(w, e))) {
		w->restructured = true;
		return false;
	}
	if (!is_written(w, tag)) {
		w->restructured = true;
		if (tag != NULL && (tag->flags & HTML_BLOCK))
			strbuf_addch(w->out, ' ');
		return true;
	}
	strbuf_addch(w->out, '<');
	strbuf_addstr(w->out, tag->name);
	for (unsigned i = 0; i < e->attributes.length; i++)
		add_attribute(w, tag, e->attributes.data[i]);
	strbuf_addch(w->out, '>');
	if (e->tag == GUMBO_TAG_PRE)
		w->pre_end = w->out->len;
	return !(tag->flags & HTML_VOID);
}

static void leave(struct writer *w, const GumboNode *node)
{
	const struct html_tag *tag = tag_of(node);

	if (!is_written(w, tag) || (tag->flags & HTML_VOID))
		return;
	strbuf_addstr(w->out, "</");
	strbuf_addstr(w->out, tag->name);
	strbuf_addch(w->out, '>');
}

/* The inside of an iframe is text to browsers that show frames: source code if it has tags. */
static bool is_source_of_page(const GumboNode *text)
{
	const GumboNode *parent = text->parent;

	return parent->type == GUMBO_NODE_ELEMENT && parent->v.element.tag == GUMBO_TAG_IFRAME &&
	       strchr(text->v.text.text, '<') != NULL;
}

static void write_leaf(struct writer *w, const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_WHITESPACE:
	case GUMBO_NODE_CDATA:
		if (is_source_of_page(node))
			break;
		/* A line break right behind <pre> is not part of it (HTML 5 13.2.6.4.7): say it
		 * twice. */
		if (w->out->len == w->pre_end && node->v.text.text[0] == '\n')
			strbuf_addch(w->out, '\n');
		add_text(w, node->v.text.text, strlen(node->v.text.text), false);
		break;
	case GUMBO_NODE_DOCUMENT:
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_COMMENT:
	case GUMBO_NODE_TEMPLATE:
		break;
	}
}

static const GumboNode *next_sibling(const GumboNode *node)
{
	const GumboVector *siblings = &node->parent->v.element.children;
	size_t next = node->index_within_parent + 1;

	return next < siblings->length ? siblings->data[next] : NULL;
}

/* Writes a node's beginning; true when its children come next. */
static bool visit(struct writer *w, const GumboNode *node)
{
	if (node->type != GUMBO_NODE_ELEMENT) {
		write_leaf(w, node);
		return false;
	}
	/* What cannot stand in a table was moved before it, into places where no source could put
	 * it. */
	w->restructured |= node->v.element.tag == GUMBO_TAG_TABLE;
	if (!enter(w, node))
		return false;
	if (node->v.element.children.length > 0)
		return true;
	leave(w, node);
	return false;
}

/* Without recursion: the depth of the tree is the publisher's choice. */
static void write_tree(struct writer *w, const GumboNode *root)
{
	const GumboNode *node =
		root->v.element.children.length > 0 ? root->v.element.children.data[0] : root;

	while (node != root) {
		if (visit(w, node)) {
			node = node->v.element.children.data[0];
			w->depth++;
			continue;
		}
		const GumboNode *next;
		while ((next = next_sibling(node)) == NULL) {
			node = node->parent;
			if (node == root)
				return;
			w->depth--;
			leave(w, node);
		}
		node = next;
	}
}

/* An upper bound of how deeply the source nests; gumbo's work per tag grows with it. */
static bool is_too_deep(struct span html)
{
	size_t depth = 0;

	for (size_t i = 0; i + 1 < html.n; i++) {
		if (html.s[i] != '<')
			continue;
		if (html.s[i + 1] == '/')
			depth -= depth > 0;
		else if (ascii_alpha(html.s[i + 1])) {
			size_t n = 1;
			while (i + 1 + n < html.n && ascii_alnum(html.s[i + 1 + n]))
				n++;
			const struct html_tag *tag =
				html_tag_find((struct span){ html.s + i + 1, n });
			bool nests = tag == NULL || !(tag->flags & HTML_VOID);
			/* p, li, td and their like end by themselves */
			if (nests && n <= 2 && tag != NULL && (tag->flags & HTML_BLOCK))
				nests = false;
			depth += nests;
			if (depth > SOURCE_DEPTH)
				return true;
		}
	}
	return false;
}

/* One pass; false when gumbo needs more memory than content may take. */
static bool sanitise_once(struct writer *w, struct span html)
{
	struct tree tree;
	GumboOptions options = kGumboDefaultOptions;

	arena_init(&tree.arena, html.n * 64 + MIB);
	options.allocator = tree_alloc;
	options.deallocator = tree_free;
	options.userdata = &tree;
	options.max_errors = 0;
	options.fragment_context = GUMBO_TAG_DIV;
	w->depth = 0;
	w->restructured = false;
	w->pre_end = SIZE_MAX;
	if (setjmp(tree.full) != 0) {
		arena_release(&tree.arena);
		return false;
	}
	write_tree(w, gumbo_parse_with_options(&options, html.s, html.n)->root);
	arena_release(&tree.arena);
	return true;
}

static void as_text(struct writer *w, struct span html)
{
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);

	html_text(&text, html);
	add_text(w, strbuf_str(&text), text.len, false);
	strbuf_release(&text);
}

/* Passes until the output reads back as itself. */
static bool sanitise_to_rest(struct writer *w, size_t start, struct span html)
{
	struct strbuf before = STRBUF_INIT(LIMIT_BODY_MAX);
	bool settled = false;

	for (int pass = 0; pass < PASSES && !settled; pass++) {
		if (!sanitise_once(w, html))
			break;
		if (w->out->len == start) { /* nothing is left; the buffer may not even be there */
			settled = true;
			break;
		}
		struct span made = { w->out->data + start, w->out->len - start };
		settled = !w->restructured ||
			  (made.n == html.n && memcmp(made.s, html.s, html.n) == 0);
		if (settled)
			break;
		strbuf_clear(&before);
		strbuf_add(&before, made.s, made.n);
		html = (struct span){ strbuf_str(&before), before.len };
		strbuf_truncate(w->out, start);
	}
	strbuf_release(&before);
	return settled;
}

void html_sanitise(struct strbuf *out, struct span html, const char *base)
{
	struct writer w = { .out = out, .base = base };
	size_t start = out->len;

	if (html.n > LIMIT_CONTENT)
		html.n = utf8_cut(html.s, LIMIT_CONTENT);
	if (html.n == 0)
		return;
	strbuf_init(&w.url, LIMIT_URL * 16);
	strbuf_init(&w.text, LIMIT_BODY_MAX);
	if (is_too_deep(html) || !sanitise_to_rest(&w, start, html)) {
		strbuf_truncate(out, start);
		as_text(&w, html);
	}
	strbuf_release(&w.url);
	strbuf_release(&w.text);
}
