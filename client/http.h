/*
 * HTTP/1.1 over the daemon's Unix socket: one connection, kept open between requests. Bounded
 * answers, deadlines.
 */
#ifndef COURANT_CLIENT_HTTP_H
#define COURANT_CLIENT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct http;

enum http_end {
	HTTP_ANSWERED,   /* a whole answer, whatever its status */
	HTTP_NO_DAEMON,  /* no connection */
	HTTP_TIMED_OUT,  /* connected, no answer in time */
	HTTP_BROKEN_OFF, /* the connection broke, or what came is no HTTP */
	HTTP_TOO_LARGE,  /* more than LIMIT_CLIENT_RESPONSE */
	HTTP_STOPPED,    /* the sink had enough */
};

/* Takes the bytes of a 200 answer as they come; false ends the request. */
typedef bool http_sink(void *ctx, const char *bytes, size_t n);

struct http_request {
	const char *method;
	const char *path; /* with its query; begins with '/' */
	const char *body; /* JSON, or NULL */
	size_t body_len;  /* of a body that is no JSON but of this type; 0: JSON, to its NUL */
	const char *type;
	bool patient; /* no deadline: what is asked for takes as long as it takes */
	/* Asked about once a second while the answer comes; false ends the request. NULL: wanted.
	 */
	bool (*wanted)(void *sink_ctx);
	http_sink *sink; /* or NULL: the body is collected */
	void *sink_ctx;
	int64_t last_event_id; /* sent as Last-Event-ID when >= 0 and there is a sink */
};

struct http_response {
	long status;        /* 0: none was received */
	struct strbuf body; /* of an error also when there is a sink */
};

struct http *http_new(const char *socket_path);
void http_free(struct http *h);
/* *ret is set up by this call; http_response_release() afterwards, whatever it returns. */
enum http_end http_perform(
	struct http *h, const struct http_request *rq, struct http_response *ret);
void http_response_release(struct http_response *r);

#endif
