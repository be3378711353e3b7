#include "workers/channel.h"
#include "base/limits.h"
#include "base/mem.h"
#include "wire/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Most bytes taken in one go, so that no worker keeps the loop from the others. */
#define TURN_BYTES (1 * MIB)

void channel_init(struct channel *c, int fd)
{
	*c = (struct channel){ .fd = fd };
	strbuf_init(&c->head, LIMIT_CONTENT_TYPE + LIMIT_URL + KIB);
}

void channel_release(struct channel *c)
{
	strbuf_release(&c->head);
	free(c->payload);
}

bool channel_begin_job(struct channel *c, enum feed_task task, const struct feed_input *job)
{
	strbuf_clear(&c->head);
	if (!parse_job_encode_head(&c->head, task, job))
		return false;
	c->body = job->bytes;
	c->body_len = job->len;
	c->sent = 0;
	return true;
}

bool channel_is_sent(const struct channel *c)
{
	return c->sent == c->head.len + c->body_len;
}

static ssize_t send_rest(const struct channel *c)
{
	struct iovec parts[2];
	size_t n = 0, body_sent = 0;
	if (c->sent < c->head.len)
		parts[n++] = (struct iovec){ c->head.data + c->sent, c->head.len - c->sent };
	else
		body_sent = c->sent - c->head.len;
	if (body_sent < c->body_len)
		parts[n++] = (struct iovec){ (char *)(uintptr_t)c->body + body_sent,
			c->body_len - body_sent };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = n };
	return sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

enum channel_result channel_send(struct channel *c)
{
	while (!channel_is_sent(c)) {
		ssize_t n = send_rest(c);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? CHANNEL_AGAIN : CHANNEL_BROKEN;
		c->sent += (size_t)n;
	}
	return CHANNEL_DONE;
}

/* A worker sends four kinds of frames; of the small ones it is known how small. */
static bool may_send(enum frame_type type, uint32_t len)
{
	switch ((unsigned)type) {
	case FRAME_READY:
		return len == 2;
	case FRAME_PARSE_FAIL:
		return len <= LIMIT_DETAIL + 16;
	case FRAME_PARSE_DOC:
	case FRAME_LISTING:
		return true;
	default:
		return false;
	}
}

/* The header is complete: makes room for what it announces. Memory that nothing arrives for is
 * never touched. */
static bool begin_payload(struct channel *c)
{
	if (!frame_header(c->header, &c->len, &c->type) || !may_send(c->type, c->len))
		return false;
	c->payload = xmalloc(c->len > 0 ? c->len : 1);
	return true;
}

/* One recv() into what is missing; *ret_result says how to go on when nothing came. */
static size_t receive_some(struct channel *c, void *to, size_t n, enum channel_result *ret_result)
{
	ssize_t got;
	do
		got = recv(c->fd, to, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got <= 0) {
		*ret_result = got < 0 && errno == EAGAIN ? CHANNEL_AGAIN : CHANNEL_BROKEN;
		return 0;
	}
	c->received += (size_t)got;
	return (size_t)got;
}

static bool is_received(const struct channel *c)
{
	return c->received >= FRAME_HEADER && c->received - FRAME_HEADER == c->len;
}

enum channel_result channel_receive(struct channel *c)
{
	enum channel_result result = CHANNEL_AGAIN;
	for (size_t turn = 0, got; !is_received(c); turn += got) {
		if (turn >= TURN_BYTES)
			return CHANNEL_AGAIN;
		if (c->received < FRAME_HEADER) {
			size_t missing = FRAME_HEADER - c->received;
			got = receive_some(c, c->header + c->received, missing, &result);
			if (c->received == FRAME_HEADER && !begin_payload(c))
				return CHANNEL_LIE;
		} else {
			size_t at = c->received - FRAME_HEADER;
			size_t most = c->len - at < TURN_BYTES ? c->len - at : TURN_BYTES;
			got = receive_some(c, c->payload + at, most, &result);
		}
		if (got == 0)
			return result;
	}
	return CHANNEL_DONE;
}

void channel_next(struct channel *c)
{
	free(c->payload);
	c->payload = NULL;
	c->len = 0;
	c->received = 0;
}
