#include "feed/scan.h"

#include "base/mem.h"
#include "feed/entity.h"
#include "feed/html_tags.h"
#include "feed/scan_tag.h"

#include <stdlib.h>

struct binding {
	int depth;
	char prefix[SCAN_NAME];
	const char *uri;
};

struct scan {
	struct build *b;
	struct span text;
	size_t at, counted; /* counted: up to where lines have been counted */
	int line;
	struct span names[LIMIT_XML_DEPTH]; /* of the open elements, as written */
	struct binding bindings[LIMIT_NAMESPACES];
	int n_bindings;
	bool raw; /* inside HTML that was not escaped: references stay for the sanitiser */
	bool done;
	bool whole_known, whole;         /* see is_whole */
	bool stray_cdata, stray_comment; /* no end of one is to come */
	struct scan_tag tag;
	struct strbuf plain;
};

static struct span rest_of(const struct scan *s)
{
	return (struct span){ s->text.s + s->at, s->text.n - s->at };
}

static int line_at(struct scan *s)
{
	while (s->counted < s->at) {
		const char *from = s->text.s + s->counted;
		const char *feed = memchr(from, '\n', s->at - s->counted);
		if (feed == NULL)
			break;
		s->line++;
		s->counted = (size_t)(feed - s->text.s) + 1;
	}
	s->counted = s->at;
	return s->line;
}

/* The frame that takes text and may hold HTML, or NULL. */
static const struct frame *html_capture(const struct scan *s)
{
	const struct build *b = s->b;

	if (b->capturing < 0 || b->frames[b->capturing].capture == CAPTURE_TEXT)
		return NULL;
	return &b->frames[b->capturing];
}

static void add_text(struct scan *s, struct span t)
{
	if (s->b->depth == 0 || s->b->capturing < 0)
		return;
	if (s->raw || t.n == 0 || memchr(t.s, '&', t.n) == NULL) {
		build_text(s->b, t.s, t.n);
		return;
	}
	strbuf_clear(&s->plain);
	entity_decode(&s->plain, t);
	build_text(s->b, strbuf_str(&s->plain), s->plain.len);
}

static void close_top(struct scan *s)
{
	struct span name = s->names[s->b->depth - 1];
	char local[SCAN_NAME];
	const char *colon = memchr(name.s, ':', name.n);

	if (colon != NULL) {
		span_skip(&name, (size_t)(colon + 1 - name.s));
	}
	size_t n = name.n < SCAN_NAME - 1 ? name.n : SCAN_NAME - 1;
	memcpy(local, name.s, n);
	local[n] = '\0';
	build_end(s->b, local);
	if (s->b->capturing < 0)
		s->raw = false;
	while (s->n_bindings > 0 && s->bindings[s->n_bindings - 1].depth > s->b->depth)
		s->n_bindings--;
	if (s->b->depth == 0)
		s->done = true;
}

static void close_to(struct scan *s, int depth)
{
	while (s->b->depth > depth && s->b->fail.status == STATUS_OK)
		close_top(s);
}

static void bind(struct scan *s, const char *prefix, struct span uri)
{
	struct binding *n = &s->bindings[s->n_bindings];
	const char *kept;

	if (s->n_bindings >= LIMIT_NAMESPACES)
		return;
	kept = arena_strndup(&s->b->doc->arena, uri.s, uri.n);
	if (kept == NULL)
		return;
	*n = (struct binding){ .depth = s->b->depth + 1, .uri = kept };
	memcpy(n->prefix, prefix, strlen(prefix) + 1);
	s->n_bindings++;
}

static const char *uri_of(const struct scan *s, const char *prefix)
{
	for (int i = s->n_bindings; i > 0; i--)
		if (strcmp(s->bindings[i - 1].prefix, prefix) == 0)
			return s->bindings[i - 1].uri;
	return NULL;
}

static void read_bindings(struct scan *s)
{
	for (int i = 0; i < s->tag.n_attributes; i++) {
		const struct scan_attribute *a = &s->tag.attributes[i];
		if (strcmp(a->prefix, "xmlns") == 0)
			bind(s, a->local, a->value);
		else if (a->prefix[0] == '\0' && strcmp(a->local, "xmlns") == 0)
			bind(s, "", a->value);
	}
}

/* --- structure
 * ----------------------------------------------------------------------------------------------------
 */

static struct element_name name_of_tag(const struct scan *s)
{
	const struct scan_tag *t = &s->tag;

	return (struct element_name){ t->local, t->prefix[0] == '\0' ? NULL : t->prefix,
		uri_of(s, t->prefix), uri_of(s, "") };
}

static bool means(const struct scan *s, enum context in)
{
	struct element_name n = name_of_tag(s);

	return element_find(ns_find(n.uri, n.prefix), n.local, in) != FIELD_NONE;
}

