#include "parser/text_out.h"

#include "base/clock.h"
#include "base/fold.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define LEAST_WIDTH 40
#define INDENT 18 /* of what belongs to an entry: "2026-11-23 07:00  " */

struct page {
	struct strbuf *out;
	size_t width;
};

static void add_blanks(struct strbuf *out, size_t n)
{
	strbuf_addf(out, "%*s", (int)n, "");
}

/* The text behind a label, its further lines below its first. */
static void add_wrapped(struct page *p, size_t indent, const char *label, const char *text)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_SUMMARY * 2);

	strbuf_addstr(&safe, label);
	text_safe_line(&safe, text, strlen(text));
	const char *s = strbuf_str(&safe);
	size_t n = safe.len;
	for (bool first = true; n > 0; first = false) {
		size_t take = fold_at(s, n, p->width - indent);
		if (!first)
			add_blanks(p->out, indent);
		strbuf_add(p->out, s, take);
		strbuf_addch(p->out, '\n');
		s += take;
		n -= take;
		for (; n > 0 && s[0] == ' '; n--)
			s++;
	}
	strbuf_release(&safe);
}

static void add_line(struct page *p, size_t indent, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	add_blanks(p->out, indent);
	add_wrapped(p, indent, label, text);
}

/* Addresses are not wrapped: they are there to be copied. */
static void add_url(struct page *p, size_t indent, const char *label, const char *url)
{
	if (url == NULL)
		return;
	add_blanks(p->out, indent);
	strbuf_addstr(p->out, label);
	text_safe_line(p->out, url, strlen(url));
	strbuf_addch(p->out, '\n');
}

static void add_people(struct page *p, size_t indent, const struct feed_person *people, size_t n)
{
	struct strbuf names = STRBUF_INIT(LIMIT_SUMMARY);

	for (size_t i = 0; i < n; i++) {
		const char *name = people[i].name != NULL    ? people[i].name
				   : people[i].email != NULL ? people[i].email
							     : people[i].url;
		if (name == NULL)
			continue;
		strbuf_addf(&names, "%s%s", names.len > 0 ? ", " : "", name);
	}
	add_line(p, indent, "by ", strbuf_str(&names));
	strbuf_release(&names);
}

static void add_size(struct strbuf *out, int64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 1000 && unit < 4; unit++)
		size /= 1000;
	strbuf_addf(out, "%.*f %s", unit == 0 || size >= 10 ? 0 : 1, size, units[unit]);
}

static void add_attachment(struct page *p, const struct feed_attachment *a)
{
	struct strbuf line = STRBUF_INIT(LIMIT_SUMMARY);
	int64_t s = a->duration_in_seconds;

	if (a->mime_type != NULL)
		strbuf_addstr(&line, a->mime_type);
	if (a->size_in_bytes > 0) {
		strbuf_addstr(&line, line.len > 0 ? ", " : "");
		add_size(&line, a->size_in_bytes);
	}
	if (s != FEED_UNKNOWN)
		strbuf_addf(&line, "%s%lld:%02d:%02d", line.len > 0 ? ", " : "",
			(long long)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	add_url(p, INDENT, "+ ", a->url);
	add_line(p, INDENT + 2, "", strbuf_str(&line));
	strbuf_release(&line);
}

static void add_entry(struct page *p, const struct feed_entry *e)
{
	char when[RFC3339_SIZE] = "no date";
	int64_t date = e->published != FEED_NO_DATE ? e->published : e->updated;

	if (date != FEED_NO_DATE) {
		rfc3339_format(date, when);
		when[10] = ' ';
		when[16] = '\0';
	}
	strbuf_addf(p->out, "\n%-16s  ", when);
	add_wrapped(p, INDENT, "", e->title != NULL ? e->title : "(no title)");
	add_url(p, INDENT, "", e->url);
	add_people(p, INDENT, e->authors, e->n_authors);
	for (size_t i = 0; i < e->n_attachments; i++)
		add_attachment(p, &e->attachments[i]);
}

void text_out_doc(struct strbuf *out, const struct feed_doc *doc, size_t width)
{
	struct page p = { out, width < LEAST_WIDTH ? LEAST_WIDTH : width };
	char facts[160];

	add_wrapped(&p, 0, "", doc->title != NULL ? doc->title : "(no title)");
	snprintf(facts, sizeof(facts), "%s, %s%s, %zu %s%s%.32s", feed_format_name(doc->format),
		doc->encoding, doc->well_formed ? "" : " (broken, mended)", doc->n_entries,
		doc->n_entries == 1 ? "entry" : "entries", doc->language != NULL ? ", " : "",
		doc->language != NULL ? doc->language : "");
	add_line(&p, 2, "", facts);
	add_url(&p, 2, "", doc->home_page_url);
	add_people(&p, 2, doc->authors, doc->n_authors);
	add_line(&p, 2, "", doc->description);
	for (size_t i = 0; i < doc->n_entries; i++)
		add_entry(&p, &doc->entries[i]);
}

void text_out_failure(struct strbuf *out, const char *name, const struct failure *fail)
{
	text_safe_line(out, name, strlen(name));
	strbuf_addf(
		out, ": %s\n", fail->detail[0] != '\0' ? fail->detail : status_text(fail->status));
}
