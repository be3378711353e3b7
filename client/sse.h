/*
 * Reading Server-Sent Events (HTML Standard 9.2.6) from any cutting of the stream. Pure. Lines end
 * with LF or CR LF, as courantd writes them. Bounded: an event above LIMIT_CLIENT_EVENT ends the
 * stream.
 */
#ifndef COURANT_CLIENT_SSE_H
#define COURANT_CLIENT_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct sse_event {
	const char *type; /* "message" unless the stream says otherwise */
	const char *data; /* valid during the call */
	size_t len;
	int64_t id; /* the last id of the stream so far, -1 when it had none that is a number */
};

/* False ends the stream. */
typedef bool sse_handler(void *ctx, const struct sse_event *event);

struct sse {
	sse_handler *handler;
	void *ctx;
	struct strbuf line; /* the unfinished line */
	struct strbuf data;
	struct strbuf type;
	bool has_data;
	int64_t id;
};

void sse_init(struct sse *s, sse_handler *handler, void *ctx);
void sse_release(struct sse *s);
/* False when the handler ended the stream or an event is too large. */
bool sse_feed(struct sse *s, const char *bytes, size_t n);

#endif
