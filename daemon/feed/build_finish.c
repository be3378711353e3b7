#include "feed/build.h"

#include "base/mem.h"
#include "base/text.h"
#include "feed/fields.h"
#include "feed/geo.h"
#include "feed/html.h"
#include "feed/html_text.h"
#include "feed/identity.h"
#include "feed/url.h"

static const char *line_of(struct build *b, const struct draft *d, enum slot slot, size_t limit)
{
	return build_line(b, draft_span(d, slot), d->texts[slot].type, limit);
}

/* A text for programs: nothing folded, nothing decoded, but no control characters. */
static const char *word_of(struct build *b, const struct draft *d, enum slot slot, size_t limit)
{
	return build_line(b, draft_span(d, slot), TEXT_PLAIN, limit);
}

static const char *url_of(struct build *b, const struct draft *d, enum slot slot)
{
	return build_url(b, d->texts[slot].base, draft_span(d, slot));
}

static bool is_markup(const struct draft *d, enum slot slot)
{
	enum text_type type = d->texts[slot].type;

	return type == TEXT_HTML || (type == TEXT_MAYBE && html_suspected(draft_span(d, slot)));
}

/* Content of a slot as sanitised HTML, NULL when nothing is left of it. */
static const char *html_of(struct build *b, const struct draft *d, enum slot slot)
{
	struct span text = span_trim(draft_span(d, slot));

	if (text.n == 0)
		return NULL;
	strbuf_clear(&b->scratch);
	bool whole = is_markup(d, slot) ? html_sanitise(&b->scratch, text, d->texts[slot].base)
					: html_escape(&b->scratch, text);
	if (!whole)
		build_warn(b, b->line,
			"the entry that ends here has more than %u MiB of content: it is cut",
			LIMIT_CONTENT / MIB);
	return span_trim((struct span){ b->scratch.data, b->scratch.len }).n == 0
		       ? NULL
		       : arena_strndup(&b->doc->arena, b->scratch.data, b->scratch.len);
}

/* Which texts are the content and which is the summary depends on what else there is. */
static void finish_texts(struct build *b, const struct draft *d, struct feed_entry *e)
{
	const struct draft_text *content = &d->texts[SLOT_CONTENT];
	const struct draft_text *summary = &d->texts[SLOT_SUMMARY];
	bool described = d->texts[SLOT_DESCRIPTION].field != FIELD_NONE;
	enum slot said = content->field != FIELD_NONE ? SLOT_CONTENT
			 : described                  ? SLOT_DESCRIPTION
						      : SLOT_NONE;
	enum slot brief = SLOT_NONE;

	if (said == SLOT_CONTENT && described && summary->field != FIELD_SUMMARY)
		brief = SLOT_DESCRIPTION;
	else if (summary->field != FIELD_NONE)
		brief = SLOT_SUMMARY;
	if (brief != SLOT_NONE)
		e->summary = line_of(b, d, brief, LIMIT_SUMMARY);
	if (said == SLOT_NONE && brief == SLOT_SUMMARY && is_markup(d, SLOT_SUMMARY))
		said = SLOT_SUMMARY; /* a plain summary beside it would lose the links */
	if (said == SLOT_NONE)
		return;
	if (said == SLOT_CONTENT && content->type == TEXT_PLAIN)
		e->content_text = plain_block(
			&b->doc->arena, &b->scratch, draft_span(d, said), LIMIT_CONTENT);
	else
		e->content_html = html_of(b, d, said);
}

static bool is_page_type(const char *type)
{
	return type == NULL || strstr(type, "html") != NULL;
}

/* The last alternate link to a page, else the first to a PDF or the like. */
static const char *alternate_link(const struct draft *d)
{
	const struct feed_link *links = d->links.items;
	const char *page = NULL, *other = NULL;

	for (size_t i = 0; i < d->links.n; i++) {
		if (strcmp(links[i].rel, "alternate") != 0)
			continue;
		if (is_page_type(links[i].type))
			page = links[i].href;
		else if (other == NULL)
			other = links[i].href;
	}
	return page != NULL ? page : other;
}

static const char *link_of(const struct draft *d, const char *rel)
{
	const struct feed_link *links = d->links.items;

	for (size_t i = 0; i < d->links.n; i++)
		if (strcmp(links[i].rel, rel) == 0)
			return links[i].href;
	return NULL;
}

