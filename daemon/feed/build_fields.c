#include "feed/build.h"
#include "feed/date.h"
#include "feed/fields.h"
#include "feed/geo.h"
#include "feed/url.h"

#include <stdlib.h>

static void capture(struct build *b, struct frame *f, enum capture how, enum text_type type)
{
	f->capture = how;
	f->type = type;
	f->at = b->draft->pool.len;
	b->capturing = (int)(f - b->frames);
}

static void forget_text(struct build *b, const struct frame *f)
{
	if (b->draft->pool.len > f->at)
		strbuf_truncate(&b->draft->pool, f->at);
}

/* Keeps a text of the pool as the slot's best, or gives its room back. */
static void keep_text(struct build *b, const struct frame *f, struct span text)
{
	enum slot slot = field_info[f->field].slot;

	if (span_trim(text).n == 0 || !draft_wants(b->draft, f->field)) {
		forget_text(b, f);
		return;
	}
	b->draft->texts[slot] = (struct draft_text){ (size_t)(text.s - b->draft->pool.data), text.n,
		f->base, f->lang, f->field, f->type };
}

/* --- containers
 * ---------------------------------------------------------------------------------------------------
 */

static void start_ignored(struct build *b, struct frame *f, const struct attributes *attrs)
{
	(void)b;
	(void)attrs;
	f->context = CONTEXT_IGNORED;
}

static void add_link(struct build *b, struct feed_link link)
{
	if (link.href != NULL)
		draft_push(&b->draft->links, &link, sizeof(link));
}

/* CDF says with attributes what others say with elements. */
static void cdf_attributes(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span value;

	if (attribute_find(b, attrs, "base", false, &value)) {
		const char *base = build_url(b, f->base, value);
		f->base = base != NULL ? base : f->base;
	}
	if (attribute_find(b, attrs, "href", false, &value))
		add_link(b, (struct feed_link){
				    .rel = "alternate", .href = build_url(b, f->base, value) });
	value = attribute_text(b, attrs, "lastmod");
	int64_t when;
	if (value.n > 0 && date_parse(value, &when)) {
		b->draft->dates[SLOT_UPDATED] = when;
		b->draft->texts[SLOT_UPDATED].field = FIELD_UPDATED;
	}
}

static void start_feed(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_FEED;
	b->draft->base = f->base;
	if (f->lang != NULL)
		b->draft->lang = f->lang;
	if (b->doc->format == FEED_FORMAT_CDF)
		cdf_attributes(b, f, attrs);
}

static void start_entry(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span about;

	if (b->nesting >= ENTRY_NESTING || b->n_entries >= LIMIT_ENTRIES) {
		if (b->nesting < ENTRY_NESTING)
			build_warn(b, b->line,
				"more than %d entries: this one and those after it are left out",
				LIMIT_ENTRIES);
		f->context = CONTEXT_IGNORED;
		f->field = FIELD_IGNORED;
		return;
	}
	f->context = CONTEXT_ENTRY;
	if (b->nesting == 0)
		b->entry = (int)(f - b->frames);
	b->draft = &b->entry_drafts[b->nesting++];
	b->draft->lang = f->lang;
	b->draft->base = f->base;
	if (b->doc->format == FEED_FORMAT_CDF)
		cdf_attributes(b, f, attrs);
	if (attribute_find(b, attrs, "about", true, &about) && about.n > 0) {
		struct draft *d = b->draft;
		d->texts[SLOT_ID] = (struct draft_text){ d->pool.len, about.n, f->base, f->lang,
			FIELD_ID_ABOUT, TEXT_PLAIN };
		strbuf_add(&d->pool, about.s, about.n);
	}
}

static void end_entry(struct build *b, struct frame *f, struct span text)
{
	(void)f;
	(void)text;
	build_finish_entry(b);
	draft_clear(b->draft);
	b->nesting--;
	b->draft = b->nesting > 0 ? &b->entry_drafts[b->nesting - 1] : &b->feed_draft;
	if (b->nesting == 0)
		b->entry = -1;
}

static void start_box(struct build *b, struct frame *f, const struct attributes *attrs)
{
	(void)b;
	(void)attrs;
	f->context = f->field == FIELD_MEDIA_GROUP ? CONTEXT_MEDIA
		     : f->field == FIELD_CHAPTERS  ? CONTEXT_CHAPTERS
		     : f->field == FIELD_GEO       ? CONTEXT_GEO
						   : CONTEXT_SKIP;
}

/* --- texts
 * --------------------------------------------------------------------------------------------------------
 */

/* How a text of this element is written: Atom says it in attributes, RSS leaves it to guessing. */
static enum capture text_capture(
	struct build *b, struct frame *f, const struct attributes *attrs, enum text_type *ret_type)
{
	struct span type = attribute_text(b, attrs, "type"),
		    mode = attribute_text(b, attrs, "mode");
	bool atom = b->doc->format == FEED_FORMAT_ATOM10 || b->doc->format == FEED_FORMAT_ATOM03;
	bool markup = span_is(type, "html") || span_is(type, "text/html");

