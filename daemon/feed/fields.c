#include "feed/fields.h"

#include "base/text.h"
#include "feed/date.h"
#include "feed/person.h"
#include "feed/url.h"

struct feed_person field_person(struct build *b, struct span text)
{
	struct feed_person p = { NULL, NULL, NULL };
	struct span name, email;

	person_split(text, &name, &email);
	p.name = build_line(b, name, TEXT_MAYBE, LIMIT_NAME);
	p.email = build_line(b, email, TEXT_PLAIN, LIMIT_NAME);
	return p;
}

int64_t field_number(struct span text)
{
	int64_t v = 0;

	text = span_trim(text);
	if (text.n == 0 || text.n > 15)
		return FEED_UNKNOWN;
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_digit(text.s[i]))
			return FEED_UNKNOWN;
		v = v * 10 + (text.s[i] - '0');
	}
	return v;
}

int64_t field_duration(struct span text)
{
	int64_t seconds = 0;

	text = span_trim(text);
	while (true) {
		const char *colon = text.n == 0 ? NULL : memchr(text.s, ':', text.n);
		struct span part = { text.s, colon == NULL ? text.n : (size_t)(colon - text.s) };
		const char *point = part.n == 0 ? NULL : memchr(part.s, '.', part.n);
		if (point != NULL && colon == NULL)
			part.n = (size_t)(point - part.s);
		int64_t v = field_number(part);
		if (v < 0 || v > 1000000000 || seconds > 1000000000)
			return FEED_UNKNOWN;
		seconds = seconds * 60 + v;
		if (colon == NULL)
			return seconds;
		span_skip(&text, (size_t)(colon + 1 - text.s));
	}
}

/* The registered name of a relation, in lower case; the IANA's address before it is noise (RFC
 * 4287 4.2.7.2). */
static const char *relation(struct build *b, struct span rel)
{
	static const char iana[] = "http://www.iana.org/assignments/relation/";

	rel = span_trim(rel);
	if (span_starts(rel, iana)) {
		span_skip(&rel, sizeof(iana) - 1);
	}
	if (rel.n == 0 || span_is(rel, "alternate"))
		return "alternate";
	return build_line(b, rel, TEXT_PLAIN, LIMIT_NAME);
}

static const char *word(struct build *b, const struct attributes *attrs, const char *name)
{
	return build_line(b, attribute_text(b, attrs, name), TEXT_PLAIN, LIMIT_NAME);
}

void field_attachment(struct build *b, const char *url, const struct attributes *attrs)
{
	struct feed_attachment a = { .url = url };
	struct feed_attachment *known = b->draft->attachments.items;

	if (url == NULL)
		return;
	for (size_t i = 0; i < b->draft->attachments.n; i++)
		if (strcmp(known[i].url, url) == 0)
			return;
	a.mime_type = word(b, attrs, "type");
	a.title = word(b, attrs, "title");
	a.size_in_bytes = field_number(attribute_text(b, attrs, "length"));
	if (a.size_in_bytes == FEED_UNKNOWN)
		a.size_in_bytes = field_number(attribute_text(b, attrs, "filesize"));
	a.duration_in_seconds = field_duration(attribute_text(b, attrs, "duration"));
	draft_push(&b->draft->attachments, &a, sizeof(a));
}

void field_link(struct build *b, const char *base, struct span href, const struct attributes *attrs,
	bool of_source)
{
	struct feed_link link = { .href = build_url(b, base, href) };

	if (link.href == NULL && href.n == 0)
		link.href = base; /* RFC 3986 4.4: the document itself */

	link.rel = relation(b, attribute_text(b, attrs, "rel"));
	if (link.href == NULL || link.rel == NULL)
		return;
	if (of_source) {
		if (strcmp(link.rel, "alternate") == 0 || b->source.url == NULL)
			b->source.url = link.href;
		return;
	}
	link.type = word(b, attrs, "type");
	if (link.type == NULL && strcmp(link.rel, "self") == 0 &&
		b->doc->format == FEED_FORMAT_ATOM10)
		link.type = "application/atom+xml";
	link.title = word(b, attrs, "title");
	link.hreflang = word(b, attrs, "hreflang");
	draft_push(&b->draft->links, &link, sizeof(link));
	if (strcmp(link.rel, "enclosure") == 0)
		field_attachment(b, link.href, attrs);
	/* RFC 4685 4: only its prefix tells the attribute from others */
	if (strcmp(link.rel, "replies") == 0 && attribute_find(b, attrs, "count", true, &href))
		b->draft->n_replies = field_number(href);
	if (strcmp(link.rel, "hub") == 0)
		draft_push(&b->draft->hubs, &link.href, sizeof(link.href));
}

