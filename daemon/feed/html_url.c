#include "feed/html_url.h"

#include "feed/html_tags.h"
#include "feed/url.h"

/* Parts of addresses whose images nobody is meant to see; all begin with "//". */
static const char *const trackers[] = {
	"//feeds.feedburner.com/~r/",
	"//feeds.feedburner.com/~ff/",
	"//feedproxy.google.com/~r/",
	"//feeds.wordpress.com/1.0/",
	"//stats.wordpress.com/b.gif",
	"//pixel.wp.com/",
	"//pixel.quantserve.com/",
	"//www.google-analytics.com/",
	"//ad.doubleclick.net/",
	"//feedads.g.doubleclick.net/",
	"//rss.feedsportal.com/",
	"//da.feedsportal.com/",
	"//res.feedsportal.com/",
	"//pi.feedsportal.com/",
	"//www.facebook.com/tr?",
	"//b.scorecardresearch.com/",
	"//medium.com/_/stat",
	"//blogger.googleusercontent.com/tracker/",
	"//pixel.feedburner.com/",
	"//rss.buysellads.com/",
	"//feeds.gawker.com/~r/",
	"//counter.theconversation.",
	"//piwik.",
	"//stats.wp.com/",
};

/* RFC 3986 4.2: a colon before the first slash belongs to a scheme; if it is none, the address is a
 * disguise. */
static bool has_odd_colon(struct span url)
{
	for (size_t i = 0; i < url.n && strchr("/?#", url.s[i]) == NULL; i++)
		if (url.s[i] == ':')
			return true;
	return false;
}

bool html_url_add(struct strbuf *out, const char *base, struct span url, bool for_image)
{
	size_t start = out->len;
	struct span made, scheme;

	if (!url_resolve(out, base, url))
		return false;
	made = (struct span){ out->data + start, out->len - start };
	scheme = url_scheme(made);
	if (html_scheme_allowed(scheme, for_image) && (scheme.n > 0 || !has_odd_colon(made)))
		return true;
	strbuf_truncate(out, start);
	return false;
}

static struct span take_candidate(struct span *rest, struct span *ret_descriptor)
{
	struct span url = { rest->s, 0 };

	while (rest->n > 0 && (ascii_space(rest->s[0]) || rest->s[0] == ','))
		rest->s++, rest->n--;
	url.s = rest->s;
	while (url.n < rest->n && !ascii_space(rest->s[url.n]))
		url.n++;
	span_skip(rest, url.n);
	*ret_descriptor = (struct span){ rest->s, 0 };
	if (url.n > 0 && url.s[url.n - 1] == ',') {
		while (url.n > 0 && url.s[url.n - 1] == ',')
			url.n--;
		return url;
	}
	while (ret_descriptor->n < rest->n && rest->s[ret_descriptor->n] != ',')
		ret_descriptor->n++;
	span_skip(rest, ret_descriptor->n);
	*ret_descriptor = span_trim(*ret_descriptor);
	return url;
}

static bool is_descriptor(struct span d)
{
	for (size_t i = 0; i < d.n; i++)
		if (!ascii_digit(d.s[i]) && d.s[i] != '.' &&
			!(i + 1 == d.n && strchr("wxh", d.s[i])))
			return false;
	return d.n < 16;
}

bool html_srcset_add(struct strbuf *out, const char *base, struct span srcset)
{
	size_t start = out->len;

	while (true) {
		struct span descriptor, url = take_candidate(&srcset, &descriptor);
		size_t before = out->len;
		if (url.n == 0)
			return out->len > start;
		if (before > start)
			strbuf_addstr(out, ", ");
		if (!is_descriptor(descriptor) || memchr(url.s, ',', url.n) != NULL ||
			!html_url_add(out, base, url, true)) {
			strbuf_truncate(out, before);
			continue;
		}
		if (descriptor.n > 0) {
			strbuf_addch(out, ' ');
			strbuf_add(out, descriptor.s, descriptor.n);
		}
	}
}

bool html_url_is_tracker(struct span url)
{
	const char *at = url.s, *end = url.s + url.n;

	/* All of them begin with two slashes, and an address has those once. */
	for (; (at = memmem(at, (size_t)(end - at), "//", 2)) != NULL; at++)
		for (size_t i = 0; i < sizeof(trackers) / sizeof(trackers[0]); i++) {
			size_t n = strlen(trackers[i]);
			if (n <= (size_t)(end - at) && memcmp(at, trackers[i], n) == 0)
				return true;
		}
	return false;
}
