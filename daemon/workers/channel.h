/*
 * Frames over a worker's non-blocking socket. No events here: the caller says when the socket is
 * ready. One job goes out, one frame comes in at a time.
 */
#ifndef COURANT_WORKERS_CHANNEL_H
#define COURANT_WORKERS_CHANNEL_H

#include "feed/feed.h"
#include "wire/frame.h"

enum channel_result {
	CHANNEL_DONE,   /* all is sent; a whole frame has arrived */
	CHANNEL_AGAIN,  /* call again when the socket is ready */
	CHANNEL_BROKEN, /* the other side hung up */
	CHANNEL_LIE,    /* what it sent is no frame that it may send */
};

struct channel {
	int fd; /* not closed here */
	/* Out: the frame's beginning, then the body, which stays the caller's. */
	struct strbuf head;
	const char *body;
	size_t body_len, sent;
	/* In. */
	unsigned char header[FRAME_HEADER];
	enum frame_type type;
	char *payload;
	uint32_t len;
	size_t received; /* bytes of header and payload */
};

void channel_init(struct channel *c, int fd);
void channel_release(struct channel *c);

/* Begins to send a job whose bytes stay where they are until all is sent. False
 * when it is larger than a frame. Follow with channel_send(). */
bool channel_begin_job(struct channel *c, enum feed_task task, const struct feed_input *job);
enum channel_result channel_send(struct channel *c);
bool channel_is_sent(const struct channel *c);

/* Reads on. At CHANNEL_DONE type, payload and len hold a frame until channel_next(). */
enum channel_result channel_receive(struct channel *c);
/* Drops the frame that was received. */
void channel_next(struct channel *c);

#endif
