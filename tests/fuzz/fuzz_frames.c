/* The payloads of the parse frames: the first byte chooses which. What is accepted must go over the
 * wire again unchanged. */
#include "wire/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_doc(const uint8_t *payload, size_t n)
{
	struct feed_doc *doc = parse_doc_decode(payload, n);
	if (doc == NULL)
		return;
	struct strbuf again = STRBUF_INIT(LIMIT_FRAME);
	if (!parse_doc_encode(&again, doc) || again.len != n + FRAME_HEADER ||
		memcmp(again.data + FRAME_HEADER, payload, n) != 0)
		abort();
	strbuf_release(&again);
	feed_doc_free(doc);
}

static void fuzz_job(const uint8_t *payload, size_t n)
{
	struct arena a;
	arena_init(&a, LIMIT_CONTENT_TYPE + LIMIT_URL + KIB);
	struct feed_input job;
	if (parse_job_decode(payload, n, &a, &job)) {
		struct strbuf again = STRBUF_INIT(LIMIT_FRAME);
		if (!parse_job_encode(&again, &job) || again.len != n + FRAME_HEADER)
			abort();
		strbuf_release(&again);
	}
	arena_release(&a);
}

static void fuzz_fail(const uint8_t *payload, size_t n)
{
	struct failure fail;
	if (parse_fail_decode(payload, n, &fail) && strlen(fail.detail) >= sizeof fail.detail)
		abort();
}

static void fuzz_header(const uint8_t *bytes, size_t n)
{
	uint32_t len;
	enum frame_type type;
	if (n >= FRAME_HEADER && frame_header(bytes, &len, &type) && len > LIMIT_FRAME)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(
		const uint8_t *, size_t) = { fuzz_doc, fuzz_job, fuzz_fail, fuzz_header };
	if (size > 0)
		targets[data[0] % 4](data + 1, size - 1);
	return 0;
}
