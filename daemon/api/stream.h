/*
 * Followers: clients of `GET /v1/stream`, which get every entry once it is committed as a
 * Server-Sent Event (WHATWG HTML, 9.2) whose id is the entry's. The database is the log: a follower
 * is a cursor in it, and everything it is sent was read from there. Loop thread; batches are read
 * on reader threads.
 *
 * A follower holds one batch at most, however slow its client reads, and costs no wake-up while
 * there is nothing to send, but for a comment every LIMIT_API_HEARTBEAT_S.
 */
#ifndef COURANT_API_STREAM_H
#define COURANT_API_STREAM_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct follower;

struct streams {
	LIST_HEAD(, follower) followers;
	unsigned n;
	ev_timer heartbeat; /* runs while there are followers */
	struct ev_loop *loop;
};

void streams_init(struct streams *s, struct ev_loop *loop);
/* Wakes the followers that are behind this entry. */
void streams_published(struct streams *s, int64_t last_entry_id);
/* Ends every stream after what it holds already. */
void streams_drain(struct streams *s);
/* The same at once, whatever a reader thread is doing for it. */
void streams_abandon(struct streams *s);

#endif
