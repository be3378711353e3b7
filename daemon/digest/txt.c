#include "digest/format.h"

#include "base/fold.h"

#include <string.h>

#define INDENT 2

static void rule(struct strbuf *out, char c)
{
	for (int i = 0; i < FOLD_EDITION_COLUMNS; i++)
		strbuf_addch(out, c);
	strbuf_addch(out, '\n');
}

/* A line that goes on behind a space keeps it, as in format=flowed (RFC 3676): a narrower terminal
 * folds the text anew. */
static void wrap(struct strbuf *out, const char *s, size_t indent)
{
	for (size_t n = strlen(s); n > 0;) {
		const size_t fit = fold_at(s, n, FOLD_EDITION_COLUMNS - indent);
		strbuf_addf(out, "%*s", (int)indent, "");
		strbuf_add(out, s, fit);
		s += fit;
		n -= fit;
		if (n > 0 && *s == ' ')
			strbuf_addch(out, ' ');
		strbuf_addch(out, '\n');
		while (n > 0 && *s == ' ') {
			s++;
			n--;
		}
	}
}

static void section(struct strbuf *out, const char *s)
{
	wrap(out, s, 0);
	rule(out, '-');
	strbuf_addch(out, '\n');
}

static void by_line(const struct edition *e, const struct digest_entry *entry, struct strbuf *line)
{
	char when[64];

	strbuf_addstr(line, entry->feed);
	if (entry->author != NULL)
		strbuf_addf(line, " · %s", entry->author);
	strbuf_addf(line, " · %s", edition_when(e, entry, when));
}

static void link_line(const struct digest_entry *entry, struct strbuf *out)
{
	if (entry->url != NULL)
		strbuf_addf(out, "%*s%s\n", INDENT, "", entry->url);
}

static void story(const struct edition *e, const struct digest_entry *entry, struct strbuf *out)
{
	struct strbuf line = STRBUF_INIT(8192);

	wrap(out, entry->title, 0);
	by_line(e, entry, &line);
	wrap(out, strbuf_str(&line), INDENT);
	strbuf_release(&line);
	if (entry->summary != NULL)
		wrap(out, entry->summary, INDENT);
	link_line(entry, out);
	strbuf_addch(out, '\n');
}

static void more(const struct edition *e, struct strbuf *out)
{
	if (e->n == e->n_stories && e->n_uncounted == 0)
		return;
	section(out, "More");
	for (size_t i = e->n_stories; i < e->n; i++) {
		const struct digest_entry *entry = &e->entries[i];
		if (edition_feed_begins(e, i)) {
			if (i > e->n_stories)
				strbuf_addch(out, '\n');
			wrap(out, entry->feed, 0);
		}
		wrap(out, entry->title, INDENT);
		link_line(entry, out);
	}
	if (e->n_uncounted > 0)
		strbuf_addf(out, "\nAnd %zu more.\n", e->n_uncounted);
}

void render_txt(const struct edition *e, struct strbuf *out)
{
	const bool headings = edition_has_categories(e);
	char date[64], sum[96];

	wrap(out, e->name, 0);
	strbuf_addf(out, "%s\n%s\n", edition_date(e, date), edition_sum(e, sum));
	rule(out, '=');
	strbuf_addch(out, '\n');
	for (size_t i = 0; i < e->n_stories; i++) {
		if (headings && edition_category_begins(e, i))
			section(out, edition_category(&e->entries[i]));
		story(e, &e->entries[i], out);
	}
	more(e, out);
}