/* Whether the element would mean something beside the one at that depth, and so cannot be inside
 * it. */
static bool is_sibling(const struct scan *s, int frame)
{
	return frame > 0 && means(s, s->b->frames[frame - 1].context);
}

/* Supplies end tags that the publisher forgot. */
static void close_forgotten(struct scan *s)
{
	const struct build *b = s->b;
	bool entry =
		strcasecmp(s->tag.local, "item") == 0 || strcasecmp(s->tag.local, "entry") == 0;

	if (entry && b->entry >= 0) {
		build_warn(s->b, line_at(s),
			"<%s> begins inside another one: its end tag is missing", s->tag.local);
		close_to(s, b->entry);
		return;
	}
	if (b->capturing < 0 || b->capturing != b->depth - 1 || !is_sibling(s, b->capturing))
		return;
	enum slot slot = field_info[b->frames[b->capturing].field].slot;
	bool may_hold_html =
		slot == SLOT_DESCRIPTION || slot == SLOT_CONTENT || slot == SLOT_SUMMARY;
	if (may_hold_html && html_tag_find(span_of(s->tag.local)) != NULL)
		return;
	if (means(s, b->frames[b->capturing].context))
		return; /* a person's name and the like */
	build_warn(s->b, line_at(s), "<%s> begins before </%.*s>", s->tag.local,
		(int)s->names[b->capturing].n, s->names[b->capturing].s);
	close_to(s, b->capturing);
}

static void open_element(struct scan *s)
{
	const char *list[LIMIT_ATTRIBUTES * 5];
	struct attributes attrs = { list, s->tag.n_attributes };
	struct element_name name;

	read_bindings(s);
	name = name_of_tag(s);
	for (int i = 0; i < s->tag.n_attributes; i++) {
		const struct scan_attribute *a = &s->tag.attributes[i];
		list[i * 5] = a->local;
		list[i * 5 + 1] = a->prefix[0] == '\0' ? NULL : a->prefix;
		list[i * 5 + 2] = NULL;
		list[i * 5 + 3] = a->value.s;
		list[i * 5 + 4] = a->value.s + a->value.n;
	}
	s->b->line = line_at(s);
	if (s->b->depth < LIMIT_XML_DEPTH)
		s->names[s->b->depth] = s->tag.name;
	if (build_start(s->b, &name, &attrs) && s->tag.empty)
		close_top(s);
}

static bool is_root_name(const char *local)
{
	static const char *const names[] = { "rss", "rdf", "feed", "channel", "entry", "html" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i], local) == 0)
			return true;
	return false;
}

static void start_tag(struct scan *s, struct span source)
{
	if (s->b->depth == 0 && !is_root_name(s->tag.local)) {
		build_warn(s->b, line_at(s), "<%s> before the feed begins is passed over",
			s->tag.local);
		return;
	}
	if (s->b->depth > 0)
		close_forgotten(s);
	if (html_capture(s) != NULL) {
		build_raw(s->b, source.s, source.n);
		s->raw = true;
		return;
	}
	open_element(s);
}

static void end_tag(struct scan *s, struct span source)
{
	for (int i = s->b->depth; i > 0; i--) {
		struct span name = s->names[i - 1];
		if (name.n != s->tag.name.n || strncasecmp(name.s, s->tag.name.s, name.n) != 0)
			continue;
		if (i < s->b->depth)
			build_warn(s->b, line_at(s), "</%.*s> comes before </%.*s>", (int)name.n,
				name.s, (int)s->names[s->b->depth - 1].n,
				s->names[s->b->depth - 1].s);
		close_to(s, i - 1);
		return;
	}
	if (html_capture(s) != NULL && html_tag_find(span_of(s->tag.local)) != NULL)
		build_raw(s->b, source.s, source.n);
	else
		build_warn(s->b, line_at(s), "</%.*s> ends nothing", (int)s->tag.name.n,
			s->tag.name.s);
}

/* --- syntax
 * -------------------------------------------------------------------------------------------------------
 */

/* Bytes up to and including `end`, all that is left when it never comes. */
static size_t through(struct span t, size_t from, const char *end)
{
	const char *found = from >= t.n ? NULL : memmem(t.s + from, t.n - from, end, strlen(end));

	return found == NULL ? t.n : (size_t)(found - t.s) + strlen(end);
}

/* Whether the root element ends behind here. Then the document is whole, and what has no end in it
 * was never meant to go on so long; else the document was cut off. */
