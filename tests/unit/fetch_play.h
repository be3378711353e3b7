/*
 * The stage for tests of the fetcher: names that resolve as the test wants, a fetcher on a loop of
 * its own, and what each fetch was answered. Included by one test only.
 */
#ifndef COURANT_TESTS_UNIT_FETCH_PLAY_H
#define COURANT_TESTS_UNIT_FETCH_PLAY_H

#include "base/clock.h"
#include "base/limits.h"
#include "fetch/fetch.h"
#include "origin.h"
#include "test.h"

#include <netdb.h>

static atomic_int resolvers_asleep;

/* libcurl resolves through this: no test asks a real name server. */
int getaddrinfo(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	static const struct {
		const char *name, *ip;
		unsigned delay_s;
	} names[] = {
		{ "127.0.0.1", "127.0.0.1", 0 },
		{ "one.test", "127.0.0.1", 0 },
		{ "two.test", "127.0.0.1", 0 },
		{ "inner.test", "10.11.12.13", 0 },
		{ "slow.test", "127.0.0.1", 6 },
	};
	(void)hints;
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		if (strcmp(names[i].name, name) != 0)
			continue;
		if (names[i].delay_s > 0) {
			atomic_fetch_add(&resolvers_asleep, 1);
			sleep(names[i].delay_s);
			atomic_fetch_sub(&resolvers_asleep, 1);
		}
		struct addrinfo *ai = calloc(1, sizeof(*ai));
		struct sockaddr_in *in = calloc(1, sizeof(*in));
		*in = (struct sockaddr_in){ .sin_family = AF_INET };
		in->sin_port = htons((uint16_t)strtoul(service ? service : "0", NULL, 10));
		inet_pton(AF_INET, names[i].ip, &in->sin_addr);
		*ai = (struct addrinfo){ .ai_family = AF_INET,
			.ai_socktype = SOCK_STREAM,
			.ai_addrlen = sizeof(*in),
			.ai_addr = (struct sockaddr *)in };
		*ret = ai;
		return 0;
	}
	return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *ai)
{
	free(ai->ai_addr);
	free(ai);
}

/* The teardown of a group: threads that libcurl left behind have time to end, so that checkers of
 * memory see none. */
static inline int resolvers_wait(void **state)
{
	(void)state;
	while (atomic_load(&resolvers_asleep) > 0)
		usleep(10 * 1000);
	usleep(200 * 1000);
	return 0;
}

struct answer { /* a copy of what `done` was told */
	struct play *play;
	unsigned n_done, n_begun;
	struct failure fail;
	int http_code;
	bool not_modified, moved_permanently;
	char final_url[512], etag[256], last_modified[256], content_type[128];
	struct fetch_freshness freshness;
	int64_t postponed_until;
	char *body;
	size_t body_len;
	int64_t elapsed_ms;
	struct fetch *fetch;
};

struct play {
	struct ev_loop *loop;
	struct fetcher *fetcher;
	struct origin *origin;
	struct answer answers[64];
	unsigned n_started, n_done;
};

static inline void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static inline void done(void *arg, struct fetch_response *r)
{
	struct answer *a = arg;
	a->n_done++;
	a->fail = r->fail;
	a->http_code = r->http_code;
	a->not_modified = r->not_modified;
	a->moved_permanently = r->moved_permanently;
	copy_text(a->final_url, sizeof(a->final_url), r->final_url);
	copy_text(a->etag, sizeof(a->etag), r->etag);
	copy_text(a->last_modified, sizeof(a->last_modified), r->last_modified);
	copy_text(a->content_type, sizeof(a->content_type), r->content_type);
	a->freshness = r->freshness;
	a->postponed_until = r->postponed_until;
	a->elapsed_ms = r->elapsed_ms;
	a->body = r->body;
	a->body_len = r->body_len;
	r->body = NULL;
	if (++a->play->n_done == a->play->n_started)
		ev_break(a->play->loop, EVBREAK_ALL);
}

static inline void begun(void *arg)
{
	struct answer *a = arg;
	assert_int_equal(a->n_done, 0);
	a->n_begun++;
}

static const struct fetcher_options plain_options = {
	.user_agent = "courant/test (+https://example.org/courant)",
	.concurrency = 16,
	.per_host = 4,
	.host_delay_ms = 0,
};

static inline struct play *play_begin(
	origin_answer_fn *answer, const struct fetcher_options *options)
{
	struct play *p = calloc(1, sizeof(*p));
	p->loop = ev_loop_new(EVFLAG_AUTO);
	p->fetcher = fetcher_new(p->loop, options ? options : &plain_options);
	p->origin = answer ? origin_start(answer) : NULL;
	return p;
}

