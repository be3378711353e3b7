/*
 * Any bytes as a document; the last one chooses a Content-Type too. What comes out keeps the
 * promises of feed/doc.h, whatever goes in, and passes the daemon's own check of a worker's answer:
 * an honest document must never be refused as a lie.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "feed/feed.h"
#include "parser/output.h"
#include "wire/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_line(const char *s, size_t limit)
{
	if (s == NULL)
		return;
	assert(s[0] != '\0' && strlen(s) <= limit);
	assert(text_is_safe(s, strlen(s)));
	assert(strchr(s, '\n') == NULL && strchr(s, '\t') == NULL);
}

static void assert_block(const char *s, size_t limit)
{
	assert(s == NULL || (strlen(s) <= limit && text_is_safe(s, strlen(s))));
}

static void assert_entry(const struct feed_entry *e)
{
	assert_block(e->guid, LIMIT_ID);
	assert_line(e->title, LIMIT_TITLE);
	assert_line(e->summary, LIMIT_SUMMARY);
	assert_line(e->url, LIMIT_URL);
	assert_block(e->content_html, SIZE_MAX);
	assert_block(e->content_text, LIMIT_CONTENT);
	assert(e->n_tags <= LIMIT_PER_ENTRY && e->n_links <= LIMIT_PER_ENTRY);
	for (size_t i = 0; i < e->n_tags; i++)
		assert_line(e->tags[i].term, LIMIT_NAME);
	for (size_t i = 0; i < e->n_links; i++)
		assert(e->links[i].rel != NULL && e->links[i].href != NULL);
	for (size_t i = 0; i < e->n_attachments; i++)
		assert(e->attachments[i].url != NULL);
}

static void assert_doc(const struct feed_doc *doc)
{
	struct strbuf out = STRBUF_INIT((size_t)LIMIT_FRAME * 4);

	assert(doc->format != FEED_FORMAT_UNKNOWN && doc->n_entries <= LIMIT_ENTRIES);
	assert(doc->n_warnings <= LIMIT_WARNINGS);
	assert_line(doc->title, LIMIT_TITLE);
	for (size_t i = 0; i < doc->n_entries; i++)
		assert_entry(&doc->entries[i]);
	for (size_t i = 0; i < doc->n_warnings; i++)
		assert_line(doc->warnings[i], LIMIT_NAME);
	output_doc(&out, doc, 0);
	assert(utf8_valid(strbuf_str(&out), out.len) && strchr(strbuf_str(&out), '\n')[1] == '\0');
	strbuf_release(&out);
}

static void assert_passes_the_wire(const struct feed_doc *doc)
{
	struct strbuf frame = STRBUF_INIT(LIMIT_FRAME), again = STRBUF_INIT(LIMIT_FRAME);
	struct feed_doc *copy;

	assert(parse_doc_encode(&frame, doc));
	copy = parse_doc_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER);
	assert(copy != NULL && parse_doc_encode(&again, copy));
	assert(again.len == frame.len && memcmp(again.data, frame.data, frame.len) == 0);
	feed_doc_free(copy);
	strbuf_release(&again);
	strbuf_release(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { NULL, "text/xml", "application/rss+xml; charset=utf-8",
		"text/xml; charset=\"windows-1251\"", "application/xml;charset=shift_jis",
		"application/feed+json", "text/xml; charset=utf-16", "text/xml;charset=gb2312" };
	struct failure fail = { 0 };
	struct feed_doc *doc;

	if (size == 0)
		return 0;
	uint8_t last = data[size - 1];
	struct feed_input in = { (const char *)data, size, types[last % 8],
		last & 8 ? "http://example.org/feed" : NULL };
	doc = feed_parse(&in, &fail);
	if (doc != NULL) {
		assert_doc(doc);
		assert_passes_the_wire(doc);
	} else {
		assert(fail.status != STATUS_OK && text_is_safe(fail.detail, strlen(fail.detail)));
	}
	feed_doc_free(doc);
	return 0;
}
