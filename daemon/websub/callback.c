#include "websub/callback.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/listen.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#define BACKLOG 64
#define LOOK_AROUND_S 5. /* for connections that last too long */

struct caller { /* a connection */
	TAILQ_ENTRY(caller) link;
	struct callback *callback;
	int fd;
	int64_t since_ms;
};

struct call { /* a POST that is being received */
	char token[WEBSUB_TOKEN];
	struct strbuf body;
};

struct callback {
	struct websub *websub;
	struct ev_loop *loop;
	struct MHD_Daemon *daemon;
	ev_io io;
	ev_timer timer, look_around;
	bool closed; /* a connection went: the listening socket may have to be watched again */
	TAILQ_HEAD(, caller) callers;
};

/* ---- answers ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, int code, const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(
		response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (code == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "60");
	if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, POST");
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)code, response);
	MHD_destroy_response(response);
	return result;
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *argument_of(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/* The last part of the path, whatever a web server in front made of the rest; NULL when it is none
 * of ours. */
static const char *token_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL && strlen(slash + 1) == WEBSUB_TOKEN ? slash + 1 : NULL;
}

static enum MHD_Result verify(
	struct callback *c, struct MHD_Connection *connection, const char *token)
{
	struct websub_intent intent = {
		.token = token,
		.mode = argument_of(connection, "hub.mode"),
		.topic = argument_of(connection, "hub.topic"),
		.challenge = argument_of(connection, "hub.challenge"),
		.lease = argument_of(connection, "hub.lease_seconds"),
		.reason = argument_of(connection, "hub.reason"),
	};
	if (token == NULL || !websub_intended(c->websub, &intent))
		return answer(connection, MHD_HTTP_NOT_FOUND, "nobody asked for this\n");
	return answer(
		connection, MHD_HTTP_OK, intent.challenge != NULL ? intent.challenge : "noted\n");
}

/* ---- content ---- */

static enum MHD_Result content_announced(struct callback *c, struct MHD_Connection *connection,
	const char *token, struct call **ret_call)
{
	uint64_t most = c->websub->options.conf->poll.max_body;
	const char *length = header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
	int code = token != NULL ? websub_may_deliver(c->websub, token) : (int)MHD_HTTP_NOT_FOUND;
	if (code != MHD_HTTP_OK)
		return answer(connection, code, "nobody asked for this\n");
	if (length != NULL && strtoull(length, NULL, 10) > most)
		return answer(connection, MHD_HTTP_CONTENT_TOO_LARGE, "it is too large\n");
	struct call *call = xcalloc(1, sizeof(*call));
	memcpy(call->token, token, WEBSUB_TOKEN);
	strbuf_init(&call->body, most);
	*ret_call = call;
	return MHD_YES;
}

static enum MHD_Result content_received(
	struct callback *c, struct MHD_Connection *connection, struct call *call)
{
	size_t n;
	char *body = strbuf_take(&call->body, &n);
	int code = websub_delivered(c->websub, call->token,
		header_of(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
		header_of(connection, "X-Hub-Signature"), body, n);
	return answer(connection, code, code == MHD_HTTP_OK ? "thank you\n" : "not now\n");
}

/* libmicrohttpd calls this when the headers are in, for every piece of a body, and when all is in.
 */
static enum MHD_Result called(void *cls, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **con_cls)
{
	(void)version;
	struct callback *c = cls;
	struct call *call = *con_cls;
	if (call == NULL) {
		if (strcmp(method, MHD_HTTP_METHOD_GET) == 0)
			return verify(c, connection, token_of(path));
		if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
			return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				"hubs GET and POST here\n");
		enum MHD_Result result = content_announced(c, connection, token_of(path), &call);
		*con_cls = call;
		return result;
	}
	if (*upload_size == 0)
		return content_received(c, connection, call);
	bool fits = strbuf_add(&call->body, upload, *upload_size);
	*upload_size = 0;
	return fits ? MHD_YES : MHD_NO;
}

static void call_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
	enum MHD_RequestTerminationCode code)
{
	(void)cls, (void)connection, (void)code;
	struct call *call = *con_cls;
	if (call == NULL)
		return;
	strbuf_release(&call->body);
	free(call);
	*con_cls = NULL;
}

