/*
 * One feed in memory: its configuration, what the last answers left behind, and where its refresh
 * stands. Private to refresh/.
 */
#ifndef COURANT_REFRESH_FEED_H
#define COURANT_REFRESH_FEED_H

#include "base/heap.h"
#include "refresh/moves.h"
#include "refresh/refresh.h"
#include "schedule/policy.h"
#include "schedule/rhythm.h"

#include <stdbool.h>
#include <stdint.h>

struct feed_waiter {
	struct feed_waiter *next;
	refresh_done_fn *done;
	void *arg;
};

/* All that refresh_decide() needs: made on the loop, and left alone while the writer thread reads
 * it (STORING). */
struct feed_prospect {
	struct schedule_policy policy;
	struct schedule_outcome outcome;
	struct rhythm_document document;
	struct rng rng;
	bool by_hub;     /* the interval is LIMIT_WEBSUB_POLL, because a hub tells what is new */
	bool stays;      /* the due time is not decided anew */
	bool may_gap;    /* the document should show something that is known (paging.c) */
	bool closes_gap; /* it is an earlier page: a known entry means that nothing was missed */
};
struct addition;

struct feed {
	struct heap_node due; /* in the schedule while idle */
	struct refresher *refresher;
	int64_t id;                /* 0 while it is being added */
	struct feed_config config; /* strings owned */
	struct access *access;     /* held; NULL: asked like all others */
	/* feed_url_key() of its URL and of the address it is fetched from */
	struct hash url_key, address_key;
	struct feed_fetch_state kept; /* as committed; strings owned */
	struct feed_fetch_state
		next; /* of the refresh under way: committed in its last step; strings owned */
	/* Of `kept`, before a clock that was set back brought them into the past; all 0: it did
	 * not. */
	struct feed_times {
		int64_t last_fetch, next_due, retry_at;
	} future;
	struct feed_moves moves;
	int64_t led_to_feed; /* that is fetched from where its pending move leads, 0: none is known
			      */
	int64_t handed_over_ms; /* when the store got it: STORING; monotonic */
	char *led_to;           /* where permanent redirects led the fetch under way, NULL: none */
	char *declared_at;      /* "courant.conf:12", NULL when added through the API */
	bool local; /* on this machine: the floors that protect other people's servers do not apply
		     */
	enum refresh_state state;
	struct fetch *fetch; /* while QUEUED or FETCHING */
	size_t held_bytes;   /* of its body, while that or its document is PARSING or STORING */
	struct fetch_freshness freshness; /* of the answer under way */
	struct feed_prospect prospect;    /* what its next due time is decided from */
	struct refresh_report report;     /* of the refresh under way */
	/* Of the answer under way: its Link fields and its final URL; owned. */
	char *link_hub, *link_self, *link_from;
	bool ask_again;  /* its login changed while it was being asked with the old one */
	bool pushed;     /* a hub tells what is new */
	bool unasked;    /* what is under way asks nobody: a hub sent it, or it is due otherwise */
	int64_t in_turn; /* UTC second that it was put back to, so that others begin before it; 0 */
	uint64_t n_reached;    /* of struct offline, when the fetch under way began */
	char *page_url;        /* of the document under way: the page before it; NULL: none */
	struct paging *paging; /* while earlier pages are read; paging.c's */
	struct feed_waiter *waiters;
	struct addition *addition; /* while it is being added by hand */
	bool removed;              /* deleted while a refresh was under way: freed when that ends */
};

struct feed *feed_new(struct refresher *r, int64_t id, const struct feed_config *config,
	const struct feed_fetch_state *kept);
void feed_free(struct feed *feed);
/* Replaces the configuration by a copy. */
void feed_set_config(struct feed *feed, const struct feed_config *config);
/* What equal addresses share, however they are spelled: canonical (feed/url.h), without fragment.
 */
struct hash feed_url_key(const char *url);
/* Two texts, or twice none. */
bool text_same(const char *a, const char *b);
bool feed_config_equal(const struct feed_config *a, const struct feed_config *b);

/* Where it is fetched from: its URL, or where that has moved to. */
const char *feed_address(const struct feed *feed);
/* To be called when that may have changed. */
void feed_address_changed(struct feed *feed);

/* Of a feed that was never fetched. */
extern const struct feed_fetch_state fetch_state_unknown;
/* A deep copy, and the release of one. */
void fetch_state_copy(struct feed_fetch_state *to, const struct feed_fetch_state *from);
void fetch_state_release(struct feed_fetch_state *state);
/* Replaces the three validators, each a copy. */
void fetch_state_set_validators(struct feed_fetch_state *state, const char *etag,
	const char *last_modified, const char *url);

/* Replaces what was mended by a copy. */
void fetch_state_set_mended(struct feed_fetch_state *state, const char *mended);

/* All feeds in order of id: ids only grow, so that new ones go to the end. */
struct feed_table {
	struct feed **feeds;
	size_t n, cap;
};
void feed_table_release(struct feed_table *t); /* frees the feeds too */
void feed_table_add(struct feed_table *t, struct feed *feed);
void feed_table_remove(struct feed_table *t, struct feed *feed);     /* does not free it */
struct feed *feed_table_get(const struct feed_table *t, int64_t id); /* NULL: none */
/* The feed with this URL, else the one that is fetched from there; linear. */
struct feed *feed_table_by_url(const struct feed_table *t, const char *url);
/* The feed that has this key (feed_url_key()), by its URL or its address; linear. */
struct feed *feed_table_by_key(const struct feed_table *t, const struct hash *key);

#endif
