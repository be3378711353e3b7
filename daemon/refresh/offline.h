/*
 * Are we offline? When most hosts fail at once it is us, and no feed is to be blamed for it
 * (etiquette, the table of answers). Pure: time is a parameter, UTC seconds. Loop thread only.
 *
 * Evidence is who was reached: a host that failed counts only when nobody at all was reached since
 * its fetch began, and each host once. So hosts that hang beside others that answer never count,
 * however many they are. Enough hosts in such a row, and we are offline until one is reached.
 * Meanwhile one feed that is due is asked at a time, after longer and longer waits.
 */
#ifndef COURANT_REFRESH_OFFLINE_H
#define COURANT_REFRESH_OFFLINE_H

#include "base/limits.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct offline {            /* zeroed: nothing is known yet, which counts as online */
	int64_t since;      /* 0: online */
	uint64_t n_reached; /* hosts reached so far: the clock of the evidence */
	uint64_t failed[LIMIT_OFFLINE_HOSTS]; /* hashes of the hosts of the present row */
	unsigned n_failed;
	int64_t next_probe, probe_wait; /* while offline */
};

/* What an answer says of the network. */
enum offline_sign { OFFLINE_REACHED, OFFLINE_FAILED, OFFLINE_NO_SIGN };
enum offline_sign offline_sign(const struct failure *fail, int http_code);

/* A host was reached. True when that ends an offline time. */
bool offline_reached(struct offline *o);
/* A host was not. began: n_reached when the fetch began; n_feeds: those that are polled over the
 * network: where they are few, fewer hosts are enough, and more than OFFLINE_MANY make no
 * difference. A single one is our fault only if no route leads to it. True when this begins an
 * offline time; while it lasts, the next probe moves away. */
#define OFFLINE_MANY (2 * LIMIT_OFFLINE_HOSTS)
bool offline_failed(struct offline *o, uint64_t host, uint64_t began, unsigned n_feeds,
	bool no_route, int64_t now);
/* Whether a feed that is due may be asked now, as a probe; true once a wait. */
bool offline_probe(struct offline *o, int64_t now);

#endif