/* ---- connections ---- */

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode what)
{
	struct callback *c = cls;
	struct caller *caller = *context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		caller = xcalloc(1, sizeof(*caller));
		*caller = (struct caller){
			.callback = c, .fd = info->connect_fd, .since_ms = clock_wait_ms()
		};
		TAILQ_INSERT_TAIL(&c->callers, caller, link);
		*context = caller;
		ev_timer_start(c->loop, &c->look_around);
	} else if (caller != NULL) {
		TAILQ_REMOVE(&c->callers, caller, link);
		free(caller);
		*context = NULL;
		c->closed = true;
	}
}

static void pump(struct callback *c)
{
	MHD_UNSIGNED_LONG_LONG ms;
	do { /* at its limit libmicrohttpd looks for new connections only in the next turn */
		c->closed = false;
		MHD_run(c->daemon);
	} while (c->closed);
	ev_timer_stop(c->loop, &c->timer);
	if (MHD_get_timeout(c->daemon, &ms) == MHD_YES) {
		ev_timer_set(&c->timer, (double)ms / 1000.0, 0.0);
		ev_timer_start(c->loop, &c->timer);
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

/* libmicrohttpd ends who is silent; who sends a byte now and then is ended here. */
static void looked_around(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	struct callback *c = w->data;
	struct caller *caller;
	int64_t oldest_ms = clock_wait_ms() - LIMIT_WEBSUB_REQUEST_S * INT64_C(1000);
	TAILQ_FOREACH(caller, &c->callers, link)
	{
		if (caller->since_ms < oldest_ms)
			shutdown(caller->fd, SHUT_RDWR);
	}
	if (TAILQ_EMPTY(&c->callers))
		ev_timer_stop(loop, w);
}

/* ---- life ---- */

static void log_message(void *cls, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void log_message(void *cls, const char *format, va_list ap)
{
	char text[512];
	(void)cls;
	vsnprintf(text, sizeof text, format, ap);
	log_debug("websub: %s", text);
}

static unsigned port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = { .in6 = { 0 } };
	socklen_t n = sizeof(address);
	getsockname(fd, &address.any, &n);
	return ntohs(
		address.any.sa_family == AF_INET6 ? address.in6.sin6_port : address.in.sin_port);
}

static int listen_on(const char *text, char *error, size_t size)
{
	struct sockaddr_storage address;
	socklen_t n = conf_listen_address(text, &address);
	int yes = 1;
	assert(n > 0 && "the configuration was checked");
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
		bind(fd, (const struct sockaddr *)&address, n) == 0 && listen(fd, BACKLOG) == 0) {
		log_notice("websub: hubs are listened to on port %u (%s)", port_of(fd), text);
		return fd;
	}
	snprintf(error, size, "websub.listen %s: %s", text, strerrordesc_np(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static struct MHD_Daemon *start_daemon(struct callback *c, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, called, c,
		MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL, MHD_OPTION_LISTEN_SOCKET,
		(MHD_socket)fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_WEBSUB_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)LIMIT_WEBSUB_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_API_CONNECTION_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, c, MHD_OPTION_NOTIFY_COMPLETED,
		call_completed, c, MHD_OPTION_END);
}

struct callback *callback_new(struct websub *w, char *error, size_t size)
{
	int fd = listen_on(w->options.conf->websub.listen, error, size);
	if (fd < 0)
		return NULL;
	struct callback *c = xcalloc(1, sizeof(*c));
	c->websub = w;
	c->loop = w->options.loop;
	TAILQ_INIT(&c->callers);
	c->daemon = start_daemon(c, fd);
	if (c->daemon == NULL) {
		snprintf(error, size, "libmicrohttpd does not serve websub.listen");
		close(fd);
		free(c);
		return NULL;
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(c->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	assert(info != NULL);
	ev_init(&c->timer, timeout_due);
	ev_timer_init(&c->look_around, looked_around, LOOK_AROUND_S, LOOK_AROUND_S);
	ev_io_init(&c->io, sockets_ready, info->epoll_fd, EV_READ);
	c->io.data = c->timer.data = c->look_around.data = c;
	ev_io_start(c->loop, &c->io);
	return c;
}

void callback_free(struct callback *c)
{
	if (c == NULL)
		return;
	MHD_stop_daemon(c->daemon);
	assert(TAILQ_EMPTY(&c->callers));
	ev_io_stop(c->loop, &c->io);
	ev_timer_stop(c->loop, &c->timer);
	ev_timer_stop(c->loop, &c->look_around);
	free(c);
}
