#include "feed/build.h"

#include "base/mem.h"
#include "base/text.h"
#include "feed/entity.h"
#include "feed/url.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void build_init(struct build *b, const char *base_url)
{
	memset(b, 0, sizeof(*b));
	b->doc = feed_doc_new();
	b->base_url = base_url;
	b->capturing = b->entry = -1;
	draft_init(&b->feed_draft);
	for (int i = 0; i < ENTRY_NESTING; i++)
		draft_init(&b->entry_drafts[i]);
	b->draft = &b->feed_draft;
	strbuf_init(&b->scratch, LIMIT_BODY_MAX * 2);
	strbuf_init(&b->url, LIMIT_URL * 4);
}

void build_release(struct build *b)
{
	feed_doc_free(b->doc);
	draft_release(&b->feed_draft);
	for (int i = 0; i < ENTRY_NESTING; i++)
		draft_release(&b->entry_drafts[i]);
	strbuf_release(&b->scratch);
	strbuf_release(&b->url);
	free(b->entries);
	free(b->warnings);
}

void build_warn(struct build *b, int line, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT(LIMIT_NAME), safe = STRBUF_INIT(LIMIT_NAME);
	va_list ap;

	if (b->n_warnings >= LIMIT_WARNINGS - 1) {
		b->warnings_lost++;
		return;
	}
	if (line > 0)
		strbuf_addf(&text, "line %d: ", line);
	va_start(ap, format);
	strbuf_vaddf(&text, format, ap);
	va_end(ap);
	text_safe_line(&safe, strbuf_str(&text), text.len);
	const char *kept = arena_strdup(&b->doc->arena, strbuf_str(&safe));
	if (kept != NULL) {
		b->warnings =
			xgrow(b->warnings, b->n_warnings, &b->warnings_cap, sizeof(*b->warnings));
		b->warnings[b->n_warnings++] = kept;
	}
	strbuf_release(&text);
	strbuf_release(&safe);
}

void build_refuse(struct build *b, enum status status, const char *format, ...)
{
	char detail[LIMIT_DETAIL];
	va_list ap;

	if (b->fail.status != STATUS_OK)
		return;
	va_start(ap, format);
	vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	failure_set(&b->fail, STAGE_PARSE, status, 0, "%s", detail);
}

struct frame *build_top(struct build *b)
{
	assert(b->depth > 0);
	return &b->frames[b->depth - 1];
}

bool attribute_find(struct build *b, const struct attributes *attrs, const char *name,
	bool any_prefix, struct span *ret)
{
	for (int i = 0; i < attrs->n; i++) {
		const char **a = attrs->list + i * 5;
		if (strcasecmp(a[0], name) != 0 ||
			(a[1] != NULL && (!any_prefix || strcmp(a[1], "xml") == 0)))
			continue;
		*ret = (struct span){ a[3], (size_t)(a[4] - a[3]) };
		if (ret->n > 0 && memchr(ret->s, '&', ret->n) != NULL) {
			struct strbuf plain = STRBUF_INIT(LIMIT_BODY_MAX);
			entity_decode(&plain, *ret);
			const char *kept =
				arena_strndup(&b->doc->arena, strbuf_str(&plain), plain.len);
			*ret = (struct span){ kept, kept == NULL ? 0 : plain.len };
			strbuf_release(&plain);
		}
		return true;
	}
	return false;
}

struct span attribute_text(struct build *b, const struct attributes *attrs, const char *name)
{
	struct span value = { "", 0 };

	attribute_find(b, attrs, name, false, &value);
	return value;
}

const char *build_line(struct build *b, struct span text, enum text_type type, size_t limit)
{
	return plain_line(&b->doc->arena, &b->scratch, text, type, limit);
}

