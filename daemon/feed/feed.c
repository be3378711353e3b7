#include "feed/feed.h"

#include "base/mem.h"
#include "feed/build.h"
#include "feed/charset.h"
#include "feed/identity.h"
#include "feed/json.h"
#include "feed/page.h"
#include "feed/scan.h"
#include "feed/xml.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>

/* libxml2 tells the terminal what it thinks of other people's bytes, unless it is told not to. */
static void quiet(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

void feed_prepare(void)
{
	xmlSetGenericErrorFunc(NULL, quiet);
	xmlInitParser();
	json_object_seed(0);
}

/* White space before "<?xml" is the commonest fault, and harmless. */
static struct span skip_blanks(struct build *b, struct span t)
{
	size_t at = 0;

	while (at < t.n && ascii_space(t.s[at]))
		b->skipped_lines += t.s[at++] == '\n';
	t.s += at;
	t.n -= at;
	if (at > 0 && span_starts(t, "<?xml"))
		build_warn(b, 1,
			"%zu blank characters before the XML declaration: nothing may stand there",
			at);
	return t;
}

static void note_charset(struct build *b, const struct charset_text *text)
{
	if (text->declared[0] != '\0')
		build_warn(b, 0, "the document is declared as %s, but is %s", text->declared,
			text->name);
	if (text->ambiguous)
		build_warn(b, 0,
			"text/xml without a charset is US-ASCII to old readers: use "
			"application/rss+xml or "
			"application/atom+xml, or add the charset");
	if (text->n_replaced > 0)
		build_warn(b, 0, "%zu places hold bytes that are no characters of %s",
			text->n_replaced, text->name);
	if (text->detected && text->declared[0] == '\0')
		build_warn(
			b, 0, "no encoding is declared: the document seems to be %s", text->name);
	b->doc->encoding = text->name;
}

static void begin(struct build *b, const struct feed_input *in, const struct charset_text *text)
{
	build_init(b, in->base_url);
	note_charset(b, text);
}

/* The strict pass, and only when it fails the recovering one from scratch. */
static void read_xml(struct build *b, const struct feed_input *in, const struct charset_text *text,
	struct span t)
{
	struct xml_fault fault;

	if (xml_read(b, t.s, t.n, &fault) || b->fail.status != STATUS_OK)
		return;
	int skipped_lines = b->skipped_lines;
	build_release(b);
	begin(b, in, text);
	b->skipped_lines = skipped_lines;
	b->doc->well_formed = false;
	build_warn(b, fault.line, "the XML is broken: %s", fault.text);
	scan_read(b, t.s, t.n);
}

/* A page in the place of a feed often says where the feed went. */
static void name_feeds_of_page(struct build *b, const char *base, struct span t)
{
	struct strbuf feeds = STRBUF_INIT(LIMIT_DETAIL - 40);

	if (b->fail.status == STATUS_NOT_A_FEED && page_feeds(&feeds, t, base))
		failure_set(&b->fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0,
			"the document is an HTML page; its feeds:%s", strbuf_str(&feeds));
	strbuf_release(&feeds);
}

static size_t bytes_of(const char *s)
{
	return s == NULL ? 1 : strlen(s) + 1;
}

/* A copy of them for every entry: a document must not multiply by that. */
static bool authors_fit(const struct feed_doc *doc)
{
	size_t bytes = 0;

	for (size_t i = 0; i < doc->n_authors; i++)
		bytes += bytes_of(doc->authors[i].name) + bytes_of(doc->authors[i].email) +
			 bytes_of(doc->authors[i].url);
	return bytes * doc->n_entries <= LIMIT_INHERITED;
}

/* In Atom and JSON Feed the feed's authors wrote what says no other (RFC 4287 4.2.1; JSON Feed 1.1,
 * authors); RSS knows an editor only. The entries' hashes leave them out: a new author of the feed
 * is no change of all entries. */
static void inherit_authors(struct feed_doc *doc)
{
	bool inherits = doc->format == FEED_FORMAT_ATOM10 || doc->format == FEED_FORMAT_ATOM03 ||
			doc->format == FEED_FORMAT_JSON10 || doc->format == FEED_FORMAT_JSON11;

	if (!inherits || !authors_fit(doc))
		return;
	for (size_t i = 0; i < doc->n_entries; i++) {
		struct feed_entry *e = &doc->entries[i];
		if (e->n_authors > 0 || e->source.title != NULL || e->source.url != NULL)
			continue;
		e->authors = doc->authors;
		e->n_authors = doc->n_authors;
	}
}

static struct feed_doc *finish(struct build *b, struct failure *ret_fail)
{
	struct feed_doc *doc = build_finish(b);

	if (doc == NULL) {
		*ret_fail = b->fail;
		return NULL;
	}
	identity_assign(doc);
	inherit_authors(doc);
	return doc;
}

struct feed_doc *feed_parse(const struct feed_input *in, struct failure *ret_fail)
{
	struct charset_text text;
	struct build *b;
	struct feed_doc *doc;

	charset_decode(&text, in->len == 0 ? span_of("") : (struct span){ in->bytes, in->len },
		in->content_type);
	b = xmalloc(sizeof(*b));
	begin(b, in, &text);
	struct span t = skip_blanks(b, text.utf8);
	if (t.n == 0)
		build_refuse(b, STATUS_EMPTY, "the document has no content");
	else if (t.s[0] == '{' || t.s[0] == '[')
		json_read(b, t.s, t.n);
	else
		read_xml(b, in, &text, t);
	name_feeds_of_page(b, in->base_url, t);
	doc = finish(b, ret_fail);
	build_release(b);
	free(b);
	strbuf_release(&text.made);
	return doc;
}
