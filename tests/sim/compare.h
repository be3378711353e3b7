/*
 * The rules side by side: the same feeds, the same number of requests, each feed for itself.
 */
#ifndef COURANT_SIM_COMPARE_H
#define COURANT_SIM_COMPARE_H

#include "rule.h"

struct sim_scale {
	size_t n_feeds;
	unsigned days;
	uint64_t seed;
};

struct sim_run {
	double budget; /* requests a feed and day that it is to spend; 0: the rule's default */
	double parameter[SIM_RULE_COUNT];
	struct tally tally[SIM_RULE_COUNT];
};

/* Fills parameter and tally of each run; the parameters are found on a sample of the feeds. */
void sim_compare(const struct sim_scale *scale, struct sim_run *runs, size_t n_runs);
/* Requests a feed and day that were spent. */
double sim_spent(const struct sim_scale *scale, const struct tally *tally);

#endif
