#include "feed/elements.h"

struct ns_uri {
	const char *uri; /* compared without case, scheme and a last '/' or '#'; "..." stands for
			    any end */
	enum ns ns;
};

static const struct ns_uri uris[] = {
	{ "www.w3.org/2005/Atom", NS_ATOM10 },
	{ "purl.org/atom/ns", NS_ATOM03 },
	{ "example.com/newformat", NS_ATOM03 },
	{ "example.com/necho", NS_ATOM03 },
	{ "purl.org/echo", NS_ATOM03 },
	{ "purl.org/rss/1.0", NS_RSS10 },
	{ "purl.org/net/rss1.1", NS_RSS10 },
	{ "my.netscape.com/rdf/simple/0.9", NS_RSS090 },
	{ "channel.netscape.com/rdf/simple/0.9", NS_RSS090 },
	{ "my.netscape.com/publish/formats/rss-0.91.dtd", NS_NONE },
	{ "blogs.law.harvard.edu/tech/rss", NS_NONE },
	{ "cyber.law.harvard.edu/rss", NS_NONE },
	{ "cyber.law.harvard.edu/rss/rss.html", NS_NONE },
	{ "cyber.harvard.edu/rss", NS_NONE },
	{ "cyber.harvard.edu/rss/rss.html", NS_NONE },
	{ "www.rssboard.org/rss-specification", NS_NONE },
	{ "www.w3.org/1999/02/22-rdf-syntax-ns", NS_RDF },
	{ "www.w3.org/1999/xhtml", NS_XHTML },
	{ "www.w3.org/XML/1998/namespace", NS_XML },
	{ "purl.org/dc/elements/1.1", NS_DC },
	{ "purl.org/dc/elements/1.0", NS_DC },
	{ "purl.org/metadata/dublin_core", NS_DC },
	{ "purl.org/dc/terms", NS_DCTERMS },
	{ "purl.org/rss/1.0/modules/dcterms", NS_DCTERMS },
	{ "purl.org/rss/1.0/modules/content", NS_CONTENT },
	{ "search.yahoo.com/mrss", NS_MEDIA },
	{ "tools.search.yahoo.com/mrss", NS_MEDIA },
	{ "www.yahoo.com/rss/media", NS_MEDIA },
	{ "video.search.yahoo.com/mrss", NS_MEDIA },
	{ "www.itunes.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "www.itunes.com/DTDs/Podcast-1.0.dtd", NS_ITUNES },
	{ "example.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "podcastindex.org/namespace/1.0", NS_PODCAST },
	{ "github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", NS_PODCAST },
	{ "purl.org/rss/1.0/modules/syndication", NS_SYNDICATION },
	{ "purl.org/rss/1.0/modules/slash", NS_SLASH },
	{ "wellformedweb.org/CommentAPI", NS_WFW },
	{ "purl.org/syndication/thread/1.0", NS_THREAD },
	{ "www.georss.org/georss", NS_GEORSS },
	{ "www.opengis.net/gml", NS_GML },
	{ "www.w3.org/2003/01/geo/wgs84_pos", NS_GEO },
	{ "backend.userland.com/creativeCommonsRssModule", NS_LICENSE },
	{ "cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", NS_LICENSE },
	{ "web.resource.org/cc", NS_LICENSE },
	{ "creativecommons.org/ns", NS_LICENSE },
	{ "rssnamespace.org/feedburner/ext/1.0", NS_FEEDBURNER },
	{ "webns.net/mvcb", NS_ADMIN },
	{ "podlove.org/simple-chapters", NS_PSC },
	{ "podlove.de/simple-chapters", NS_PSC },
	{ "source.scripting.com", NS_SOURCE },
	{ "purl.org/syndication/history/1.0", NS_HISTORY },
	{ "backend.userland.com/rss...", NS_NONE },
};

static const struct ns_uri prefixes[] = {
	{ "atom", NS_ATOM10 },
	{ "atom10", NS_ATOM10 },
	{ "atom03", NS_ATOM03 },
	{ "a10", NS_ATOM10 },
	{ "rdf", NS_RDF },
	{ "xhtml", NS_XHTML },
	{ "xml", NS_XML },
	{ "dc", NS_DC },
	{ "dcterms", NS_DCTERMS },
	{ "content", NS_CONTENT },
	{ "media", NS_MEDIA },
	{ "itunes", NS_ITUNES },
	{ "podcast", NS_PODCAST },
	{ "sy", NS_SYNDICATION },
	{ "slash", NS_SLASH },
	{ "wfw", NS_WFW },
	{ "thr", NS_THREAD },
	{ "georss", NS_GEORSS },
	{ "gml", NS_GML },
	{ "geo", NS_GEO },
	{ "creativecommons", NS_LICENSE },
	{ "cc", NS_LICENSE },
	{ "feedburner", NS_FEEDBURNER },
	{ "admin", NS_ADMIN },
	{ "psc", NS_PSC },
	{ "source", NS_SOURCE },
	{ "fh", NS_HISTORY },
};

static enum ns lookup(const struct ns_uri *table, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		const char *uri = table[i].uri, *any = strstr(uri, "...");
		struct span stem = { uri, any == NULL ? 0 : (size_t)(any - uri) };
		if (any == NULL ? span_is(name, uri)
				: name.n >= stem.n && strncasecmp(name.s, stem.s, stem.n) == 0)
			return table[i].ns;
	}
	return NS_OTHER;
}

enum ns ns_find(const char *uri, const char *prefix)
{
	struct span name = span_trim(span_of(uri));

	if (uri == NULL && prefix == NULL)
		return NS_NONE;
	if (uri == NULL)
		return lookup(prefixes, sizeof(prefixes) / sizeof(prefixes[0]), span_of(prefix));
	if (name.n == 0)
		return NS_NONE;
	const char *scheme = memmem(name.s, name.n, "://", 3);
	if (scheme != NULL) {
		span_skip(&name, (size_t)(scheme + 3 - name.s));
	}
	while (name.n > 0 && (name.s[name.n - 1] == '/' || name.s[name.n - 1] == '#'))
		name.n--;
	return lookup(uris, sizeof(uris) / sizeof(uris[0]), name);
}
