#include "base/strbuf.h"
#include "feed/entity.h"
#include "feed/html_tags.h"
#include "feed/html_text.h"
#include "feed/scan_tag.h"
#include "parser/lint_checks.h"

/* What readers take out of content, and the rule that says so. */
static const struct {
	const char *name;
	enum lint_rule rule;
} dropped[] = {
	{ "script", LINT_CONTENT_SCRIPT },
	{ "iframe", LINT_CONTENT_FRAME },
	{ "frame", LINT_CONTENT_FRAME },
	{ "frameset", LINT_CONTENT_FRAME },
	{ "object", LINT_CONTENT_FRAME },
	{ "embed", LINT_CONTENT_FRAME },
	{ "applet", LINT_CONTENT_FRAME },
	{ "form", LINT_CONTENT_FORM },
	{ "input", LINT_CONTENT_FORM },
	{ "select", LINT_CONTENT_FORM },
	{ "textarea", LINT_CONTENT_FORM },
	{ "button", LINT_CONTENT_FORM },
	{ "style", LINT_CONTENT_STYLE },
	{ "link", LINT_CONTENT_STYLE },
	{ "svg", LINT_CONTENT_DRAWING },
	{ "math", LINT_CONTENT_DRAWING },
	{ "canvas", LINT_CONTENT_DRAWING },
};

/* One content while it is looked through: each rule speaks once. */
struct content {
	struct lint *l;
	const struct outline_node *node;
	int line;
	bool said[LINT_RULE_COUNT];
};

static void find_once(struct content *c, enum lint_rule rule, struct span detail)
{
	if (!c->said[rule])
		lint_find(c->l, rule, c->line, detail);
	c->said[rule] = true;
}

static bool at_most_one(struct span t)
{
	return span_is(t, "1") || span_is(t, "0") || span_is(t, "1px") || span_is(t, "0px");
}

static void check_address(struct content *c, struct span written)
{
	struct strbuf url = STRBUF_INIT(LIMIT_URL * 4);
	struct outline_node at = *c->node;
	size_t before = c->l->n_findings;

	if (written.n <= LIMIT_URL && !c->said[LINT_CONTENT_RELATIVE] && !c->said[LINT_LINK_CODE] &&
		!c->said[LINT_LINK_LOCAL]) {
		entity_decode(&url, written);
		at.line = c->line;
		struct span t = span_trim((struct span){ strbuf_str(&url), url.len });
		if (t.n > 0 && t.s[0] != '#')
			lint_check_url(c->l, &at, t, LINT_CONTENT_RELATIVE);
		if (c->l->n_findings > before)
			c->said[c->l->findings[before].rule] = true;
	}
	strbuf_release(&url);
}

static void check_tag(struct content *c, const struct scan_tag *tag, struct span source)
{
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (strcasecmp(tag->local, dropped[i].name) == 0)
			find_once(c, dropped[i].rule, source);
	for (int i = 0; i < tag->n_attributes; i++) {
		const struct scan_attribute *a = &tag->attributes[i];
		if (a->prefix[0] == '\0' && strncasecmp(a->local, "on", 2) == 0)
			find_once(c, LINT_CONTENT_SCRIPT, source);
		if (strcasecmp(a->local, "style") == 0 && a->value.n > 0)
			find_once(c, LINT_CONTENT_STYLE, source);
		if (strcasecmp(a->local, "href") == 0 || strcasecmp(a->local, "src") == 0 ||
			strcasecmp(a->local, "poster") == 0)
			check_address(c, a->value);
	}
	if (strcasecmp(tag->local, "img") == 0 && at_most_one(scan_tag_value(tag, "width")) &&
		at_most_one(scan_tag_value(tag, "height")))
		find_once(c, LINT_CONTENT_PIXEL, source);
}

