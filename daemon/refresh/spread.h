/*
 * Feeds that fall due together are not asked together: after an import, a first start, a wake-up or
 * a clock that was set on they begin at a bounded rate (etiquette P4). Pure: time is a parameter,
 * UTC seconds.
 */
#ifndef COURANT_REFRESH_SPREAD_H
#define COURANT_REFRESH_SPREAD_H

#include <stdint.h>

struct spread {         /* zeroed: nothing was given out */
	int64_t second; /* the last one given out */
	unsigned n;     /* how often */
};

/* The first second from `now` on in which another feed may begin; it is given to the caller.
 * n_feeds: all that are polled: they must all get through in LIMIT_SPREAD_S. */
int64_t spread_take(struct spread *s, unsigned n_feeds, int64_t now);

#endif
