#include "feed/html.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "feed/entity.h"
#include "feed/html_cost.h"
#include "feed/html_tags.h"
#include "feed/html_text.h"
#include "feed/html_strict.h"
#include "feed/html_write.h"

#include <gumbo.h>
#include <setjmp.h>

/*
 * Dropping an element, or what gumbo moves out of a table, can leave a tree that does not read back
 * as itself (an a that was inside an object inside an a). Then the output goes through once more;
 * input that is still moving after that becomes text.
 */
#define PASSES 4

/* gumbo's memory: bounded, freed at once, and a way out when it is used up, since gumbo cannot
 * fail. */
struct tree {
	struct arena arena;
	jmp_buf full;
};

struct walk {
	struct html_writer writer;
	int depth; /* elements around the node in gumbo's tree */
};

/* Zeroed, and not for safety's sake alone: gumbo leaves the quirks mode of a fragment's document as
 * it comes, and tables in paragraphs depend on it. Zero is "no quirks". */
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

static bool is_written(const struct walk *w, const struct html_tag *tag)
{
	return tag != NULL && (tag->flags & HTML_KEEP) && w->depth <= LIMIT_HTML_DEPTH;
}

static bool write_element(struct walk *w, const struct html_tag *tag, const GumboElement *e)
{
	struct html_attribute list[HTML_ATTRIBUTES];
	size_t n = 0;

	for (unsigned i = 0; i < e->attributes.length && n < HTML_ATTRIBUTES; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		if (a->attr_namespace == GUMBO_ATTR_NAMESPACE_NONE)
			list[n++] = (struct html_attribute){ span_of(a->name), span_of(a->value) };
	}
	return html_write_start(&w->writer, tag, list, n);
}

/* Writes what stands before the children; false when they are to be skipped. */
static bool enter(struct walk *w, const GumboNode *node)
{
	const GumboElement *e = &node->v.element;
	const struct html_tag *tag = tag_of(node);

	if (tag != NULL && (tag->flags & HTML_DROP))
		return false;
	if (!is_written(w, tag)) {
		if (tag != NULL && (tag->flags & HTML_BLOCK))
			strbuf_addch(w->writer.out, ' ');
		return true;
	}
	if (!write_element(w, tag, e))
		return false;
	return !(tag->flags & HTML_VOID);
}

static void leave(struct walk *w, const GumboNode *node)
{
	const struct html_tag *tag = tag_of(node);

	if (!is_written(w, tag) || (tag->flags & HTML_VOID))
		return;
	html_write_end(&w->writer, tag);
}

/* The inside of an iframe is text to browsers that show frames: source code if it has tags. */
static bool is_source_of_page(const GumboNode *text)
{
	const GumboNode *parent = text->parent;

	return parent->type == GUMBO_NODE_ELEMENT && parent->v.element.tag == GUMBO_TAG_IFRAME &&
	       strchr(text->v.text.text, '<') != NULL;
}

static void write_leaf(struct walk *w, const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_WHITESPACE:
	case GUMBO_NODE_CDATA:
		if (is_source_of_page(node))
			break;
		html_write_text(&w->writer, span_of(node->v.text.text));
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
static bool visit(struct walk *w, const GumboNode *node)
{
	if (node->type != GUMBO_NODE_ELEMENT) {
		write_leaf(w, node);
		return false;
	}
	if (!enter(w, node))
		return false;
	if (node->v.element.children.length > 0)
		return true;
	leave(w, node);
	return false;
}

/* Without recursion: the depth of the tree is the publisher's choice. */
static void write_tree(struct walk *w, const GumboNode *root)
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

/* One pass; false when gumbo needs more memory than content may take. */
static bool sanitise_once(struct walk *w, struct span html)
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
	w->writer.pre_end = SIZE_MAX;
	if (setjmp(tree.full) != 0) {
		arena_release(&tree.arena);
		return false;
	}
	write_tree(w, gumbo_parse_with_options(&options, html.s, html.n)->root);
	arena_release(&tree.arena);
	return true;
}

static void as_text(struct walk *w, struct span html)
{
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);

	html_text(&text, html);
	html_write_text(&w->writer, (struct span){ strbuf_str(&text), text.len });
	strbuf_release(&text);
}

/* Whether the output is its own sanitised form. The short cut tells, and is cheap; what it does not
 * take costs one more pass. */
static bool reads_back(const struct walk *w, struct span made)
{
	struct strbuf again = STRBUF_INIT(LIMIT_BODY_MAX);
	bool same = html_strict_sanitise(&again, made, w->writer.base) && again.len == made.n &&
		    memcmp(strbuf_str(&again), made.s, made.n) == 0;

	strbuf_release(&again);
	return same;
}

/* Passes until the output reads back as itself. */
static bool sanitise_to_rest(struct walk *w, size_t start, struct span html)
{
	struct strbuf before = STRBUF_INIT(LIMIT_BODY_MAX);
	bool settled = false;

	for (int pass = 0; pass < PASSES && !settled; pass++) {
		if (!sanitise_once(w, html))
			break;
		/* nothing is left; the buffer may not even be there */
		if (w->writer.out->len == start) {
			settled = true;
			break;
		}
		struct span made = { w->writer.out->data + start, w->writer.out->len - start };
		settled = w->writer.out->overflow ||
			  (made.n == html.n && memcmp(made.s, html.s, html.n) == 0) ||
			  reads_back(w, made);
		if (settled)
			break;
		strbuf_clear(&before);
		strbuf_add(&before, made.s, made.n);
		html = (struct span){ strbuf_str(&before), before.len };
		strbuf_truncate(w->writer.out, start);
	}
	strbuf_release(&before);
	return settled;
}

