#include "parser/lint_checks.h"

#include <stdio.h>

static const struct span nothing = { "", 0 };

static bool says(struct lint *l, const struct outline_node *n)
{
	return n != NULL && (n->first != NULL || outline_text(&l->outline, n).n > 0);
}

/* --- the document
 * -------------------------------------------------------------------------------------------------
 */

/* The value of a parameter of a media type, or of a pseudo-attribute: name, '=', perhaps quotes. */
static struct span parameter(struct span t, const char *name)
{
	const char *found = t.n == 0 ? NULL : memmem(t.s, t.n, name, strlen(name));
	struct span value;

	if (found == NULL)
		return nothing;
	value.s = found + strlen(name);
	value.n = t.n - (size_t)(value.s - t.s);
	while (value.n > 0 && strchr("\"'= ", value.s[0]) != NULL)
		value.s++, value.n--;
	size_t n = 0;
	while (n < value.n && strchr("\"'; ?>", value.s[n]) == NULL)
		n++;
	value.n = n;
	return value;
}

static void check_charset(struct lint *l)
{
	struct span head = { l->in->bytes, l->in->len < 256 ? l->in->len : 256 };
	struct span http = parameter(span_of(l->in->content_type), "charset"), xml = nothing;
	const char *end = head.n == 0 ? NULL : memmem(head.s, head.n, "?>", 2);
	char detail[128];

	if (end != NULL && memmem(head.s, (size_t)(end - head.s), "<?xml", 5) != NULL)
		xml = parameter((struct span){ head.s, (size_t)(end - head.s) }, "encoding");
	if (http.n > 0 && xml.n > 0 &&
		(http.n != xml.n || strncasecmp(http.s, xml.s, xml.n) != 0)) {
		snprintf(detail, sizeof(detail), "%.*s and %.*s", (int)http.n, http.s, (int)xml.n,
			xml.s);
		lint_find(l, LINT_CHARSET_CONFLICT, 1, span_of(detail));
	}
	if (l->doc->encoding != NULL && strcasecmp(l->doc->encoding, "UTF-8") != 0 &&
		strcasecmp(l->doc->encoding, "US-ASCII") != 0)
		lint_find(l, LINT_CHARSET_OLD, 1, span_of(l->doc->encoding));
}

static void check_content_type(struct lint *l)
{
	static const char *const good[] = { "application/rss+xml", "application/atom+xml",
		"application/rdf+xml", "application/xml", "text/xml", "application/feed+json",
		"application/json", "application/x-cdf" };
	struct span type = span_trim(span_of(l->in->content_type));
	const char *end = type.n == 0 ? NULL : memchr(type.s, ';', type.n);

	if (type.n == 0)
		return;
	if (end != NULL)
		type.n = (size_t)(end - type.s);
	type = span_trim(type);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (span_is(type, good[i]))
			return;
	lint_find(l, LINT_CONTENT_TYPE, 1, type);
}

static void check_version(struct lint *l, const struct outline_node *root)
{
	switch (l->doc->format) {
	case FEED_FORMAT_RSS090:
	case FEED_FORMAT_RSS091:
	case FEED_FORMAT_RSS092:
	case FEED_FORMAT_ATOM03:
	case FEED_FORMAT_CDF:
		lint_find(
			l, LINT_VERSION_OLD, root->line, span_of(feed_format_name(l->doc->format)));
		break;
	case FEED_FORMAT_RSS20:
		if (span_is(root->name, "rss") &&
			span_trim(outline_attribute(root, "version")).n == 0)
			lint_find(l, LINT_VERSION_MISSING, root->line, nothing);
		break;
	case FEED_FORMAT_JSON10:
	case FEED_FORMAT_JSON11:
		if (!says(l, lint_child(l, root, "version")))
			lint_find(l, LINT_VERSION_MISSING, root->line, nothing);
		break;
	case FEED_FORMAT_UNKNOWN:
	case FEED_FORMAT_RSS10:
	case FEED_FORMAT_ATOM10:
	case FEED_FORMAT_COUNT:
		break;
	}
}

void lint_check_document(struct lint *l, const struct outline_node *root)
{
	check_charset(l);
	check_content_type(l);
	check_version(l, root);
}

/* --- the feed
 * -----------------------------------------------------------------------------------------------------
 */

static const struct {
	const char *name, *or_name; /* one of the two has to be there and to say something */
	unsigned families;
	enum lint_rule rule;
} required[] = {
	{ "title", "title", LINT_RSS | LINT_RDF | LINT_ATOM | LINT_JSON, LINT_FEED_TITLE_MISSING },
	{ "link", "link", LINT_RSS | LINT_RDF, LINT_FEED_LINK_MISSING },
	{ "description", "description", LINT_RSS | LINT_RDF, LINT_FEED_DESCRIPTION_MISSING },
	{ "id", "id", LINT_ATOM, LINT_FEED_ID_MISSING },
	{ "updated", "modified", LINT_ATOM, LINT_FEED_UPDATED_MISSING },
	{ "home_page_url", "home_page_url", LINT_JSON, LINT_HOME_MISSING },
	{ "feed_url", "feed_url", LINT_JSON, LINT_SELF_MISSING },
};

