#include "parser/output.h"

#include "base/clock.h"
#include "parser/json_out.h"

#include <string.h>

#define CLOCK_SLACK 3600 /* seconds that a publisher's clock may be ahead */

static void add_date(struct json_out *w, const char *key, int64_t when)
{
	char text[RFC3339_SIZE];

	if (when != FEED_NO_DATE)
		json_out_text(w, key, rfc3339_format(when, text));
}

static void add_known(struct json_out *w, const char *key, int64_t number)
{
	if (number != FEED_UNKNOWN)
		json_out_number(w, key, number);
}

/* JSON Feed's authors have no mail address; ours under _courant do. */
static void add_people(struct json_out *w, const char *key, const struct feed_person *people,
	size_t n, bool with_email)
{
	if (n == 0)
		return;
	json_out_open(w, key, '[');
	for (size_t i = 0; i < n; i++) {
		if (!with_email && people[i].name == NULL && people[i].url == NULL)
			continue;
		json_out_open(w, NULL, '{');
		json_out_text(w, "name", people[i].name);
		if (with_email)
			json_out_text(w, "email", people[i].email);
		json_out_text(w, "url", people[i].url);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

static void add_links(struct json_out *w, const struct feed_link *links, size_t n)
{
	if (n == 0)
		return;
	json_out_open(w, "links", '[');
	for (size_t i = 0; i < n; i++) {
		json_out_open(w, NULL, '{');
		json_out_text(w, "rel", links[i].rel);
		json_out_text(w, "href", links[i].href);
		json_out_text(w, "type", links[i].type);
		json_out_text(w, "title", links[i].title);
		json_out_text(w, "hreflang", links[i].hreflang);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

static void add_tags(struct json_out *w, const struct feed_tag *tags, size_t n)
{
	if (n == 0)
		return;
	json_out_open(w, "tags", '[');
	for (size_t i = 0; i < n; i++) {
		json_out_open(w, NULL, '{');
		json_out_text(w, "term", tags[i].term);
		json_out_text(w, "scheme", tags[i].scheme);
		json_out_text(w, "label", tags[i].label);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

static void add_terms(struct json_out *w, const struct feed_tag *tags, size_t n)
{
	if (n == 0)
		return;
	json_out_open(w, "tags", '[');
	for (size_t i = 0; i < n; i++)
		json_out_text(w, NULL, tags[i].label != NULL ? tags[i].label : tags[i].term);
	json_out_close(w, ']');
}

static void add_attachments(struct json_out *w, const struct feed_entry *e)
{
	if (e->n_attachments == 0)
		return;
	json_out_open(w, "attachments", '[');
	for (size_t i = 0; i < e->n_attachments; i++) {
		const struct feed_attachment *a = &e->attachments[i];
		json_out_open(w, NULL, '{');
		json_out_text(w, "url", a->url);
		json_out_text(w, "mime_type", a->mime_type);
		json_out_text(w, "title", a->title);
		add_known(w, "size_in_bytes", a->size_in_bytes);
		add_known(w, "duration_in_seconds", a->duration_in_seconds);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

/* RFC 7946 3.1: a point is an array, a line an array of points, a polygon an array of lines. */
static void add_geo(struct json_out *w, const struct feed_geo *geo)
{
	bool point = geo->type != NULL && strcmp(geo->type, "Point") == 0;
	bool polygon = geo->type != NULL && strcmp(geo->type, "Polygon") == 0;

	if (geo->type == NULL)
		return;
	json_out_open(w, "geo", '{');
	json_out_text(w, "type", geo->type);
	json_out_open(w, "coordinates", '[');
	if (polygon)
		json_out_open(w, NULL, '[');
	for (size_t i = 0; i < geo->n_numbers; i++) {
		if (!point && i % geo->dimensions == 0)
			json_out_open(w, NULL, '[');
		json_out_decimal(w, geo->numbers[i]);
		if (!point && i % geo->dimensions == geo->dimensions - 1)
			json_out_close(w, ']');
	}
	if (polygon)
		json_out_close(w, ']');
	json_out_close(w, ']');
	json_out_close(w, '}');
}

static void add_chapters(struct json_out *w, const struct feed_entry *e)
{
	if (e->n_chapters == 0)
		return;
	json_out_open(w, "chapters", '[');
	for (size_t i = 0; i < e->n_chapters; i++) {
		const struct feed_chapter *c = &e->chapters[i];
		json_out_open(w, NULL, '{');
		json_out_number(w, "start_seconds", c->start_seconds);
		json_out_text(w, "title", c->title);
		json_out_text(w, "url", c->url);
		json_out_text(w, "image", c->image);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

static void add_entry_extension(struct json_out *w, const struct feed_entry *e, int64_t now)
{
	json_out_open(w, "_courant", '{');
	json_out_text(w, "guid", e->guid);
	if (e->guid != NULL)
		json_out_bool(w, "guid_is_permalink", e->guid_is_permalink);
	if (e->published != FEED_NO_DATE && e->published > now + CLOCK_SLACK)
		json_out_bool(w, "date_in_future", true);
	add_people(w, "authors", e->authors, e->n_authors, true);
	add_people(w, "contributors", e->contributors, e->n_contributors, true);
	json_out_text(w, "comments_url", e->comments_url);
	add_known(w, "comments_count", e->comments_count);
	if (e->source.title != NULL || e->source.url != NULL) {
		json_out_open(w, "source", '{');
		json_out_text(w, "title", e->source.title);
		json_out_text(w, "url", e->source.url);
		json_out_close(w, '}');
	}
	add_links(w, e->links, e->n_links);
	json_out_text(w, "rights", e->rights);
	add_tags(w, e->tags, e->n_tags);
	add_geo(w, &e->geo);
	add_chapters(w, e);
	json_out_close(w, '}');
}

static void add_entry(struct json_out *w, const struct feed_entry *e, int64_t now)
{
	json_out_open(w, NULL, '{');
	json_out_text(w, "id", e->guid != NULL ? e->guid : e->url);
	json_out_text(w, "url", e->url);
	json_out_text(w, "external_url", e->external_url);
	json_out_text(w, "title", e->title);
	json_out_text(w, "content_html", e->content_html);
	json_out_text(w, "content_text", e->content_text);
	json_out_text(w, "summary", e->summary);
	json_out_text(w, "image", e->image);
	add_date(w, "date_published", e->published);
	add_date(w, "date_modified", e->updated);
	add_people(w, "authors", e->authors, e->n_authors, false);
	add_terms(w, e->tags, e->n_tags);
	json_out_text(w, "language", e->language);
	add_attachments(w, e);
	add_entry_extension(w, e, now);
	json_out_close(w, '}');
}

static void add_schedule(struct json_out *w, const struct feed_doc *doc)
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };

	add_known(w, "ttl_minutes", doc->ttl_minutes);
	if (doc->skip_hours != 0) {
		json_out_open(w, "skip_hours", '[');
		for (int h = 0; h < 24; h++)
			if (doc->skip_hours & 1u << h)
				json_out_number(w, NULL, h);
		json_out_close(w, ']');
	}
	if (doc->skip_days != 0) {
		json_out_open(w, "skip_days", '[');
		for (int d = 0; d < 7; d++)
			if (doc->skip_days & 1u << d)
				json_out_text(w, NULL, days[d]);
		json_out_close(w, ']');
	}
	add_known(w, "update_interval_seconds", doc->update_interval_seconds);
}

static void add_extension(struct json_out *w, const struct feed_doc *doc)
{
	json_out_open(w, "_courant", '{');
	json_out_text(w, "format", feed_format_name(doc->format));
	json_out_text(w, "encoding", doc->encoding);
	json_out_bool(w, "well_formed", doc->well_formed);
	if (doc->n_warnings > 0) {
		json_out_open(w, "warnings", '[');
		for (size_t i = 0; i < doc->n_warnings; i++)
			json_out_text(w, NULL, doc->warnings[i]);
		json_out_close(w, ']');
	}
	json_out_text(w, "id", doc->id);
	add_date(w, "published", doc->published);
	add_date(w, "updated", doc->updated);
	json_out_text(w, "rights", doc->rights);
	json_out_text(w, "generator", doc->generator);
	add_schedule(w, doc);
	if (doc->history_complete || doc->history_archive) {
		json_out_open(w, "history", '{');
		json_out_bool(w, "complete", doc->history_complete);
		json_out_bool(w, "archive", doc->history_archive);
		json_out_close(w, '}');
	}
	add_people(w, "authors", doc->authors, doc->n_authors, true);
	add_people(w, "contributors", doc->contributors, doc->n_contributors, true);
	add_tags(w, doc->tags, doc->n_tags);
	add_links(w, doc->links, doc->n_links);
	json_out_close(w, '}');
}

static void add_hubs(struct json_out *w, const struct feed_doc *doc)
{
	if (doc->n_hubs == 0)
		return;
	json_out_open(w, "hubs", '[');
	for (size_t i = 0; i < doc->n_hubs; i++) {
		json_out_open(w, NULL, '{');
		json_out_text(w, "type", "WebSub");
		json_out_text(w, "url", doc->hubs[i]);
		json_out_close(w, '}');
	}
	json_out_close(w, ']');
}

void output_doc(struct strbuf *out, const struct feed_doc *doc, int64_t now)
{
	struct json_out w = { .out = out };

	json_out_open(&w, NULL, '{');
	json_out_text(&w, "version", "https://jsonfeed.org/version/1.1");
	json_out_text(&w, "title", doc->title);
	json_out_text(&w, "home_page_url", doc->home_page_url);
	json_out_text(&w, "feed_url", doc->feed_url);
	json_out_text(&w, "description", doc->description);
	json_out_text(&w, "icon", doc->icon);
	json_out_text(&w, "language", doc->language);
	add_people(&w, "authors", doc->authors, doc->n_authors, false);
	add_hubs(&w, doc);
	add_extension(&w, doc);
	json_out_open(&w, "items", '[');
	for (size_t i = 0; i < doc->n_entries; i++)
		add_entry(&w, &doc->entries[i], now);
	json_out_close(&w, ']');
	json_out_close(&w, '}');
	strbuf_addch(out, '\n');
}

void output_failure(struct strbuf *out, const struct failure *fail)
{
	struct json_out w = { .out = out };

	json_out_open(&w, NULL, '{');
	json_out_open(&w, "error", '{');
	json_out_text(&w, "code", status_name(fail->status));
	json_out_text(
		&w, "message", fail->detail[0] != '\0' ? fail->detail : status_text(fail->status));
	json_out_close(&w, '}');
	json_out_close(&w, '}');
	strbuf_addch(out, '\n');
}
