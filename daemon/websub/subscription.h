/*
 * One feed's hub and the subscription to it, as data: made, found, kept. Private to websub/.
 */
#ifndef COURANT_WEBSUB_SUBSCRIPTION_H
#define COURANT_WEBSUB_SUBSCRIPTION_H

#include "base/hash.h"
#include "base/heap.h"
#include "websub/websub.h"

/* 128 random bits in hex: the last part of a callback's path. */
#define WEBSUB_TOKEN 32

/* What a hub may verify (WebSub 5.3): nothing but what it was asked. */
enum websub_asked { ASKED_NOTHING, ASKED_SUBSCRIBE, ASKED_UNSUBSCRIBE };

struct subscription {
	struct heap_node due;  /* when something is to be done */
	struct websub *websub; /* NULL: given up while a request was under way; freed after it */
	int64_t feed_id;
	bool orphan; /* the feed is gone, or names another hub: not kept, goes when the hub let go
		      */
	enum websub_state state;
	enum websub_asked asked;
	char *hub, *topic, *callback, *secret; /* the last two NULL before the first request */
	char *detail;                          /* NULL: nothing is wrong */
	int64_t lease_until, next_try;
	unsigned n_failures;
	bool told;             /* LEAVING: the hub was asked to send no more */
	bool allow_private;    /* as the feed said when the hub was asked */
	struct fetch *fetch;   /* a request to the hub is under way */
	struct hash last_body; /* what the hub sent last: it may send it again */
};

struct subscription *subscription_new(
	struct websub *w, int64_t feed_id, const char *hub, const char *topic);
struct subscription *subscription_from_record(struct websub *w, const struct websub_record *record);
void subscription_free(struct subscription *sub);
/* For store_websub_set(); the strings stay the subscription's. */
struct websub_record subscription_record(const struct subscription *sub);
/* Gives it a callback below `base` that nobody can guess, and a secret. */
void subscription_make_secrets(struct subscription *sub, const char *base);
/* Replaces the detail, made safe for people; NULL: none. */
void subscription_set_detail(struct subscription *sub, const char *detail);
/* The form to POST to the hub, to be freed. */
char *subscription_form(const struct subscription *sub, bool subscribe);

/* All, orphans last, in order of feed_id. */
struct subscription_table {
	struct subscription **all;
	size_t n, cap;
};
void subscription_table_add(struct subscription_table *t, struct subscription *sub);
/* Does not free it. */
void subscription_table_remove(struct subscription_table *t, struct subscription *sub);
/* NULL: none; orphans have no feed. */
struct subscription *subscription_of_feed(const struct subscription_table *t, int64_t feed_id);
struct subscription *subscription_by_token(
	const struct subscription_table *t, const char token[WEBSUB_TOKEN]);

#endif