	*ret_type = TEXT_MAYBE;
	if (span_is(mode, "base64")) {
		f->base64 = true;
		*ret_type = markup                        ? TEXT_HTML
			    : span_is(type, "text/plain") ? TEXT_PLAIN
							  : TEXT_MAYBE;
		return CAPTURE_HTML;
	}
	if (span_is(type, "xhtml") || span_is(type, "application/xhtml+xml") ||
		(markup && span_is(mode, "xml"))) {
		*ret_type = TEXT_HTML;
		return CAPTURE_XHTML;
	}
	if (markup) {
		*ret_type = TEXT_HTML;
	} else if (span_is(type, "text") || span_is(type, "text/plain") || (atom && type.n == 0)) {
		*ret_type = mode.n > 0 && !span_is(mode, "xml") ? TEXT_MAYBE : TEXT_PLAIN;
	} else if (atom && type.n > 5 && span_starts(type, "text/") == false &&
		   memchr(type.s, '/', type.n) != NULL &&
		   !(type.n > 4 && span_is((struct span){ type.s + type.n - 4, 4 }, "+xml"))) {
		f->base64 = true;
		*ret_type = TEXT_MAYBE;
	}
	return CAPTURE_HTML;
}

static void start_text(struct build *b, struct frame *f, const struct attributes *attrs)
{
	enum text_type type;
	enum capture how = text_capture(b, f, attrs, &type);

	capture(b, f, how, type);
	if (f->field == FIELD_CONTENT_BODY)
		f->capture = CAPTURE_XHTML, f->type = TEXT_HTML;
}

/* A CDATA section inside the text was wrapped, or escaped, once more than was meant: a browser
 * would take it for a comment, and show nothing of it. */
static struct span unwrap(struct span text)
{
	static const char open[] = "<![CDATA[";
	/* "]]>" cannot stand inside a CDATA section: it is escaped there */
	static const char *const ends[] = { "]]>", "]]&gt;" };
	struct span inner = span_trim(text);

	if (!span_starts(inner, open))
		return text;
	span_skip(&inner, sizeof(open) - 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);
		if (inner.n >= n && memcmp(inner.s + inner.n - n, ends[i], n) == 0)
			return (struct span){ inner.s, inner.n - n };
	}
	return text;
}

static void end_text(struct build *b, struct frame *f, struct span text)
{
	if (f->base64)
		text = field_base64(&b->draft->pool, f->at);
	keep_text(b, f, f->type == TEXT_PLAIN ? text : unwrap(text));
}

static void start_word(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span value;

	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
	if (f->field == FIELD_ID) {
		struct span said = attribute_text(b, attrs, "ispermalink");
		b->draft->permalink = !span_is(said, "false");
		b->draft->permalink_said = span_is(said, "true");
	}
	if (f->field == FIELD_GENERATOR_ADMIN && attribute_find(b, attrs, "resource", true, &value))
		strbuf_add(&b->draft->pool, value.s, value.n);
}

static void start_url(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span value;

	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
	if (attribute_find(b, attrs, "href", false, &value) ||
		attribute_find(b, attrs, "url", false, &value) ||
		attribute_find(b, attrs, "resource", true, &value))
		strbuf_add(&b->draft->pool, value.s, value.n);
}

static void keep_image(struct build *b, const struct frame *f, struct span url)
{
	const char *image;

	if (!draft_wants(b->draft, f->field))
		return;
	image = build_url(b, f->base, url);
	if (image == NULL)
		return;
	b->draft->image = image;
	b->draft->texts[SLOT_IMAGE].field = f->field;
}

static void end_url(struct build *b, struct frame *f, struct span text)
{
	if (field_info[f->field].slot != SLOT_IMAGE) {
		keep_text(b, f, text);
		return;
	}
	keep_image(b, f, text);
	forget_text(b, f);
}

static void end_date(struct build *b, struct frame *f, struct span text)
{
	enum slot slot = field_info[f->field].slot;
	int64_t when;

	if (draft_wants(b->draft, f->field) && date_parse(text, &when)) {
		b->draft->dates[slot] = when;
		b->draft->texts[slot].field = f->field;
	}
	forget_text(b, f);
}

static void start_capture(struct build *b, struct frame *f, const struct attributes *attrs)
{
	(void)attrs;
	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
}

/* --- people
 * -------------------------------------------------------------------------------------------------------
 */

static void start_person(struct build *b, struct frame *f, const struct attributes *attrs)
{
	(void)attrs;
	f->context = CONTEXT_PERSON;
	b->person = (struct feed_person){ NULL, NULL, NULL };
	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
}