/* Lines are counted as long as they are the source's: a JSON string is on one. */
static void check_markup(struct lint *l, const struct outline_node *n, struct span html)
{
	struct content c = { .l = l, .node = n, .line = n->inner_line };
	struct scan_tag tag;

	if (!l->outline.json)
		for (const char *s = n->inner.s; s < n->inner.s + n->inner.n && ascii_space(*s);
			s++)
			c.line += *s == '\n' && html.s != n->inner.s;
	while (html.n > 0) {
		size_t len = 1;
		if (html.s[0] == '\n')
			c.line += !l->outline.json;
		else if (html.s[0] == '<' && scan_tag_read(&tag, html)) {
			if (!tag.end)
				check_tag(&c, &tag, (struct span){ html.s, tag.len });
			for (size_t i = 0; i < tag.len; i++)
				c.line += html.s[i] == '\n' && !l->outline.json;
			len = tag.len;
		}
		span_skip(&html, len);
	}
}

static bool has_tag(struct span t)
{
	struct scan_tag tag;

	for (size_t i = 0; i < t.n; i++)
		if (t.s[i] == '<' && scan_tag_read(&tag, (struct span){ t.s + i, t.n - i }) &&
			html_tag_find(span_of(tag.local)) != NULL)
			return true;
	return false;
}

/* "&amp;amp;" in the source: after XML is undone a reference to '&' that begins another one. */
static bool is_escaped_twice(struct span t)
{
	size_t len;

	for (size_t i = 0; i + 5 < t.n; i++)
		if (span_starts((struct span){ t.s + i, t.n - i }, "&amp;")) {
			struct strbuf once = STRBUF_INIT(64);
			struct span rest = { t.s + i, t.n - i < 24 ? t.n - i : 24 };
			entity_decode(&once, rest);
			struct span inner = { strbuf_str(&once), once.len };
			bool twice = inner.n > 2 && entity_read(inner, &len) != 0 &&
				     inner.s[len - 1] == ';';
			strbuf_release(&once);
			if (twice)
				return true;
		}
	return false;
}

static void check_title(struct lint *l, const struct outline_node *n)
{
	struct span text = outline_text(&l->outline, n), type = outline_attribute(n, "type");
	bool declared = span_is(type, "html") || span_is(type, "xhtml") ||
			span_is(type, "text/html") || span_is(type, "application/xhtml+xml");
	struct span markup = n->first != NULL && !l->outline.json ? n->inner : text;

	if (declared)
		return;
	if (has_tag(markup))
		lint_find(l, LINT_TITLE_HTML, n->line, markup);
	else if (is_escaped_twice(text))
		lint_find(l, LINT_TEXT_DOUBLE_ESCAPED, n->line, text);
}

static void check_content(struct lint *l, const struct outline_node *n)
{
	bool xml = n->first != NULL && !l->outline.json;
	struct span type = outline_attribute(n, "type");
	struct span text = xml ? n->inner : outline_text(&l->outline, n);
	bool plain = (l->family == LINT_ATOM && (n->ns == NS_ATOM10 || n->prefix.n == 0) &&
			     (type.n == 0 || span_is(type, "text"))) ||
		     span_is(n->name, "content_text");

	if (xml && l->family != LINT_ATOM && n->ns != NS_XHTML && has_tag(text))
		lint_find(l, LINT_HTML_UNESCAPED, n->line, text);
	if (plain && !span_is(n->name, "content_text") && has_tag(text))
		lint_find(l, LINT_HTML_UNDECLARED, n->line, text);
	if (!plain)
		check_markup(l, n, text);
}

void lint_check_texts(struct lint *l, const struct outline_node *parent)
{
	static const char *const contents[] = { "description", "summary", "content",
		"content_html" };

	for (const struct outline_node *n = parent->first; n != NULL; n = n->next) {
		bool core = (l->core & 1u << n->ns) && n->prefix.n == 0;
		if (core && (span_is(n->name, "title") || span_is(n->name, "subtitle")))
			check_title(l, n);
		for (size_t i = 0; core && i < sizeof(contents) / sizeof(contents[0]); i++)
			if (span_is(n->name, contents[i]))
				check_content(l, n);
		if ((n->ns == NS_CONTENT && span_is(n->name, "encoded")) ||
			(n->ns == NS_XHTML && span_is(n->name, "body")))
			check_content(l, n);
	}
}
