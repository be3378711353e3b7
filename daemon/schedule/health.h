/*
 * How a feed is, in one word, and what a person can do about it (etiquette R6). Pure: a function of
 * what is known of the feed, time being a parameter. Any thread.
 *
 * The word is the same in C, in the API, in the client and in the manual (courantd(8), HEALTH).
 * Nothing is stored: whatever the word is made of is.
 */
#ifndef COURANT_SCHEDULE_HEALTH_H
#define COURANT_SCHEDULE_HEALTH_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* The most urgent first: when several are true, the first one is said, but for OFFLINE and RESTING,
 * which explain a feed's first failures. The third column: whether a person is asked to look. */
#define HEALTH_LIST(X)                                                                       \
	X(GONE, "gone", true, "the publisher removed it: it is not asked any more")          \
	X(DEAD, "dead", true, "not found for 30 days: it is asked once a week")              \
	X(BLOCKED, "blocked", true, "the server turns courant away")                         \
	X(NOT_A_FEED, "not_a_feed", true, "what its URL gives is no feed")                   \
	X(FAILING, "failing", true, "it failed three times or more")                         \
	X(QUIET, "quiet", false, "it has published nothing for much longer than it used to") \
	X(RETRYING, "retrying", false, "it failed once or twice and is tried again")         \
	X(RESTING, "resting", false, "its host asked for a rest")                            \
	X(OFFLINE, "offline", false, "this machine seems to be offline")                     \
	X(NEVER, "never_fetched", false, "it was not fetched yet")                           \
	X(DISABLED, "disabled", false, "it stands in the configuration no longer")           \
	X(OK, "ok", false, "all is well")
enum health {
#define X(id, name, alarming, text) HEALTH_##id,
	HEALTH_LIST(X)
#undef X
		HEALTH_COUNT
};

const char *health_name(enum health health);
const char *health_text(enum health health); /* a sentence for people, without a full stop */
bool health_is_alarming(enum health health);

/* Times are UTC seconds, 0: never. */
struct health_facts {
	bool disabled;
	bool stopped; /* it is not asked any more: a second 410 came */
	int64_t created, last_fetch, last_success, failing_since;
	unsigned n_failures; /* consecutive */
	enum status status;  /* of the last fetch */
	int http_code;
	/* Its publishing, read off its newest entries: the dates of the newest and of the oldest
	 * among them, and the days on which at least one of them came. Zeroed: not known. */
	int64_t newest, oldest;
	unsigned n_days;
	int64_t resting_until; /* of its host */
	bool offline;
};

/* Shorter silences are never strange: summer holidays. */
#define HEALTH_QUIET_LEAST (30 * 86400)

/* *ret_since: UTC seconds since when, 0 when that is not known. */
enum health health_judge(const struct health_facts *facts, int64_t now, int64_t *ret_since);

/* What a person can do, without the last full stop, static; "" when there is nothing. In its
 * commands FEED stands for the feed's number. */
const char *health_advice(enum health health, const struct health_facts *facts);

#endif
