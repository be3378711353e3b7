/*
 * libcurl tells which sockets to watch (socket_wanted) and when to call again (timer_wanted); libev
 * tells when either happened. After every call into libcurl the finished transfers are collected.
 */
#include "fetch/multi.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

#define SPARE_HANDLES 8 /* of about 6 KiB each; a burst makes more and lets them go */

struct multi {
	struct ev_loop *loop;
	CURLM *curl;
	struct ev_timer timer;
	multi_done_fn *done;
	void *arg;
	CURL *spare[SPARE_HANDLES];
	unsigned n_spare;
};

struct watched { /* one per socket that libcurl wants watched */
	struct ev_io io;
	struct multi *multi;
};

static void collect(struct multi *m)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(m->curl, &left))) {
		CURL *easy = message->easy_handle;
		CURLcode result = message->data.result;
		multi_remove(m, easy);
		m->done(m->arg, easy, result);
	}
}

static void act(struct multi *m, curl_socket_t fd, int events)
{
	int running;
	CURLMcode code = curl_multi_socket_action(m->curl, fd, events, &running);
	if (code != CURLM_OK && code != CURLM_BAD_SOCKET) /* the socket may have gone meanwhile */
		log_fatal("libcurl: %s", curl_multi_strerror(code));
	collect(m);
}

static void socket_ready(struct ev_loop *loop, struct ev_io *io, int revents)
{
	(void)loop;
	struct watched *w = io->data;
	int events = (revents & EV_READ ? CURL_CSELECT_IN : 0) |
		     (revents & EV_WRITE ? CURL_CSELECT_OUT : 0);
	act(w->multi, io->fd, events); /* may free w */
}

static void timer_due(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)loop, (void)revents;
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *watched)
{
	(void)easy;
	struct multi *m = arg;
	struct watched *w = watched;
	if (w)
		ev_io_stop(m->loop, &w->io);
	if (what == CURL_POLL_REMOVE) {
		free(w);
		return 0;
	}
	if (!w) {
		w = xcalloc(1, sizeof(*w));
		w->multi = m;
		ev_init(&w->io, socket_ready);
		w->io.data = w;
		curl_multi_assign(m->curl, fd, w);
	}
	ev_io_set(&w->io, fd,
		(what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
	ev_io_start(m->loop, &w->io);
	return 0;
}

static int timer_wanted(CURLM *curl, long timeout_ms, void *arg)
{
	(void)curl;
	struct multi *m = arg;
	ev_timer_stop(m->loop, &m->timer);
	if (timeout_ms >= 0) {
		ev_timer_set(&m->timer, (double)timeout_ms / 1000.0, 0.0);
		ev_timer_start(m->loop, &m->timer);
	}
	return 0;
}

struct multi *multi_new(struct ev_loop *loop, multi_done_fn *done, void *arg)
{
	struct multi *m = xcalloc(1, sizeof(*m));
	*m = (struct multi){ .loop = loop, .done = done, .arg = arg, .curl = curl_multi_init() };
	if (!m->curl)
		log_fatal("libcurl: no multi handle: out of memory");
	ev_init(&m->timer, timer_due);
	m->timer.data = m;
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, timer_wanted);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)LIMIT_IDLE_CONNECTIONS);
	return m;
}

void multi_free(struct multi *m)
{
	if (!m)
		return;
	while (m->n_spare > 0)
		curl_easy_cleanup(m->spare[--m->n_spare]);
	curl_multi_cleanup(m->curl);
	ev_timer_stop(m->loop, &m->timer);
	free(m);
}

void multi_add(struct multi *m, CURL *easy)
{
	CURLMcode code = curl_multi_add_handle(m->curl, easy);
	if (code != CURLM_OK)
		log_fatal("libcurl: %s", curl_multi_strerror(code));
}

void multi_remove(struct multi *m, CURL *easy)
{
	CURLMcode code = curl_multi_remove_handle(m->curl, easy);
	assert(code == CURLM_OK);
	(void)code;
}

CURL *multi_easy_get(struct multi *m)
{
	if (m->n_spare > 0)
		return m->spare[--m->n_spare];
	CURL *easy = curl_easy_init();
	if (!easy)
		log_fatal("libcurl: no easy handle: out of memory");
	return easy;
}

void multi_easy_put(struct multi *m, CURL *easy)
{
	if (m->n_spare == SPARE_HANDLES) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	m->spare[m->n_spare++] = easy;
}
