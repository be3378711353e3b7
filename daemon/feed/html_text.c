#include "feed/html_text.h"

#include "base/text.h"
#include "feed/entity.h"
#include "feed/html_tags.h"

/* One tag, comment or declaration at the start of a text. */
struct markup {
	size_t len;                 /* bytes; 0: no markup at all */
	const struct html_tag *tag; /* NULL for comments and declarations */
	bool end;
};

/* Ends that the rest of a text is known not to hold: looked for once, not at every '<' anew. */
struct missing {
	bool declaration;                    /* no '>' */
	const struct html_tag *elements[16]; /* as many as are HTML_DROP; no end tag */
	size_t n_elements;
};

/* The end of a tag that begins at t, quotes respected; 0 when it never ends. */
static size_t tag_length(struct span t)
{
	char quote = '\0';

	for (size_t i = 1; i < t.n; i++) {
		char c = t.s[i];
		if (quote != '\0')
			quote = c == quote ? '\0' : quote;
		else if ((c == '"' || c == '\'') && t.s[i - 1] == '=')
			quote = c;
		else if (c == '>')
			return i + 1;
		else if (c == '<')
			return 0;
	}
	return 0;
}

static struct markup read_tag(struct span t)
{
	struct markup m = { .end = t.s[1] == '/' };
	size_t from = 1 + m.end, to = from;

	while (to < t.n && ascii_alnum(t.s[to]))
		to++;
	if (to == from || !ascii_alpha(t.s[from]) ||
		(to < t.n && !ascii_space(t.s[to]) && t.s[to] != '>' && t.s[to] != '/'))
		return m;
	m.tag = html_tag_find((struct span){ t.s + from, to - from });
	if (m.tag != NULL)
		m.len = tag_length(t);
	return m;
}

bool html_declares(struct span t)
{
	return t.n > 2 && t.s[0] == '<' && t.s[1] == '!' &&
	       (ascii_alpha(t.s[2]) || strchr("-[>", t.s[2]) != NULL) && t.s[2] != '\0';
}

static struct markup read_markup(struct span t, struct missing *missing)
{
	struct markup m = { 0 };

	if (t.n < 3)
		return m;
	if (span_starts(t, "<!--")) {
		const char *end = t.n < 7 ? NULL : memmem(t.s + 4, t.n - 4, "-->", 3);
		m.len = end == NULL ? t.n : (size_t)(end - t.s) + 3;
		return m;
	}
	if (html_declares(t) || t.s[1] == '?') {
		const char *end = missing->declaration ? NULL : memchr(t.s, '>', t.n);
		missing->declaration = end == NULL;
		m.len = end == NULL ? 0 : (size_t)(end - t.s) + 1;
		return m;
	}
	return read_tag(t);
}

bool html_suspected(struct span t)
{
	struct missing missing = { 0 };

	for (size_t i = 0; i < t.n; i++) {
		struct span rest = { t.s + i, t.n - i };
		size_t len;
		if (t.s[i] == '<' && read_markup(rest, &missing).len > 0)
			return true;
		if (t.s[i] == '&' && entity_read(rest, &len) != 0)
			return true;
	}
	return false;
}

static size_t find_end_tag(struct span t, const struct html_tag *tag)
{
	size_t n = strlen(tag->name);

	for (size_t i = 0; i + n + 2 <= t.n; i++)
		if (t.s[i] == '<' && t.s[i + 1] == '/' &&
			strncasecmp(t.s + i + 2, tag->name, n) == 0)
			return i;
	return SIZE_MAX;
}

/* Bytes of what follows the start tag of a dropped element, its end tag excluded. One that is never
 * closed has none: the text that follows is better shown than lost. */
static size_t dropped_length(struct span t, const struct html_tag *tag, struct missing *missing)
{
	size_t max = sizeof(missing->elements) / sizeof(missing->elements[0]);

	for (size_t i = 0; i < missing->n_elements; i++)
		if (missing->elements[i] == tag)
			return 0;
	if (missing->n_elements == max)
		return 0;
	size_t len = find_end_tag(t, tag);
	if (len != SIZE_MAX)
		return len;
	missing->elements[missing->n_elements++] = tag;
	return 0;
}

/* Handles what begins with '<'; returns the bytes used. */
static size_t text_of_markup(struct strbuf *out, struct span t, struct missing *missing)
{
	struct markup m = read_markup(t, missing);

	if (m.len == 0) {
		strbuf_addch(out, '<');
		return 1;
	}
	if (m.tag != NULL && (m.tag->flags & HTML_BLOCK))
		strbuf_addch(out, ' ');
	if (m.tag != NULL && !m.end && (m.tag->flags & (HTML_DROP | HTML_VOID)) == HTML_DROP)
		return m.len +
		       dropped_length((struct span){ t.s + m.len, t.n - m.len }, m.tag, missing);
	return m.len;
}

void html_text(struct strbuf *out, struct span t)
{
	struct missing missing = { 0 };

	while (t.n > 0) {
		size_t plain = 0;
		while (plain < t.n && t.s[plain] != '<' && t.s[plain] != '&')
			plain++;
		strbuf_add(out, t.s, plain);
		span_skip(&t, plain);
		if (t.n > 0)
			span_skip(&t, t.s[0] == '<' ? text_of_markup(out, t, &missing)
						    : entity_put(out, t));
	}
}
