/*
 * Reading a document of any bytes. What feed_parse() makes must pass the daemon's own check of a
 * worker's answer, or an honest document would be refused as a lie: encode it, decode it, and
 * encode it again to the same bytes.
 */
#include "feed/feed.h"
#include "wire/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_frame(const struct feed_doc *doc)
{
	struct strbuf frame = STRBUF_INIT(LIMIT_FRAME), again = STRBUF_INIT(LIMIT_FRAME);
	if (!parse_doc_encode(&frame, doc))
		abort();
	struct feed_doc *copy =
		parse_doc_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER);
	if (copy == NULL || !parse_doc_encode(&again, copy) || again.len != frame.len ||
		memcmp(again.data, frame.data, frame.len) != 0)
		abort();
	feed_doc_free(copy);
	strbuf_release(&again);
	strbuf_release(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { NULL, "application/rss+xml",
		"text/xml; charset=windows-1252", "text/html" };
	struct feed_input in = { .bytes = (const char *)data,
		.len = size,
		.content_type = types[size % 4],
		.base_url = size % 3 == 0 ? NULL : "https://fuzz.example/a/b" };
	struct failure fail = { .stage = STAGE_NONE };
	struct feed_doc *doc = feed_parse(&in, &fail);
	if (doc != NULL)
		check_frame(doc);
	else if (fail.stage != STAGE_PARSE || fail.status == STATUS_OK)
		abort();
	feed_doc_free(doc);
	return 0;
}