/* "<!" that begins no declaration, escaped. False when there is none. */
static bool escape_bangs(struct strbuf *out, struct span html)
{
	struct span rest = html;
	const char *bang;

	while ((bang = rest.n == 0 ? NULL : memmem(rest.s, rest.n, "<!", 2)) != NULL) {
		size_t at = (size_t)(bang - rest.s);
		if (!html_declares((struct span){ bang, rest.n - at })) {
			strbuf_add(out, html.s, (size_t)(bang - html.s));
			strbuf_addstr(out, "&lt;");
			span_skip(&html, (size_t)(bang + 1 - html.s));
		}
		span_skip(&rest, at + 2);
	}
	if (out->len == 0)
		return false;
	strbuf_add(out, html.s, html.n);
	return true;
}

void html_sanitise_by_tree(struct strbuf *out, struct span html, const char *base)
{
	struct walk w = { .depth = 0 };
	struct strbuf escaped = STRBUF_INIT(LIMIT_BODY_MAX * 4);
	size_t start = out->len;

	if (escape_bangs(&escaped, html))
		html = (struct span){ escaped.data, escaped.len };
	html_writer_init(&w.writer, out, base);
	if (html_is_costly(html) || !sanitise_to_rest(&w, start, html)) {
		strbuf_truncate(out, start);
		as_text(&w, html);
	}
	html_writer_release(&w.writer);
	strbuf_release(&escaped);
}

/* Line ends as HTML 5 13.2.3.5 has them: a carriage return is a line break, one before a line break
 * is nothing. */
static void add_line_ends(struct strbuf *out, struct span html)
{
	const char *cr;

	while ((cr = html.n == 0 ? NULL : memchr(html.s, '\r', html.n)) != NULL) {
		size_t n = (size_t)(cr - html.s);
		strbuf_add(out, html.s, n);
		span_skip(&html, n + 1);
		if (html.n == 0 || html.s[0] != '\n')
			strbuf_addch(out, '\n');
	}
	strbuf_add(out, html.s, html.n);
}

/* "&#55357;&#56832;", as programs that think in UTF-16 write one character, as that character.
 * False when there is none. */
static bool join_surrogates(struct strbuf *out, struct span html)
{
	struct span rest = html;
	const char *found;

	while ((found = rest.n == 0 ? NULL : memmem(rest.s, rest.n, "&#", 2)) != NULL) {
		size_t len = 0;
		char utf8[4];
		span_skip(&rest, (size_t)(found - rest.s));
		int32_t cp = entity_read(rest, &len);
		bool pair = cp >= 0x10000 && memchr(found + 1, '&', len - 1) != NULL;
		if (pair) {
			strbuf_add(out, html.s, (size_t)(found - html.s));
			strbuf_add(out, utf8, utf8_encode(cp, utf8));
			span_skip(&html, (size_t)(found - html.s) + len);
		}
		span_skip(&rest, pair ? len : 2);
	}
	if (out->len == 0)
		return false;
	strbuf_add(out, html.s, html.n);
	return true;
}

static void sanitise(struct strbuf *out, struct span html, const char *base)
{
	struct strbuf lines = STRBUF_INIT(LIMIT_BODY_MAX), joined = STRBUF_INIT(LIMIT_BODY_MAX);

	if (memchr(html.s, '\r', html.n) != NULL) {
		add_line_ends(&lines, html);
		html = (struct span){ strbuf_str(&lines), lines.len };
	}
	if (join_surrogates(&joined, html))
		html = (struct span){ strbuf_str(&joined), joined.len };
	if (!html_strict_sanitise(out, html, base))
		html_sanitise_by_tree(out, html, base);
	strbuf_release(&lines);
	strbuf_release(&joined);
}

static void escape(struct strbuf *out, struct span text, const char *base)
{
	struct html_writer w;

	html_writer_init(&w, out, base);
	html_write_text(&w, text);
	html_writer_release(&w);
}

/* Escapes, resolved addresses and rel make much of little: less of the source then, until what is
 * made of it fits. A buffer that was larger before does not overflow. */
static bool write_bounded(struct strbuf *out, struct span source, const char *base,
	void (*write)(struct strbuf *, struct span, const char *))
{
	size_t start = out->len, max = out->max, whole = source.n;

	if (source.n > LIMIT_CONTENT)
		source.n = utf8_cut(source.s, LIMIT_CONTENT);
	if (max - start > LIMIT_CONTENT)
		out->max = start + LIMIT_CONTENT;
	while (source.n > 0) {
		write(out, source, base);
		if (!out->overflow && out->len - start <= LIMIT_CONTENT)
			break;
		strbuf_truncate(out, start);
		out->overflow = false;
		source.n = utf8_cut(source.s, source.n / 2);
	}
	out->max = max;
	return source.n == whole;
}

bool html_sanitise(struct strbuf *out, struct span html, const char *base)
{
	return write_bounded(out, html, base, sanitise);
}

bool html_escape(struct strbuf *out, struct span text)
{
	return write_bounded(out, text, NULL, escape);
}
