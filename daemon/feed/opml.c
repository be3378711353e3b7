#include "feed/opml.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "feed/charset.h"
#include "feed/entity.h"
#include "feed/plain.h"
#include "feed/scan_tag.h"

#include <stdlib.h>

struct opml {
	struct listing_draft draft;
	struct scan_tag tag;
	struct span text;
	struct strbuf value, scratch;
	/* The folders around the present place, joined by "/"; where the path ended before each
	 * open outline. */
	struct strbuf path;
	size_t ends[LIMIT_OPML_DEPTH];
	unsigned depth;
	bool seen, closed; /* <opml>, </opml> */
	uint32_t line;
	size_t counted;
	struct failure *fail;
};

#define refuse(o, status, ...) failure_set((o)->fail, STAGE_PARSE, status, 0, __VA_ARGS__)

static struct span rest(const struct opml *o, size_t at)
{
	return (struct span){ o->text.s + at, o->text.n - at };
}

static size_t after(const struct opml *o, size_t at, const char *what)
{
	const char *found = memmem(o->text.s + at, o->text.n - at, what, strlen(what));

	return found != NULL ? (size_t)(found - o->text.s) + strlen(what) : o->text.n;
}

/* An attribute's value, decoded once, on one line; NULL when it says nothing. */
static const char *line_of(struct opml *o, const char *name, size_t limit)
{
	strbuf_clear(&o->value);
	entity_decode(&o->value, scan_tag_value(&o->tag, name));
	return plain_line(&o->draft.listing->arena, &o->scratch,
		(struct span){ strbuf_str(&o->value), o->value.len }, TEXT_PLAIN, limit);
}

/* The address, as it stands there but for blanks around it. */
static void read_url(struct opml *o, struct listed_feed *feed)
{
	strbuf_clear(&o->value);
	entity_decode(&o->value, scan_tag_value(&o->tag, "xmlUrl"));
	struct span url = span_trim((struct span){ strbuf_str(&o->value), o->value.len });

	if (o->value.overflow || url.n > LIMIT_URL)
		feed->problem = "its URL is longer than 8 KiB";
	else if (url.n == 0)
		feed->problem = "it has no xmlUrl";
	else if (memchr(url.s, '\n', url.n) != NULL || memchr(url.s, '\t', url.n) != NULL ||
		 !text_is_safe(url.s, url.n))
		feed->problem = "its URL holds control characters";
	else
		feed->url = arena_strndup(&o->draft.listing->arena, url.s, url.n);
}

/* Somebody's web page: never one that runs code. */
static const char *site_of(struct opml *o)
{
	const char *url = line_of(o, "htmlUrl", LIMIT_URL);

	return url == NULL || text_url_runs_code(url, strlen(url)) ? NULL : url;
}

/* OPML 2.0 names categories in an attribute as well, "/a/b,/c": the first, where no folder says
 * more. */
static const char *category_of(struct opml *o)
{
	struct arena *a = &o->draft.listing->arena;

	if (o->path.len > 0)
		return plain_line(a, &o->scratch, (struct span){ o->path.data, o->path.len },
			TEXT_PLAIN, LIMIT_NAME);
	strbuf_clear(&o->value);
	entity_decode(&o->value, scan_tag_value(&o->tag, "category"));
	struct span t = { strbuf_str(&o->value), o->value.len };
	const char *comma = memchr(t.s, ',', t.n);
	if (comma != NULL)
		t.n = (size_t)(comma - t.s);
	t = span_trim(t);
	if (t.n > 0 && t.s[0] == '/')
		t = (struct span){ t.s + 1, t.n - 1 };
	return plain_line(a, &o->scratch, t, TEXT_PLAIN, LIMIT_NAME);
}

static void add_feed(struct opml *o)
{
	struct listed_feed *feed = listing_draft_add(&o->draft);

	feed->line = o->line;
	read_url(o, feed);
	feed->text = line_of(o, "text", LIMIT_TITLE);
	feed->title = line_of(o, "title", LIMIT_TITLE);
	feed->category = category_of(o);
	feed->site_url = site_of(o);
}

static void enter_folder(struct opml *o)
{
	const char *name = line_of(o, "text", LIMIT_NAME);

	if (name == NULL)
		name = line_of(o, "title", LIMIT_NAME);
	if (name != NULL && o->path.len > 0)
		strbuf_addch(&o->path, '/');
	if (name != NULL)
		strbuf_addstr(&o->path, name);
}

