#include "digest/format.h"

#include <string.h>

static const char css[] =
#include "daemon/digest/digest.css.inc"
	;

/* For text and for attribute values in double quotes. */
static void escape(struct strbuf *out, const char *s)
{
	static const char special[] = "&<>\"'";
	static const char *const entity[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	while (*s != '\0') {
		const size_t plain = strcspn(s, special);
		strbuf_add(out, s, plain);
		s += plain;
		if (*s != '\0')
			strbuf_addstr(out, entity[strchr(special, *s++) - special]);
	}
}

static void head(const struct edition *e, struct strbuf *out)
{
	char date[64], sum[96];

	strbuf_addstr(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"courant " COURANT_VERSION "\">\n<title>");
	escape(out, e->name);
	strbuf_addf(out,
		" · %s</title>\n<style>\n%s</style>\n</head>\n<body>\n<div class=\"page\">\n",
		edition_date(e, date), css);
	strbuf_addstr(out, "<header class=\"masthead\">\n<h1 dir=\"auto\">");
	escape(out, e->name);
	strbuf_addf(out, "</h1>\n<p>%s · %s</p>\n</header>\n", date, edition_sum(e, sum));
}

static void language(const struct digest_entry *entry, struct strbuf *out)
{
	if (entry->language != NULL)
		strbuf_addf(out, " lang=\"%s\"", entry->language);
}

static void linked_title(const struct digest_entry *entry, struct strbuf *out)
{
	if (entry->url != NULL) {
		strbuf_addstr(out, "<a href=\"");
		escape(out, entry->url);
		strbuf_addstr(out, "\" rel=\"noopener noreferrer\">");
	}
	escape(out, entry->title);
	strbuf_addstr(out, entry->url != NULL ? "</a>" : "");
}

static void when(const struct edition *e, const struct digest_entry *entry, struct strbuf *out)
{
	char buf[64];

	strbuf_addf(out, "<time>%s</time>", edition_when(e, entry, buf));
}

static void story(const struct edition *e, const struct digest_entry *entry, struct strbuf *out)
{
	strbuf_addstr(out, "<article dir=\"auto\"");
	language(entry, out);
	strbuf_addstr(out, ">\n<h3>");
	linked_title(entry, out);
	strbuf_addstr(out, "</h3>\n<p class=\"by\"><b><bdi>");
	escape(out, entry->feed);
	strbuf_addstr(out, "</bdi></b>");
	if (entry->author != NULL) {
		strbuf_addstr(out, " · <bdi>");
		escape(out, entry->author);
		strbuf_addstr(out, "</bdi>");
	}
	strbuf_addstr(out, " · ");
	when(e, entry, out);
	strbuf_addstr(out, "</p>\n");
	if (entry->summary != NULL) {
		strbuf_addstr(out, "<p class=\"summary\" dir=\"auto\">");
		escape(out, entry->summary);
		strbuf_addstr(out, "</p>\n");
	}
	strbuf_addstr(out, "</article>\n");
}

static void heading(const char *text, struct strbuf *out)
{
	strbuf_addstr(out, "<h2 dir=\"auto\">");
	escape(out, text);
	strbuf_addstr(out, "</h2>\n");
}

static void stories(const struct edition *e, struct strbuf *out)
{
	const bool headings = edition_has_categories(e);

	if (e->n_stories == 0)
		return;
	strbuf_addstr(out, "<main class=\"stories\">\n");
	for (size_t i = 0; i < e->n_stories; i++) {
		if (headings && edition_category_begins(e, i))
			heading(edition_category(&e->entries[i]), out);
		story(e, &e->entries[i], out);
	}
	strbuf_addstr(out, "</main>\n");
}

static void more(const struct edition *e, struct strbuf *out)
{
	if (e->n == e->n_stories && e->n_uncounted == 0)
		return;
	strbuf_addstr(out, "<section class=\"more\">\n<h2>More</h2>\n");
	for (size_t i = e->n_stories; i < e->n; i++) {
		const struct digest_entry *entry = &e->entries[i];
		if (edition_feed_begins(e, i)) {
			strbuf_addstr(out, i > e->n_stories ? "</ul>\n<h3 dir=\"auto\">"
							    : "<h3 dir=\"auto\">");
			escape(out, entry->feed);
			strbuf_addstr(out, "</h3>\n<ul>\n");
		}
		strbuf_addstr(out, "<li dir=\"auto\"");
		language(entry, out);
		strbuf_addstr(out, ">");
		linked_title(entry, out);
		strbuf_addstr(out, " ");
		when(e, entry, out);
		strbuf_addstr(out, "</li>\n");
	}
	strbuf_addstr(out, e->n > e->n_stories ? "</ul>\n" : "");
	if (e->n_uncounted > 0)
		strbuf_addf(out, "<p>And %zu more.</p>\n", e->n_uncounted);
	strbuf_addstr(out, "</section>\n");
}

void render_html(const struct edition *e, struct strbuf *out)
{
	head(e, out);
	stories(e, out);
	more(e, out);
	strbuf_addstr(out, "<footer>courant</footer>\n</div>\n</body>\n</html>\n");
}
