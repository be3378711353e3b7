#include "feed/page.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "feed/entity.h"
#include "feed/plain.h"
#include "feed/scan_tag.h"
#include "feed/url.h"

#include <stdlib.h>

static const struct {
	const char *type, *name;
} feed_types[] = {
	{ "application/rss+xml", "rss" },
	{ "application/atom+xml", "atom" },
	{ "application/rdf+xml", "rss" },
	{ "application/feed+json", "json" },
};

/* Elements whose content is no markup (HTML 5 13.1.2). */
static const char *const raw_elements[] = { "script", "style", "textarea", "title", "template",
	"xmp", "iframe" };

struct page {
	struct listing_draft draft;
	struct scan_tag tag;
	struct strbuf base, url, scratch;
	bool has_base; /* the first <base href> counts (HTML 5 4.2.3) */
	uint32_t line;
	size_t counted; /* bytes whose lines are counted */
};

/* NULL when the type of a link is no feed's; parameters are passed over. */
static const char *feed_type(struct span type)
{
	const char *semicolon = type.n > 0 ? memchr(type.s, ';', type.n) : NULL;

	if (semicolon != NULL)
		type.n = (size_t)(semicolon - type.s);
	for (size_t i = 0; i < sizeof(feed_types) / sizeof(feed_types[0]); i++)
		if (span_is(span_trim(type), feed_types[i].type))
			return feed_types[i].name;
	return NULL;
}

/* Whether one of the words, parted by blanks, is that one (HTML 5 4.6.7: rel is a set of tokens).
 */
static bool has_token(struct span words, const char *token)
{
	for (size_t i = 0; i < words.n;) {
		size_t from = i;
		while (i < words.n && !ascii_space(words.s[i]))
			i++;
		if (span_is((struct span){ words.s + from, i - from }, token))
			return true;
		while (i < words.n && ascii_space(words.s[i]))
			i++;
	}
	return false;
}

/* The address in an attribute, resolved and fit to be shown; false when it is none. */
static bool read_address(struct page *p, struct span value, const char *base, struct strbuf *ret)
{
	strbuf_clear(&p->scratch);
	strbuf_clear(ret);
	entity_decode(&p->scratch, value);
	return url_resolve(ret, base, (struct span){ strbuf_str(&p->scratch), p->scratch.len }) &&
	       text_is_safe(ret->data, ret->len) && !text_url_runs_code(ret->data, ret->len);
}

static bool is_known(const struct page *p)
{
	for (size_t i = 0; i < p->draft.n; i++)
		if (strcmp(p->draft.feeds[i].url, strbuf_str(&p->url)) == 0)
			return true;
	return false;
}

static void read_link(struct page *p)
{
	const char *type = feed_type(scan_tag_value(&p->tag, "type"));
	const char *base = p->base.len > 0 ? strbuf_str(&p->base) : NULL;

	if (type == NULL || !has_token(scan_tag_value(&p->tag, "rel"), "alternate") ||
		!read_address(p, scan_tag_value(&p->tag, "href"), base, &p->url) || is_known(p))
		return;
	struct arena *a = &p->draft.listing->arena;
	char *url = arena_strndup(a, p->url.data, p->url.len);
	if (p->draft.n >= LIMIT_PAGE_FEEDS || url == NULL) {
		p->draft.listing->n_left_out++;
		return;
	}
	struct listed_feed *feed = listing_draft_add(&p->draft);
	feed->url = url;
	feed->type = type;
	feed->title = plain_line(
		a, &p->scratch, scan_tag_value(&p->tag, "title"), TEXT_HTML, LIMIT_TITLE);
	feed->line = p->line;
}

static void read_base(struct page *p, const char *base)
{
	struct strbuf resolved = STRBUF_INIT(LIMIT_URL);

	if (!p->has_base && read_address(p, scan_tag_value(&p->tag, "href"), base, &resolved)) {
		strbuf_clear(&p->base);
		strbuf_add(&p->base, resolved.data, resolved.len);
		p->has_base = true;
	}
	strbuf_release(&resolved);
}

static size_t find(struct span t, size_t at, const char *what)
{
	const char *found = at < t.n ? memmem(t.s + at, t.n - at, what, strlen(what)) : NULL;

	return found != NULL ? (size_t)(found - t.s) : t.n;
}

/* Where the content of a raw element, from `at` on, ends: at its end tag. */
static size_t skip_raw(struct span html, size_t at, const char *name)
{
	while ((at = find(html, at, "</")) < html.n) {
		at += 2;
		if (span_starts((struct span){ html.s + at, html.n - at }, name))
			break;
	}
	return at;
}

static size_t skip_content(const struct scan_tag *tag, struct span html, size_t at)
{
	for (size_t i = 0; !tag->end && i < sizeof(raw_elements) / sizeof(raw_elements[0]); i++)
		if (span_is(tag->name, raw_elements[i]))
			return skip_raw(html, at, raw_elements[i]);
	return at;
}

static void count_lines(struct page *p, struct span html, size_t at)
{
	while (p->counted < at)
		p->line += html.s[p->counted++] == '\n';
}

/* The tag at `at`; returns where to go on. */
static size_t read_tag(struct page *p, struct span html, size_t at, const char *base)
{
	if (span_starts((struct span){ html.s + at, html.n - at }, "<!--"))
		return find(html, at + 4, "-->");
	if (!scan_tag_read(&p->tag, (struct span){ html.s + at, html.n - at }))
		return at + 1;
	count_lines(p, html, at);
	if (!p->tag.end && span_is(p->tag.name, "link"))
		read_link(p);
	else if (!p->tag.end && span_is(p->tag.name, "base"))
		read_base(p, base);
	return skip_content(&p->tag, html, at + p->tag.len);
}

struct listing *page_feeds(struct span html, const char *base)
{
	struct page *p = xcalloc(1, sizeof(*p));

	listing_draft_init(&p->draft);
	strbuf_init(&p->base, LIMIT_URL);
	strbuf_init(&p->url, LIMIT_URL);
	strbuf_init(&p->scratch, LIMIT_TITLE * 64);
	p->line = 1;
	if (base != NULL)
		strbuf_addstr(&p->base, base);
	for (size_t at = find(html, 0, "<"); at < html.n; at = find(html, at, "<"))
		at = read_tag(p, html, at, base);
	struct listing *listing = listing_draft_finish(&p->draft);
	strbuf_release(&p->base);
	strbuf_release(&p->url);
	strbuf_release(&p->scratch);
	free(p);
	return listing;
}
