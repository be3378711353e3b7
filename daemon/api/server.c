#include "api/server.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char JSON_TYPE[] = "application/json";

/* Serves all sockets that are ready, then sleeps until the next or libmicrohttpd's own timeout. */
static void pump(struct api *a)
{
	MHD_UNSIGNED_LONG_LONG ms;
	MHD_run(a->daemon);
	ev_timer_stop(a->options.loop, &a->timer);
	if (MHD_get_timeout(a->daemon, &ms) == MHD_YES) {
		ev_timer_set(&a->timer, (double)ms / 1000.0, 0.0);
		ev_timer_start(a->options.loop, &a->timer);
	}
}

static void sockets_ready(struct ev_loop *loop, ev_io *w, int events)
{
	(void)loop, (void)events;
	pump(w->data);
}

static void timeout_due(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	pump(w->data);
}

void server_resume(struct api *a, struct MHD_Connection *connection)
{
	MHD_resume_connection(connection);
	/* Once for all connections that are resumed in this turn of the loop. */
	ev_feed_event(a->options.loop, &a->io, EV_READ);
}

static struct MHD_Response *build_response(struct request *rq)
{
	struct answer *answer = &rq->answer;
	size_t n;
	if (answer->body.overflow) {
		request_refuse(rq, STATUS_BAD_REQUEST,
			"the answer would be larger than %u bytes: ask for fewer entries, or "
			"content=0",
			(unsigned)LIMIT_API_ANSWER);
	}
	char *body = strbuf_take(&answer->body, &n);
	struct MHD_Response *response =
		MHD_create_response_from_buffer(n, body, MHD_RESPMEM_MUST_FREE);
	if (response == NULL) {
		free(body);
		return NULL;
	}
	if (n > 0)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
			answer->type != NULL ? answer->type : JSON_TYPE);
	if (answer->header != NULL)
		MHD_add_response_header(response, answer->header, answer->value);
	return response;
}

static enum MHD_Result queue_answer(struct request *rq)
{
	struct MHD_Response *response = rq->answer.response;
	if (response == NULL)
		response = build_response(rq);
	if (response == NULL)
		return MHD_NO;
	enum MHD_Result result =
		MHD_queue_response(rq->connection, (unsigned)rq->answer.code, response);
	rq->answer.response = NULL;
	MHD_destroy_response(response);
	return result;
}

/* The answer of a request whose work is still out: nothing of the request may be touched. */
static enum MHD_Result queue_abandoned(struct MHD_Connection *connection)
{
	static char body[] =
		"{\"error_message\":\"the daemon is stopping\",\"code\":\"unavailable\"}";
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, JSON_TYPE);
	enum MHD_Result result =
		MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, response);
	MHD_destroy_response(response);
	return result;
}

/* Whether the client announces a body that will not be read: it is told so before it sends it. */
static bool body_announced_too_large(const struct request *rq, struct MHD_Connection *connection)
{
	int64_t n;
	const char *length = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
	return length != NULL && number_parse(length, &n) && (uint64_t)n > request_body_limit(rq);
}

static enum MHD_Result headers_received(
	struct request *rq, struct MHD_Connection *connection, const char *method)
{
	request_open(rq, connection, method);
	if (!body_announced_too_large(rq, connection))
		return MHD_YES;
	request_refuse(
		rq, STATUS_TOO_LARGE, "the body is larger than %zu bytes", request_body_limit(rq));
	rq->state = REQUEST_ANSWERED;
	return queue_answer(rq);
}

static enum MHD_Result request_received(struct request *rq)
{
	request_start(rq);
	if (rq->state == REQUEST_ANSWERED)
		return queue_answer(rq);
	MHD_suspend_connection(rq->connection);
	return MHD_YES;
}

/* libmicrohttpd calls this when the headers are in, for every piece of the body, when all is in,
 * and again when a suspended connection is resumed. */
static enum MHD_Result access_handler(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *http_version, const char *upload, size_t *upload_size,
	void **con_cls)
{
	(void)cls, (void)url, (void)http_version;
	struct request *rq = *con_cls;
	if (rq->connection == NULL)
		return headers_received(rq, connection, method);
	if (*upload_size > 0) {
		request_receive(rq, upload, *upload_size);
		*upload_size = 0;
		/* What is too large is read on for a while, so that the client sees the answer. */
		return rq->n_received <= 4 * request_body_limit(rq) ? MHD_YES : MHD_NO;
	}
	switch (rq->state) {
	case REQUEST_RECEIVING:
		return request_received(rq);
	case REQUEST_ANSWERED:
		return queue_answer(rq);
	case REQUEST_ABANDONED:
		return queue_abandoned(connection);
	case REQUEST_STARTING:
	case REQUEST_WORKING:
		break;
	}
	assert(!"a suspended connection is not called");
	return MHD_NO;
}

static void *uri_received(void *cls, const char *uri, struct MHD_Connection *connection)
{
	(void)connection;
	return request_new(cls, uri);
}

static void connection_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
	enum MHD_RequestTerminationCode code)
{
	(void)cls, (void)connection, (void)code;
	if (*con_cls != NULL)
		request_completed(*con_cls);
	*con_cls = NULL;
}

static void log_message(void *cls, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void log_message(void *cls, const char *format, va_list ap)
{
	char text[512];
	(void)cls;
	vsnprintf(text, sizeof text, format, ap);
	log_debug("api: %s", text);
}

static struct MHD_Daemon *start_daemon(struct api *a)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
		NULL, NULL, access_handler, a, MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL,
		MHD_OPTION_LISTEN_SOCKET, (MHD_socket)a->options.listen_fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_API_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)LIMIT_API_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_API_CONNECTION_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, uri_received, a, MHD_OPTION_NOTIFY_COMPLETED,
		connection_completed, a, MHD_OPTION_END);
}

struct api *api_new(const struct api_options *options, char *error, size_t size)
{
	struct api *a = xcalloc(1, sizeof *a);
	a->options = *options;
	a->started = clock_now();
	LIST_INIT(&a->requests);
	a->daemon = start_daemon(a);
	if (a->daemon == NULL) {
		snprintf(error, size, "libmicrohttpd does not serve the socket");
		free(a);
		return NULL;
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(a->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	assert(info != NULL);
	streams_init(&a->streams, options->loop);
	ev_init(&a->timer, timeout_due);
	a->timer.data = a;
	ev_io_init(&a->io, sockets_ready, info->epoll_fd, EV_READ);
	a->io.data = a;
	ev_io_start(options->loop, &a->io);
	return a;
}

void api_published(struct api *a, int64_t last_entry_id)
{
	streams_published(&a->streams, last_entry_id);
}

void api_reload(struct api *a, const struct conf *conf)
{
	a->options.conf = conf;
}

void api_drain(struct api *a)
{
	a->draining = true;
	streams_drain(&a->streams);
}

void api_free(struct api *a)
{
	if (a == NULL)
		return;
	struct request *rq;
	a->draining = true;
	LIST_FOREACH(rq, &a->requests, link)
	request_abandon(rq);
	streams_abandon(&a->streams);
	/* One turn resumes what was suspended and builds the answers, another sends what is left.
	 */
	MHD_run(a->daemon);
	MHD_run(a->daemon);
	MHD_stop_daemon(a->daemon);
	assert(LIST_EMPTY(&a->requests) && a->streams.n == 0);
	ev_io_stop(a->options.loop, &a->io);
	ev_timer_stop(a->options.loop, &a->timer);
	free(a);
}
