#include "wire/doc.h"
#include "base/limits.h"
#include "feed/doc.h"

#define STRING(s, field, is, most)                                    \
	{                                                             \
		.kind = is, .offset = offsetof(s, field), .max = most \
	}
#define NEEDED(s, field, is, most)                                                      \
	{                                                                               \
		.kind = is, .offset = offsetof(s, field), .max = most, .required = true \
	}
#define LINE(s, field, most) STRING(s, field, FIELD_LINE, most)
#define TEXT(s, field, most) STRING(s, field, FIELD_TEXT, most)
#define URL(s, field) STRING(s, field, FIELD_URL, LIMIT_URL)
#define VALUE(s, field, is, most) STRING(s, field, is, most)
#define DATE(s, field) VALUE(s, field, FIELD_DATE, 0)
#define NUMBER(s, field) VALUE(s, field, FIELD_NUMBER, LIMIT_NUMBER)
#define LIST(s, field, most, record)                                                               \
	{                                                                                          \
		.kind = FIELD_LIST, .offset = offsetof(s, field), .count = offsetof(s, n_##field), \
		.max = most, .of = &record                                                         \
	}
#define RECORD(name, s, rows) \
	static const struct record name = { sizeof(s), rows, sizeof rows / sizeof *rows }

static const struct field line_fields[] = {
	{ .kind = FIELD_LINE, .max = LIMIT_TITLE, .required = true },
};
RECORD(line_record, const char *, line_fields);

static const struct field url_fields[] = {
	{ .kind = FIELD_URL, .max = LIMIT_URL, .required = true },
};
RECORD(url_record, const char *, url_fields);

static const struct field person_fields[] = {
	LINE(struct feed_person, name, LIMIT_NAME),
	LINE(struct feed_person, email, LIMIT_NAME),
	URL(struct feed_person, url),
};
RECORD(person_record, struct feed_person, person_fields);

static const struct field link_fields[] = {
	NEEDED(struct feed_link, rel, FIELD_LINE, LIMIT_NAME),
	URL(struct feed_link, href),
	LINE(struct feed_link, type, LIMIT_NAME),
	LINE(struct feed_link, title, LIMIT_TITLE),
	LINE(struct feed_link, hreflang, LIMIT_NAME),
};
RECORD(link_record, struct feed_link, link_fields);

static const struct field tag_fields[] = {
	LINE(struct feed_tag, term, LIMIT_NAME),
	LINE(struct feed_tag, scheme, LIMIT_URL),
	LINE(struct feed_tag, label, LIMIT_NAME),
};
RECORD(tag_record, struct feed_tag, tag_fields);

static const struct field attachment_fields[] = {
	NEEDED(struct feed_attachment, url, FIELD_URL, LIMIT_URL),
	LINE(struct feed_attachment, mime_type, LIMIT_NAME),
	LINE(struct feed_attachment, title, LIMIT_TITLE),
	NUMBER(struct feed_attachment, size_in_bytes),
	NUMBER(struct feed_attachment, duration_in_seconds),
};
RECORD(attachment_record, struct feed_attachment, attachment_fields);

static const struct field source_fields[] = {
	LINE(struct feed_source, title, LIMIT_TITLE),
	URL(struct feed_source, url),
};
RECORD(source_record, struct feed_source, source_fields);

/* Identifiers and language tags are as the publisher wrote them: in broken feeds with line breaks.
 */
static const struct field entry_fields[] = {
	TEXT(struct feed_entry, guid, LIMIT_ID),
	VALUE(struct feed_entry, guid_is_permalink, FIELD_BOOL, 1),
	URL(struct feed_entry, url),
	URL(struct feed_entry, external_url),
	URL(struct feed_entry, comments_url),
	URL(struct feed_entry, image),
	LINE(struct feed_entry, title, LIMIT_TITLE),
	TEXT(struct feed_entry, summary, LIMIT_SUMMARY),
	STRING(struct feed_entry, content_html, FIELD_HTML, LIMIT_CONTENT),
	TEXT(struct feed_entry, content_text, LIMIT_CONTENT),
	TEXT(struct feed_entry, language, LIMIT_NAME),
	LINE(struct feed_entry, rights, LIMIT_NAME),
	DATE(struct feed_entry, published),
	DATE(struct feed_entry, updated),
	NUMBER(struct feed_entry, comments_count),
	{ .kind = FIELD_RECORD,
		.offset = offsetof(struct feed_entry, source),
		.of = &source_record },
	LIST(struct feed_entry, authors, LIMIT_PER_ENTRY, person_record),
	LIST(struct feed_entry, contributors, LIMIT_PER_ENTRY, person_record),
	LIST(struct feed_entry, tags, LIMIT_PER_ENTRY, tag_record),
	LIST(struct feed_entry, links, LIMIT_PER_ENTRY, link_record),
	LIST(struct feed_entry, attachments, LIMIT_PER_ENTRY, attachment_record),
	VALUE(struct feed_entry, keys, FIELD_HASHES, ENTRY_KEY_COUNT),
	NEEDED(struct feed_entry, content_hash, FIELD_HASHES, 1),
};
const struct record entry_record = { sizeof(struct feed_entry), entry_fields,
	sizeof entry_fields / sizeof *entry_fields };

static const struct field doc_fields[] = {
	VALUE(struct feed_doc, format, FIELD_U32, FEED_FORMAT_COUNT - 1),
	LINE(struct feed_doc, encoding, LIMIT_NAME),
	VALUE(struct feed_doc, well_formed, FIELD_BOOL, 1),
	LIST(struct feed_doc, warnings, LIMIT_WARNINGS, line_record),
	LINE(struct feed_doc, title, LIMIT_TITLE),
	URL(struct feed_doc, home_page_url),
	URL(struct feed_doc, feed_url),
	TEXT(struct feed_doc, description, LIMIT_SUMMARY),
	URL(struct feed_doc, icon),
	TEXT(struct feed_doc, language, LIMIT_NAME),
	LINE(struct feed_doc, rights, LIMIT_NAME),
	LINE(struct feed_doc, generator, LIMIT_NAME),
	TEXT(struct feed_doc, id, LIMIT_ID),
	DATE(struct feed_doc, published),
	DATE(struct feed_doc, updated),
	NUMBER(struct feed_doc, ttl_minutes),
	NUMBER(struct feed_doc, update_interval_seconds),
	VALUE(struct feed_doc, skip_hours, FIELD_U32, (1u << 24) - 1),
	VALUE(struct feed_doc, history_complete, FIELD_BOOL, 1),
	VALUE(struct feed_doc, history_archive, FIELD_BOOL, 1),
	VALUE(struct feed_doc, skip_days, FIELD_U8, (1u << 7) - 1),
	LIST(struct feed_doc, authors, LIMIT_PER_ENTRY, person_record),
	LIST(struct feed_doc, contributors, LIMIT_PER_ENTRY, person_record),
	LIST(struct feed_doc, tags, LIMIT_PER_ENTRY, tag_record),
	LIST(struct feed_doc, links, LIMIT_PER_ENTRY, link_record),
	LIST(struct feed_doc, hubs, LIMIT_PER_ENTRY, url_record),
	/* the last one: see doc_head_record */
	LIST(struct feed_doc, entries, LIMIT_ENTRIES, entry_record),
};

const struct record doc_record = { sizeof(struct feed_doc), doc_fields,
	sizeof doc_fields / sizeof *doc_fields };
const struct record doc_head_record = { sizeof(struct feed_doc), doc_fields,
	sizeof doc_fields / sizeof *doc_fields - 1 };
