#include "api/stream.h"

#include "api/resources.h"
#include "api/server.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <poll.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOWER_STATE_LIST(X)                                             \
	X(SENDING, "sending") /* its connection takes what is in `out` */  \
	X(READING, "reading") /* suspended, a reader thread fills `out` */ \
	X(WAITING, "waiting") /* suspended, it has seen all there is */
enum follower_state {
#define X(id, name) FOLLOWER_##id,
	FOLLOWER_STATE_LIST(X)
#undef X
};

struct follower {
	LIST_ENTRY(follower) link;
	struct api *api;
	struct MHD_Connection *connection; /* NULL once the client has gone */
	enum follower_state state;
	bool ending;    /* no more is read; the stream ends after `out` */
	bool abandoned; /* it ends at once, and `out` may be a reader thread's */
	ev_io hang_up;  /* on the client's socket while WAITING: nobody else looks at it */

	/* The batch: a reader thread's while READING. */
	int64_t feed_id;   /* 0: all */
	char *category;    /* NULL: all */
	int64_t cursor;    /* all entries up to this id were sent, or are in `out` */
	int64_t upto;      /* the batch reads entries up to this id, all of them committed */
	unsigned limit;    /* entries that the batch may take */
	unsigned n;        /* entries in it */
	bool cut;          /* there was more than fits */
	bool failed;       /* the database could not be read */
	struct strbuf out; /* events */
	size_t sent;       /* bytes of it */
};

static void follower_free(struct follower *f)
{
	strbuf_release(&f->out);
	free(f->category);
	free(f);
}

/* ---- reader thread ---- */

static void event_write(void *arg, const struct entry_record *entry)
{
	struct follower *f = arg;
	size_t before = f->out.len;
	if (f->cut)
		return;
	strbuf_addf(&f->out, "id: %lld\nevent: entry\ndata: ", (long long)entry->id);
	struct json_writer w = JSON_WRITER(&f->out);
	entry_write(&w, NULL, entry, true);
	strbuf_add(&f->out, "\n\n", 2);
	f->failed = f->out.overflow;
	f->cut = f->failed || (f->n > 0 && f->out.len > LIMIT_API_BATCH_BYTES);
	if (f->cut) {
		strbuf_truncate(&f->out, before);
		return;
	}
	f->cursor = entry->id;
	f->n++;
}

static void batch_read(struct query *q, void *arg)
{
	struct follower *f = arg;
	struct entry_filter filter = {
		.news = true,
		.feed_id = f->feed_id,
		.category = f->category,
		.after_id = f->cursor,
		.before_id = f->upto + 1,
		.order = ENTRY_ORDER_ID,
		.limit = f->limit,
		.without_total = true,
	};
	if (query_entries(q, &filter, event_write, f) < 0 || f->failed) {
		f->failed = true;
		log_err("api: a stream ends, entries after %lld cannot be read: %s",
			(long long)f->cursor, query_error(q));
	} else if (!f->cut && f->n < f->limit) {
		f->cursor = f->upto;
	}
}

/* ---- loop ---- */

static void resume(struct follower *f)
{
	ev_io_stop(f->api->options.loop, &f->hang_up);
	f->state = FOLLOWER_SENDING;
	server_resume(f->api, f->connection);
}

static void wait_for_entries(struct follower *f)
{
	f->state = FOLLOWER_WAITING;
	strbuf_release(&f->out);
	ev_io_start(f->api->options.loop, &f->hang_up);
}

/* The connection is suspended, and all that was read is sent. */
static void read_or_wait(struct follower *f);

static void batch_done(void *arg)
{
	struct follower *f = arg;
	if (f->connection == NULL) {
		follower_free(f);
		return;
	}
	/* Large entries: read no more of them than fit. Small ones: back to full batches. */
	f->limit = f->cut ? f->n : f->limit * 2;
	if (f->limit > LIMIT_API_BATCH)
		f->limit = LIMIT_API_BATCH;
	if (f->out.len > 0 || f->failed || f->ending)
		resume(f);
	else
		read_or_wait(f);
}

static void read_or_wait(struct follower *f)
{
	int64_t last = store_last_entry_id(f->api->options.store);
	if (last <= f->cursor) {
		wait_for_entries(f);
		return;
	}
	f->state = FOLLOWER_READING;
	f->upto = last - f->cursor > LIMIT_API_BATCH_IDS ? f->cursor + LIMIT_API_BATCH_IDS : last;
	f->n = 0;
	f->cut = false;
	f->sent = 0;
	strbuf_clear(&f->out);
	readers_submit(f->api->options.readers, batch_read, batch_done, f);
}

static void read_more(struct follower *f)
{
	ev_io_stop(f->api->options.loop, &f->hang_up);
	read_or_wait(f);
}

/* Fills libmicrohttpd's buffer. With nothing to say it suspends: to return 0 would spin. */
static ssize_t content_reader(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct follower *f = cls;
	(void)pos;
	if (f->abandoned)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (f->sent < f->out.len) {
		size_t n = f->out.len - f->sent < max ? f->out.len - f->sent : max;
		memcpy(buf, f->out.data + f->sent, n);
		f->sent += n;
		return (ssize_t)n;
	}
	if (f->failed)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (f->ending)
		return MHD_CONTENT_READER_END_OF_STREAM;
	MHD_suspend_connection(f->connection);
	read_or_wait(f);
	return 0;
}

