/*
 * The hosts that asked for a rest (429), until when, and what was learned from it. A rest is about
 * whoever asks, so the whole host rests, with all hosts of its group (config/host.h).
 *
 * A 429 also says that the requests before it came too fast: from then on there lies twice the time
 * between two starts, LIMIT_HOST_PAUSE at most, and half of it again with each
 * LIMIT_HOST_PAUSE_HALVES that pass without a 429. Otherwise all who waited for the end of a rest
 * would go out as fast as those before, and a host with many feeds would never get through them. A
 * 429 to the first request after a rest says nothing of the speed.
 *
 * Both stand in the wall clock and outlive the process: db/ keeps them. Pure: time is a parameter,
 * UTC seconds. Loop thread only.
 */
#ifndef COURANT_FETCH_RESTS_H
#define COURANT_FETCH_RESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rest {
	char *host;           /* "example.org:443" */
	char *queue;          /* that it waits in: the host, or its group */
	int64_t since, until; /* UTC seconds */
	/* The same while a clock that was set back shows a time before `since`; 0: it does not. */
	int64_t back_since, back_until;
	int64_t pause_ms; /* between two starts, as it was learned with this rest; 0: nothing */
	bool answered;    /* otherwise than by 429, after it */
};

struct rests { /* zeroed: none. At most LIMIT_HOST_RESTS; the one that ends first gives way. */
	struct rest *rests;
	size_t n, cap;
};

void rests_release(struct rests *r);
/* The host rests until then; a rest that ends later stays. Strings are copied. */
void rests_add(struct rests *r, const char *host, const char *queue, int64_t until,
	int64_t pause_ms, int64_t now);
/* It answered 429 while at least delay_ms lay between two starts. Returns what is to lie between
 * them from now on. */
int64_t rests_refused(struct rests *r, const char *host, const char *queue, int64_t until,
	int64_t delay_ms, int64_t now);
/* Somebody in this queue was answered, and not by 429. */
void rests_answered(struct rests *r, const char *queue);
/* When the last rest in this queue is over, 0 when there is none. After a clock was set back a rest
 * is as long as it was, and not longer; once it is set on again, as it was said. */
int64_t rests_until(struct rests *r, const char *queue, int64_t now);
/* The least time between two starts in this queue, 0: nothing was learned. */
int64_t rests_pause_ms(struct rests *r, const char *queue, int64_t now);

#endif