const char *build_url(struct build *b, const char *base, struct span ref)
{
	strbuf_clear(&b->url);
	if (!url_resolve(&b->url, base, ref))
		return NULL;
	strbuf_clear(&b->scratch);
	text_safe_line(&b->scratch, b->url.data, b->url.len);
	if (b->scratch.len == 0 || text_url_runs_code(b->scratch.data, b->scratch.len))
		return NULL;
	return arena_strndup(&b->doc->arena, b->scratch.data, b->scratch.len);
}

/* xml:base and xml:lang hold for the element and all inside it. */
static void inherit(struct build *b, struct frame *f, const struct attributes *attrs)
{
	for (int i = 0; i < attrs->n; i++) {
		const char **a = attrs->list + i * 5;
		struct span value = { a[3], (size_t)(a[4] - a[3]) };
		if (a[1] == NULL || strcmp(a[1], "xml") != 0)
			continue;
		if (strcmp(a[0], "lang") == 0) {
			f->lang = build_line(b, value, TEXT_PLAIN, LIMIT_NAME);
		} else if (strcmp(a[0], "base") == 0) {
			struct attributes one = { attrs->list + i * 5, 1 };
			attribute_find(b, &one, "base", true, &value);
			const char *base = build_url(b, f->base, value);
			f->base = base != NULL ? base : f->base;
		}
	}
}

static size_t pointer_hash(const char *p)
{
	return (size_t)((uintptr_t)p >> 3) * 2654435761u >> 7;
}

static enum ns namespace_of(struct build *b, const struct element_name *name)
{
	struct known_uri *known;

	if (name->uri == NULL || !b->interned)
		return ns_find(name->uri, name->prefix);
	known = &b->uris[pointer_hash(name->uri) % (sizeof(b->uris) / sizeof(b->uris[0]))];
	if (known->uri != name->uri)
		*known = (struct known_uri){ name->uri, ns_find(name->uri, name->prefix) };
	return known->ns;
}

static enum field field_of(struct build *b, enum ns ns, const char *local, enum context in)
{
	size_t n = sizeof(b->elements) / sizeof(b->elements[0]);
	struct known_element *known;

	if (!b->interned)
		return element_find(ns, local, in);
	known = &b->elements[(pointer_hash(local) + (size_t)ns * 7 + (size_t)in * 3) % n];
	if (known->local != local || known->ns != ns || known->in != in)
		*known = (struct known_element){ local, ns, in, element_find(ns, local, in) };
	return known->field;
}

struct root_rule {
	const char *local;
	uint32_t namespaces;
	enum context context;
};

#define ANY_CORE \
	(1u << NS_NONE | 1u << NS_RSS10 | 1u << NS_RSS090 | 1u << NS_ATOM10 | 1u << NS_ATOM03)

static const struct root_rule roots[] = {
	{ "rss", ANY_CORE, CONTEXT_ROOT },
	{ "rdf", 1u << NS_RDF | ANY_CORE, CONTEXT_ROOT },
	{ "feed", ANY_CORE, CONTEXT_FEED },
	{ "channel", ANY_CORE, CONTEXT_FEED },
	{ "entry", 1u << NS_ATOM10 | 1u << NS_ATOM03, CONTEXT_ENTRY },
};

static enum feed_format rss_format(struct span version)
{
	if (span_starts(version, "0.90"))
		return FEED_FORMAT_RSS090;
	if (span_starts(version, "0.91"))
		return FEED_FORMAT_RSS091;
	if (span_starts(version, "0.9"))
		return FEED_FORMAT_RSS092;
	if (span_starts(version, "1.0"))
		return FEED_FORMAT_RSS10;
	return FEED_FORMAT_RSS20;
}

static enum feed_format format_of_root(struct build *b, const struct element_name *name, enum ns ns,
	const struct attributes *attrs)
{
	const char *local = name->local;
	struct span version = attribute_text(b, attrs, "version"), self;

	if (strcasecmp(local, "rss") == 0)
		return rss_format(version);
	if (strcasecmp(local, "rdf") == 0)
		return ns_find(name->default_uri, NULL) == NS_RSS090 ? FEED_FORMAT_RSS090
								     : FEED_FORMAT_RSS10;
	if (strcasecmp(local, "channel") == 0)
		return attribute_find(b, attrs, "href", false, &self) || local[0] == 'C'
			       ? FEED_FORMAT_CDF
			       : FEED_FORMAT_RSS20;
	if (ns == NS_ATOM03 || (ns == NS_NONE && span_starts(version, "0.")))
		return FEED_FORMAT_ATOM03;
	return FEED_FORMAT_ATOM10;
}