/* A feed of the comments is a link with rel="replies", too. */
static const char *replies_page(const struct draft *d)
{
	const struct feed_link *links = d->links.items;

	for (size_t i = 0; i < d->links.n; i++)
		if (strcmp(links[i].rel, "replies") == 0 && is_page_type(links[i].type))
			return links[i].href;
	return NULL;
}

static void finish_links(struct build *b, const struct draft *d, struct feed_entry *e)
{
	struct span guid = span_of(e->guid);

	e->url = alternate_link(d);
	e->guid_is_permalink = d->permalink && e->guid != NULL && url_scheme(guid).n > 0;
	if (e->url == NULL && (d->permalink_said || (d->permalink && url_is_web(guid))))
		e->url = build_url(b, d->texts[SLOT_ID].base, guid);
	e->external_url = link_of(d, "related");
	e->comments_url = url_of(b, d, SLOT_COMMENTS);
	if (e->comments_url == NULL)
		e->comments_url = replies_page(d);
	e->image = d->image;
}

/* One date that does not say of what is when the entry appeared, unless another says that. */
static void finish_dates(const struct draft *d, struct feed_entry *e)
{
	int64_t any = d->dates[SLOT_DATE];

	e->published = d->dates[SLOT_PUBLISHED];
	e->updated = d->dates[SLOT_UPDATED];
	if (e->published == FEED_NO_DATE)
		e->published = any;
	else if (e->updated == FEED_NO_DATE && any != e->published)
		e->updated = any;
}

static void finish_lists(struct build *b, struct draft *d, struct feed_entry *e)
{
	struct arena *a = &b->doc->arena;
	struct feed_attachment *attachments = d->attachments.items;
	int64_t duration = field_duration(draft_span(d, SLOT_DURATION));

	if (d->attachments.n == 1 && attachments[0].duration_in_seconds == FEED_UNKNOWN)
		attachments[0].duration_in_seconds = duration;
	e->authors = draft_take(&d->authors, sizeof(*e->authors), a, &e->n_authors);
	e->contributors =
		draft_take(&d->contributors, sizeof(*e->contributors), a, &e->n_contributors);
	e->tags = draft_take(&d->tags, sizeof(*e->tags), a, &e->n_tags);
	e->links = draft_take(&d->links, sizeof(*e->links), a, &e->n_links);
	e->chapters = draft_take(&d->chapters, sizeof(*e->chapters), a, &e->n_chapters);
	e->attachments = draft_take(&d->attachments, sizeof(*e->attachments), a, &e->n_attachments);
}

static bool says_yes(const struct draft *d, enum slot slot)
{
	struct span said = span_trim(draft_span(d, slot));

	return span_is(said, "yes") || span_is(said, "true");
}

static int8_t explicit_language(const struct draft *d)
{
	struct span said = span_trim(draft_span(d, SLOT_EXPLICIT));

	if (says_yes(d, SLOT_EXPLICIT) || span_is(said, "explicit"))
		return 1;
	return span_is(said, "no") || span_is(said, "false") || span_is(said, "clean")
		       ? 0
		       : FEED_UNKNOWN;
}

static const struct feed_podcast *finish_podcast(struct build *b, const struct draft *d)
{
	struct feed_podcast said = {
		.type = word_of(b, d, SLOT_PODCAST_TYPE, LIMIT_NAME),
		.season = field_number(draft_span(d, SLOT_SEASON)),
		.episode = field_number(draft_span(d, SLOT_EPISODE)),
		.explicit_language = explicit_language(d),
		.complete = says_yes(d, SLOT_COMPLETE),
		.not_indexed = says_yes(d, SLOT_BLOCK),
		.closed_captioned = says_yes(d, SLOT_CAPTIONED),
	}, *kept;

	if (d->texts[SLOT_NEW_FEED].field != FIELD_NONE)
		said.new_feed_url = url_of(b, d, SLOT_NEW_FEED);
	if (said.type == NULL && said.new_feed_url == NULL && said.season == FEED_UNKNOWN &&
		said.episode == FEED_UNKNOWN && said.explicit_language == FEED_UNKNOWN &&
		!said.complete && !said.not_indexed && !said.closed_captioned)
		return NULL;
	kept = arena_new(&b->doc->arena, struct feed_podcast);
	if (kept != NULL)
		*kept = said;
	return kept;
}

