#include "base/mem.h"
#include "parser/lint_checks.h"

#include <stdio.h>
#include <stdlib.h>

static const struct span nothing = { "", 0 };

static struct span text_of(
	struct lint *l, const struct outline_node *n, unsigned namespaces, const char *name)
{
	const struct outline_node *child = outline_child(n, namespaces, name);

	return child == NULL ? nothing : outline_text(&l->outline, child);
}

static bool says(struct lint *l, const struct outline_node *entry, const char *names)
{
	char name[32];

	while (*names != '\0') {
		size_t n = strcspn(names, " ");
		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		const struct outline_node *child = lint_child(l, entry, name);
		if (child != NULL &&
			(child->first != NULL || outline_text(&l->outline, child).n > 0 ||
				outline_attribute(child, "src").n > 0))
			return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

/* What the entry is known by, as published. */
static struct span id_of(struct lint *l, const struct outline_node *entry)
{
	if (l->family == LINT_RDF)
		for (size_t i = 0; i < entry->n_attributes; i++)
			if (span_is(entry->attributes[i].name, "about"))
				return span_trim(entry->attributes[i].value);
	return text_of(l, entry, l->core, l->family == LINT_RSS ? "guid" : "id");
}

static bool is_uri(struct span t)
{
	size_t n = 0;

	while (n < t.n && (ascii_alnum(t.s[n]) || strchr("+-.", t.s[n]) != NULL))
		n++;
	if (n == 0 || n + 1 >= t.n || t.s[n] != ':' || !ascii_alpha(t.s[0]))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (ascii_space(t.s[i]) || strchr("<>\"", t.s[i]) != NULL)
			return false;
	return true;
}

static void check_id(struct lint *l, const struct outline_node *entry)
{
	struct span id = id_of(l, entry);
	const struct outline_node *guid = lint_child(l, entry, "guid");

	if (id.n == 0) {
		if (l->family & (LINT_ATOM | LINT_JSON))
			lint_find(l, LINT_ID_MISSING, entry->line, nothing);
		else if (l->family == LINT_RSS && l->doc->format == FEED_FORMAT_RSS20)
			lint_find(l, LINT_GUID_MISSING, entry->line, nothing);
		return;
	}
	if (l->family == LINT_ATOM && !is_uri(id))
		lint_find(l, LINT_ID_NO_URI, lint_child(l, entry, "id")->line, id);
	if (l->family == LINT_RSS && !span_is(outline_attribute(guid, "isPermaLink"), "false") &&
		!(span_starts(id, "http://") || span_starts(id, "https://")))
		lint_find(l, LINT_GUID_NO_URL, guid->line, id);
}

static bool has_link(struct lint *l, const struct outline_node *entry)
{
	unsigned atom = 1u << NS_ATOM10 | 1u << NS_ATOM03;
	const struct outline_node *guid = lint_child(l, entry, "guid");

	if (l->family == LINT_JSON)
		return says(l, entry, "url external_url");
	if (says(l, entry, "link") || lint_child(l, entry, "enclosure") != NULL)
		return true;
	if (outline_child(entry, atom, "link") != NULL)
		return true;
	return guid != NULL && !span_is(outline_attribute(guid, "isPermaLink"), "false") &&
	       outline_text(&l->outline, guid).n > 0;
}

static bool has_date(struct lint *l, const struct outline_node *entry)
{
	unsigned dc = 1u << NS_DC | 1u << NS_DCTERMS | 1u << NS_ATOM10;

	if (l->family == LINT_JSON)
		return says(l, entry, "date_published date_modified");
	return says(l, entry, "pubDate published updated issued modified created date") ||
	       text_of(l, entry, dc, "date").n > 0 || text_of(l, entry, dc, "created").n > 0 ||
	       text_of(l, entry, dc, "issued").n > 0 || text_of(l, entry, dc, "modified").n > 0 ||
	       text_of(l, entry, dc, "published").n > 0 || text_of(l, entry, dc, "updated").n > 0;
}

static void check_presence(struct lint *l, const struct outline_node *entry, bool feed_has_author)
{
	bool title = says(l, entry, "title");
	bool text = says(l, entry, "description summary content content_html content_text") ||
		    text_of(l, entry, 1u << NS_CONTENT, "encoded").n > 0;

	if (!title && !text)
		lint_find(l, LINT_ENTRY_EMPTY, entry->line, nothing);
	else if (!title)
		lint_find(l,
			l->family == LINT_ATOM ? LINT_ENTRY_TITLE_MISSING : LINT_ENTRY_UNTITLED,
			entry->line, nothing);
	if (!has_link(l, entry))
		lint_find(l, LINT_ENTRY_LINK_MISSING, entry->line, nothing);
	if (l->family == LINT_ATOM && !says(l, entry, "updated modified"))
		lint_find(l, LINT_ENTRY_UPDATED_MISSING, entry->line, nothing);
	else if (!has_date(l, entry))
		lint_find(l, LINT_ENTRY_DATE_MISSING, entry->line, nothing);
	if (l->family == LINT_ATOM && !feed_has_author && !says(l, entry, "author"))
		lint_find(l, LINT_ENTRY_AUTHOR_MISSING, entry->line, nothing);
}

static void check_author(struct lint *l, const struct outline_node *entry)
{
	const struct outline_node *author = lint_child(l, entry, "author");

	for (; author != NULL; author = outline_again(author)) {
		struct span text = outline_text(&l->outline, author);
		if (l->family == LINT_RSS && text.n > 0 && memchr(text.s, '@', text.n) == NULL)
			lint_find(l, LINT_AUTHOR_NO_MAIL, author->line, text);
		if (l->family == LINT_ATOM && !says(l, author, "name"))
			lint_find(l, LINT_AUTHOR_NO_NAME, author->line, text);
	}
}

void lint_check_entry(struct lint *l, const struct outline_node *entry, bool feed_has_author)
{
	check_id(l, entry);
	check_presence(l, entry, feed_has_author);
	check_author(l, entry);
	lint_check_dates(l, entry);
	lint_check_links(l, entry);
	lint_check_texts(l, entry);
}

struct known_id {
	struct span id;
	const struct outline_node *entry;
};

static int by_id(const void *a, const void *b)
{
	const struct known_id *x = a, *y = b;
	size_t n = x->id.n < y->id.n ? x->id.n : y->id.n;
	int order = memcmp(x->id.s, y->id.s, n);

	if (order == 0 && x->id.n != y->id.n)
		order = x->id.n < y->id.n ? -1 : 1;
	return order != 0 ? order
			  : (x->entry->line > y->entry->line) - (x->entry->line < y->entry->line);
}

/* Whether two entries say the same in the words that a reader sees. */
static bool is_same_story(
	struct lint *l, const struct outline_node *a, const struct outline_node *b)
{
	static const char *const names[] = { "title", "description", "summary", "content",
		"content_html", "content_text", "link" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span x = text_of(l, a, l->core, names[i]),
			    y = text_of(l, b, l->core, names[i]);
		if (x.n != y.n || memcmp(x.s, y.s, x.n) != 0)
			return false;
	}
	return true;
}

void lint_check_ids(struct lint *l, const struct outline_node **entries, size_t n)
{
	struct known_id *ids = xcalloc(n + 1, sizeof(*ids));
	size_t first = 0;
	char detail[160];

	for (size_t i = 0; i < n; i++)
		ids[i] = (struct known_id){ id_of(l, entries[i]), entries[i] };
	if (n > 0)
		qsort(ids, n, sizeof(*ids), by_id);
	for (size_t i = 1; i < n; i++) {
		bool same = ids[i].id.n == ids[first].id.n && ids[i].id.n > 0 &&
			    memcmp(ids[i].id.s, ids[first].id.s, ids[i].id.n) == 0;
		if (!same) {
			first = i;
			continue;
		}
		snprintf(detail, sizeof(detail), "line %d has %.*s", ids[first].entry->line,
			(int)(ids[i].id.n < 100 ? ids[i].id.n : 100), ids[i].id.s);
		lint_find(l,
			is_same_story(l, ids[first].entry, ids[i].entry) ? LINT_ENTRY_REPEATED
									 : LINT_ID_DUPLICATE,
			ids[i].entry->line, span_of(detail));
	}
	free(ids);
}
