/* The header fields of a response, cut into lines as libcurl does. What is kept is within its
 * limits and fit to be sent back; freshness is within its bounds. */
#include "fetch/headers.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *kept, size_t max)
{
	if (!kept)
		return;
	size_t n = strlen(kept);
	if (n == 0 || n > max || strpbrk(kept, "\r\n"))
		abort();
	if (strchr(" \t", kept[0]) || strchr(" \t", kept[n - 1]))
		abort();
}

static void check(const struct headers *h)
{
	struct fetch_freshness f;
	check_text(h->etag, LIMIT_VALIDATOR);
	check_text(h->last_modified, LIMIT_VALIDATOR);
	check_text(h->content_type, LIMIT_CONTENT_TYPE);
	check_text(h->location, LIMIT_URL);
	headers_freshness(h, 1700000000, &f);
	if (f.max_age < FETCH_UNSAID || f.max_age > HEADERS_SECONDS_MAX)
		abort();
	if (f.retry_after < FETCH_UNSAID || f.retry_after > HEADERS_SECONDS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct headers h;
	const char *line = (const char *)data;
	headers_init(&h);
	while (size > 0) {
		const char *end = memchr(line, '\n', size);
		size_t n = end ? (size_t)(end - line) + 1 : size;
		if (!headers_add(&h, line, n) && h.n_bytes <= LIMIT_HEADERS)
			abort();
		line += n;
		size -= n;
	}
	check(&h);
	headers_release(&h);
	return 0;
}