void build_finish_entry(struct build *b)
{
	struct draft *d = b->draft;
	struct feed_entry e = { 0 };

	e.comments_count = field_number(draft_span(d, SLOT_COMMENTS_COUNT));
	if (e.comments_count == FEED_UNKNOWN)
		e.comments_count = d->n_replies;
	e.guid = word_of(b, d, SLOT_ID, LIMIT_ID);
	e.title = line_of(b, d, SLOT_TITLE, LIMIT_TITLE);
	finish_texts(b, d, &e);
	finish_links(b, d, &e);
	finish_dates(d, &e);
	e.language = word_of(b, d, SLOT_LANGUAGE, LIMIT_NAME);
	if (e.language == NULL)
		e.language = d->lang;
	e.rights = line_of(b, d, SLOT_RIGHTS, LIMIT_NAME);
	e.source = b->source;
	if (e.source.title == NULL)
		e.source.title = line_of(b, d, SLOT_SOURCE_TITLE, LIMIT_TITLE);
	b->source = (struct feed_source){ NULL, NULL };
	e.podcast = finish_podcast(b, d);
	e.geo = geo_finish(&d->geo, &b->doc->arena);
	finish_lists(b, d, &e);
	b->entries = xgrow(b->entries, b->n_entries, &b->entries_cap, sizeof(e));
	b->entries[b->n_entries++] = e;
}

/* sy:updatePeriod and updateFrequency: so many times in that time. */
static int64_t update_interval(const struct draft *d)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} periods[] = { { "hourly", 3600 }, { "daily", 86400 }, { "weekly", 604800 },
		{ "monthly", 2592000 }, { "yearly", 31536000 } };
	struct span period = span_trim(draft_span(d, SLOT_UPDATE_PERIOD));
	int64_t times = field_number(draft_span(d, SLOT_UPDATE_FREQUENCY));

	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
		if (span_is(period, periods[i].name))
			return periods[i].seconds / (times > 0 ? times : 1);
	return FEED_UNKNOWN;
}

/* Without xml:base and without the document's own address, relative links start from the site. */
static void resolve_urls(struct build *b)
{
	struct feed_doc *doc = b->doc;

	if (doc->home_page_url != NULL && url_scheme(span_of(doc->home_page_url)).n == 0)
		doc->home_page_url = build_url(b, doc->feed_url, span_of(doc->home_page_url));
	for (size_t i = 0; i < b->n_entries; i++) {
		struct feed_entry *e = &b->entries[i];
		if (e->url != NULL && url_scheme(span_of(e->url)).n == 0)
			e->url = build_url(b, doc->home_page_url, span_of(e->url));
	}
}

void build_finish_feed(struct build *b)
{
	struct feed_doc *doc = b->doc;
	struct draft *d = &b->feed_draft;
	struct arena *a = &doc->arena;

	doc->title = line_of(b, d, SLOT_TITLE, LIMIT_TITLE);
	doc->description = line_of(b, d, SLOT_DESCRIPTION, LIMIT_SUMMARY);
	doc->home_page_url = alternate_link(d);
	doc->feed_url = link_of(d, "self");
	doc->icon = d->image != NULL ? d->image : link_of(d, "image");
	doc->language = word_of(b, d, SLOT_LANGUAGE, LIMIT_NAME);
	if (doc->language == NULL)
		doc->language = d->lang;
	doc->rights = line_of(b, d, SLOT_RIGHTS, LIMIT_NAME);
	doc->generator = line_of(b, d, SLOT_GENERATOR, LIMIT_NAME);
	doc->id = word_of(b, d, SLOT_ID, LIMIT_ID);
	doc->published = d->dates[SLOT_PUBLISHED];
	doc->updated = d->dates[SLOT_UPDATED];
	if (doc->updated == FEED_NO_DATE)
		doc->updated = d->dates[SLOT_DATE];
	doc->ttl_minutes = field_number(draft_span(d, SLOT_TTL));
	doc->update_interval_seconds = update_interval(d);
	doc->skip_hours = d->skip_hours;
	doc->skip_days = d->skip_days;
	doc->podcast = finish_podcast(b, d);
	doc->authors = draft_take(&d->authors, sizeof(*doc->authors), a, &doc->n_authors);
	doc->contributors =
		draft_take(&d->contributors, sizeof(*doc->contributors), a, &doc->n_contributors);
	doc->tags = draft_take(&d->tags, sizeof(*doc->tags), a, &doc->n_tags);
	doc->links = draft_take(&d->links, sizeof(*doc->links), a, &doc->n_links);
	doc->hubs = draft_take(&d->hubs, sizeof(*doc->hubs), a, &doc->n_hubs);
	resolve_urls(b);
}
