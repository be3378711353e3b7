#include "feed/doc.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

static const char *const format_names[FEED_FORMAT_COUNT] = {
	[FEED_FORMAT_UNKNOWN] = "unknown",
	[FEED_FORMAT_RSS090] = "rss0.90",
	[FEED_FORMAT_RSS091] = "rss0.91",
	[FEED_FORMAT_RSS092] = "rss0.92",
	[FEED_FORMAT_RSS10] = "rss1.0",
	[FEED_FORMAT_RSS20] = "rss2.0",
	[FEED_FORMAT_ATOM03] = "atom0.3",
	[FEED_FORMAT_ATOM10] = "atom1.0",
	[FEED_FORMAT_JSON10] = "json1.0",
	[FEED_FORMAT_JSON11] = "json1.1",
	[FEED_FORMAT_CDF] = "cdf",
};

const char *feed_format_name(enum feed_format format)
{
	assert(format < FEED_FORMAT_COUNT);
	return format_names[format];
}

struct feed_doc *feed_doc_new(void)
{
	struct feed_doc *doc = xcalloc(1, sizeof(*doc));

	arena_init(&doc->arena, LIMIT_DOC_ARENA);
	doc->well_formed = true;
	doc->published = doc->updated = FEED_NO_DATE;
	doc->ttl_minutes = doc->update_interval_seconds = FEED_UNKNOWN;
	return doc;
}

void feed_doc_free(struct feed_doc *doc)
{
	if (doc == NULL)
		return;
	arena_release(&doc->arena);
	free(doc);
}
