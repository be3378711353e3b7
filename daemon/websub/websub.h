/*
 * WebSub (https://www.w3.org/TR/websub/), the subscriber's side. Which hub each feed names is
 * always remembered and shown; with `websub` in the configuration courantd subscribes there,
 * proves to hubs that it asked (intent verification), renews leases, takes what hubs send, and
 * polls such feeds once a day only. Loop thread only.
 *
 * Invariants: nothing is asked of a hub, and no socket is opened, unless the configuration says so;
 * only what was asked is verified; content counts only when it is signed with the subscription's
 * secret; a lease that ends without a renewal brings the feed's own interval back.
 */
#ifndef COURANT_WEBSUB_WEBSUB_H
#define COURANT_WEBSUB_WEBSUB_H

#include "refresh/refresh.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

/* The third column is for people. */
#define WEBSUB_STATE_LIST(X)                                                \
	X(ADVERTISED, "advertised", "a hub is named; it is not asked")      \
	X(UNUSABLE, "unusable", "a hub is named, but cannot be used")       \
	X(REQUESTED, "requested", "the hub was asked and has not verified") \
	X(SUBSCRIBED, "subscribed", "the hub sends what is new")            \
	X(DENIED, "denied", "the hub refused")                              \
	X(LEAVING, "leaving", "the hub was asked to send no more")
enum websub_state {
#define X(id, name, text) WEBSUB_##id,
	WEBSUB_STATE_LIST(X)
#undef X
		WEBSUB_STATE_COUNT
};
const char *websub_state_name(enum websub_state state);

struct websub;

struct websub_options {
	struct ev_loop *loop;
	struct store *store;
	struct fetcher *fetcher;
	const struct conf *conf; /* must outlive, or be replaced by websub_reload() */
};

/* Loads what is known (before anything is asked of the store), and opens the listener when there is
 * to be one. NULL with a message when it cannot be opened. */
struct websub *websub_new(const struct websub_options *options, char *error, size_t size);
/* Goes on with subscriptions: the feeds are known now. */
void websub_start(struct websub *w, struct refresher *refresher);
/* Closes the listener: nothing more is taken from hubs. */
void websub_drain(struct websub *w);
/* After store_close() and fetcher_free(): both still tell it. NULL is fine. */
void websub_free(struct websub *w);
/* The listener stays as it is until the next start. */
void websub_reload(struct websub *w, const struct conf *conf);

/* As `hub_seen` and `removed` of refresher_options. */
void websub_hub_seen(
	struct websub *w, int64_t feed_id, const char *hub, const char *topic, const char *from);
void websub_feed_removed(struct websub *w, int64_t feed_id);

/* What is known of a feed's hub; the strings are valid until the loop goes on. False: it names
 * none. */
struct websub_view {
	enum websub_state state;
	const char *hub, *topic;
	int64_t lease_until; /* of a subscription, else 0 */
	int64_t next_try;    /* when it is asked (again), 0: not */
	const char *detail;  /* what is wrong; NULL: nothing */
};
bool websub_look(const struct websub *w, int64_t feed_id, struct websub_view *ret);

#endif
