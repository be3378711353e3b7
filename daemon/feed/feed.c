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
	span_skip(&t, at);
	if (at > 0 && span_starts(t, "<?xml"))
		build_warn(b, 1,
			"%zu blank characters before the XML declaration: nothing may stand there",
			at);
	return t;
}

static void note_charset(struct build *b, const struct charset_text *text)
{
	if (text->declared[0] != '\0' && strcasecmp(text->declared, text->name) != 0)
		build_warn(b, 0, "the document is declared as %s, but is %s", text->declared,
			text->name);
	if (text->ambiguous)
		build_warn(b, 0,
			"text/xml without a charset is US-ASCII to old readers: use "
			"application/rss+xml or "
			"application/atom+xml, or add the charset");
	if (text->n_replaced > 0)
		build_warn(b, 0, "%zu %s bytes that are no characters of %s", text->n_replaced,
			text->n_replaced == 1 ? "place holds" : "places hold", text->name);
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
	struct strbuf names = STRBUF_INIT(LIMIT_DETAIL - 40);

	if (b->fail.status != STATUS_NOT_A_FEED)
		return;
	struct listing *listing = page_feeds(t, base);
	for (size_t i = 0; i < listing->n_feeds && !names.overflow; i++)
		strbuf_addf(&names, " %s", listing->feeds[i].url);
	if (names.len > 0)
		failure_set(&b->fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0,
			"the document is an HTML page; its feeds:%s", strbuf_str(&names));
	listing_free(listing);
	strbuf_release(&names);
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

/* What a document that is no feed is instead, by its first bytes; NULL when they do not say. */
static const char *recognise(struct span t)
{
	static const struct {
		const char *magic, *what;
	} kinds[] = {
		{ "%PDF-", "a PDF" },
		{ "\x89PNG", "a picture (PNG)" },
		{ "\xff\xd8\xff", "a picture (JPEG)" },
		{ "GIF8", "a picture (GIF)" },
		{ "RIFF", "a picture or a recording (RIFF)" },
		{ "PK\x03\x04", "a ZIP archive" },
		{ "\x1f\x8b", "compressed with gzip" },
		{ "ID3", "a recording (MP3)" },
		{ "OggS", "a recording (Ogg)" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (t.n >= strlen(kinds[i].magic) &&
			memcmp(t.s, kinds[i].magic, strlen(kinds[i].magic)) == 0)
			return kinds[i].what;
	return NULL;
}

/* The words of feed_parse() are about a feed that broke; here a person gave an address. */
static void say_what_it_is(const struct feed_input *in, struct span text, struct failure *fail)
{
	const char *what = in->len == 0 ? NULL : recognise((struct span){ in->bytes, in->len });

	if (what != NULL)
		failure_set(fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0, "it is %s", what);
	else if (strcmp(fail->detail, "the document is an HTML page") == 0 ||
		 span_starts(span_trim(text), "<!doctype html"))
		failure_set(fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0,
			"it is an HTML page that names no feed");
}

struct feed_doc *feed_find(
	const struct feed_input *in, struct listing **ret_listing, struct failure *ret_fail)
{
	struct feed_doc *doc = feed_parse(in, ret_fail);
	struct charset_text text;

	*ret_listing = NULL;
	if (doc != NULL || ret_fail->status != STATUS_NOT_A_FEED)
		return doc;
	charset_decode(&text, (struct span){ in->bytes, in->len }, in->content_type);
	struct listing *listing = page_feeds(text.utf8, in->base_url);
	if (listing->n_feeds > 0) {
		*ret_listing = listing;
	} else {
		listing_free(listing);
		say_what_it_is(in, text.utf8, ret_fail);
	}
	strbuf_release(&text.made);
	return NULL;
}
