/*
 * What the files of websub/ share. Private to this folder.
 */
#ifndef COURANT_WEBSUB_PRIVATE_H
#define COURANT_WEBSUB_PRIVATE_H

#include "schedule/schedule.h"
#include "websub/subscription.h"

struct callback;

struct websub {
	struct websub_options options;
	struct refresher *refresher; /* NULL before websub_start() */
	struct schedule *schedule;
	struct subscription_table table;
	struct callback *callback; /* the listener; NULL: none */
};

/* Stores the subscription, puts it into the schedule at next_try (0: never), and tells refresh/ how
 * often to poll. */
void sub_keep(struct subscription *sub);
/* The hub let go of it, or there is nobody who waits for that: idle, or freed. */
void sub_left(struct subscription *sub);
/* Its lease is over, or was never given: polls come at their own interval again. */
void sub_lost(struct subscription *sub, enum websub_state state, const char *why);

/* A hub's request to the callback with this token (WebSub 5.3, 5.2 for "denied"). */
struct websub_intent {
	const char *token;                                     /* WEBSUB_TOKEN bytes */
	const char *mode, *topic, *challenge, *lease, *reason; /* as sent; NULL: not */
};
/* Whether it is what was asked for, and the challenge is to be sent back. */
bool websub_intended(struct websub *w, const struct websub_intent *intent);

/* The HTTP status for content that a hub wants to send, before it does: 200, 404, 410. */
int websub_may_deliver(const struct websub *w, const char *token);
/* What it sent; `body` is taken. Returns the HTTP status: a wrong signature is 200 all the same
 * (WebSub 7.1.1), 503 asks the hub to try again. */
int websub_delivered(struct websub *w, const char *token, const char *content_type,
	const char *signature, char *body, size_t n);

#endif
