#include "db/entry_text.h"

#include <string.h>

void entry_author(struct strbuf *out, const struct feed_entry *e)
{
	strbuf_clear(out);
	for (size_t i = 0; i < e->n_authors; i++) {
		const struct feed_person *p = &e->authors[i];
		const char *name = p->name != NULL ? p->name : p->email;
		if (name == NULL || *name == '\0')
			continue;
		size_t before = out->len;
		/* A name that does not fit any more is left out whole. */
		if ((before > 0 && !strbuf_addstr(out, ", ")) || !strbuf_addstr(out, name)) {
			strbuf_truncate(out, before);
			return;
		}
	}
}

const char *entry_url(const struct feed_entry *e)
{
	return e->url != NULL ? e->url : e->external_url;
}

int64_t entry_date(const struct feed_entry *e)
{
	return e->published != FEED_NO_DATE ? e->published : e->updated;
}

/* Characters that mean something in HTML, and what stands for them; a newline is a line break. */
static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\n':
		return "<br>\n";
	default:
		return NULL;
	}
}

const char *entry_content(struct strbuf *out, const struct feed_entry *e)
{
	if (e->content_html != NULL || e->content_text == NULL)
		return e->content_html;
	strbuf_clear(out);
	strbuf_addstr(out, "<p>");
	for (const char *s = e->content_text; *s != '\0';) {
		size_t n = strcspn(s, "&<>\"\n");
		strbuf_add(out, s, n);
		s += n;
		if (*s != '\0')
			strbuf_addstr(out, escape_of(*s++));
	}
	strbuf_addstr(out, "</p>");
	return strbuf_str(out);
}
