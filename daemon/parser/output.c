#include "parser/output.h"

#include "base/clock.h"
#include "base/json_writer.h"

#include <string.h>

#define CLOCK_SLACK 3600 /* seconds that a publisher's clock may be ahead */

static void add_date(struct json_writer *w, const char *key, int64_t when)
{
	char text[RFC3339_SIZE];

	if (when != FEED_NO_DATE)
		jw_string_if(w, key, rfc3339_format(when, text));
}

static void add_known(struct json_writer *w, const char *key, int64_t number)
{
	if (number != FEED_UNKNOWN)
		jw_int(w, key, number);
}

/* JSON Feed's authors have no mail address; ours under _courant do. */
static void add_people(struct json_writer *w, const char *key, const struct feed_person *people,
	size_t n, bool with_email)
{
	if (n == 0)
		return;
	jw_array(w, key);
	for (size_t i = 0; i < n; i++) {
		if (!with_email && people[i].name == NULL && people[i].url == NULL)
			continue;
		jw_object(w, NULL);
		jw_string_if(w, "name", people[i].name);
		if (with_email)
			jw_string_if(w, "email", people[i].email);
		jw_string_if(w, "url", people[i].url);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void add_links(struct json_writer *w, const struct feed_link *links, size_t n)
{
	if (n == 0)
		return;
	jw_array(w, "links");
	for (size_t i = 0; i < n; i++) {
		jw_object(w, NULL);
		jw_string_if(w, "rel", links[i].rel);
		jw_string_if(w, "href", links[i].href);
		jw_string_if(w, "type", links[i].type);
		jw_string_if(w, "title", links[i].title);
		jw_string_if(w, "hreflang", links[i].hreflang);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void add_tags(struct json_writer *w, const struct feed_tag *tags, size_t n)
{
	if (n == 0)
		return;
	jw_array(w, "tags");
	for (size_t i = 0; i < n; i++) {
		jw_object(w, NULL);
		jw_string_if(w, "term", tags[i].term);
		jw_string_if(w, "scheme", tags[i].scheme);
		jw_string_if(w, "label", tags[i].label);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void add_terms(struct json_writer *w, const struct feed_tag *tags, size_t n)
{
	if (n == 0)
		return;
	jw_array(w, "tags");
	for (size_t i = 0; i < n; i++)
		jw_string_if(w, NULL, tags[i].label != NULL ? tags[i].label : tags[i].term);
	jw_array_end(w);
}

static void add_attachments(struct json_writer *w, const struct feed_entry *e)
{
	if (e->n_attachments == 0)
		return;
	jw_array(w, "attachments");
	for (size_t i = 0; i < e->n_attachments; i++) {
		const struct feed_attachment *a = &e->attachments[i];
		jw_object(w, NULL);
		jw_string_if(w, "url", a->url);
		jw_string_if(w, "mime_type", a->mime_type);
		jw_string_if(w, "title", a->title);
		add_known(w, "size_in_bytes", a->size_in_bytes);
		add_known(w, "duration_in_seconds", a->duration_in_seconds);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* RFC 7946 3.1: a point is an array, a line an array of points, a polygon an array of lines. */
static void add_geo(struct json_writer *w, const struct feed_geo *geo)
{
	bool point = geo->type != NULL && strcmp(geo->type, "Point") == 0;
	bool polygon = geo->type != NULL && strcmp(geo->type, "Polygon") == 0;

	if (geo->type == NULL)
		return;
	jw_object(w, "geo");
	jw_string_if(w, "type", geo->type);
	jw_array(w, "coordinates");
	if (polygon)
		jw_array(w, NULL);
	for (size_t i = 0; i < geo->n_numbers; i++) {
		if (!point && i % geo->dimensions == 0)
			jw_array(w, NULL);
		jw_decimal(w, NULL, geo->numbers[i]);
		if (!point && i % geo->dimensions == geo->dimensions - 1)
			jw_array_end(w);
	}
	if (polygon)
		jw_array_end(w);
	jw_array_end(w);
	jw_object_end(w);
}

static void add_chapters(struct json_writer *w, const struct feed_entry *e)
{
	if (e->n_chapters == 0)
		return;
	jw_array(w, "chapters");
	for (size_t i = 0; i < e->n_chapters; i++) {
		const struct feed_chapter *c = &e->chapters[i];
		jw_object(w, NULL);
		jw_int(w, "start_seconds", c->start_seconds);
		jw_string_if(w, "title", c->title);
		jw_string_if(w, "url", c->url);
		jw_string_if(w, "image", c->image);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void add_podcast(struct json_writer *w, const struct feed_podcast *p)
{
	if (p == NULL)
		return;
	jw_object(w, "podcast");
	jw_string_if(w, "type", p->type);
	add_known(w, "season", p->season);
	add_known(w, "episode", p->episode);
	if (p->explicit_language != FEED_UNKNOWN)
		jw_bool(w, "explicit", p->explicit_language != 0);
	if (p->complete)
		jw_bool(w, "complete", true);
	if (p->not_indexed)
		jw_bool(w, "block", true);
	if (p->closed_captioned)
		jw_bool(w, "closed_captioned", true);
	jw_string_if(w, "new_feed_url", p->new_feed_url);
	jw_object_end(w);
}

static void add_entry_extension(struct json_writer *w, const struct feed_entry *e, int64_t now)
{
	jw_object(w, "_courant");
	jw_string_if(w, "guid", e->guid);
	if (e->guid != NULL)
		jw_bool(w, "guid_is_permalink", e->guid_is_permalink);
	if (e->published != FEED_NO_DATE && e->published > now + CLOCK_SLACK)
		jw_bool(w, "date_in_future", true);
	add_people(w, "authors", e->authors, e->n_authors, true);
	add_people(w, "contributors", e->contributors, e->n_contributors, true);
	jw_string_if(w, "comments_url", e->comments_url);
	add_known(w, "comments_count", e->comments_count);
	if (e->source.title != NULL || e->source.url != NULL) {
		jw_object(w, "source");
		jw_string_if(w, "title", e->source.title);
		jw_string_if(w, "url", e->source.url);
		jw_object_end(w);
	}
	add_links(w, e->links, e->n_links);
	jw_string_if(w, "rights", e->rights);
	add_tags(w, e->tags, e->n_tags);
	add_geo(w, &e->geo);
	add_chapters(w, e);
	add_podcast(w, e->podcast);
	jw_object_end(w);
}

static void add_entry(struct json_writer *w, const struct feed_entry *e, int64_t now)
{
	jw_object(w, NULL);
	jw_string_if(w, "id", e->guid != NULL ? e->guid : e->url);
	jw_string_if(w, "url", e->url);
	jw_string_if(w, "external_url", e->external_url);
	jw_string_if(w, "title", e->title);
	jw_string_if(w, "content_html", e->content_html);
	jw_string_if(w, "content_text", e->content_text);
	jw_string_if(w, "summary", e->summary);
	jw_string_if(w, "image", e->image);
	add_date(w, "date_published", e->published);
	add_date(w, "date_modified", e->updated);
	add_people(w, "authors", e->authors, e->n_authors, false);
	add_terms(w, e->tags, e->n_tags);
	jw_string_if(w, "language", e->language);
	add_attachments(w, e);
	add_entry_extension(w, e, now);
	jw_object_end(w);
}

static void add_schedule(struct json_writer *w, const struct feed_doc *doc)
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };

	add_known(w, "ttl_minutes", doc->ttl_minutes);
	if (doc->skip_hours != 0) {
		jw_array(w, "skip_hours");
		for (int h = 0; h < 24; h++)
			if (doc->skip_hours & 1u << h)
				jw_int(w, NULL, h);
		jw_array_end(w);
	}
	if (doc->skip_days != 0) {
		jw_array(w, "skip_days");
		for (int d = 0; d < 7; d++)
			if (doc->skip_days & 1u << d)
				jw_string_if(w, NULL, days[d]);
		jw_array_end(w);
	}
	add_known(w, "update_interval_seconds", doc->update_interval_seconds);
}

static void add_extension(struct json_writer *w, const struct feed_doc *doc)
{
	jw_object(w, "_courant");
	jw_string_if(w, "format", feed_format_name(doc->format));
	jw_string_if(w, "encoding", doc->encoding);
	jw_bool(w, "well_formed", doc->well_formed);
	if (doc->n_warnings > 0) {
		jw_array(w, "warnings");
		for (size_t i = 0; i < doc->n_warnings; i++)
			jw_string_if(w, NULL, doc->warnings[i]);
		jw_array_end(w);
	}
	jw_string_if(w, "id", doc->id);
	add_date(w, "published", doc->published);
	add_date(w, "updated", doc->updated);
	jw_string_if(w, "rights", doc->rights);
	jw_string_if(w, "generator", doc->generator);
	add_schedule(w, doc);
	if (doc->history_complete || doc->history_archive) {
		jw_object(w, "history");
		jw_bool(w, "complete", doc->history_complete);
		jw_bool(w, "archive", doc->history_archive);
		jw_object_end(w);
	}
	add_podcast(w, doc->podcast);
	add_people(w, "authors", doc->authors, doc->n_authors, true);
	add_people(w, "contributors", doc->contributors, doc->n_contributors, true);
	add_tags(w, doc->tags, doc->n_tags);
	add_links(w, doc->links, doc->n_links);
	jw_object_end(w);
}

static void add_hubs(struct json_writer *w, const struct feed_doc *doc)
{
	if (doc->n_hubs == 0)
		return;
	jw_array(w, "hubs");
	for (size_t i = 0; i < doc->n_hubs; i++) {
		jw_object(w, NULL);
		jw_string(w, "type", "WebSub");
		jw_string_if(w, "url", doc->hubs[i]);
		jw_object_end(w);
	}
	jw_array_end(w);
}

void output_doc(struct strbuf *out, const struct feed_doc *doc, int64_t now)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w, NULL);
	jw_string(&w, "version", "https://jsonfeed.org/version/1.1");
	jw_string_if(&w, "title", doc->title);
	jw_string_if(&w, "home_page_url", doc->home_page_url);
	jw_string_if(&w, "feed_url", doc->feed_url);
	jw_string_if(&w, "description", doc->description);
	jw_string_if(&w, "icon", doc->icon);
	jw_string_if(&w, "language", doc->language);
	add_people(&w, "authors", doc->authors, doc->n_authors, false);
	add_hubs(&w, doc);
	add_extension(&w, doc);
	jw_array(&w, "items");
	for (size_t i = 0; i < doc->n_entries; i++)
		add_entry(&w, &doc->entries[i], now);
	jw_array_end(&w);
	jw_object_end(&w);
	strbuf_addch(out, '\n');
}

void output_failure(struct strbuf *out, const struct failure *fail)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w, NULL);
	jw_object(&w, "error");
	jw_string(&w, "code", status_name(fail->status));
	jw_string(
		&w, "message", fail->detail[0] != '\0' ? fail->detail : status_text(fail->status));
	jw_object_end(&w);
	jw_object_end(&w);
	strbuf_addch(out, '\n');
}
