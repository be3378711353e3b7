#include "feed/json.h"

#include "base/mem.h"
#include "base/text.h"
#include "feed/date.h"
#include "feed/fields.h"
#include "feed/html.h"
#include "feed/url.h"

#include <jansson.h>
#include <stdio.h>

/* The value as text: JSON Feed asks readers to take numbers for ids ("coerce that to a string").
 * Empty when it is neither. */
static struct span text_of(struct build *b, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	char number[32];

	if (json_is_string(v))
		return (struct span){ json_string_value(v), json_string_length(v) };
	if (json_is_integer(v))
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		snprintf(number, sizeof(number), "%.17g", json_real_value(v));
	else
		return (struct span){ "", 0 };
	return span_of(arena_strdup(&b->doc->arena, number));
}

static const char *line_of(struct build *b, const json_t *o, const char *key, size_t limit)
{
	return build_line(b, text_of(b, o, key), TEXT_PLAIN, limit);
}

static const char *url_of(struct build *b, const json_t *o, const char *key)
{
	return build_url(b, b->base_url, text_of(b, o, key));
}

static int64_t date_of(struct build *b, const json_t *o, const char *key)
{
	int64_t when = FEED_NO_DATE;

	if (!date_parse(text_of(b, o, key), &when))
		return FEED_NO_DATE;
	return when;
}

static int64_t number_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	double n = json_is_number(v) ? json_number_value(v) : -1;

	return n >= 0 && n < 1e15 ? (int64_t)n : FEED_UNKNOWN;
}

static void read_author(struct build *b, struct draft *d, const json_t *author)
{
	struct feed_person p = { .name = line_of(b, author, "name", LIMIT_NAME) };
	struct span url = text_of(b, author, "url");

	if (span_starts(url, "mailto:"))
		p.email = build_line(
			b, (struct span){ url.s + 7, url.n - 7 }, TEXT_PLAIN, LIMIT_NAME);
	else
		p.url = build_url(b, b->base_url, url);
	if (p.name != NULL || p.email != NULL || p.url != NULL)
		draft_push(&d->authors, &p, sizeof(p));
}

static bool is_listed(const struct draft *d, struct span name)
{
	const struct feed_person *known = d->authors.items;

	for (size_t i = 0; i < d->authors.n; i++)
		if (known[i].name != NULL && span_is(name, known[i].name))
			return true;
	return false;
}

/* 1.1 has authors, 1.0 one author; many feeds say both, and mostly mean the same. */
static void read_authors(struct build *b, struct draft *d, const json_t *o)
{
	const json_t *list = json_object_get(o, "authors");
	const json_t *one = json_object_get(o, "author"), *author;
	size_t i;

	json_array_foreach(list, i, author) read_author(b, d, author);
	if (json_is_object(one) && !is_listed(d, text_of(b, one, "name")))
		read_author(b, d, one);
}

static void read_tags(struct build *b, struct draft *d, const json_t *o)
{
	const json_t *tag;
	size_t i;

	json_array_foreach(json_object_get(o, "tags"), i, tag)
	{
		struct feed_tag t = { NULL, NULL, NULL };
		if (!json_is_string(tag))
			continue;
		t.term = build_line(b,
			(struct span){ json_string_value(tag), json_string_length(tag) },
			TEXT_PLAIN, LIMIT_NAME);
		if (t.term != NULL)
			draft_push(&d->tags, &t, sizeof(t));
	}
}

static void read_attachments(struct build *b, struct draft *d, const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "attachments"), i, one)
	{
		struct feed_attachment a = { .url = url_of(b, one, "url") };
		if (a.url == NULL)
			continue;
		a.mime_type = line_of(b, one, "mime_type", LIMIT_NAME);
		a.title = line_of(b, one, "title", LIMIT_NAME);
		a.size_in_bytes = number_of(one, "size_in_bytes");
		a.duration_in_seconds = number_of(one, "duration_in_seconds");
		draft_push(&d->attachments, &a, sizeof(a));
	}
}

static const char *html_of(struct build *b, const json_t *o)
{
	struct span html = span_trim(text_of(b, o, "content_html"));

	strbuf_clear(&b->scratch);
	if (!html_sanitise(&b->scratch, html, b->base_url))
		build_warn(b, 0, "an item has more than %u MiB of content: it is cut",
			LIMIT_CONTENT / MIB);
	return b->scratch.len == 0 ? NULL
				   : arena_strndup(&b->doc->arena, b->scratch.data, b->scratch.len);
}

