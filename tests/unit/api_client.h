/*
 * The client of the API's tests: HTTP/1.1 on a socket of its own, by hand, so that a test can say
 * what no client library would.
 */
#ifndef TESTS_API_CLIENT_H
#define TESTS_API_CLIENT_H

#include "api_fake.h"

/* ---- what happens meanwhile ---- */

static inline void wait_at_gate(int n)
{
	pthread_mutex_lock(&F.lock);
	while (F.n_at_gate < n)
		pthread_cond_wait(&F.changed, &F.lock);
	pthread_mutex_unlock(&F.lock);
}

/* Makes n more entries; every 3rd is of feed 2, every 1000th of feed 3. */
static inline void add_entries(int n)
{
	for (int i = 0; i < n; i++) {
		int64_t id = F.n_entries + 1;
		assert_true(id <= MAX_ENTRIES);
		F.entries[F.n_entries++].feed_id = id % 1000 == 0 ? 3 : id % 3 == 0 ? 2 : 1;
	}
}

static inline void publish_now(void)
{
	atomic_store(&F.last_id, F.n_entries);
	if (F.api != NULL)
		api_published(F.api, F.n_entries);
}

/* ---- the client ---- */

struct client {
	int fd;
	size_t n, cap;
	char *buf; /* received and not yet taken */
	size_t chunk_left;
};

struct reply {
	int code;
	char head[4096];
	char *body;
	size_t n;
};

static inline struct client dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 20 };
	struct client c = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	memcpy(address.sun_path, F.path, sizeof address.sun_path);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(c.fd, (struct sockaddr *)&address, sizeof address), 0);
	return c;
}

static inline void hang_up(struct client *c)
{
	close(c->fd);
	free(c->buf);
}

static inline void say_bytes(struct client *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return; /* the server has heard enough */
		bytes += sent;
		n -= (size_t)sent;
	}
}

static inline void say(struct client *c, const char *text)
{
	say_bytes(c, text, strlen(text));
}

static inline void ask(struct client *c, const char *method, const char *target, const char *body)
{
	char *text = body != NULL
			     ? xasprintf("%s %s HTTP/1.1\r\nHost: courant\r\n"
					 "Content-Length: %zu\r\n\r\n%s",
				       method, target, strlen(body), body)
			     : xasprintf("%s %s HTTP/1.1\r\nHost: courant\r\n\r\n", method, target);
	say(c, text);
	free(text);
}

/* Reads more; false at the end of the connection. */
static inline bool fill(struct client *c)
{
	if (c->cap - c->n < 65536)
		c->buf = xrealloc(c->buf, c->cap += 131072);
	ssize_t n = recv(c->fd, c->buf + c->n, c->cap - c->n - 1, 0);
	if (n < 0 && errno != ECONNRESET)
		fail_msg("no answer in time: %s", strerror(errno));
	if (n <= 0)
		return false;
	c->n += (size_t)n;
	c->buf[c->n] = '\0';
	return true;
}

static inline void drop(struct client *c, size_t n)
{
	memmove(c->buf, c->buf + n, c->n - n + 1);
	c->n -= n;
}

/* The head of the next answer; false when the connection ended instead. */
static inline bool hear_head(struct client *c, struct reply *r)
{
	char *end;
	*r = (struct reply){ 0 };
	while (c->n == 0 || (end = strstr(c->buf, "\r\n\r\n")) == NULL) {
		if (!fill(c))
			return false;
	}
	size_t n = (size_t)(end + 4 - c->buf);
	assert_true(n < sizeof r->head);
	memcpy(r->head, c->buf, n);
	drop(c, n);
	assert_int_equal(sscanf(r->head, "HTTP/1.1 %d", &r->code), 1);
	return true;
}

static inline bool hear(struct client *c, struct reply *r)
{
	if (!hear_head(c, r))
		return false;
	const char *length = strcasestr(r->head, "\r\nContent-Length: ");
	r->n = length != NULL ? strtoul(length + 18, NULL, 10) : 0;
	while (c->n < r->n) {
		if (!fill(c))
			return false;
	}
	r->body = xstrndup(r->n > 0 ? c->buf : "", r->n);
	if (r->n > 0)
		drop(c, r->n);
	return true;
}

/* One exchange on a connection of its own. */
static inline struct reply exchange(const char *method, const char *target, const char *body)
{
	struct client c = dial();
	struct reply r;
	ask(&c, method, target, body);
	if (strcmp(method, "HEAD") == 0) {
		assert_true(hear_head(&c, &r));
		r.body = xstrdup("");
	} else {
		assert_true(hear(&c, &r));
	}
	hang_up(&c);
	return r;
}

#endif
