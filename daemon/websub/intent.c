/*
 * What hubs say and send (WebSub 5.2, 5.3, 7).
 */
#include "base/clock.h"
#include "base/log.h"
#include "websub/private.h"
#include "websub/signature.h"

#include <stdlib.h>
#include <string.h>

#define GONE 410
#define NOT_FOUND 404
#define UNAVAILABLE 503
#define OK 200

/* What the hub says it will last; what was asked for when it says nothing that is a number. */
static int64_t lease_of(const char *text)
{
	if (text == NULL || *text == '\0' || strspn(text, "0123456789") != strlen(text))
		return LIMIT_WEBSUB_LEASE;
	long long lease = strlen(text) < 12 ? strtoll(text, NULL, 10) : LIMIT_WEBSUB_LEASE_MAX;
	return lease < LIMIT_WEBSUB_LEASE_MAX ? lease : LIMIT_WEBSUB_LEASE_MAX;
}

/* Renewed when four fifths are over; however short the lease, at most every quarter of an hour. */
static void activate(struct subscription *sub, int64_t lease)
{
	int64_t now = clock_now(), renew = lease - lease / 5;
	if (sub->state != WEBSUB_SUBSCRIBED)
		log_info("feed %lld: its hub sends what is new", (long long)sub->feed_id);
	sub->state = WEBSUB_SUBSCRIBED;
	sub->asked = ASKED_NOTHING;
	sub->n_failures = 0;
	sub->lease_until = now + lease;
	sub->next_try = now + (renew > LIMIT_INTERVAL_FLOOR ? renew : LIMIT_INTERVAL_FLOOR);
	subscription_set_detail(sub, NULL);
	sub_keep(sub);
}

static void deny(struct subscription *sub, const char *reason)
{
	const char *why = reason != NULL && *reason != '\0' ? reason : "it gave no reason";
	log_notice("feed %lld: its hub denied the subscription", (long long)sub->feed_id);
	sub_lost(sub, WEBSUB_DENIED, why);
	sub->n_failures = 0;
	sub->next_try = clock_now() + LIMIT_WEBSUB_DENIED;
	sub_keep(sub);
}

bool websub_intended(struct websub *w, const struct websub_intent *intent)
{
	struct subscription *sub = subscription_by_token(&w->table, intent->token);
	if (sub == NULL || intent->mode == NULL || intent->topic == NULL ||
		strcmp(intent->topic, sub->topic) != 0)
		return false;
	if (strcmp(intent->mode, "denied") == 0 && sub->state != WEBSUB_LEAVING) {
		deny(sub, intent->reason);
		return true;
	}
	if (intent->challenge == NULL || strlen(intent->challenge) > LIMIT_WEBSUB_CHALLENGE)
		return false;
	if (strcmp(intent->mode, "subscribe") == 0 && sub->asked == ASKED_SUBSCRIBE) {
		activate(sub, lease_of(intent->lease));
		return true;
	}
	if (strcmp(intent->mode, "unsubscribe") == 0 && sub->asked == ASKED_UNSUBSCRIBE) {
		sub_left(sub);
		return true;
	}
	return false;
}

int websub_may_deliver(const struct websub *w, const char *token)
{
	const struct subscription *sub = subscription_by_token(&w->table, token);
	if (sub == NULL)
		return NOT_FOUND;
	return sub->state == WEBSUB_SUBSCRIBED ? OK
	       : sub->state == WEBSUB_LEAVING  ? GONE
					       : NOT_FOUND;
}

int websub_delivered(struct websub *w, const char *token, const char *content_type,
	const char *signature, char *body, size_t n)
{
	struct subscription *sub = subscription_by_token(&w->table, token);
	int code = websub_may_deliver(w, token);
	struct hash hash = hash_bytes(body, n);
	if (code != OK)
		goto out;
	if (!signature_is_right(signature, sub->secret, body, n)) {
		log_notice("feed %lld: what was sent to its callback is not signed by its hub, and "
			   "is ignored",
			(long long)sub->feed_id);
		goto out;
	}
	if (hash_equal(&hash, &sub->last_body))
		goto out;
	if (refresher_deliver(w->refresher, sub->feed_id, body, n, content_type, sub->topic)) {
		sub->last_body = hash;
		return OK;
	}
	code = UNAVAILABLE;
out:
	free(body);
	return code;
}