static inline struct fetch_request request_of(const char *url)
{
	return (struct fetch_request){ .url = url,
		.allow_private = true,
		.timeout_ms = 10000,
		.max_body = LIMIT_BODY_DEFAULT,
		.begun = begun };
}

static inline struct answer *play_start(struct play *p, const struct fetch_request *request)
{
	struct answer *a = &p->answers[p->n_started++];
	a->play = p;
	a->fetch = fetch_start(p->fetcher, request, done, a);
	assert_int_equal(a->n_done + a->n_begun, 0); /* never from inside fetch_start() */
	return a;
}

/* "http://127.0.0.1:PORT/path" in one of a few static buffers. */
static const char *at(const struct play *p, const char *host, const char *path)
{
	static char urls[8][512];
	static unsigned next;
	char *url = urls[next++ % 8];
	snprintf(url, sizeof(urls[0]), "http://%s:%d%s", host, p->origin->port, path);
	return url;
}

static inline struct answer *play_get(struct play *p, const char *path)
{
	struct fetch_request request = request_of(at(p, "127.0.0.1", path));
	return play_start(p, &request);
}

static inline void hung(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)timer, (void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static inline void run_for(struct play *p, double seconds)
{
	struct ev_timer timer;
	ev_timer_init(&timer, hung, seconds, 0.0);
	ev_timer_start(p->loop, &timer);
	ev_run(p->loop, 0);
	ev_timer_stop(p->loop, &timer);
}

/* Until all are answered. */
static inline void play_run(struct play *p)
{
	if (p->n_done < p->n_started)
		run_for(p, 30);
	assert_int_equal(p->n_done, p->n_started);
}

static inline void play_end(struct play *p)
{
	fetcher_free(p->fetcher);
	for (unsigned i = 0; i < p->n_started; i++) {
		assert_int_equal(p->answers[i].n_done, 1);
		free(p->answers[i].body);
	}
	if (p->origin)
		origin_stop(p->origin);
	ev_loop_destroy(p->loop);
	free(p);
}

static inline void assert_status(const struct answer *a, enum status status)
{
	if (a->fail.status != status)
		fail_msg("%s (%s), not %s", status_name(a->fail.status), a->fail.detail,
			status_name(status));
	assert_int_equal(a->fail.stage, status == STATUS_OK ? STAGE_NONE : STAGE_FETCH);
}

/* --- answers that several tests use --- */

static inline bool answer_document(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	if (seen_names(s, "If-None-Match") || seen_names(s, "If-Modified-Since"))
		return origin_reply(fd, "304 Not Modified",
			"ETag: W/ odd  \"x\"\r\nCache-Control: max-age=7200\r\n", "");
	return origin_reply(fd, "200 OK",
		"etag:  W/ odd  \"x\" \r\nLast-Modified: yesterday, about noon\r\n"
		"Content-Type: application/rss+xml; charset=utf-8\r\nCache-Control: max-age=600\r\n"
		"Set-Cookie: a=b\r\n",
		"<rss/>");
}

/* /CODE-to-TARGET redirects with that code to "/TARGET", anything with "doc" is a document. */
static inline bool answer_redirect(struct origin *o, int fd, const struct seen *s)
{
	char fields[512], status[32];
	const char *to = strstr(s->path, "-to-");
	if (!to)
		return origin_reply(fd, "200 OK", "ETag: \"doc\"\r\n", "<feed/>");
	if (strncmp(to + 4, "two.test", 8) == 0)
		snprintf(fields, sizeof(fields),
			"Location: http://two.test:%d/%s\r\nETag: \"hop\"\r\n", o->port, to + 12);
	else if (strcmp(to + 4, "file") == 0)
		snprintf(fields, sizeof(fields), "Location: file:/etc/passwd\r\n");
	else if (strcmp(to + 4, "inner") == 0)
		snprintf(fields, sizeof(fields), "Location: http://inner.test/\r\n");
	else
		snprintf(fields, sizeof(fields), "Location: /%s\r\nETag: \"hop\"\r\n", to + 4);
	snprintf(status, sizeof(status), "%.3s Moved", s->path + 1);
	return origin_reply(fd, status, fields, "moved");
}

static inline bool answer_drip(struct origin *o, int fd, const struct seen *s)
{
	if (strcmp(s->path, "/hop") == 0) {
		usleep(400 * 1000);
		return origin_reply(fd, "302 Found", "Location: /drip\r\n", "");
	}
	if (strcmp(s->path, "/silent") == 0) {
		while (!o->stopping)
			usleep(10 * 1000);
		return false;
	}
	origin_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
	while (!o->stopping && origin_say(fd, "x"))
		usleep(20 * 1000);
	return false;
}

#endif
