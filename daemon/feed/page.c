#include "feed/page.h"

#include "base/limits.h"
#include "base/mem.h"
#include "feed/entity.h"
#include "feed/scan_tag.h"
#include "feed/url.h"

#include <stdlib.h>

static bool is_feed_type(struct span type)
{
	static const char *const types[] = { "application/rss+xml", "application/atom+xml",
		"application/rdf+xml", "application/feed+json" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_starts(span_trim(type), types[i]))
			return true;
	return false;
}

static bool has_word(struct span list, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= list.n; i++)
		if (strncasecmp(list.s + i, word, n) == 0)
			return true;
	return false;
}

/* Whether the tag announces a feed; its address, resolved, in url. */
static bool read_link(const struct scan_tag *tag, const char *base, struct strbuf *url)
{
	struct strbuf href = STRBUF_INIT(LIMIT_URL * 4);
	struct span rel = scan_tag_value(tag, "rel");
	bool good;

	if (!is_feed_type(scan_tag_value(tag, "type")) || !has_word(rel, "alternate"))
		return false;
	strbuf_clear(url);
	entity_decode(&href, scan_tag_value(tag, "href"));
	good = url_resolve(url, base, (struct span){ strbuf_str(&href), href.len });
	strbuf_release(&href);
	return good;
}

bool page_feeds(struct strbuf *out, struct span html, const char *base)
{
	struct scan_tag *tag = xmalloc(sizeof(*tag));
	struct strbuf url = STRBUF_INIT(LIMIT_URL * 4);
	size_t start = out->len, at = 0;

	while (at < html.n && !out->overflow) {
		const char *open = memchr(html.s + at, '<', html.n - at);
		if (open == NULL)
			break;
		at = (size_t)(open - html.s);
		struct span t = { open, html.n - at };
		if (!span_starts(t, "<link") || !scan_tag_read(tag, t)) {
			at++;
			continue;
		}
		at += tag->len;
		if (read_link(tag, base, &url)) {
			strbuf_addch(out, ' ');
			strbuf_add(out, url.data, url.len);
		}
	}
	free(tag);
	strbuf_release(&url);
	return out->len > start;
}
