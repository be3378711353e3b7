/* wire/parse.c, doc.c and record.c: what a worker says comes over whole, and nothing else comes
 * over. */
#include "wire/parse.h"
#include "wire/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct feed_person persons[] = {
	{ "Zo\xc3\xab", "zoe@example.org", "https://example.org/zoe" },
	{ "B", NULL, NULL },
};
static struct feed_tag tags[] = { { "c", "https://example.org/tags", "C" }, { 0 } };
static struct feed_link links[] = { { "via", "https://example.org/v", "text/html", "V", "fr" } };
static struct feed_attachment attachments[] = {
	{ "https://example.org/a.mp3", "audio/mpeg", "A", 12345, 61 },
	{ "https://example.org/b.mp3", NULL, NULL, FEED_UNKNOWN, FEED_UNKNOWN },
};
static const char *warnings[] = { "a date was impossible" };
static const char *hubs[] = { "https://hub.example.org/", "https://hub2.example.org/" };

/* Two entries: one that says everything, one that says nothing. */
static struct feed_entry entries[] = {
	{
		.guid = "urn:x:1",
		.guid_is_permalink = true,
		.url = "https://example.org/1",
		.external_url = "https://example.com/x",
		.comments_url = "https://example.org/1#c",
		.image = "https://example.org/1.png",
		.title = "One",
		.summary = "first line\nsecond\tline",
		.content_html = "<p>&lt;1&gt;\xe2\x80\xae</p>",
		.content_text = "text",
		.language = "en",
		.rights = "\xc2\xa9 2026",
		.published = 1700000000,
		.updated = -5,
		.comments_count = 12,
		.source = { "Elsewhere", "https://example.com/feed" },
		.authors = persons,
		.n_authors = 2,
		.contributors = persons,
		.n_contributors = 1,
		.tags = tags,
		.n_tags = 2,
		.links = links,
		.n_links = 1,
		.attachments = attachments,
		.n_attachments = 2,
		.keys = { { { 1 } }, { { 2 } }, { { 3 } }, { { 4 } }, { { 5 } } },
		.content_hash = { { 6 } },
	},
	{ .published = FEED_NO_DATE,
		.updated = FEED_NO_DATE,
		.comments_count = FEED_UNKNOWN,
		.content_hash = { { 9 } } },
};

static struct feed_doc full_doc(void)
{
	return (struct feed_doc){
		.format = FEED_FORMAT_ATOM10,
		.encoding = "windows-1252",
		.well_formed = true,
		.warnings = warnings,
		.title = "Title",
		.home_page_url = "https://example.org/",
		.feed_url = "https://example.org/feed",
		.description = "What it is",
		.icon = "https://example.org/icon",
		.language = "en-GB",
		.rights = "none",
		.generator = "a hand",
		.id = "tag:example.org,2026:feed",
		.published = 0,
		.updated = 253402300799,
		.ttl_minutes = 60,
		.update_interval_seconds = LIMIT_NUMBER,
		.skip_hours = 0xffffff,
		.skip_days = 0x7f,
		.history_complete = true,
		.authors = persons,
		.contributors = persons + 1,
		.tags = tags,
		.links = links,
		.hubs = hubs,
		.entries = entries,
		.n_warnings = 1,
		.n_authors = 1,
		.n_contributors = 1,
		.n_tags = 1,
		.n_links = 1,
		.n_hubs = 2,
		.n_entries = 2,
	};
}

static void encode(struct strbuf *out, const struct feed_doc *doc)
{
	strbuf_init(out, LIMIT_FRAME);
	assert_true(parse_doc_encode(out, doc));
}

static struct feed_doc *decode(const struct strbuf *frame)
{
	uint32_t len = 0;
	enum frame_type type = 0;
	assert_true(frame_header((const unsigned char *)frame->data, &len, &type));
	assert_int_equal(type, FRAME_PARSE_DOC);
	assert_int_equal(len, frame->len - FRAME_HEADER);
	return parse_doc_decode(frame->data + FRAME_HEADER, len);
}

