/*
 * A reader's side of one simulated feed: what it was told so far, and one request. The rules that
 * are compared (rule.h) decide on what stands here, and nothing else.
 */
#ifndef COURANT_SIM_WATCH_H
#define COURANT_SIM_WATCH_H

#include "population.h"
#include "schedule/policy.h"
#include "tally.h"

struct sim_watch {
	struct schedule_outcome outcome; /* of the last request; n_failures and rhythm go on */
	size_t published;                /* entries that are out by now */
	size_t seen;                     /* entries before this one were seen, or are lost */
	size_t week;                     /* the first entry that is less than a week old */
	int64_t floor; /* UTC seconds: before this the publisher wants no request */
	int64_t last;  /* UTC seconds of the last request, 0: none */
};

/* Asks the feed at `now`: its host's outages apply, and until SIM_BEGIN + days everything counts;
 * after `end` only the delays of entries from before it do. */
void sim_watch_ask(struct sim_watch *w, const struct sim_host *host, const struct sim_feed *feed,
	int64_t now, int64_t end, struct tally *tally);

/* The same, but whatever the feed would say, it is refused. */
void sim_watch_refused(struct sim_watch *w, const struct sim_feed *feed, int64_t now, int64_t end,
	enum status status, int http_code, int64_t retry_after, struct tally *tally);

#endif