static void end_person(struct build *b, struct frame *f, struct span text)
{
	struct feed_person p = b->person;

	if (p.name == NULL && p.email == NULL && p.url == NULL)
		p = field_person(b, text);
	forget_text(b, f);
	if (p.name == NULL && p.email == NULL && p.url == NULL)
		return;
	if (f->field == FIELD_CONTRIBUTOR) {
		draft_push(&b->draft->contributors, &p, sizeof(p));
		return;
	}
	if (f->field < b->draft->author_field)
		return;
	if (f->field > b->draft->author_field)
		b->draft->authors.n = 0;
	b->draft->author_field = f->field;
	draft_push(&b->draft->authors, &p, sizeof(p));
}

/* A guest or a host of a podcast: no author of its text. */
static void start_podcast_person(struct build *b, struct frame *f, const struct attributes *attrs)
{
	b->person = (struct feed_person){ NULL, NULL, NULL };
	b->person.url = build_url(b, f->base, attribute_text(b, attrs, "href"));
	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
}

static void end_podcast_person(struct build *b, struct frame *f, struct span text)
{
	b->person.name = build_line(b, text, TEXT_MAYBE, LIMIT_NAME);
	if (b->person.name != NULL)
		draft_push(&b->draft->contributors, &b->person, sizeof(b->person));
	forget_text(b, f);
}

static void end_person_name(struct build *b, struct frame *f, struct span text)
{
	struct feed_person p = field_person(b, text);

	b->person.name = p.name;
	if (b->person.email == NULL)
		b->person.email = p.email;
	forget_text(b, f);
}

static void end_person_email(struct build *b, struct frame *f, struct span text)
{
	b->person.email = build_line(b, text, TEXT_PLAIN, LIMIT_NAME);
	forget_text(b, f);
}

static void end_person_url(struct build *b, struct frame *f, struct span text)
{
	b->person.url = build_url(b, f->base, text);
	forget_text(b, f);
}

/* --- links and attachments
 * ---------------------------------------------------------------------------------------- */

static void start_link(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span href;

	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
	if (!attribute_find(b, attrs, "href", false, &href) &&
		!attribute_find(b, attrs, "resource", true, &href))
		return;
	f->field = FIELD_IGNORED; /* said in full */
	field_link(b, f->base, href, attrs, f[-1].context == CONTEXT_SOURCE);
}

static void end_link(struct build *b, struct frame *f, struct span text)
{
	if (f->field == FIELD_SOURCE_LINK)
		b->source.url = build_url(b, f->base, text);
	else if (f->field == FIELD_LINK)
		add_link(b, (struct feed_link){
				    .rel = "alternate", .href = build_url(b, f->base, text) });
	forget_text(b, f);
}

static void end_ignored(struct build *b, struct frame *f, struct span text)
{
	(void)text;
	if (f->capture != CAPTURE_NOTHING)
		forget_text(b, f);
}

static void start_enclosure(struct build *b, struct frame *f, const struct attributes *attrs)
{
	struct span url = attribute_text(b, attrs, "url");

	f->context = CONTEXT_IGNORED;
	if (url.n == 0)
		url = attribute_text(b, attrs, "href");
	field_attachment(b, build_url(b, f->base, url), attrs);
}

static void start_media(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_MEDIA;
	field_attachment(b, build_url(b, f->base, attribute_text(b, attrs, "url")), attrs);
}

static void start_thumbnail(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_IGNORED;
	keep_image(b, f, attribute_text(b, attrs, "url"));
}

static void start_image(struct build *b, struct frame *f, const struct attributes *attrs)
{
	start_url(b, f, attrs);
	f->context = CONTEXT_IMAGE;
}

static void end_image(struct build *b, struct frame *f, struct span text)
{
	keep_image(b, f, text);
	forget_text(b, f);
}

static void end_relation(struct build *b, struct frame *f, struct span text)
{
	add_link(b,
		(struct feed_link){ .rel = field_relation(f->field),
			.href = build_url(b, f->base, text),
			.type = f->field == FIELD_COMMENTS_FEED ? "application/rss+xml" : NULL });
	forget_text(b, f);
}

static void start_pointer(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_IGNORED;
	field_pointer(b, f, attrs);
}

static void start_chapter(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_IGNORED;
	field_chapter(b, f, attrs);
}

static void start_history(struct build *b, struct frame *f, const struct attributes *attrs)
{
	(void)attrs;
	f->context = CONTEXT_IGNORED;
	b->doc->history_complete |= f->field == FIELD_HISTORY_COMPLETE;
	b->doc->history_archive |= f->field == FIELD_HISTORY_ARCHIVE;
}

/* --- tags, source, schedule
 * --------------------------------------------------------------------------------------- */

