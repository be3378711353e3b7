#include "parser/outline.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "feed/entity.h"
#include "feed/scan_tag.h"

#include <stdio.h>

struct reader {
	struct outline *o;
	struct span text;
	size_t at, counted; /* counted: up to where lines are counted */
	int line, depth;
	struct outline_node *open; /* the innermost open element */
	struct scan_tag tag;
};

static int line_at(struct reader *r, size_t at)
{
	for (; r->counted < at; r->counted++)
		r->line += r->text.s[r->counted] == '\n';
	return r->line;
}

struct outline_node *outline_add(
	struct outline *o, struct outline_node *parent, struct span name, int line)
{
	struct outline_node *n = arena_new(&o->arena, struct outline_node);

	if (n == NULL)
		return NULL;
	n->parent = parent;
	n->name = name;
	n->prefix = n->inner = (struct span){ "", 0 };
	n->ns = NS_NONE;
	n->line = n->inner_line = line;
	if (parent == NULL)
		o->root = n;
	else if (parent->last == NULL)
		parent->first = n;
	else
		parent->last->next = n;
	if (parent != NULL)
		parent->last = n;
	return n;
}

static struct span keep(struct outline *o, struct span t)
{
	const char *kept = arena_strndup(&o->arena, t.s, t.n);

	return kept == NULL ? (struct span){ "", 0 } : (struct span){ kept, t.n };
}

static struct span decoded(struct outline *o, struct span t)
{
	struct strbuf plain = STRBUF_INIT(LIMIT_BODY_MAX);

	if (t.n == 0 || memchr(t.s, '&', t.n) == NULL)
		return t;
	entity_decode(&plain, t);
	t = keep(o, (struct span){ strbuf_str(&plain), plain.len });
	strbuf_release(&plain);
	return t;
}

static void add_attributes(struct reader *r, struct outline_node *n)
{
	struct outline_attribute *list =
		arena_array(&r->o->arena, struct outline_attribute, (size_t)r->tag.n_attributes);

	if (list == NULL)
		return;
	for (int i = 0; i < r->tag.n_attributes; i++) {
		const struct scan_attribute *a = &r->tag.attributes[i];
		list[i].prefix = keep(r->o, span_of(a->prefix));
		list[i].name = keep(r->o, span_of(a->local));
		list[i].value = decoded(r->o, a->value);
		if (span_is(list[i].prefix, "xmlns") ||
			(a->prefix[0] == '\0' && span_is(list[i].name, "xmlns")))
			n->scope = n;
	}
	n->attributes = list;
	n->n_attributes = (size_t)r->tag.n_attributes;
}

