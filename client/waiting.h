/*
 * A refresh, or a new feed, that somebody waits for may stand behind the pauses of hosts for
 * minutes: what it waits for is told on stderr, when that is a terminal and there is more to wait
 * than a moment.
 */
#ifndef COURANT_CLIENT_WAITING_H
#define COURANT_CLIENT_WAITING_H

#include "client/client.h"

/* As call_patiently() with PUT, for this feed or (0) all of them. */
enum outcome waiting_put(struct client *c, const char *path, int64_t feed_id, json_t **ret);
/* As call_try() with POST of a feed that is to be added. */
enum outcome waiting_add(
	struct client *c, const char *url, const json_t *body, long *ret_status, json_t **ret);

#endif
