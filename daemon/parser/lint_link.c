#include "base/text.h"
#include "feed/url.h"
#include "parser/lint_checks.h"

/* Where addresses stand as text; in attributes they are called href or url. */
static const struct {
	unsigned families;
	const char *name;
} places[] = {
	{ LINT_RSS | LINT_RDF, "link" },
	{ LINT_RSS, "comments" },
	{ LINT_RSS, "docs" },
	{ LINT_ATOM, "icon" },
	{ LINT_ATOM, "logo" },
	{ LINT_JSON, "url" },
	{ LINT_JSON, "external_url" },
	{ LINT_JSON, "image" },
	{ LINT_JSON, "home_page_url" },
	{ LINT_JSON, "feed_url" },
	{ LINT_JSON, "icon" },
	{ LINT_JSON, "favicon" },
};

static struct span host_of(struct span url)
{
	const char *slashes = url.n == 0 ? NULL : memmem(url.s, url.n, "://", 3);
	struct span host;

	if (slashes == NULL)
		return (struct span){ "", 0 };
	host.s = slashes + 3;
	host.n = url.n - (size_t)(host.s - url.s);
	size_t n = 0;
	while (n < host.n && strchr("/?#", host.s[n]) == NULL)
		n++;
	host.n = n;
	const char *at = n == 0 ? NULL : memchr(host.s, '@', n);
	if (at != NULL) {
		span_skip(&host, (size_t)(at + 1 - host.s));
	}
	return host;
}

/* Hosts that are another machine for every reader (RFC 6761, RFC 1918). */
static bool is_local(struct span url)
{
	static const char *const starts[] = { "localhost", "127.", "10.", "192.168.", "[::1]",
		"0.0.0.0", "169.254." };
	struct span host = host_of(url);

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t n = strlen(starts[i]);
		if (!span_starts(host, starts[i]))
			continue;
		bool number = ascii_digit(starts[i][0]);
		if (number ? host.n == n || ascii_digit(host.s[n])
			   : host.n == n || host.s[n] == ':')
			return true;
	}
	return false;
}

static bool is_broken(struct span url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.s[i] <= ' ' || strchr("<>\"", url.s[i]) != NULL)
			return true;
	return url_is_web(url) && host_of(url).n == 0;
}

void lint_check_url(
	struct lint *l, const struct outline_node *node, struct span url, enum lint_rule relative)
{
	url = span_trim(url);
	if (url.n == 0)
		return;
	if (text_url_runs_code(url.s, url.n))
		lint_find(l, LINT_LINK_CODE, node->line, url);
	else if (is_broken(url))
		lint_find(l, LINT_LINK_INVALID, node->line, url);
	else if (url_scheme(url).n == 0) {
		if (outline_inherited(node, "base").n == 0)
			lint_find(l, relative, node->line, url);
	} else if (is_local(url))
		lint_find(l, LINT_LINK_LOCAL, node->line, url);
}

static bool is_type(struct span t)
{
	t = span_trim(t);
	const char *slash = t.n == 0 ? NULL : memchr(t.s, '/', t.n);

	return slash != NULL && slash > t.s && slash + 1 < t.s + t.n &&
	       (ascii_alnum(slash[1]) || slash[1] == '*');
}

static bool is_length(struct span t)
{
	t = span_trim(t);
	for (size_t i = 0; i < t.n; i++)
		if (!ascii_digit(t.s[i]))
			return false;
	return t.n > 0;
}

static void check_enclosure(struct lint *l, const struct outline_node *n)
{
	struct span url = outline_attribute(n, "url"), length = outline_attribute(n, "length"),
		    type = outline_attribute(n, "type");

	if (span_trim(url).n == 0)
		lint_find(l, LINT_ENCLOSURE_URL, n->line, (struct span){ "", 0 });
	lint_check_url(l, n, url, LINT_LINK_RELATIVE);
	if (!is_length(length))
		lint_find(l, LINT_ENCLOSURE_LENGTH, n->line, length);
	if (!is_type(type))
		lint_find(l, LINT_ENCLOSURE_TYPE, n->line, type);
}

static void check_attachment(struct lint *l, const struct outline_node *n)
{
	const struct outline_node *url = lint_child(l, n, "url"),
				  *type = lint_child(l, n, "mime_type");

	if (url == NULL || url->inner.n == 0)
		lint_find(l, LINT_ENCLOSURE_URL, n->line, (struct span){ "", 0 });
	else
		lint_check_url(l, url, url->inner, LINT_LINK_RELATIVE);
	if (type == NULL || !is_type(type->inner))
		lint_find(l, LINT_ENCLOSURE_TYPE, n->line,
			type == NULL ? (struct span){ "", 0 } : type->inner);
}

/* A link of Atom, in an Atom feed or as a guest in RSS. */
static void check_atom_link(struct lint *l, const struct outline_node *n)
{
	struct span href = outline_attribute(n, "href"), rel = outline_attribute(n, "rel");
	struct span type = outline_attribute(n, "type");

	if (href.n == 0 && l->family == LINT_ATOM)
		lint_find(l, LINT_LINK_INVALID, n->line, outline_text(&l->outline, n));
	lint_check_url(l, n, href, LINT_LINK_RELATIVE);
	if (span_is(rel, "enclosure") && !is_type(type))
		lint_find(l, LINT_ENCLOSURE_TYPE, n->line, type);
}

static bool is_place(const struct lint *l, const struct outline_node *n)
{
	if (!(l->core & 1u << n->ns) || n->prefix.n > 0)
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if ((places[i].families & (unsigned)l->family) && span_is(n->name, places[i].name))
			return true;
	return false;
}

void lint_check_links(struct lint *l, const struct outline_node *parent)
{
	int enclosures = 0;

	for (const struct outline_node *n = parent->first; n != NULL; n = n->next) {
		bool atom = n->ns == NS_ATOM10 || n->ns == NS_ATOM03;
		if (is_place(l, n))
			lint_check_url(l, n, outline_text(&l->outline, n), LINT_LINK_RELATIVE);
		else if (span_is(n->name, "link") && (atom || l->family == LINT_ATOM))
			check_atom_link(l, n);
		else if (l->family == LINT_JSON && span_is(n->name, "attachments"))
			check_attachment(l, n);
		else if (l->family == LINT_RSS && n->prefix.n == 0 &&
			 span_is(n->name, "enclosure")) {
			check_enclosure(l, n);
			if (++enclosures == 2)
				lint_find(l, LINT_ENCLOSURE_MANY, n->line, (struct span){ "", 0 });
		}
	}
}