static bool same(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

/* The namespace that the prefix, or no prefix, stands for at the node. */
static enum ns namespace_of(const struct outline_node *n, struct span prefix)
{
	char name[SCAN_NAME], uri[128];

	snprintf(name, sizeof(name), "%.*s", (int)prefix.n, prefix.s);
	for (const struct outline_node *at = n->scope; at != NULL;
		at = at->parent == NULL ? NULL : at->parent->scope)
		for (size_t i = 0; i < at->n_attributes; i++) {
			const struct outline_attribute *a = &at->attributes[i];
			bool declares =
				prefix.n == 0
					? a->prefix.n == 0 && span_is(a->name, "xmlns")
					: span_is(a->prefix, "xmlns") && same(a->name, prefix);
			if (!declares)
				continue;
			snprintf(uri, sizeof(uri), "%.*s", (int)a->value.n, a->value.s);
			return ns_find(uri, prefix.n == 0 ? NULL : name);
		}
	return ns_find(NULL, prefix.n == 0 ? NULL : name);
}

static void close_top(struct reader *r, size_t end)
{
	struct outline_node *n = r->open;

	n->inner.n = end - (size_t)(n->inner.s - r->text.s);
	r->open = n->parent;
	r->depth--;
}

/* Closes it and what is open inside; NULL: nothing. */
static void close_through(struct reader *r, const struct outline_node *n)
{
	while (n != NULL && r->open != n)
		close_top(r, r->at);
	if (n != NULL)
		close_top(r, r->at);
}

/* Entries are not inside each other: the end tag of the one before was forgotten. */
static void close_forgotten(struct reader *r)
{
	const struct outline_node *n = r->open;

	if (strcmp(r->tag.local, "item") != 0 && strcmp(r->tag.local, "entry") != 0)
		return;
	while (n != NULL && !same(n->name, span_of(r->tag.local)))
		n = n->parent;
	close_through(r, n);
}

static void start(struct reader *r)
{
	struct span name = r->tag.name, prefix = { "", 0 };
	const char *colon = memchr(name.s, ':', name.n);
	struct outline_node *n;

	close_forgotten(r);
	if (r->depth >= LIMIT_XML_DEPTH || (r->open == NULL && r->o->root != NULL))
		return;
	if (colon != NULL) {
		prefix = (struct span){ name.s, (size_t)(colon - name.s) };
		name.s = colon + 1;
		name.n -= prefix.n + 1;
	}
	n = outline_add(r->o, r->open, name, line_at(r, r->at));
	if (n == NULL)
		return;
	n->prefix = prefix;
	n->scope = n->parent == NULL ? NULL : n->parent->scope;
	add_attributes(r, n);
	n->ns = namespace_of(n, prefix);
	n->inner = (struct span){ r->text.s + r->at + r->tag.len, 0 };
	n->inner_line = line_at(r, r->at + r->tag.len);
	r->open = n;
	r->depth++;
	if (r->tag.empty)
		close_top(r, r->at + r->tag.len);
}

static void end(struct reader *r)
{
	const struct outline_node *n = r->open;
	struct span local = span_of(r->tag.local);

	while (n != NULL && !(n->name.n == local.n && memcmp(n->name.s, local.s, local.n) == 0))
		n = n->parent;
	close_through(r, n);
}

/* Bytes up to and including `mark`, or all that is left. */
static size_t through(struct span t, const char *mark)
{
	const char *found = memmem(t.s, t.n, mark, strlen(mark));

	return found == NULL ? t.n : (size_t)(found - t.s) + strlen(mark);
}

/* The length of a comment, CDATA section, declaration or instruction; 0 when t begins another
 * thing. */
static size_t passed_over(struct span t)
{
	if (span_starts(t, "<!--"))
		return through(t, "-->");
	if (span_starts(t, "<![CDATA["))
		return through(t, "]]>");
	if (span_starts(t, "<?"))
		return through(t, "?>");
	return span_starts(t, "<!") ? through(t, ">") : 0;
}

void outline_read_xml(struct outline *ret, struct span utf8, int first_line)
{
	struct reader r = { .o = ret, .text = utf8, .line = first_line };

	*ret = (struct outline){ 0 };
	arena_init(&ret->arena, LIMIT_DOC_ARENA);
	while (r.at < utf8.n && !ret->arena.exhausted) {
		struct span t = { utf8.s + r.at, utf8.n - r.at };
		const char *open = memchr(t.s, '<', t.n);
		if (open == NULL)
			break;
		r.at += (size_t)(open - t.s);
		t = (struct span){ open, utf8.n - r.at };
		size_t n = passed_over(t);
		if (n == 0 && scan_tag_read(&r.tag, t)) {
			if (r.tag.end)
				end(&r);
			else
				start(&r);
			n = r.tag.len;
		}
		r.at += n == 0 ? 1 : n;
	}
	while (r.open != NULL)
		close_top(&r, utf8.n);
}

void outline_release(struct outline *o)
{
	arena_release(&o->arena);
	o->root = NULL;
}

const struct outline_node *outline_child(
	const struct outline_node *node, unsigned namespaces, const char *name)
{
	for (const struct outline_node *n = node->first; n != NULL; n = n->next)
		if (namespaces & 1u << n->ns && same(n->name, span_of(name)))
			return n;
	return NULL;
}

const struct outline_node *outline_again(const struct outline_node *node)
{
	for (const struct outline_node *n = node->next; n != NULL; n = n->next)
		if (n->ns == node->ns && same(n->name, node->name))
			return n;
	return NULL;
}

struct span outline_attribute(const struct outline_node *node, const char *name)
{
	for (size_t i = 0; i < node->n_attributes; i++)
		if (node->attributes[i].prefix.n == 0 && span_is(node->attributes[i].name, name))
			return node->attributes[i].value;
	return (struct span){ "", 0 };
}

struct span outline_inherited(const struct outline_node *node, const char *name)
{
	for (; node != NULL; node = node->parent)
		for (size_t i = 0; i < node->n_attributes; i++)
			if (span_is(node->attributes[i].prefix, "xml") &&
				span_is(node->attributes[i].name, name))
				return node->attributes[i].value;
	return (struct span){ "", 0 };
}

/* Whatever is not a tag, comment or the like; CDATA as it is. */
static void add_text(struct strbuf *out, struct span t)
{
	struct scan_tag tag;

	while (t.n > 0) {
		size_t n = t.s[0] == '<' ? passed_over(t) : 0;
		if (span_starts(t, "<![CDATA[")) {
			bool closed = n >= 12 && memcmp(t.s + n - 3, "]]>", 3) == 0;
			strbuf_add(out, t.s + 9, n - 9 - (closed ? 3 : 0));
		} else if (n == 0 && t.s[0] == '<' && scan_tag_read(&tag, t)) {
			n = tag.len;
		} else if (n == 0) {
			const char *next = memchr(t.s + 1, '<', t.n - 1);
			n = next == NULL ? t.n : (size_t)(next - t.s);
			entity_decode(out, (struct span){ t.s, n });
		}
		span_skip(&t, n);
	}
}

struct span outline_text(struct outline *o, const struct outline_node *node)
{
	struct span t = span_trim(node->inner);
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);

	if (o->json || t.n == 0 || (memchr(t.s, '<', t.n) == NULL && memchr(t.s, '&', t.n) == NULL))
		return t;
	add_text(&text, t);
	t = keep(o, span_trim((struct span){ strbuf_str(&text), text.len }));
	strbuf_release(&text);
	return t;
}
