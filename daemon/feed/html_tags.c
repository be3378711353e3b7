#include "feed/html_tags.h"

#include <stdlib.h>

#define K HTML_KEEP
#define V HTML_VOID
#define B HTML_BLOCK
#define D HTML_DROP
#define P HTML_PARAGRAPH_ENDS

/* Sorted by name. Neither kept nor dropped: the tags go, the content stays. */
static const struct html_tag tags[] = {
	{ "a", K, "href hreflang name" },
	{ "abbr", K, NULL },
	{ "acronym", K, NULL },
	{ "address", K | B | P, NULL },
	{ "applet", D, NULL },
	{ "area", K | V, "href alt coords shape" },
	{ "article", K | B | P, NULL },
	{ "aside", K | B | P, NULL },
	{ "audio", K | B, "src controls preload loop muted" },
	{ "b", K, NULL },
	{ "base", D | V, NULL },
	{ "basefont", D | V, NULL },
	{ "bdi", K, NULL },
	{ "bdo", K, NULL },
	{ "bgsound", D | V, NULL },
	{ "big", K, NULL },
	{ "blink", 0, NULL },
	{ "blockquote", K | B | P, "cite" },
	{ "body", B, NULL },
	{ "br", K | V | B, "clear" },
	{ "button", 0, NULL },
	{ "canvas", 0, NULL },
	{ "caption", K | B, NULL },
	{ "center", K | B | P, NULL },
	{ "cite", K, NULL },
	{ "code", K, NULL },
	{ "col", K | V, "span" },
	{ "colgroup", K, "span" },
	{ "command", D | V, NULL },
	{ "datalist", D, NULL },
	{ "dd", K | B, NULL },
	{ "del", K, "cite datetime" },
	{ "details", K | B | P, "open" },
	{ "dfn", K, NULL },
	{ "dialog", B | P, NULL },
	{ "dir", K | B | P, NULL },
	{ "div", K | B | P, NULL },
	{ "dl", K | B | P, NULL },
	{ "dt", K | B, NULL },
	{ "em", K, NULL },
	{ "embed", D | V, NULL },
	{ "fieldset", B | P, NULL },
	{ "figcaption", K | B | P, NULL },
	{ "figure", K | B | P, NULL },
	{ "font", K, "color face size" },
	{ "footer", K | B | P, NULL },
	{ "form", B | P, NULL },
	{ "frame", D | V, NULL },
	{ "frameset", D, NULL },
	{ "h1", K | B | P, NULL },
	{ "h2", K | B | P, NULL },
	{ "h3", K | B | P, NULL },
	{ "h4", K | B | P, NULL },
	{ "h5", K | B | P, NULL },
	{ "h6", K | B | P, NULL },
	{ "head", D, NULL },
	{ "header", K | B | P, NULL },
	{ "hgroup", K | B | P, NULL },
	{ "hr", K | V | B | P, NULL },
	{ "html", B, NULL },
	{ "i", K, NULL },
	{ "iframe", 0, NULL },
	{ "image", 0, NULL },
	{ "img", K | V, "src srcset sizes alt width height longdesc align border hspace vspace" },
	{ "input", D | V, NULL },
	{ "ins", K, "cite datetime" },
	{ "isindex", D | V, NULL },
	{ "kbd", K, NULL },
	{ "keygen", D | V, NULL },
	{ "label", 0, NULL },
	{ "legend", B, NULL },
	{ "li", K | B, "value" },
	{ "link", D | V, NULL },
	{ "listing", B | P, NULL },
	{ "main", K | B | P, NULL },
	{ "map", K, "name" },
	{ "mark", K, NULL },
	{ "marquee", 0, NULL },
	{ "math", 0, NULL },
	{ "menu", K | B | P, NULL },
	{ "meta", D | V, NULL },
	{ "meter", 0, NULL },
	{ "nav", K | B | P, NULL },
	{ "nobr", 0, NULL },
	{ "noembed", D, NULL },
	{ "noframes", D, NULL },
	{ "noscript", 0, NULL },
	{ "object", 0, NULL },
	{ "ol", K | B | P, "start reversed type" },
	{ "optgroup", D, NULL },
	{ "option", D, NULL },
	{ "output", 0, NULL },
	{ "p", K | B | P, NULL },
	{ "param", D | V, NULL },
	{ "picture", K, NULL },
	{ "plaintext", D, NULL },
	{ "pre", K | B | P, NULL },
	{ "progress", 0, NULL },
	{ "q", K, "cite" },
	{ "rb", K, NULL },
	{ "rp", K, NULL },
	{ "rt", K, NULL },
	{ "rtc", K, NULL },
	{ "ruby", K, NULL },
	{ "s", K, NULL },
	{ "samp", K, NULL },
	{ "script", D, NULL },
	{ "section", K | B | P, NULL },
	{ "select", D, NULL },
	{ "small", K, NULL },
	{ "source", K | V, "src srcset sizes type media" },
	{ "span", K, NULL },
	{ "strike", K, NULL },
	{ "strong", K, NULL },
	{ "style", D, NULL },
	{ "sub", K, NULL },
	{ "summary", K | B | P, NULL },
	{ "sup", K, NULL },
	{ "svg", 0, NULL },
	{ "table", K | B | P, "summary border cellpadding cellspacing width" },
	{ "tbody", K | B, NULL },
	{ "td", K | B, "colspan rowspan headers align valign abbr" },
	{ "template", D, NULL },
	{ "textarea", D, NULL },
	{ "tfoot", K | B, NULL },
	{ "th", K | B, "colspan rowspan headers scope align valign abbr" },
	{ "thead", K | B, NULL },
	{ "time", K, "datetime" },
	{ "title", D, NULL },
	{ "tr", K | B, "align valign" },
	{ "track", K | V, "src kind srclang label default" },
	{ "tt", K, NULL },
	{ "u", K, NULL },
	{ "ul", K | B | P, "type" },
	{ "var", K, NULL },
	{ "video", K | B, "src poster controls preload loop muted width height" },
	{ "wbr", K | V, NULL },
	{ "xmp", D, NULL },
};

static const char global_attributes[] = "title lang dir";
static const char url_attributes[] = "href src srcset cite longdesc poster";
static const char link_schemes[] =
	"http https mailto tel sms xmpp irc ircs ftp ftps sftp gopher gemini news nntp magnet "
	"geo sip sips doi ed2k feed bitcoin ipfs dat matrix webcal";

static int compare(const void *key, const void *element)
{
	const struct span *name = key;

	return span_order(*name, ((const struct html_tag *)element)->name);
}

const struct html_tag *html_tag_find(struct span name)
{
	if (name.n == 0)
		return NULL;
	return bsearch(&name, tags, sizeof(tags) / sizeof(tags[0]), sizeof(tags[0]), compare);
}

static bool listed(const char *list, struct span word)
{
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, " ");
		if (n == word.n && strncasecmp(list, word.s, n) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

bool html_attribute_allowed(const struct html_tag *tag, struct span name)
{
	return listed(global_attributes, name) || listed(tag->attributes, name);
}

bool html_attribute_is_url(struct span name)
{
	return listed(url_attributes, name);
}

bool html_scheme_allowed(struct span scheme, bool for_image)
{
	if (scheme.n == 0 || span_is(scheme, "http") || span_is(scheme, "https"))
		return true;
	return !for_image && listed(link_schemes, scheme);
}
