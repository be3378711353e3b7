/*
 * Why a feed is next asked when it is: one vocabulary, the same word in C, in the database, in the
 * API, in the client and in the manual (courantd(8)). The policy (schedule/policy.h) names the one
 * rule that asked for the longest wait.
 */
#ifndef COURANT_BASE_DUE_H
#define COURANT_BASE_DUE_H

#include "base/strbuf.h"

#include <stdint.h>

/* The third column is a sentence for people, without a full stop; @ is the wait. */
#define DUE_LIST(X)                                                                             \
	X(NEW, "new", "it was not asked yet")                                                   \
	/* our own wishes */                                                                    \
	X(INTERVAL, "interval", "its interval is @")                                            \
	X(RHYTHM, "rhythm", "by the rhythm in which it publishes, every @")                     \
	X(MIN_INTERVAL, "min_interval", "no more often than every @")                           \
	X(MAX_INTERVAL, "max_interval", "it publishes rarely: at least every @")                \
	X(WINDOW, "window", "every @, before entries can fall off the end of its document")     \
	X(GAP, "gap", "after @, since entries may have been missed")                            \
	X(UNCONDITIONAL, "unconditional",                                                       \
		"every @, since the server cannot say that nothing changed")                    \
	X(PUSHED, "pushed", "its hub tells what is new; asked every @ in case that fails")      \
	/* the server's and the publisher's */                                                  \
	X(MAX_AGE, "max_age", "the server asks for @ (Cache-Control or Expires)")               \
	X(RETRY_AFTER, "retry_after", "the server asks for @ (Retry-After)")                    \
	X(TTL, "ttl", "the publisher asks for @ (ttl)")                                         \
	X(UPDATE_PERIOD, "update_period", "the publisher asks for @ (sy:updatePeriod)")         \
	X(SKIPPED, "skipped", "the publisher asks to skip hours or days (skipHours, skipDays)") \
	/* failures */                                                                          \
	X(BACK_OFF, "back_off", "@ after the last failure")                                     \
	X(RATE_LIMITED, "rate_limited", "the server asked us to slow down: after @")            \
	X(GONE_ONCE, "gone_once", "the server says that it is gone; asked once more after @")   \
	X(STOPPED, "stopped", "it is gone and not asked any more")

enum due_reason {
#define X(id, name, text) DUE_##id,
	DUE_LIST(X)
#undef X
		DUE_REASON_COUNT
};

/* What is remembered of the rhythm in which a feed publishes (schedule/rhythm.h); zeroed: nothing
 * yet. */
struct rhythm {
	double entries; /* that were new, each halved every RHYTHM_HALF_LIFE since */
	double days;    /* of watching, decayed in the same way */
	int64_t at;     /* UTC seconds of the last look, 0: there was none */
	int64_t window; /* entries in the last document, 0: not known */
};

/* The word, static, never NULL. */
const char *due_reason_name(enum due_reason reason);
/* The reason of a word; DUE_NEW when there is none of that name. */
enum due_reason due_reason_from_name(const char *name);
/* "the server asks for 6 h (Cache-Control or Expires)", without a full stop. wait: seconds. */
void due_reason_describe(enum due_reason reason, int64_t wait, struct strbuf *out);

#endif