/* Whether the document survives the wire; frees what came out. */
static bool accepted(const struct feed_doc *doc)
{
	struct strbuf frame;
	encode(&frame, doc);
	struct feed_doc *got = decode(&frame);
	bool is = got != NULL;
	feed_doc_free(got);
	strbuf_release(&frame);
	return is;
}

static void same_string(const char *a, const char *b)
{
	if (a == NULL)
		assert_null(b);
	else
		assert_string_equal(a, b);
}

static void same_person(const struct feed_person *a, const struct feed_person *b)
{
	same_string(a->name, b->name);
	same_string(a->email, b->email);
	same_string(a->url, b->url);
}

static void same_entry(const struct feed_entry *a, const struct feed_entry *b)
{
	same_string(a->guid, b->guid);
	assert_int_equal(a->guid_is_permalink, b->guid_is_permalink);
	same_string(a->url, b->url);
	same_string(a->external_url, b->external_url);
	same_string(a->comments_url, b->comments_url);
	same_string(a->image, b->image);
	same_string(a->title, b->title);
	same_string(a->summary, b->summary);
	same_string(a->content_html, b->content_html);
	same_string(a->content_text, b->content_text);
	same_string(a->language, b->language);
	same_string(a->rights, b->rights);
	assert_true(a->published == b->published && a->updated == b->updated);
	assert_true(a->comments_count == b->comments_count);
	same_string(a->source.title, b->source.title);
	same_string(a->source.url, b->source.url);
	assert_int_equal(a->n_authors, b->n_authors);
	for (size_t i = 0; i < a->n_authors; i++)
		same_person(&a->authors[i], &b->authors[i]);
	assert_int_equal(a->n_contributors, b->n_contributors);
	assert_int_equal(a->n_tags, b->n_tags);
	assert_int_equal(a->n_links, b->n_links);
	assert_int_equal(a->n_attachments, b->n_attachments);
	for (size_t i = 0; i < a->n_attachments; i++) {
		same_string(a->attachments[i].url, b->attachments[i].url);
		same_string(a->attachments[i].mime_type, b->attachments[i].mime_type);
		same_string(a->attachments[i].title, b->attachments[i].title);
		assert_true(a->attachments[i].size_in_bytes == b->attachments[i].size_in_bytes);
		assert_true(a->attachments[i].duration_in_seconds ==
			    b->attachments[i].duration_in_seconds);
	}
	assert_memory_equal(a->keys, b->keys, sizeof a->keys);
	assert_memory_equal(&a->content_hash, &b->content_hash, sizeof a->content_hash);
}

static void same_doc(const struct feed_doc *a, const struct feed_doc *b)
{
	assert_int_equal(a->format, b->format);
	assert_int_equal(a->well_formed, b->well_formed);
	same_string(a->encoding, b->encoding);
	same_string(a->title, b->title);
	same_string(a->home_page_url, b->home_page_url);
	same_string(a->feed_url, b->feed_url);
	same_string(a->description, b->description);
	same_string(a->icon, b->icon);
	same_string(a->language, b->language);
	same_string(a->rights, b->rights);
	same_string(a->generator, b->generator);
	same_string(a->id, b->id);
	assert_true(a->published == b->published && a->updated == b->updated);
	assert_true(a->history_complete == b->history_complete);
	assert_true(a->history_archive == b->history_archive);
	assert_true(a->ttl_minutes == b->ttl_minutes);
	assert_true(a->update_interval_seconds == b->update_interval_seconds);
	assert_int_equal(a->skip_hours, b->skip_hours);
	assert_int_equal(a->skip_days, b->skip_days);
	assert_int_equal(a->n_warnings, b->n_warnings);
	same_string(a->warnings[0], b->warnings[0]);
	assert_int_equal(a->n_hubs, b->n_hubs);
	for (size_t i = 0; i < a->n_hubs; i++)
		same_string(a->hubs[i], b->hubs[i]);
	assert_int_equal(a->n_authors, b->n_authors);
	assert_int_equal(a->n_contributors, b->n_contributors);
	same_person(&a->contributors[0], &b->contributors[0]);
	assert_int_equal(a->n_tags, b->n_tags);
	same_string(a->tags[0].term, b->tags[0].term);
	same_string(a->tags[0].scheme, b->tags[0].scheme);
	same_string(a->tags[0].label, b->tags[0].label);
	assert_int_equal(a->n_links, b->n_links);
	same_string(a->links[0].rel, b->links[0].rel);
	same_string(a->links[0].href, b->links[0].href);
	same_string(a->links[0].type, b->links[0].type);
	same_string(a->links[0].title, b->links[0].title);
	same_string(a->links[0].hreflang, b->links[0].hreflang);
	assert_int_equal(a->n_entries, b->n_entries);
	for (size_t i = 0; i < a->n_entries; i++)
		same_entry(&a->entries[i], &b->entries[i]);
}