static bool is_whole(struct scan *s)
{
	struct span t = rest_of(s), root = { "", 0 };
	const char *p = t.s, *end = t.s + t.n;

	if (s->whole_known || s->b->depth == 0)
		return s->whole;
	root = s->names[0];
	s->whole_known = true;
	for (; !s->whole && (p = memmem(p, (size_t)(end - p), "</", 2)) != NULL; p += 2)
		s->whole = (size_t)(end - p) > root.n + 2 && memcmp(p + 2, root.s, root.n) == 0 &&
			   (p[2 + root.n] == '>' || ascii_space(p[2 + root.n]));
	return s->whole;
}

static size_t cdata(struct scan *s, struct span t)
{
	bool raw = s->raw;

	if (s->stray_cdata)
		return 9;
	size_t len = through(t, 9, "]]>");
	bool closed = len >= 12 && memcmp(t.s + len - 3, "]]>", 3) == 0;

	if (!closed && is_whole(s)) {
		build_warn(s->b, line_at(s), "the CDATA section that begins here has no end");
		s->stray_cdata = true;
		return 9;
	}
	s->raw = true; /* no references in here */
	add_text(s, (struct span){ t.s + 9, len - 9 - (closed ? 3 : 0) });
	s->raw = raw;
	return len;
}

static size_t comment(struct scan *s, struct span t)
{
	const char *end = s->stray_comment || t.n < 7 ? NULL : memmem(t.s + 4, t.n - 4, "-->", 3);

	if (end != NULL)
		return (size_t)(end - t.s) + 3;
	if (!is_whole(s))
		return t.n;
	if (!s->stray_comment)
		build_warn(s->b, line_at(s), "the comment that begins here has no end");
	s->stray_comment = true;
	return through(t, 4, ">");
}

static size_t doctype(struct scan *s, struct span t)
{
	size_t i = 2;
	char quote = '\0';
	bool subset = false;

	for (; i < t.n; i++) {
		char c = t.s[i];
		if (quote != '\0')
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '[')
			subset = true;
		else if (c == ']')
			subset = false;
		else if (c == '>' && !subset)
			break;
		if (quote == '\0' && span_starts((struct span){ t.s + i, t.n - i }, "<!ENTITY ") &&
			!span_starts((struct span){ t.s + i, t.n - i }, "<!ENTITY %"))
			build_refuse(s->b, STATUS_ENTITY_REFUSED,
				"line %d: the document declares an entity", line_at(s));
	}
	return i < t.n ? i + 1 : i;
}

/* What begins with '<'; returns its bytes. */
static size_t markup(struct scan *s)
{
	struct span t = rest_of(s);

	if (span_starts(t, "<![CDATA["))
		return cdata(s, t);
	if (span_starts(t, "<!--"))
		return comment(s, t);
	if (span_starts(t, "<!DOCTYPE") && s->b->depth == 0)
		return doctype(s, t);
	if (t.n > 1 && t.s[1] == '?')
		return through(t, 2, s->b->depth == 0 ? "?>" : ">");
	if (t.n > 1 && t.s[1] == '!')
		return through(t, 2, ">");
	if (!scan_tag_read(&s->tag, t)) {
		add_text(s, (struct span){ s->raw ? "&lt;" : "<", s->raw ? 4 : 1 });
		return 1;
	}
	struct span source = { t.s, s->tag.len };
	if (s->tag.end)
		end_tag(s, source);
	else
		start_tag(s, source);
	return source.n;
}

static void end_of_document(struct scan *s)
{
	if (s->b->fail.status != STATUS_OK || s->done)
		return;
	s->at = s->text.n;
	if (s->b->depth == 0) {
		build_refuse(
			s->b, STATUS_NOT_A_FEED, "there is no <rss>, <feed> or <rdf:RDF> in it");
		return;
	}
	build_warn(s->b, line_at(s), "the document ends in the middle: <%.*s> is not closed",
		(int)s->names[s->b->depth - 1].n, s->names[s->b->depth - 1].s);
	if (build_drop_open_entry(s->b))
		build_warn(s->b, s->line, "the last entry is cut off and left out");
	close_to(s, 0);
}

void scan_read(struct build *b, const char *utf8, size_t n)
{
	struct scan *s = xcalloc(1, sizeof(*s));

	s->b = b;
	s->text = (struct span){ utf8, n };
	s->line = 1 + b->skipped_lines;
	strbuf_init(&s->plain, LIMIT_BODY_MAX);
	while (s->at < n && !s->done && b->fail.status == STATUS_OK) {
		struct span t = rest_of(s);
		const char *open = memchr(t.s, '<', t.n);
		size_t plain = open == NULL ? t.n : (size_t)(open - t.s);
		if (plain > 0)
			add_text(s, (struct span){ t.s, plain });
		s->at += plain;
		if (open != NULL)
			s->at += markup(s);
	}
	end_of_document(s);
	strbuf_release(&s->plain);
	free(s);
}
