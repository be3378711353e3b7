#include "api/request.h"

#include "api/resources.h"
#include "api/server.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOPPING "the daemon is stopping"

/* The HTTP status of a failure; what does not stand here is 500. */
static const struct {
	enum status status;
	int code;
} HTTP_CODES[] = {
	{ STATUS_BAD_REQUEST, MHD_HTTP_BAD_REQUEST },
	{ STATUS_BAD_URL, MHD_HTTP_BAD_REQUEST },
	{ STATUS_DECLARED, MHD_HTTP_FORBIDDEN },
	{ STATUS_NOT_FOUND, MHD_HTTP_NOT_FOUND },
	{ STATUS_METHOD_NOT_ALLOWED, MHD_HTTP_METHOD_NOT_ALLOWED },
	{ STATUS_EXISTS, MHD_HTTP_CONFLICT },
	{ STATUS_TOO_LARGE, MHD_HTTP_CONTENT_TOO_LARGE },
	{ STATUS_TOO_SOON, MHD_HTTP_TOO_MANY_REQUESTS },
	{ STATUS_DISK_FULL, MHD_HTTP_SERVICE_UNAVAILABLE },
	{ STATUS_UNAVAILABLE, MHD_HTTP_SERVICE_UNAVAILABLE },
	{ STATUS_CANCELLED, MHD_HTTP_SERVICE_UNAVAILABLE },
};

static int http_code(enum status status)
{
	for (size_t i = 0; i < sizeof HTTP_CODES / sizeof HTTP_CODES[0]; i++) {
		if (HTTP_CODES[i].status == status)
			return HTTP_CODES[i].code;
	}
	return MHD_HTTP_INTERNAL_SERVER_ERROR;
}

struct request *request_new(struct api *a, const char *uri)
{
	struct request *rq = xcalloc(1, sizeof *rq);
	rq->api = a;
	rq->uri = xstrdup(uri);
	params_init(&rq->params);
	strbuf_init(&rq->received, LIMIT_API_BODY);
	strbuf_init(&rq->answer.body, LIMIT_API_ANSWER);
	LIST_INSERT_HEAD(&a->requests, rq, link);
	return rq;
}

static void request_free(struct request *rq)
{
	if (rq->data_free != NULL)
		rq->data_free(rq->data);
	if (rq->answer.response != NULL)
		MHD_destroy_response(rq->answer.response);
	strbuf_release(&rq->answer.body);
	strbuf_release(&rq->received);
	json_decref(rq->body);
	free(rq->uri);
	free(rq);
}

void request_completed(struct request *rq)
{
	LIST_REMOVE(rq, link);
	rq->connection = NULL;
	rq->api = NULL;
	rq->state = REQUEST_ABANDONED;
	if (rq->n_out == 0)
		request_free(rq);
}

/* The path and the query of a request target: origin-form, or absolute-form whose host says nothing
 * on this socket (RFC 9112 3.2). */
static char *target_path(char *uri, char **ret_query)
{
	char *path = strncmp(uri, "http://", 7) == 0 ? uri + 7 + strcspn(uri + 7, "/?") : uri;
	*ret_query = strchr(path, '?');
	if (*ret_query != NULL)
		*(*ret_query)++ = '\0';
	return path;
}

void request_open(struct request *rq, struct MHD_Connection *connection, const char *method)
{
	struct failure fail;
	struct route_match match;
	char allow[ROUTE_ALLOW_SIZE];
	char *query;
	char *path = target_path(rq->uri, &query);

	rq->connection = connection;
	rq->head = strcmp(method, "HEAD") == 0;
	enum status status = route_find(ROUTES, N_ROUTES, method, path, &match, allow);
	if (status == STATUS_METHOD_NOT_ALLOWED) {
		request_refuse(rq, status, "%s does not work here, but %s", method, allow);
		request_header(rq, MHD_HTTP_HEADER_ALLOW, "%s", allow);
	} else if (status == STATUS_BAD_REQUEST) {
		request_refuse(rq, status, "the path holds no valid id or name");
	} else if (status != STATUS_OK) {
		request_refuse(rq, status, "there is no %s", path);
	} else {
		rq->route = match.route;
		rq->id = match.id;
		rq->name = match.name;
		rq->received.max = request_body_limit(rq);
		if (!params_parse(&rq->params, match.route->params, query, &fail))
			request_refuse(rq, fail.status, "%s", fail.detail);
	}
}

size_t request_body_limit(const struct request *rq)
{
	bool raw =
		rq->route != NULL && rq->route->body != NULL && rq->route->body->type == BODY_RAW;
	return raw ? rq->route->body->max : LIMIT_API_BODY;
}

void request_receive(struct request *rq, const char *bytes, size_t n)
{
	rq->n_received += n;
	if (rq->answer.code == 0 && !strbuf_add(&rq->received, bytes, n))
		request_refuse(rq, STATUS_TOO_LARGE, "the body is larger than %zu bytes",
			request_body_limit(rq));
}