static void test_doc_round_trip(void **state)
{
	(void)state;
	struct feed_doc doc = full_doc();
	struct strbuf frame, again;
	encode(&frame, &doc);
	struct feed_doc *got = decode(&frame);
	assert_non_null(got);
	same_doc(&doc, got);
	encode(&again, got);
	assert_int_equal(frame.len, again.len);
	assert_memory_equal(frame.data, again.data, frame.len);
	feed_doc_free(got);
	strbuf_release(&frame);
	strbuf_release(&again);
	struct feed_doc *empty = feed_doc_new();
	assert_true(accepted(empty));
	feed_doc_free(empty);
}

/* Marks the bytes of a struct that the table sends. */
static void mark(const struct record *record, char *covered)
{
	static const size_t sizes[] = {
		[FIELD_LINE] = sizeof(char *),
		[FIELD_TEXT] = sizeof(char *),
		[FIELD_HTML] = sizeof(char *),
		[FIELD_URL] = sizeof(char *),
		[FIELD_BOOL] = sizeof(bool),
		[FIELD_U8] = 1,
		[FIELD_U32] = 4,
		[FIELD_NUMBER] = 8,
		[FIELD_DATE] = 8,
		[FIELD_LIST] = sizeof(void *),
	};
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *f = &record->fields[i];
		if (f->kind == FIELD_RECORD)
			memset(covered + f->offset, 1, f->of->size);
		else if (f->kind == FIELD_HASHES)
			memset(covered + f->offset, 1, f->max * HASH_SIZE);
		else
			memset(covered + f->offset, 1, sizes[f->kind]);
		if (f->kind == FIELD_LIST)
			memset(covered + f->count, 1, sizeof(size_t));
	}
}

/* A field that feed/doc.h gains without a row in the table leaves a hole larger than padding. */
static void test_tables_are_complete(void **state)
{
	(void)state;
	const struct record *queue[32] = { &doc_record };
	size_t n = 1;
	for (size_t q = 0; q < n; q++) {
		const struct record *record = queue[q];
		char covered[sizeof(struct feed_doc) + sizeof(struct feed_entry)] = { 0 };
		assert_true(record->size <= sizeof covered);
		mark(record, covered);
		/* Some are not for the daemon, says doc.h. */
		if (record == &doc_record) {
			memset(covered + offsetof(struct feed_doc, arena), 1, sizeof(struct arena));
			memset(covered + offsetof(struct feed_doc, podcast), 1, sizeof(void *));
		}
		if (record->size == sizeof(struct feed_entry))
			memset(covered + offsetof(struct feed_entry, geo), 1,
				offsetof(struct feed_entry, authors) -
					offsetof(struct feed_entry, geo));
		size_t hole = 0;
		for (size_t i = 0; i < record->size; i++) {
			hole = covered[i] ? 0 : hole + 1;
			assert_true(hole < sizeof(void *));
		}
		for (size_t i = 0; i < record->n_fields; i++) {
			if (record->fields[i].of != NULL)
				queue[n++] = record->fields[i].of;
			assert_true(n < COUNT(queue));
		}
	}
	assert_int_equal(n, 14);
}