const char *field_relation(enum field field)
{
	static const struct {
		enum field field;
		const char *rel;
	} relations[] = {
		{ FIELD_LICENSE, "license" },
		{ FIELD_COMMENTS_FEED, "replies" },
		{ FIELD_IN_REPLY_TO, "in-reply-to" },
		{ FIELD_TRANSCRIPT, "transcript" },
		{ FIELD_CHAPTERS_FILE, "chapters" },
	};

	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		if (relations[i].field == field)
			return relations[i].rel;
	return "related";
}

void field_pointer(struct build *b, const struct frame *f, const struct attributes *attrs)
{
	struct span to;
	/* ref is the other entry's id (RFC 4685 3), href where it can be read */
	bool said = attribute_find(b, attrs, "url", false, &to) ||
		    attribute_find(b, attrs, "href", false, &to) ||
		    attribute_find(b, attrs, "ref", false, &to);
	struct feed_link link = { .rel = field_relation(f->field) };

	if (!said)
		return;
	link.href = build_url(b, f->base, to);
	link.type = word(b, attrs, "type");
	link.hreflang = word(b, attrs, "language");
	if (link.href != NULL)
		draft_push(&b->draft->links, &link, sizeof(link));
}

void field_chapter(struct build *b, const struct frame *f, const struct attributes *attrs)
{
	struct feed_chapter chapter = {
		.start_seconds = field_duration(attribute_text(b, attrs, "start")),
		.title = build_line(b, attribute_text(b, attrs, "title"), TEXT_PLAIN, LIMIT_TITLE),
	};
	struct span url = attribute_text(b, attrs, "href"),
		    image = attribute_text(b, attrs, "image");

	if (chapter.start_seconds == FEED_UNKNOWN)
		return;
	chapter.url = url.n > 0 ? build_url(b, f->base, url) : NULL;
	chapter.image = image.n > 0 ? build_url(b, f->base, image) : NULL;
	draft_push(&b->draft->chapters, &chapter, sizeof(chapter));
}

static void push_tag(struct build *b, struct feed_tag tag)
{
	const struct feed_tag *known = b->draft->tags.items;

	for (size_t i = 0; i < b->draft->tags.n; i++)
		if (strcmp(known[i].term, tag.term) == 0 &&
			(known[i].scheme == NULL) == (tag.scheme == NULL) &&
			(tag.scheme == NULL || strcmp(known[i].scheme, tag.scheme) == 0))
			return;
	draft_push(&b->draft->tags, &tag, sizeof(tag));
}

bool field_tag_attributes(struct build *b, const struct attributes *attrs)
{
	struct feed_tag tag = { NULL, NULL, NULL };
	struct span term;

	tag.scheme = word(b, attrs, "scheme");
	if (tag.scheme == NULL)
		tag.scheme = word(b, attrs, "domain");
	tag.label = build_line(b, attribute_text(b, attrs, "label"), TEXT_MAYBE, LIMIT_NAME);
	b->tag = tag;
	if (!attribute_find(b, attrs, "term", false, &term) &&
		!attribute_find(b, attrs, "text", false, &term))
		return false;
	tag.term = build_line(b, term, TEXT_MAYBE, LIMIT_NAME);
	if (tag.term == NULL)
		tag.term = tag.label;
	if (tag.term != NULL)
		push_tag(b, tag);
	return true;
}

void field_tag(struct build *b, struct span term)
{
	struct feed_tag tag = b->tag;

	tag.term = build_line(b, term, TEXT_MAYBE, LIMIT_NAME);
	if (tag.term != NULL)
		push_tag(b, tag);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct span field_base64(struct strbuf *pool, size_t at)
{
	unsigned bits = 0;
	int n_bits = 0;
	size_t w = at;

	for (size_t i = at; i < pool->len; i++) {
		int v = base64_value(pool->data[i]);
		if (v < 0 && !ascii_space(pool->data[i]) && pool->data[i] != '=')
			return (struct span){ "", 0 };
		if (v < 0)
			continue;
		bits = (bits << 6 | (unsigned)v) & 0xffffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			pool->data[w++] = (char)(bits >> n_bits & 0xff);
		}
	}
	if (pool->len > at)
		strbuf_truncate(pool, w);
	if (!utf8_valid(strbuf_str(pool) + at, w - at))
		return (struct span){ "", 0 };
	return (struct span){ strbuf_str(pool) + at, w - at };
}
