/* Server-Sent Events: the same events in one piece and cut in two; the first byte says where. */
#include "client/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool event_seen(void *ctx, const struct sse_event *event)
{
	struct strbuf *log = ctx;
	strbuf_addf(log, "%s %lld %zu ", event->type, (long long)event->id, event->len);
	strbuf_add(log, event->data, event->len);
	return event->len != 3;
}

static void read_events(struct strbuf *log, const char *bytes, size_t n, size_t cut)
{
	struct sse s;
	sse_init(&s, event_seen, log);
	if (sse_feed(&s, bytes, cut))
		sse_feed(&s, bytes + cut, n - cut);
	sse_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf whole = STRBUF_INIT(64 * MIB), parts = STRBUF_INIT(64 * MIB);
	if (size > 0) {
		const char *bytes = (const char *)data + 1;
		read_events(&whole, bytes, size - 1, 0);
		read_events(&parts, bytes, size - 1, data[0] % size);
		if (whole.len != parts.len ||
			memcmp(strbuf_str(&whole), strbuf_str(&parts), whole.len) != 0)
			abort();
	}
	strbuf_release(&whole);
	strbuf_release(&parts);
	return 0;
}