static void test_truncation(void **state)
{
	(void)state;
	struct feed_doc doc = full_doc();
	struct strbuf frame;
	encode(&frame, &doc);
	size_t n = frame.len - FRAME_HEADER;
	for (size_t k = 0; k < n; k++) {
		char *part = malloc(k + 1); /* its own block, so that ASan sees a read past it */
		memcpy(part, frame.data + FRAME_HEADER, k);
		part = realloc(part, k > 0 ? k : 1);
		assert_null(parse_doc_decode(part, k));
		free(part);
	}
	strbuf_addch(&frame, '\0'); /* nor may anything follow */
	assert_null(parse_doc_decode(frame.data + FRAME_HEADER, n + 1));
	strbuf_release(&frame);
}

/* Whatever is accepted is a document that can be sent again, byte for byte. */
static void test_corruption(void **state)
{
	(void)state;
	struct feed_doc doc = full_doc();
	struct strbuf frame;
	encode(&frame, &doc);
	size_t n = frame.len - FRAME_HEADER;
	char *copy = malloc(n);
	uint64_t x = 88172645463325252;
	unsigned accepted_docs = 0;
	for (unsigned round = 0; round < 20000; round++) {
		memcpy(copy, frame.data + FRAME_HEADER, n);
		for (unsigned flips = 1 + round % 3; flips > 0; flips--) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			copy[x % n] = (char)(x >> 40);
		}
		struct feed_doc *got = parse_doc_decode(copy, n);
		if (got == NULL)
			continue;
		accepted_docs++;
		struct strbuf again;
		encode(&again, got);
		assert_int_equal(again.len, frame.len);
		assert_memory_equal(again.data + FRAME_HEADER, copy, n);
		strbuf_release(&again);
		feed_doc_free(got);
	}
	assert_true(accepted_docs > 0);
	free(copy);
	strbuf_release(&frame);
}

