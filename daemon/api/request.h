/*
 * One HTTP request, from its first line to its answer.
 *
 * States: RECEIVING (headers and body come in), STARTING (its `begin` step is on the stack),
 * WORKING (its connection is suspended while a reader thread, the writer or a refresh works for
 * it), ANSWERED. A suspended connection is not looked at, so a client that hangs up meanwhile is
 * noticed only when the answer is sent: nothing disappears under the work. ABANDONED: api_free()
 * ended it first.
 *
 * Ownership: the request belongs to its connection and to each piece of work that was handed out
 * with request_out(); it is freed when the connection and all of them are done. Work comes back
 * through request_back(), which tells whether anybody still waits.
 *
 * Invariant: exactly one answer a request. While a reader step runs the request is that thread's,
 * but for `api`, `connection`, `state`, `n_out` and `link`, which are the loop's.
 */
#ifndef COURANT_API_REQUEST_H
#define COURANT_API_REQUEST_H

#include "base/json_writer.h"
#include "api/params.h"
#include "api/route.h"
#include "base/strbuf.h"

#include <jansson.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct api;

#define REQUEST_STATE_LIST(X)     \
	X(RECEIVING, "receiving") \
	X(STARTING, "starting")   \
	X(WORKING, "working")     \
	X(ANSWERED, "answered")   \
	X(ABANDONED, "abandoned")
enum request_state {
#define X(id, name) REQUEST_##id,
	REQUEST_STATE_LIST(X)
#undef X
};

struct answer {
	int code; /* the HTTP status; 0 while there is no answer */
	struct strbuf body;
	const char *type;              /* of the body: application/json unless set */
	const char *header;            /* one more header field, NULL: none */
	char value[ROUTE_ALLOW_SIZE];  /* of that field */
	struct MHD_Response *response; /* of a stream, instead of all but code; taken when queued */
};

struct request {
	LIST_ENTRY(request) link;
	struct api *api;
	struct MHD_Connection *connection; /* NULL before and after its time */
	enum request_state state;
	unsigned n_out; /* pieces of work that will come back */
	bool reading;   /* one of them is a reader step, which owns the answer until then */
	bool head;      /* HEAD: no body is wanted */

	char *uri; /* raw, cut in place */
	const struct route *route;
	int64_t id;       /* of the path's {id} */
	const char *name; /* of the path's {name} */
	struct params params;
	struct strbuf received; /* the raw body; a `begin` step may take it (BODY_RAW) */
	uint64_t n_received;    /* its bytes, those that did not fit included */
	json_t *body;           /* checked against route->body; NULL when the route takes none */

	struct answer answer;
	void (*read)(struct request *rq, struct query *q); /* the present reader step */
	void (*end)(struct request *rq);                   /* and what follows it; may be NULL */
	void *data; /* of the route's steps; data_free(data) at the end */
	void (*data_free)(void *data);
};

/* ---- for the server ---- */
struct request *request_new(struct api *a, const char *uri);
/* The headers are in: finds the route and reads the query. May set an answer, which waits for the
 * body to be received. */
void request_open(struct request *rq, struct MHD_Connection *connection, const char *method);
void request_receive(struct request *rq, const char *bytes, size_t n);
/* All is in: runs the handler's steps. Afterwards the state is WORKING or ANSWERED. */
void request_start(struct request *rq);
/* api_free() waits no longer for the work that is out. */
void request_abandon(struct request *rq);
/* Its connection is done with it. */
void request_completed(struct request *rq);

/* The most bytes that the body may have. */
size_t request_body_limit(const struct request *rq);

/* ---- for handlers ---- */
/* Marks work as handed out and returns the argument to give to its callback. */
void *request_out(struct request *rq);
/* To be called first by that callback, once. NULL when nobody waits for the answer any more. */
struct request *request_back(void *arg);
/* Runs a reader step, then `end` when it gave no answer. Either may answer. The caller does nothing
 * more with the request. While the API drains the answer is UNAVAILABLE. */
void request_read(struct request *rq, void (*read)(struct request *rq, struct query *q),
	void (*end)(struct request *rq));
/* The same of a step that goes through all feeds or as much (readers_submit_long()): the `begin`
 * step of a route without `read`. */
void request_read_long(struct request *rq, void (*read)(struct request *rq, struct query *q),
	void (*end)(struct request *rq));
/* The answer is complete: resumes the connection. Loop thread; for callbacks only, steps just
 * return. */
void request_send(struct request *rq);

/* Sets the answer; the body is written by the caller. Any step. */
struct json_writer request_json(struct request *rq, int code);
void request_no_content(struct request *rq);
/* Drops what was written and answers with an error and its sentence. */
void request_refuse(struct request *rq, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of a failure that another module met: its status' sentence and its detail. */
void request_fail(struct request *rq, const struct failure *fail);
void request_query_failed(struct request *rq, struct query *q);
/* One more header field of the answer. */
void request_header(struct request *rq, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