/* False when the document is refused. */
static bool open_outline(struct opml *o)
{
	bool is_feed = scan_tag_value(&o->tag, "xmlUrl").n > 0 ||
		       span_is(span_trim(scan_tag_value(&o->tag, "type")), "rss");

	if (is_feed && o->draft.n >= LIMIT_LISTED)
		refuse(o, STATUS_TOO_BIG, "line %u: more than %u feeds", o->line, LIMIT_LISTED);
	else if (!o->tag.empty && o->depth >= LIMIT_OPML_DEPTH)
		refuse(o, STATUS_TOO_DEEP, "line %u: more than %u outlines in one another", o->line,
			LIMIT_OPML_DEPTH);
	if (o->fail->status != STATUS_OK)
		return false;
	if (is_feed)
		add_feed(o);
	if (o->tag.empty)
		return true;
	o->ends[o->depth++] = o->path.len;
	if (!is_feed)
		enter_folder(o);
	return true;
}

static void close_outline(struct opml *o)
{
	if (o->depth > 0)
		strbuf_truncate(&o->path, o->ends[--o->depth]);
}

/* A declaration, a comment or an instruction; returns where it ends. */
static size_t skip_declaration(struct opml *o, size_t at)
{
	struct span t = rest(o, at);

	if (span_starts(t, "<!--"))
		return after(o, at + 4, "-->");
	if (span_starts(t, "<![CDATA["))
		return after(o, at, "]]>");
	if (span_starts(t, "<!ENTITY"))
		refuse(o, STATUS_ENTITY_REFUSED, "line %u: the document declares entities",
			o->line);
	return at + 2;
}

static void read_tag(struct opml *o)
{
	if (span_is(o->tag.name, "opml")) {
		o->seen = true;
		o->closed = o->tag.end || o->tag.empty;
	} else if (!span_is(o->tag.name, "outline") || !o->seen) {
		return;
	} else if (o->tag.end) {
		close_outline(o);
	} else {
		open_outline(o);
	}
}

static void read_all(struct opml *o)
{
	for (size_t at = 0; o->fail->status == STATUS_OK;) {
		const char *open =
			at < o->text.n ? memchr(o->text.s + at, '<', o->text.n - at) : NULL;
		if (open == NULL)
			return;
		at = (size_t)(open - o->text.s);
		while (o->counted < at)
			o->line += o->text.s[o->counted++] == '\n';
		struct span t = rest(o, at);
		if (span_starts(t, "<!") || span_starts(t, "<?")) {
			at = skip_declaration(o, at);
		} else if (scan_tag_read(&o->tag, t)) {
			read_tag(o);
			at += o->tag.len;
		} else {
			at++;
		}
	}
}

static void judge(struct opml *o)
{
	if (o->fail->status != STATUS_OK)
		return;
	if (span_trim(o->text).n == 0)
		refuse(o, STATUS_EMPTY, "the file has no content");
	else if (!o->seen)
		refuse(o, STATUS_NOT_A_FEED, "the file is no OPML: it has no <opml> element");
	else if (!o->closed)
		refuse(o, STATUS_MALFORMED, "line %u: the file ends before </opml>: it was cut off",
			o->line);
	else if (o->draft.listing->arena.exhausted)
		refuse(o, STATUS_TOO_BIG, "its texts take more than %u MiB",
			LIMIT_LISTING_ARENA / MIB);
}

struct listing *opml_read(const struct feed_input *in, struct failure *ret_fail)
{
	struct charset_text text;
	struct opml *o = xcalloc(1, sizeof(*o));
	struct listing *listing = NULL;

	charset_decode(&text, in->len == 0 ? span_of("") : (struct span){ in->bytes, in->len },
		in->content_type);
	*ret_fail = (struct failure){ 0 };
	o->fail = ret_fail;
	o->text = text.utf8;
	o->line = 1;
	listing_draft_init(&o->draft);
	strbuf_init(&o->value, LIMIT_BODY_MAX);
	strbuf_init(&o->scratch, LIMIT_URL * 64);
	strbuf_init(&o->path, (LIMIT_NAME + 1) * LIMIT_OPML_DEPTH);
	read_all(o);
	judge(o);
	if (ret_fail->status == STATUS_OK)
		listing = listing_draft_finish(&o->draft);
	else
		listing_draft_drop(&o->draft);
	strbuf_release(&o->value);
	strbuf_release(&o->scratch);
	strbuf_release(&o->path);
	strbuf_release(&text.made);
	free(o);
	return listing;
}