static void test_lies_in_strings(void **state)
{
	(void)state;
	static const struct {
		const char *title, *url, *summary, *html;
		bool good;
	} cases[] = {
		{ "t", "https://example.org/", "s\n", "<p>\n</p>", true },
		{ "two\nlines", NULL, NULL, NULL, false },
		{ "a\ttab", NULL, NULL, NULL, false },
		{ "\x1b[31m", NULL, NULL, NULL, false },
		{ "\xc2\x9b"
		  "31m",
			NULL, NULL, NULL, false },
		{ "\xe2\x80\xae"
		  "evil",
			NULL, NULL, NULL, false },
		{ "\xff", NULL, NULL, NULL, false },
		{ NULL, "javascript:alert(1)", NULL, NULL, false },
		{ NULL, "JavaScript:alert(1)", NULL, NULL, false },
		{ NULL, "data:text/html,x", NULL, NULL, false },
		{ NULL, "https://example.org/\r\nX: y", NULL, NULL, false },
		{ NULL, "/relative", NULL, NULL, true },
		{ NULL, NULL, "a\x07", NULL, false },
		{ NULL, NULL, NULL, "<p>\xc3</p>", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feed_entry entry = entries[1];
		struct feed_doc doc = { .entries = &entry, .n_entries = 1 };
		entry.title = cases[i].title;
		entry.url = cases[i].url;
		entry.summary = cases[i].summary;
		entry.content_html = cases[i].html;
		assert_int_equal(accepted(&doc), cases[i].good);
	}
	struct feed_entry entry =
		entries[1]; /* what is verbatim may have lines, and nothing worse */
	struct feed_doc doc = { .entries = &entry, .n_entries = 1, .id = "a\nb" };
	entry.guid = "two\n\tlines";
	assert_true(accepted(&doc));
	entry.guid = "\x1b]0;title\x07";
	assert_false(accepted(&doc));
}

static void test_lies_in_numbers(void **state)
{
	(void)state;
	const struct feed_doc good = full_doc();
	struct feed_doc lies[11];
	for (size_t i = 0; i < COUNT(lies); i++)
		lies[i] = good;
	struct feed_entry entry = entries[1];
	lies[0].format = FEED_FORMAT_COUNT;
	lies[1].published = INT64_MAX;
	lies[2].published = FEED_NO_DATE + 1;
	lies[3].ttl_minutes = -2;
	lies[4].ttl_minutes = LIMIT_NUMBER + 1;
	lies[5].skip_hours = 1u << 24;
	lies[6].skip_days = 1u << 7;
	lies[7].update_interval_seconds = INT64_MIN;
	const char *no_hub[] = { NULL };
	lies[8].hubs = no_hub;
	lies[8].n_hubs = 1;
	struct feed_link no_rel = { NULL, "https://example.org/", NULL, NULL, NULL };
	lies[9].links = &no_rel;
	entry.content_hash = (struct hash){ 0 };
	lies[10].entries = &entry;
	lies[10].n_entries = 1;
	assert_true(accepted(&good));
	for (size_t i = 0; i < COUNT(lies); i++)
		assert_false(accepted(&lies[i]));
}

static void test_limits(void **state)
{
	(void)state;
	struct feed_doc doc = full_doc();
	char *title = calloc(1, LIMIT_TITLE + 2);
	memset(title, 'x', LIMIT_TITLE);
	doc.title = title;
	assert_true(accepted(&doc));
	title[LIMIT_TITLE] = 'x';
	assert_false(accepted(&doc));
	free(title);

	doc = full_doc();
	struct feed_tag *many = calloc(LIMIT_PER_ENTRY + 1, sizeof *many);
	doc.tags = many;
	doc.n_tags = LIMIT_PER_ENTRY;
	assert_true(accepted(&doc));
	doc.n_tags++;
	assert_false(accepted(&doc));
	free(many);

	struct strbuf small = STRBUF_INIT(100);
	doc = full_doc();
	assert_false(parse_doc_encode(&small, &doc));
	strbuf_release(&small);
}

static void test_job(void **state)
{
	(void)state;
	char *long_type = calloc(1, LIMIT_CONTENT_TYPE + 2);
	memset(long_type, 'a', LIMIT_CONTENT_TYPE + 1);
	const struct {
		const char *type, *base, *want_type;
	} cases[] = {
		{ "text/xml; charset=utf-8", "https://example.org/feed",
			"text/xml; charset=utf-8" },
		{ NULL, NULL, NULL },
		{ "text/\xe9", "https://example.org/", NULL },
		{ long_type, "https://example.org/", NULL },
	};
	static const char body[] = "<rss>\0\xff</rss>";
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feed_input in = { body, sizeof body, cases[i].type, cases[i].base }, got;
		struct strbuf frame = STRBUF_INIT(LIMIT_FRAME), head = STRBUF_INIT(LIMIT_FRAME);
		assert_true(parse_job_encode(&frame, &in));
		assert_true(parse_job_encode_head(&head, FEED_TASK_READ, &in));
		assert_true(strbuf_add(&head, body, sizeof body));
		assert_int_equal(frame.len, head.len);
		assert_memory_equal(frame.data, head.data, frame.len);
		struct arena a;
		arena_init(&a, 64 * KIB);
		const char *payload = frame.data + FRAME_HEADER;
		assert_true(parse_job_decode(payload, frame.len - FRAME_HEADER, &a, &got));
		same_string(cases[i].want_type, got.content_type);
		same_string(cases[i].base, got.base_url);
		assert_int_equal(got.len, sizeof body);
		assert_memory_equal(got.bytes, body, sizeof body);
		for (size_t k = 0; k < frame.len - FRAME_HEADER; k++)
			assert_false(parse_job_decode(payload, k, &a, &got));
		arena_release(&a);
		strbuf_release(&frame);
		strbuf_release(&head);
	}
	free(long_type);
	struct feed_input huge = { body, (size_t)LIMIT_BODY_MAX + 1, NULL, NULL };
	struct strbuf head = STRBUF_INIT(LIMIT_FRAME);
	assert_false(parse_job_encode_head(&head, FEED_TASK_READ, &huge));
	strbuf_release(&head);
}