static void run_steps(struct request *rq)
{
	const struct route *route = rq->route;
	struct failure fail;
	if (rq->answer.code != 0)
		return;
	if (rq->api->draining) {
		request_refuse(rq, STATUS_UNAVAILABLE, STOPPING);
		return;
	}
	if (route->body != NULL && route->body->type != BODY_RAW) {
		rq->body =
			body_parse(strbuf_str(&rq->received), rq->received.len, route->body, &fail);
		if (rq->body == NULL) {
			request_refuse(rq, fail.status, "%s", fail.detail);
			return;
		}
	}
	if (route->begin != NULL)
		route->begin(rq);
	/* While a reader has the request, the answer is the reader's. */
	if (!rq->reading && rq->answer.code == 0 && route->read != NULL)
		request_read(rq, route->read, route->end);
}

void request_start(struct request *rq)
{
	rq->state = REQUEST_STARTING;
	run_steps(rq);
	strbuf_release(&rq->received);
	bool answered = !rq->reading && rq->answer.code != 0;
	rq->state = answered ? REQUEST_ANSWERED : REQUEST_WORKING;
	assert(answered || rq->n_out > 0);
}

void *request_out(struct request *rq)
{
	rq->n_out++;
	return rq;
}

struct request *request_back(void *arg)
{
	struct request *rq = arg;
	assert(rq->n_out > 0);
	rq->n_out--;
	if (rq->state == REQUEST_STARTING || rq->state == REQUEST_WORKING)
		return rq;
	if (rq->n_out == 0 && rq->connection == NULL)
		request_free(rq);
	return NULL;
}

static void read_work(struct query *q, void *arg)
{
	struct request *rq = arg;
	/* What an answer says is of one moment. */
	if (query_hold(q))
		rq->read(rq, q);
	else
		request_query_failed(rq, q);
	query_settle(q);
}

static void read_done(void *arg)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	rq->reading = false;
	if (rq->answer.code == 0 && rq->end != NULL)
		rq->end(rq);
	if (!rq->reading && rq->answer.code != 0)
		request_send(rq);
}

/* A search, the whole file, or more entries than one looks at: those behind it do not wait for it.
 */
static bool takes_long(const struct params *p)
{
	return p->search != NULL || p->parts || p->limit == 0 || p->limit > LIMIT_QUICK_ENTRIES;
}

static void read_on(struct request *rq, bool lengthy,
	void (*read)(struct request *rq, struct query *q), void (*end)(struct request *rq))
{
	/* Requests that are under way finish, but main may have closed the readers by now. */
	if (rq->api->draining) {
		request_refuse(rq, STATUS_UNAVAILABLE, STOPPING);
		if (rq->state == REQUEST_WORKING)
			request_send(rq);
		return;
	}
	rq->read = read;
	rq->end = end;
	rq->reading = true;
	(lengthy ? readers_submit_long : readers_submit)(
		rq->api->options.readers, read_work, read_done, request_out(rq));
}

void request_read(struct request *rq, void (*read)(struct request *rq, struct query *q),
	void (*end)(struct request *rq))
{
	read_on(rq, takes_long(&rq->params), read, end);
}

void request_read_long(struct request *rq, void (*read)(struct request *rq, struct query *q),
	void (*end)(struct request *rq))
{
	read_on(rq, true, read, end);
}

void request_send(struct request *rq)
{
	assert(rq->answer.code != 0);
	if (rq->state != REQUEST_WORKING)
		return; /* the step that is on the stack sees the answer */
	rq->state = REQUEST_ANSWERED;
	server_resume(rq->api, rq->connection);
}

void request_abandon(struct request *rq)
{
	if (rq->state != REQUEST_WORKING)
		return;
	rq->state = REQUEST_ABANDONED;
	server_resume(rq->api, rq->connection);
}

struct json_writer request_json(struct request *rq, int code)
{
	rq->answer.code = code;
	return (struct json_writer)JSON_WRITER(&rq->answer.body);
}

void request_no_content(struct request *rq)
{
	rq->answer.code = MHD_HTTP_NO_CONTENT;
}

static void write_error(struct request *rq, enum status status, const char *message)
{
	strbuf_clear(&rq->answer.body);
	struct json_writer w = request_json(rq, http_code(status));
	jw_object(&w, NULL);
	jw_string(&w, "error_message", message);
	jw_string(&w, "code", status_name(status));
	jw_object_end(&w);
}

void request_refuse(struct request *rq, enum status status, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT(LIMIT_API_BODY);
	struct failure fail;
	va_list ap;
	va_start(ap, format);
	strbuf_vaddf(&text, format, ap);
	va_end(ap);
	failure_set(&fail, STAGE_NONE, status, 0, "%s", strbuf_str(&text));
	write_error(rq, status, fail.detail);
	strbuf_release(&text);
}

void request_fail(struct request *rq, const struct failure *fail)
{
	struct strbuf text = STRBUF_INIT(LIMIT_API_BODY);
	failure_message(fail, &text);
	write_error(rq, fail->status, strbuf_str(&text));
	strbuf_release(&text);
}

void request_query_failed(struct request *rq, struct query *q)
{
	log_err("api: %s: %s", rq->route->pattern, query_error(q));
	request_refuse(rq, STATUS_STORE_FAILED, "the database could not be read");
}

void request_header(struct request *rq, const char *name, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	rq->answer.header = name;
	vsnprintf(rq->answer.value, sizeof rq->answer.value, format, ap);
	va_end(ap);
}