static bool has_link(const struct outline_node *feed, const char *rel)
{
	const struct outline_node *n =
		outline_child(feed, 1u << NS_ATOM10 | 1u << NS_ATOM03, "link");

	for (; n != NULL; n = outline_again(n)) {
		struct span said = outline_attribute(n, "rel");
		if (span_is(said, rel) || (said.n == 0 && strcmp(rel, "alternate") == 0))
			return true;
	}
	return false;
}

static void check_language(struct lint *l, const struct outline_node *node)
{
	/* ISO 639-1, and three old codes that are still met. */
	static const char codes[] =
		" aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr "
		"cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu "
		"gv "
		"ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl "
		"km "
		"kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my "
		"na "
		"nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa "
		"sc "
		"sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
		"ts "
		"tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu in iw ji ";
	struct span tag = span_trim(outline_text(&l->outline, node));
	char primary[6] = " ";
	size_t n = 0, part = 0;
	bool good = tag.n > 0 && tag.n <= 35;

	while (n < tag.n && ascii_alpha(tag.s[n]) && n < 3)
		primary[1 + n] = ascii_lower(tag.s[n]), n++;
	primary[1 + n] = ' ';
	good = good && (n == 2 ? strstr(codes, primary) != NULL : n == 3) &&
	       (n == tag.n || tag.s[n] == '-');
	for (size_t i = n; good && i < tag.n; i++) {
		part = tag.s[i] == '-' ? 0 : part + 1;
		good = (tag.s[i] == '-' && i + 1 < tag.n) || (ascii_alnum(tag.s[i]) && part <= 8);
	}
	if (!good)
		lint_find(l, LINT_LANGUAGE_UNKNOWN, node->line, tag);
}

static void check_feed_language(struct lint *l, const struct outline_node *feed)
{
	const struct outline_node *n = lint_child(l, feed, "language");

	if (n == NULL)
		n = outline_child(feed, 1u << NS_DC, "language");
	if (n != NULL)
		check_language(l, n);
	else if (outline_inherited(feed, "lang").n == 0)
		lint_find(l, LINT_LANGUAGE_MISSING, feed->line, nothing);
}

static bool is_number(struct span t, int most)
{
	int v = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (!ascii_digit(t.s[i]) || v > most)
			return false;
		v = v * 10 + (t.s[i] - '0');
	}
	return t.n > 0 && v <= most;
}

static void check_schedule(struct lint *l, const struct outline_node *feed)
{
	static const char days[] = " Monday Tuesday Wednesday Thursday Friday Saturday Sunday ";
	const struct outline_node *n = lint_child(l, feed, "ttl");
	char day[16];

	if (n != NULL && !is_number(outline_text(&l->outline, n), 10000000))
		lint_find(l, LINT_TTL_INVALID, n->line, outline_text(&l->outline, n));
	n = lint_child(l, feed, "skipHours");
	for (n = n == NULL ? NULL : lint_child(l, n, "hour"); n != NULL; n = outline_again(n))
		if (!is_number(outline_text(&l->outline, n), 24))
			lint_find(l, LINT_SKIP_INVALID, n->line, outline_text(&l->outline, n));
	n = lint_child(l, feed, "skipDays");
	for (n = n == NULL ? NULL : lint_child(l, n, "day"); n != NULL; n = outline_again(n)) {
		struct span said = outline_text(&l->outline, n);
		snprintf(day, sizeof(day), " %.*s ", (int)(said.n < 10 ? said.n : 10), said.s);
		if (said.n == 0 || strstr(days, day) == NULL)
			lint_find(l, LINT_SKIP_INVALID, n->line, said);
	}
}

void lint_check_feed(struct lint *l, const struct outline_node *feed)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if ((required[i].families & (unsigned)l->family) &&
			!says(l, lint_child(l, feed, required[i].name)) &&
			!says(l, lint_child(l, feed, required[i].or_name)))
			lint_find(l, required[i].rule, feed->line, nothing);
	if (l->family == LINT_ATOM && !has_link(feed, "alternate"))
		lint_find(l, LINT_HOME_MISSING, feed->line, nothing);
	if ((l->family & (LINT_ATOM | LINT_RSS)) && !has_link(feed, "self"))
		lint_find(l, LINT_SELF_MISSING, feed->line, nothing);
	check_feed_language(l, feed);
	check_schedule(l, feed);
	lint_check_dates(l, feed);
	lint_check_links(l, feed);
	lint_check_texts(l, feed);
}
