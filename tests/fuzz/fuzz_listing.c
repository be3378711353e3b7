/*
 * Any bytes as a page, as an OPML file, and as the frame of a worker that lies; the first byte
 * chooses. What is read passes the daemon's own check, and what that accepts goes over the wire
 * again unchanged.
 */
#include "base/mem.h"
#include "base/text.h"
#include "feed/feed.h"
#include "feed/opml.h"
#include "feed/page.h"
#include "wire/listing.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	feed_prepare();
	return 0;
}

static void assert_line(const char *s, size_t limit)
{
	assert(s == NULL || (s[0] != '\0' && strlen(s) <= limit && text_is_safe(s, strlen(s)) &&
				    strpbrk(s, "\n\t") == NULL));
}

/* An honest listing must never be refused as a lie. */
static void check(struct listing *listing)
{
	struct strbuf frame = STRBUF_INIT(LIMIT_FRAME), again = STRBUF_INIT(LIMIT_FRAME);

	for (size_t i = 0; i < listing->n_feeds; i++) {
		const struct listed_feed *f = &listing->feeds[i];
		assert_line(f->url, LIMIT_URL);
		assert_line(f->text, LIMIT_TITLE);
		assert_line(f->title, LIMIT_TITLE);
		assert_line(f->category, LIMIT_NAME);
		assert_line(f->site_url, LIMIT_URL);
		assert((f->url == NULL) == (f->problem != NULL) && f->line > 0);
	}
	assert(listing_encode(&frame, listing));
	struct listing *got = listing_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER);
	assert(got != NULL && listing_encode(&again, got));
	assert(again.len == frame.len && memcmp(again.data, frame.data, frame.len) == 0);
	listing_free(got);
	strbuf_release(&frame);
	strbuf_release(&again);
}

static void fuzz_page(const char *bytes, size_t n)
{
	/* What the parser is given was decoded: valid UTF-8. */
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);
	text_safe(&text, bytes, n);
	struct listing *listing =
		page_feeds((struct span){ strbuf_str(&text), text.len }, "https://a.example/b/c?d");

	assert(listing->n_feeds <= LIMIT_PAGE_FEEDS);
	check(listing);
	listing_free(listing);
	strbuf_release(&text);
}

static void fuzz_opml(const char *bytes, size_t n)
{
	struct feed_input in = { bytes, n, NULL, NULL };
	struct failure fail;
	struct listing *listing = opml_read(&in, &fail);

	assert((listing == NULL) == (fail.status != STATUS_OK));
	if (listing != NULL)
		check(listing);
	listing_free(listing);
}

static void fuzz_frame(const char *bytes, size_t n)
{
	struct strbuf again = STRBUF_INIT(LIMIT_FRAME);
	struct listing *listing = listing_decode(bytes, n);

	if (listing != NULL) {
		assert(listing_encode(&again, listing));
		assert(again.len == n + FRAME_HEADER &&
			memcmp(again.data + FRAME_HEADER, bytes, n) == 0);
	}
	listing_free(listing);
	strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const char *, size_t) = { fuzz_page, fuzz_opml, fuzz_frame };

	if (size > 0)
		targets[data[0] % 3]((const char *)data + 1, size - 1);
	return 0;
}
