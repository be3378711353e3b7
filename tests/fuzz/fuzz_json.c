/* Any bytes as a JSON Feed. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "feed/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":";
	struct failure fail = { 0 };
	char *body = malloc(sizeof(head) + size + 1);

	/* Any value as the items of a feed, so that no time goes into finding out what a feed is.
	 */
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + sizeof(head) - 1, data, size);
	body[sizeof(head) - 1 + size] = '}';
	struct feed_input in = { body, sizeof(head) + size, "application/feed+json",
		"http://example.org/" };
	struct feed_doc *doc = feed_parse(&in, &fail);
	for (size_t i = 0; doc != NULL && i < doc->n_entries; i++) {
		const char *title = doc->entries[i].title;
		assert(title == NULL || text_is_safe(title, strlen(title)));
	}
	assert(doc != NULL || fail.status != STATUS_OK);
	feed_doc_free(doc);
	free(body);
	return 0;
}