static bool start_root(struct build *b, struct frame *f, const struct element_name *name,
	const struct attributes *attrs)
{
	enum ns ns = namespace_of(b, name);

	b->root_seen = true;
	snprintf(b->root, sizeof(b->root), "%s", name->local);
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strcasecmp(roots[i].local, name->local) == 0 &&
			(roots[i].namespaces & 1u << ns || ns == NS_OTHER)) {
			b->doc->format = format_of_root(b, name, ns, attrs);
			f->context = roots[i].context;
			f->field = f->context == CONTEXT_ENTRY  ? FIELD_ENTRY
				   : f->context == CONTEXT_FEED ? FIELD_FEED
								: FIELD_NONE;
			if (f->field != FIELD_NONE)
				field_start(b, f, attrs);
			return true;
		}
	if (strcasecmp(b->root, "html") == 0) {
		build_refuse(b, STATUS_NOT_A_FEED, "the document is an HTML page");
		return false;
	}
	f->context = CONTEXT_UNKNOWN; /* a feed if it holds entries */
	return true;
}

static bool push_frame(struct build *b, const struct attributes *attrs)
{
	struct frame *f = &b->frames[b->depth];

	if (b->depth >= LIMIT_XML_DEPTH) {
		build_refuse(b, STATUS_TOO_DEEP, "line %d: more than %d elements inside each other",
			b->line, LIMIT_XML_DEPTH);
		return false;
	}
	*f = (struct frame){ .outer = b->capturing, .base = b->base_url };
	if (b->depth > 0) {
		f->base = f[-1].base;
		f->lang = f[-1].lang;
		f[-1].has_children = true;
	}
	b->depth++;
	inherit(b, f, attrs);
	return true;
}

bool build_start(struct build *b, const struct element_name *name, const struct attributes *attrs)
{
	if (b->fail.status != STATUS_OK || !push_frame(b, attrs))
		return false;
	struct frame *f = build_top(b);
	if (b->depth == 1)
		return start_root(b, f, name, attrs);

	const struct frame *parent = f - 1;
	if (b->capturing >= 0 && b->frames[b->capturing].capture != CAPTURE_TEXT) {
		markup_start(b, f, name, attrs);
		return b->fail.status == STATUS_OK;
	}
	enum ns ns = namespace_of(b, name);
	f->field = field_of(b, ns, name->local, parent->context);
	if (f->field == FIELD_NONE) {
		bool search = parent->context == CONTEXT_ROOT || parent->context == CONTEXT_FEED ||
			      parent->context == CONTEXT_UNKNOWN;
		f->context = search ? CONTEXT_UNKNOWN : CONTEXT_IGNORED;
		return true;
	}
	if (ns == NS_RSS090 && b->doc->format == FEED_FORMAT_RSS10)
		b->doc->format = FEED_FORMAT_RSS090;
	field_start(b, f, attrs);
	return b->fail.status == STATUS_OK;
}

/* U+0080 to U+009F are controls that nobody means: they were windows-1252 once (as in HTML
 * 5 13.2.5.80). */
static void text_with_controls(struct build *b, const struct frame *f, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		unsigned char next = (unsigned char)s[i + 1];
		char utf8[4];
		if (s[i] != '\xc2' || next >= 0xa0)
			continue;
		markup_text(b, f, s + from, i - from);
		markup_text(b, f, utf8, utf8_encode(entity_windows_1252(next), utf8));
		from = i + 2;
		i++;
	}
	markup_text(b, f, s + from, n - from);
}

