/*
 * The hosts that asked for a rest (429), until when. A rest is about whoever asks, so the whole
 * host rests, with all hosts of its group (config/host.h). It stands in the wall clock and outlives
 * the process: db/ keeps it. Pure: time is a parameter, UTC seconds. Loop thread only.
 */
#ifndef COURANT_FETCH_RESTS_H
#define COURANT_FETCH_RESTS_H

#include <stddef.h>
#include <stdint.h>

struct rest {
	char *host;           /* "example.org:443" */
	char *queue;          /* that it waits in: the host, or its group */
	int64_t since, until; /* UTC seconds */
};

struct rests { /* zeroed: none. At most LIMIT_HOST_RESTS; the one that ends first gives way. */
	struct rest *rests;
	size_t n, cap;
};

void rests_release(struct rests *r);
/* The host rests until then; a rest that ends later stays. Strings are copied. */
void rests_add(struct rests *r, const char *host, const char *queue, int64_t until, int64_t now);
/* When the last rest in this queue is over, 0 when there is none. Rests that are over are
 * forgotten. After a clock was set back a rest is as long as it was, and not longer. */
int64_t rests_until(struct rests *r, const char *queue, int64_t now);

#endif