/* Whatever a parser may say of a document arrives as it was said. */
static void test_every_fail(void **state)
{
	(void)state;
	static const enum status statuses[] = { STATUS_EMPTY, STATUS_NOT_A_FEED, STATUS_MALFORMED,
		STATUS_ENTITY_REFUSED, STATUS_TOO_DEEP, STATUS_TOO_BIG, STATUS_BAD_ENCODING };
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		struct failure fail, got;
		failure_set(&fail, STAGE_PARSE, statuses[i], 0, "%s", "");
		struct strbuf frame = STRBUF_INIT(1024);
		assert_true(parse_fail_encode(&frame, &fail));
		assert_true(parse_fail_decode(
			frame.data + FRAME_HEADER, frame.len - FRAME_HEADER, &got));
		assert_int_equal(got.status, statuses[i]);
		strbuf_release(&frame);
	}
}

static void test_fail(void **state)
{
	(void)state;
	struct failure fail, got;
	failure_set(&fail, STAGE_PARSE, STATUS_TOO_DEEP, 0, "257 open elements");
	struct strbuf frame = STRBUF_INIT(1024);
	assert_true(parse_fail_encode(&frame, &fail));
	const char *payload = frame.data + FRAME_HEADER;
	size_t n = frame.len - FRAME_HEADER;
	assert_true(parse_fail_decode(payload, n, &got));
	assert_int_equal(got.stage, STAGE_PARSE);
	assert_int_equal(got.status, STATUS_TOO_DEEP);
	assert_int_equal(got.http_code, 0);
	assert_string_equal(got.detail, "257 open elements");
	for (size_t k = 0; k < n; k++)
		assert_false(parse_fail_decode(payload, k, &got));

	static const enum status findings[] = { STATUS_EMPTY, STATUS_NOT_A_FEED, STATUS_MALFORMED,
		STATUS_ENTITY_REFUSED, STATUS_TOO_DEEP, STATUS_TOO_BIG, STATUS_BAD_ENCODING,
		STATUS_INTERNAL };
	for (size_t i = 0; i < COUNT(findings); i++) {
		fail.status = findings[i];
		strbuf_clear(&frame);
		assert_true(parse_fail_encode(&frame, &fail));
		assert_true(parse_fail_decode(
			frame.data + FRAME_HEADER, frame.len - FRAME_HEADER, &got));
		assert_int_equal(got.status, findings[i]);
	}

	static const struct failure lies[] = {
		{ .stage = STAGE_FETCH, .status = STATUS_MALFORMED },
		{ .stage = STAGE_PARSE, .status = STATUS_GONE },
		{ .stage = STAGE_PARSE, .status = STATUS_OK },
		{ .stage = STAGE_PARSE, .status = STATUS_COUNT },
		{ .stage = STAGE_PARSE, .status = STATUS_EMPTY, .detail = "\x1b[2J" },
	};
	for (size_t i = 0; i < COUNT(lies); i++) {
		strbuf_clear(&frame);
		assert_true(parse_fail_encode(&frame, &lies[i]));
		assert_false(parse_fail_decode(
			frame.data + FRAME_HEADER, frame.len - FRAME_HEADER, &got));
	}
	strbuf_release(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doc_round_trip),
		cmocka_unit_test(test_tables_are_complete),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_corruption),
		cmocka_unit_test(test_lies_in_strings),
		cmocka_unit_test(test_lies_in_numbers),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_job),
		cmocka_unit_test(test_every_fail),
		cmocka_unit_test(test_fail),
	};
	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
