#include "digest/format.h"

#include <string.h>
#include <strings.h>

/* Whether CommonMark, or the extensions of GitHub and others (tables, strike-through, mentions,
 * math, attributes), read something into this character. */
static bool special(char c)
{
	return strchr("\\`*_[]<>#|~&!$@^{}", c) != NULL;
}

/* Whether at s, part of a text that begins at start, GitHub would see a bare link: "://" or "www.".
 */
static bool bare_link(const char *start, const char *s)
{
	return strncmp(s, "://", 3) == 0 ||
	       (*s == '.' && s - start >= 3 && strncasecmp(s - 3, "www", 3) == 0);
}

static void escape(struct strbuf *out, const char *text)
{
	for (const char *s = text; *s != '\0'; s++) {
		if (special(*s) || bare_link(text, s))
			strbuf_addch(out, '\\');
		strbuf_addch(out, *s);
	}
}

/* Text that begins a line: no list, heading, quote, rule or numbered list comes of it. */
static void escape_line(struct strbuf *out, const char *s)
{
	const size_t digits = strspn(s, "0123456789");

	if (digits > 0 && (s[digits] == '.' || s[digits] == ')')) {
		strbuf_add(out, s, digits);
		s += digits;
		strbuf_addch(out, '\\');
		strbuf_addch(out, *s++);
	} else if (*s == '-' || *s == '+' || *s == '=') {
		strbuf_addch(out, '\\');
		strbuf_addch(out, *s++);
	}
	escape(out, s);
}

/* Between < and >: characters that would end the link are percent-encoded; entities are not
 * decoded. */
static void destination(struct strbuf *out, const char *url)
{
	for (; *url != '\0'; url++) {
		if (strchr("<>\\", *url) != NULL)
			strbuf_addf(out, "%%%02X", (unsigned char)*url);
		else {
			if (*url == '&')
				strbuf_addch(out, '\\');
			strbuf_addch(out, *url);
		}
	}
}

static void linked_title(const struct digest_entry *entry, struct strbuf *out)
{
	if (entry->url == NULL) {
		escape_line(out, entry->title);
		return;
	}
	strbuf_addch(out, '[');
	escape(out, entry->title);
	strbuf_addstr(out, "](<");
	destination(out, entry->url);
	strbuf_addstr(out, ">)");
}

static void story(const struct edition *e, const struct digest_entry *entry, struct strbuf *out)
{
	char when[64];

	strbuf_addstr(out, "### ");
	linked_title(entry, out);
	strbuf_addstr(out, "\n\n**");
	escape(out, entry->feed);
	strbuf_addstr(out, "**");
	if (entry->author != NULL) {
		strbuf_addstr(out, " · ");
		escape(out, entry->author);
	}
	strbuf_addf(out, " · %s\n\n", edition_when(e, entry, when));
	if (entry->summary != NULL) {
		escape_line(out, entry->summary);
		strbuf_addstr(out, "\n\n");
	}
}

static void more(const struct edition *e, struct strbuf *out)
{
	char when[64];

	if (e->n == e->n_stories && e->n_uncounted == 0)
		return;
	strbuf_addstr(out, "## More\n");
	for (size_t i = e->n_stories; i < e->n; i++) {
		const struct digest_entry *entry = &e->entries[i];
		if (edition_feed_begins(e, i)) {
			strbuf_addstr(out, "\n### ");
			escape_line(out, entry->feed);
			strbuf_addstr(out, "\n\n");
		}
		strbuf_addstr(out, "- ");
		linked_title(entry, out);
		strbuf_addf(out, " · %s\n", edition_when(e, entry, when));
	}
	if (e->n_uncounted > 0)
		strbuf_addf(out, "\nAnd %zu more.\n", e->n_uncounted);
}

void render_md(const struct edition *e, struct strbuf *out)
{
	const bool headings = edition_has_categories(e);
	char date[64], sum[96];

	strbuf_addstr(out, "# ");
	escape_line(out, e->name);
	strbuf_addf(out, "\n\n%s · %s\n\n", edition_date(e, date), edition_sum(e, sum));
	for (size_t i = 0; i < e->n_stories; i++) {
		if (headings && edition_category_begins(e, i)) {
			strbuf_addstr(out, "## ");
			escape_line(out, edition_category(&e->entries[i]));
			strbuf_addstr(out, "\n\n");
		}
		story(e, &e->entries[i], out);
	}
	more(e, out);
}
