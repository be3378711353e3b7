#include "rule.h"

#include <math.h>

#define WEEK (7 * DAY)

static const struct {
	const char *name;
	double parameter, power;
} rules[SIM_RULE_COUNT] = {
	[SIM_FIXED] = { "fixed interval", 3600.0, -1.0 },
	[SIM_ENTRY_FREQUENCY] = { "entry_frequency", 1.0, 1.0 },
	[SIM_COURANT] = { "courant", 3600.0, -0.5 },
};

const char *sim_rule_name(enum sim_rule rule)
{
	return rules[rule].name;
}

double sim_rule_default(enum sim_rule rule)
{
	return rules[rule].parameter;
}

double sim_rule_power(enum sim_rule rule)
{
	return rules[rule].power;
}

static int64_t by_policy(double interval, bool stated, struct sim_watch *w, struct rng *rng)
{
	struct schedule_policy policy = { .interval = (int64_t)interval,
		.stated = stated,
		.min_interval = 15 * MINUTE,
		.max_interval = 24 * HOUR };
	return schedule_next(&policy, &w->outcome, rng).due;
}

/* Miniflux's "virtual weekly count": a week over the mean time between the entries that were
 * published within the last week, rounded up; 0 for less than two, or all at once. */
static double weekly_count(struct sim_watch *w, const struct sim_feed *feed)
{
	while (w->week < w->seen && feed->entries[w->week] < w->outcome.now - WEEK)
		w->week++;
	if (w->seen < w->week + 2)
		return 0.0;
	int64_t span = feed->entries[w->seen - 1] - feed->entries[w->week];
	size_t n = w->seen - w->week;
	return span > 0 ? ceil(WEEK / ((double)span / (double)(n - 1))) : 0.0;
}

static int64_t entry_frequency(double factor, struct sim_watch *w, const struct sim_feed *feed)
{
	const struct schedule_outcome *o = &w->outcome;
	double count = weekly_count(w, feed), most = 24.0 * HOUR;
	double wait = count > 0 ? fmax(5.0 * MINUTE, fmin(most, WEEK / (count * factor))) : most;
	double asked = fmax((double)o->max_age, (double)o->ttl_minutes * MINUTE);
	return o->now + (int64_t)fmin(most, fmax(wait, asked));
}

int64_t sim_rule_next(enum sim_rule rule, double parameter, struct sim_watch *w,
	const struct sim_feed *feed, struct rng *rng)
{
	if (rule == SIM_COURANT)
		return by_policy(parameter, false, w, rng);
	if (rule == SIM_FIXED)
		return by_policy(parameter, true, w, rng);
	if (w->outcome.fail.status != STATUS_OK)
		return by_policy(HOUR, true, w, rng);
	return entry_frequency(parameter, w, feed);
}