void build_text(struct build *b, const char *s, size_t n)
{
	if (b->capturing < 0)
		return;
	const struct frame *f = &b->frames[b->capturing];
	if (memchr(s, 0xc2, n) == NULL)
		markup_text(b, f, s, n);
	else
		text_with_controls(b, f, s, n);
}

bool build_end(struct build *b, const char *local)
{
	if (b->depth == 0 || b->fail.status != STATUS_OK)
		return false;
	struct frame *f = build_top(b);
	if (b->capturing >= 0 && b->capturing < b->depth - 1 &&
		b->frames[b->capturing].capture != CAPTURE_TEXT) {
		markup_end(b, f, local);
	} else if (f->field != FIELD_NONE) {
		struct span text = { "", 0 };
		if (f->capture != CAPTURE_NOTHING) {
			struct strbuf *pool = &b->draft->pool;
			if (pool->len > f->at)
				text = (struct span){ pool->data + f->at, pool->len - f->at };
			b->capturing = f->outer;
		}
		field_end(b, f, text);
	}
	b->depth--;
	if (b->doc->arena.exhausted)
		build_refuse(b, STATUS_TOO_BIG,
			"line %d: the document holds more than %u MiB of texts", b->line,
			LIMIT_DOC_ARENA / MIB);
	return b->fail.status == STATUS_OK;
}

bool build_drop_open_entry(struct build *b)
{
	if (b->entry < 0)
		return false;
	b->depth = b->entry;
	b->entry = b->capturing = -1;
	for (int i = 0; i < b->nesting; i++)
		draft_clear(&b->entry_drafts[i]);
	b->nesting = 0;
	b->draft = &b->feed_draft;
	return true;
}

static void keep_warnings(struct build *b)
{
	struct feed_doc *doc = b->doc;

	if (b->warnings_lost > 0) {
		char text[64];
		snprintf(text, sizeof(text), "%zu more warnings", b->warnings_lost);
		const char *kept = arena_strdup(&doc->arena, text);
		if (kept != NULL) {
			b->warnings = xgrow(
				b->warnings, b->n_warnings, &b->warnings_cap, sizeof(*b->warnings));
			b->warnings[b->n_warnings++] = kept;
		}
	}
	doc->warnings = arena_array(&doc->arena, const char *, b->n_warnings);
	if (doc->warnings == NULL || b->n_warnings == 0)
		return;
	memcpy(doc->warnings, b->warnings, b->n_warnings * sizeof(*b->warnings));
	doc->n_warnings = b->n_warnings;
}

/* Some software invents its own root and keeps the items of RSS. */
static void check_unknown_root(struct build *b)
{
	if (b->n_entries == 0) {
		build_refuse(b, STATUS_NOT_A_FEED,
			"the document's root element is <%.40s>, and there are no entries in it",
			b->root);
		return;
	}
	build_warn(b, 0, "<%.40s> is no feed format: its items are read as RSS 2.0", b->root);
	b->doc->format = FEED_FORMAT_RSS20;
}

struct feed_doc *build_finish(struct build *b)
{
	struct feed_doc *doc = b->doc;

	if (b->fail.status == STATUS_OK && b->root_seen && doc->format == FEED_FORMAT_UNKNOWN)
		check_unknown_root(b);
	if (b->fail.status == STATUS_OK && b->root_seen)
		build_finish_feed(b);
	if (b->fail.status == STATUS_OK && b->n_entries > 0) {
		doc->entries =
			arena_adopt(&doc->arena, b->entries, b->n_entries * sizeof(*b->entries));
		doc->n_entries = doc->entries != NULL ? b->n_entries : 0;
		b->entries = NULL;
	}
	keep_warnings(b);
	if (doc->arena.exhausted)
		build_refuse(b, STATUS_TOO_BIG, "the document holds more than %u MiB of texts",
			LIMIT_DOC_ARENA / MIB);
	if (b->fail.status != STATUS_OK)
		return NULL;
	b->doc = NULL;
	return doc;
}