static void start_tag(struct build *b, struct frame *f, const struct attributes *attrs)
{
	capture(b, f, CAPTURE_TEXT, TEXT_PLAIN);
	if (field_tag_attributes(b, attrs))
		f->field = FIELD_IGNORED;
	f->context = CONTEXT_FEED; /* itunes:category holds others of its kind */
}

static void end_tag(struct build *b, struct frame *f, struct span text)
{
	field_tag(b, text);
	forget_text(b, f);
}

static void end_tags(struct build *b, struct frame *f, struct span text)
{
	while (text.n > 0) {
		const char *comma = memchr(text.s, ',', text.n);
		size_t n = comma == NULL ? text.n : (size_t)(comma - text.s);
		field_tag(b, (struct span){ text.s, n });
		span_skip(&text, n + (comma != NULL));
	}
	forget_text(b, f);
}

static void start_source(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_SOURCE;
	b->source.url = build_url(b, f->base, attribute_text(b, attrs, "url"));
	capture(b, f, CAPTURE_TEXT, TEXT_MAYBE);
}

static void end_source(struct build *b, struct frame *f, struct span text)
{
	if (b->draft->texts[SLOT_SOURCE_TITLE].field == FIELD_NONE && !f->has_children) {
		f->field = FIELD_SOURCE_TITLE;
		keep_text(b, f, text);
	}
}

static void start_shape(struct build *b, struct frame *f, const struct attributes *attrs)
{
	f->context = CONTEXT_GEO;
	geo_shape(&b->draft->geo, f->field, attribute_text(b, attrs, "srsname"),
		attribute_text(b, attrs, "srsdimension"));
}

static void end_coordinates(struct build *b, struct frame *f, struct span text)
{
	geo_numbers(&b->draft->geo, f->field, text);
	forget_text(b, f);
}

static void end_skip_hour(struct build *b, struct frame *f, struct span text)
{
	int64_t hour = field_number(text);

	if (hour >= 0 && hour <= 24)
		b->draft->skip_hours |= 1u << (hour % 24);
	forget_text(b, f);
}

static void end_skip_day(struct build *b, struct frame *f, struct span text)
{
	static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

	for (unsigned i = 0; i < 7; i++)
		if (span_starts(span_trim(text), days[i]))
			b->draft->skip_days = (uint8_t)(b->draft->skip_days | 1u << i);
	forget_text(b, f);
}

/* --- dispatch
 * -----------------------------------------------------------------------------------------------------
 */

struct kind_steps {
	void (*start)(struct build *, struct frame *, const struct attributes *);
	void (*end)(struct build *, struct frame *, struct span);
};

static const struct kind_steps steps[KIND_COUNT] = {
	[KIND_IGNORED] = { start_ignored, end_ignored },
	[KIND_FEED] = { start_feed, NULL },
	[KIND_ENTRY] = { start_entry, end_entry },
	[KIND_BOX] = { start_box, NULL },
	[KIND_TEXT] = { start_text, end_text },
	[KIND_WORD] = { start_word, end_text },
	[KIND_URL] = { start_url, end_url },
	[KIND_DATE] = { start_capture, end_date },
	[KIND_PERSON] = { start_person, end_person },
	[KIND_PERSON_NAME] = { start_capture, end_person_name },
	[KIND_PERSON_EMAIL] = { start_capture, end_person_email },
	[KIND_PERSON_URL] = { start_capture, end_person_url },
	[KIND_LINK] = { start_link, end_link },
	[KIND_TAG] = { start_tag, end_tag },
	[KIND_TAGS] = { start_capture, end_tags },
	[KIND_ENCLOSURE] = { start_enclosure, NULL },
	[KIND_MEDIA] = { start_media, NULL },
	[KIND_THUMBNAIL] = { start_thumbnail, NULL },
	[KIND_SOURCE] = { start_source, end_source },
	[KIND_IMAGE] = { start_image, end_image },
	[KIND_RELATION] = { start_url, end_relation },
	[KIND_POINTER] = { start_pointer, NULL },
	[KIND_PODCAST_PERSON] = { start_podcast_person, end_podcast_person },
	[KIND_CHAPTER] = { start_chapter, NULL },
	[KIND_HISTORY] = { start_history, NULL },
	[KIND_SHAPE] = { start_shape, NULL },
	[KIND_COORDINATES] = { start_capture, end_coordinates },
	[KIND_SKIP_HOUR] = { start_capture, end_skip_hour },
	[KIND_SKIP_DAY] = { start_capture, end_skip_day },
};

void field_start(struct build *b, struct frame *f, const struct attributes *attrs)
{
	steps[field_info[f->field].kind].start(b, f, attrs);
}

void field_end(struct build *b, struct frame *f, struct span text)
{
	const struct kind_steps *s = &steps[field_info[f->field].kind];

	if (s->end != NULL)
		s->end(b, f, text);
}
