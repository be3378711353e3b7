/*
 * The rules that are compared: when to ask a feed again. Each has one parameter by which it is made
 * to spend a given number of requests.
 *
 * FIXED asks every so many seconds, as most readers do. ENTRY_FREQUENCY is the rule of that name of
 * Miniflux 2.2: the time between two entries of the last week, by their dates, divided by a factor;
 * within 5 minutes and 24 hours (its defaults); ttl, max-age and Retry-After are floors up to the
 * same 24 hours. What Miniflux leaves to its batches (an hour by default) is not held against it:
 * here it asks when it wants to. COURANT is the daemon's own policy.
 *
 * All three answer failures by courant's table, so that only the rhythm differs, and FIXED keeps
 * all floors that courant keeps.
 */
#ifndef COURANT_SIM_RULE_H
#define COURANT_SIM_RULE_H

#include "watch.h"

enum sim_rule { SIM_FIXED, SIM_ENTRY_FREQUENCY, SIM_COURANT, SIM_RULE_COUNT };

const char *sim_rule_name(enum sim_rule rule);
/* What its parameter is at the default, and how the number of requests goes with it: proportional
 * to its power, roughly. */
double sim_rule_default(enum sim_rule rule);
double sim_rule_power(enum sim_rule rule);
/* UTC seconds of the next request after the last one of `w`. */
int64_t sim_rule_next(enum sim_rule rule, double parameter, struct sim_watch *w,
	const struct sim_feed *feed, struct rng *rng);

#endif