/* The connection is done with its follower. */
static void content_reader_free(void *cls)
{
	struct follower *f = cls;
	struct streams *s = &f->api->streams;
	ev_io_stop(s->loop, &f->hang_up);
	LIST_REMOVE(f, link);
	if (--s->n == 0)
		ev_timer_stop(s->loop, &s->heartbeat);
	f->connection = NULL;
	if (f->state != FOLLOWER_READING)
		follower_free(f);
}

/* A suspended connection is not looked at by libmicrohttpd, so that a client that has gone would be
 * noticed by the next heartbeat only. */
static void hang_up_seen(struct ev_loop *loop, ev_io *w, int events)
{
	struct follower *f = w->data;
	struct pollfd p = { .fd = w->fd };
	(void)events;
	if (poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0) {
		f->ending = true;
		resume(f);
	} else {
		/* It said something, or will say no more: neither matters to a stream. */
		ev_io_stop(loop, w);
	}
}

static struct follower *follower_new(struct request *rq, int64_t cursor)
{
	struct api *a = rq->api;
	struct follower *f = xcalloc(1, sizeof *f);
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	assert(info != NULL);
	f->api = a;
	f->connection = rq->connection;
	f->feed_id = rq->params.feed_id;
	f->category = xstrdup_or_null(category_wanted(rq->params.category));
	f->cursor = cursor;
	f->limit = LIMIT_API_BATCH;
	strbuf_init(&f->out, LIMIT_API_ANSWER);
	/* Tells the client at once that it is connected, and nothing is missed from here on. */
	strbuf_addstr(&f->out, ": courant\n\n");
	ev_io_init(&f->hang_up, hang_up_seen, info->connect_fd, EV_READ);
	f->hang_up.data = f;
	LIST_INSERT_HEAD(&a->streams.followers, f, link);
	if (a->streams.n++ == 0)
		ev_timer_again(a->options.loop, &a->streams.heartbeat);
	return f;
}

/* Where the client wants to go on; -1 when what it says is no id. */
static int64_t wanted_cursor(struct request *rq)
{
	int64_t cursor = rq->params.last_event_id;
	const char *header =
		MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, "Last-Event-ID");
	if (header != NULL)
		return number_parse(header, &cursor) ? cursor : -1;
	return cursor >= 0 ? cursor : store_last_entry_id(rq->api->options.store);
}

void stream_begin(struct request *rq)
{
	int64_t cursor = wanted_cursor(rq);
	if (cursor < 0) {
		request_refuse(rq, STATUS_BAD_REQUEST, "Last-Event-ID must be a number, 0 or more");
		return;
	}
	int64_t feed_id = rq->params.feed_id;
	if (feed_id != 0 && !refresher_has_feed(rq->api->options.refresher, feed_id)) {
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, feed_id);
		return;
	}
	if (rq->api->streams.n >= LIMIT_API_FOLLOWERS) {
		request_refuse(rq, STATUS_UNAVAILABLE, "there are %u followers already",
			(unsigned)LIMIT_API_FOLLOWERS);
		return;
	}
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4 * KIB,
		content_reader, follower_new(rq, cursor), content_reader_free);
	if (response == NULL)
		log_fatal("api: out of memory");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	rq->answer.response = response;
	rq->answer.code = MHD_HTTP_OK;
}

static void heartbeat_due(struct ev_loop *loop, ev_timer *w, int events)
{
	struct streams *s = w->data;
	struct follower *f;
	(void)loop, (void)events;
	LIST_FOREACH(f, &s->followers, link)
	{
		if (f->state != FOLLOWER_WAITING)
			continue;
		f->sent = 0;
		strbuf_addstr(&f->out, ":\n\n");
		resume(f);
	}
}

void streams_init(struct streams *s, struct ev_loop *loop)
{
	LIST_INIT(&s->followers);
	s->n = 0;
	s->loop = loop;
	ev_init(&s->heartbeat, heartbeat_due);
	s->heartbeat.repeat = LIMIT_API_HEARTBEAT_S;
	s->heartbeat.data = s;
}

void streams_published(struct streams *s, int64_t last_entry_id)
{
	struct follower *f;
	LIST_FOREACH(f, &s->followers, link)
	{
		if (f->state == FOLLOWER_WAITING && f->cursor < last_entry_id)
			read_more(f);
	}
}

void streams_drain(struct streams *s)
{
	struct follower *f;
	LIST_FOREACH(f, &s->followers, link)
	{
		f->ending = true;
		if (f->state == FOLLOWER_WAITING)
			resume(f);
	}
}

void streams_abandon(struct streams *s)
{
	struct follower *f;
	LIST_FOREACH(f, &s->followers, link)
	{
		f->abandoned = true;
		if (f->state != FOLLOWER_SENDING)
			server_resume(f->api, f->connection);
	}
}