static void read_entry(struct build *b, const json_t *o)
{
	struct feed_entry e = {
		.published = FEED_NO_DATE, .updated = FEED_NO_DATE, .comments_count = FEED_UNKNOWN
	};
	struct arena *a = &b->doc->arena;
	struct draft *d = &b->entry_drafts[0];

	draft_clear(d);
	e.guid = plain_line(a, &b->scratch, text_of(b, o, "id"), TEXT_PLAIN, LIMIT_ID);
	e.url = url_of(b, o, "url");
	e.external_url = url_of(b, o, "external_url");
	e.image = url_of(b, o, "image");
	if (e.image == NULL)
		e.image = url_of(b, o, "banner_image");
	e.title = line_of(b, o, "title", LIMIT_TITLE);
	e.summary = line_of(b, o, "summary", LIMIT_SUMMARY);
	e.content_html = html_of(b, o);
	e.content_text = plain_block(a, &b->scratch, text_of(b, o, "content_text"), LIMIT_CONTENT);
	e.language = line_of(b, o, "language", LIMIT_NAME);
	e.published = date_of(b, o, "date_published");
	e.updated = date_of(b, o, "date_modified");
	read_authors(b, d, o);
	read_tags(b, d, o);
	read_attachments(b, d, o);
	e.authors = draft_take(&d->authors, sizeof(*e.authors), a, &e.n_authors);
	e.tags = draft_take(&d->tags, sizeof(*e.tags), a, &e.n_tags);
	e.attachments = draft_take(&d->attachments, sizeof(*e.attachments), a, &e.n_attachments);
	b->entries = xgrow(b->entries, b->n_entries, &b->entries_cap, sizeof(e));
	b->entries[b->n_entries++] = e;
}

static void read_hubs(struct build *b, const json_t *root)
{
	const json_t *hub;
	size_t i;

	json_array_foreach(json_object_get(root, "hubs"), i, hub)
	{
		const char *url = url_of(b, hub, "url");
		if (url != NULL)
			draft_push(&b->feed_draft.hubs, &url, sizeof(url));
	}
	b->doc->hubs = draft_take(
		&b->feed_draft.hubs, sizeof(*b->doc->hubs), &b->doc->arena, &b->doc->n_hubs);
}

static void read_feed(struct build *b, const json_t *root)
{
	struct feed_doc *doc = b->doc;
	struct draft *d = &b->feed_draft;

	doc->title = line_of(b, root, "title", LIMIT_TITLE);
	doc->home_page_url = url_of(b, root, "home_page_url");
	doc->feed_url = url_of(b, root, "feed_url");
	doc->description = line_of(b, root, "description", LIMIT_SUMMARY);
	doc->icon = url_of(b, root, "icon");
	if (doc->icon == NULL)
		doc->icon = url_of(b, root, "favicon");
	doc->language = line_of(b, root, "language", LIMIT_NAME);
	read_authors(b, d, root);
	doc->authors = draft_take(&d->authors, sizeof(*doc->authors), &doc->arena, &doc->n_authors);
	read_hubs(b, root);
}

static bool read_root(struct build *b, const json_t *root)
{
	struct span version = text_of(b, root, "version");
	const json_t *items = json_object_get(root, "items"), *item;
	size_t i;

	if (!json_is_object(root) || (!json_is_array(items) && version.n == 0)) {
		build_refuse(b, STATUS_NOT_A_FEED, "the document is JSON, but no JSON Feed");
		return false;
	}
	b->doc->format = memmem(version.s, version.n, "version/1.1", 11) != NULL
				 ? FEED_FORMAT_JSON11
				 : FEED_FORMAT_JSON10;
	if (!span_starts(version, "https://jsonfeed.org/version/1"))
		build_warn(b, 0, "version should be \"https://jsonfeed.org/version/1.1\"");
	read_feed(b, root);
	json_array_foreach(items, i, item)
	{
		if (b->n_entries >= LIMIT_ENTRIES) {
			build_warn(b, 0, "more than %d items: the rest is left out", LIMIT_ENTRIES);
			break;
		}
		if (json_is_object(item))
			read_entry(b, item);
	}
	return true;
}

/* Appends the document without the commas behind last members; the line of the first of them, 0
 * when there is none. */
static int without_last_commas(struct strbuf *out, struct span t)
{
	int line = 1, found = 0;
	bool in_string = false;

	for (size_t i = 0; i < t.n; i++) {
		size_t next = i + 1;
		line += t.s[i] == '\n';
		if (t.s[i] == '"')
			in_string = !in_string;
		while (next < t.n && ascii_space(t.s[next]))
			next++;
		if (!in_string && t.s[i] == ',' && next < t.n &&
			(t.s[next] == ']' || t.s[next] == '}')) {
			found = found == 0 ? line : found;
			continue;
		}
		strbuf_addch(out, t.s[i]);
		if (in_string && t.s[i] == '\\' && i + 1 < t.n)
			strbuf_addch(out, t.s[++i]);
	}
	return found;
}

/* The commonest fault of JSON that was written by hand or by a template; NULL when it is another.
 */
static json_t *load_mended(struct build *b, struct span t)
{
	struct strbuf mended = STRBUF_INIT(LIMIT_BODY_MAX);
	int line = without_last_commas(&mended, t);
	json_t *root = line == 0
			       ? NULL
			       : json_loadb(strbuf_str(&mended), mended.len, JSON_ALLOW_NUL, NULL);

	strbuf_release(&mended);
	if (root == NULL)
		return NULL;
	b->doc->well_formed = false;
	build_warn(b, line, "a comma behind the last of a list: JSON has none there");
	return root;
}

bool json_read(struct build *b, const char *utf8, size_t n)
{
	json_error_t error;
	json_t *root = json_loadb(utf8, n, JSON_ALLOW_NUL, &error);
	bool good;

	if (root == NULL)
		root = load_mended(b, (struct span){ utf8, n });
	if (root == NULL) {
		build_refuse(b, STATUS_MALFORMED, "line %d: the JSON is broken: %.120s", error.line,
			error.text);
		return false;
	}
	good = read_root(b, root);
	json_decref(root);
	return good;
}
