/*
 * A scripted origin for tests of the fetcher: an HTTP server on 127.0.0.1 with a port of its own,
 * one thread a connection, that notes every request and lets the test write the answer, byte for
 * byte. Included by one test only.
 */
#ifndef COURANT_TESTS_UNIT_ORIGIN_H
#define COURANT_TESTS_UNIT_ORIGIN_H

#include "base/clock.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ORIGIN_REQUESTS 512
#define ORIGIN_CONNECTIONS 256

struct seen { /* one request */
	char path[256];
	char head[4096]; /* as received, from the request line to the empty line */
	int64_t at_ms;
	int connection;
};

struct origin;
/* Writes the answer to fd; true keeps the connection for another request. Runs in the connection's
 * thread. */
typedef bool origin_answer_fn(struct origin *o, int fd, const struct seen *request);

struct origin {
	origin_answer_fn *answer;
	int listener, port;
	pthread_t acceptor;
	pthread_mutex_t lock;
	struct seen seen[ORIGIN_REQUESTS];
	int n_seen;
	int fds[ORIGIN_CONNECTIONS]; /* -1: closed */
	pthread_t threads[ORIGIN_CONNECTIONS];
	int n_connections;
	int n_at_once, most_at_once; /* requests being answered */
	atomic_bool stopping;
};

struct origin_connection {
	struct origin *origin;
	int number;
};

/* Sends all, or notices that the other end is gone. */
static inline bool origin_send(int fd, const void *bytes, size_t n)
{
	for (const char *p = bytes; n > 0;) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static inline bool origin_say(int fd, const char *text)
{
	return origin_send(fd, text, strlen(text));
}

/* A whole answer with a length, so that the connection can stay. */
static inline bool origin_reply(
	int fd, const char *status_line, const char *fields, const char *body)
{
	char head[8192];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n",
		status_line, strlen(body), fields);
	return n < (int)sizeof(head) && origin_send(fd, head, (size_t)n) && origin_say(fd, body);
}

static inline bool origin_read_head(int fd, char *head, size_t size)
{
	size_t n = 0;
	while (n + 1 < size) {
		if (recv(fd, head + n, 1, 0) != 1)
			return false;
		head[++n] = '\0';
		if (n >= 4 && strcmp(head + n - 4, "\r\n\r\n") == 0)
			return true;
	}
	return false;
}

static inline void *origin_serve(void *arg)
{
	struct origin_connection *c = arg;
	struct origin *o = c->origin;
	int number = c->number, fd = o->fds[number];
	bool stay = true;
	free(c);
	while (stay) {
		char head[4096];
		struct seen *seen = NULL;
		if (!origin_read_head(fd, head, sizeof(head)))
			break;
		pthread_mutex_lock(&o->lock);
		if (o->n_seen < ORIGIN_REQUESTS)
			seen = &o->seen[o->n_seen++];
		if (seen) {
			seen->at_ms = clock_monotonic_ms();
			seen->connection = number;
			memcpy(seen->head, head, sizeof(head));
			sscanf(head, "%*s %255s", seen->path);
		}
		if (++o->n_at_once > o->most_at_once)
			o->most_at_once = o->n_at_once;
		pthread_mutex_unlock(&o->lock);
		stay = seen && o->answer(o, fd, seen);
		pthread_mutex_lock(&o->lock);
		o->n_at_once--;
		pthread_mutex_unlock(&o->lock);
	}
	pthread_mutex_lock(&o->lock);
	o->fds[number] = -1;
	close(fd);
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

static inline void *origin_accept(void *arg)
{
	struct origin *o = arg;
	int fd;
	while ((fd = accept(o->listener, NULL, NULL)) >= 0) {
		pthread_mutex_lock(&o->lock);
		if (o->stopping || o->n_connections == ORIGIN_CONNECTIONS) {
			close(fd);
		} else {
			struct origin_connection *c = malloc(sizeof(*c));
			*c = (struct origin_connection){ o, o->n_connections };
			o->fds[o->n_connections] = fd;
			pthread_create(&o->threads[o->n_connections++], NULL, origin_serve, c);
		}
		pthread_mutex_unlock(&o->lock);
	}
	return NULL;
}

static inline int origin_listen(int *ret_port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(in);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, size) < 0 || listen(fd, 64) < 0 ||
		getsockname(fd, (struct sockaddr *)&in, &size) < 0)
		abort();
	*ret_port = ntohs(in.sin_port);
	return fd;
}

static inline struct origin *origin_start(origin_answer_fn *answer)
{
	struct origin *o = calloc(1, sizeof(*o));
	o->answer = answer;
	o->listener = origin_listen(&o->port);
	pthread_mutex_init(&o->lock, NULL);
	pthread_create(&o->acceptor, NULL, origin_accept, o);
	return o;
}

static inline void origin_stop(struct origin *o)
{
	pthread_mutex_lock(&o->lock);
	o->stopping = true;
	for (int i = 0; i < o->n_connections; i++)
		if (o->fds[i] >= 0)
			shutdown(o->fds[i], SHUT_RDWR);
	pthread_mutex_unlock(&o->lock);
	shutdown(o->listener, SHUT_RDWR);
	pthread_join(o->acceptor, NULL);
	for (int i = 0; i < o->n_connections; i++)
		pthread_join(o->threads[i], NULL);
	close(o->listener);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* Whether the request had exactly this header line. */
static inline bool seen_has(const struct seen *s, const char *line)
{
	char wanted[4096];
	snprintf(wanted, sizeof(wanted), "\r\n%s\r\n", line);
	return strstr(s->head, wanted) != NULL;
}

/* Whether the request had a field of that name. */
static inline bool seen_names(const struct seen *s, const char *field)
{
	char wanted[128];
	snprintf(wanted, sizeof(wanted), "\r\n%s:", field);
	return strcasestr(s->head, wanted) != NULL;
}

#endif
