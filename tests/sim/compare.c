#include "compare.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLE 8 /* one feed in so many tells the parameters, within these bounds */
#define SAMPLE_LEAST 400
#define SAMPLE_MOST 12000
#define TRIES 6
#define LONGEST_WAIT (8 * DAY) /* of any rule: entries of the last day are seen by then */

static int64_t end_of(const struct sim_scale *scale)
{
	return SIM_BEGIN + (int64_t)scale->days * DAY;
}

/* One feed from its first request, at some moment of the first hour, to the first success after
 * the end. */
static void play_feed(const struct sim_host *host, const struct sim_feed *feed, enum sim_rule rule,
	double parameter, int64_t end, uint64_t seed, struct tally *tally)
{
	struct sim_watch w = { 0 };
	struct rng rng;
	rng_seed(&rng, seed);
	int64_t at = SIM_BEGIN + (int64_t)(rng_unit(&rng) * HOUR);
	while (at < end + LONGEST_WAIT) {
		sim_watch_ask(&w, host, feed, at, end, tally);
		if (at >= end && w.outcome.fail.status == STATUS_OK)
			break;
		at = sim_rule_next(rule, parameter, &w, feed, &rng);
	}
}

static void play_host(const struct sim_host *host, enum sim_rule rule, double parameter,
	int64_t end, uint64_t seed, struct tally *tally)
{
	for (size_t i = 0; i < host->n_feeds; i++)
		play_feed(host, &host->feeds[i], rule, parameter, end, seed + i, tally);
}

struct sample {
	struct sim_host *hosts;
	size_t n, cap, n_feeds;
};

static void sample_make(struct sample *s, const struct sim_scale *scale)
{
	size_t n = scale->n_feeds / SAMPLE;
	n = n < SAMPLE_LEAST ? SAMPLE_LEAST : n > SAMPLE_MOST ? SAMPLE_MOST : n;
	n = n < scale->n_feeds ? n : scale->n_feeds;
	while (s->n_feeds < n) {
		s->hosts = xgrow(s->hosts, s->n, &s->cap, sizeof *s->hosts);
		sim_host_make(&s->hosts[s->n], scale->seed, s->n, n - s->n_feeds, end_of(scale));
		s->n_feeds += s->hosts[s->n++].n_feeds;
	}
}

static void sample_release(struct sample *s)
{
	for (size_t i = 0; i < s->n; i++)
		sim_host_release(&s->hosts[i]);
	free(s->hosts);
}

static double spend(
	const struct sample *s, const struct sim_scale *scale, enum sim_rule rule, double parameter)
{
	struct tally *tally = xcalloc(1, sizeof *tally);
	for (size_t i = 0; i < s->n; i++)
		play_host(&s->hosts[i], rule, parameter, end_of(scale), i, tally);
	double spent = (double)tally->n_requests / (double)s->n_feeds / scale->days;
	free(tally);
	return spent;
}

/* The parameter by which the rule spends the budget: the slope between the last two tries leads to
 * the next. */
static double tune(
	const struct sample *s, const struct sim_scale *scale, enum sim_rule rule, double budget)
{
	double power = sim_rule_power(rule), x = log(sim_rule_default(rule)), last_x = 0,
	       last_y = 0;
	for (int i = 0; i < TRIES; i++) {
		double y = log(spend(s, scale, rule, exp(x)));
		if (i > 0 && fabs(x - last_x) > 1e-9 && fabs(y - last_y) > 1e-9)
			power = (y - last_y) / (x - last_x);
		last_x = x;
		last_y = y;
		if (fabs(y - log(budget)) < 0.003)
			break;
		x += (log(budget) - y) / power;
	}
	return exp(x);
}

static void play_all(const struct sim_host *host, const struct sim_scale *scale,
	struct sim_run *runs, size_t n_runs, uint64_t number)
{
	for (size_t i = 0; i < n_runs; i++)
		for (unsigned rule = 0; rule < SIM_RULE_COUNT; rule++)
			play_host(host, rule, runs[i].parameter[rule], end_of(scale),
				scale->seed + number, &runs[i].tally[rule]);
}

void sim_compare(const struct sim_scale *scale, struct sim_run *runs, size_t n_runs)
{
	struct sample sample = { 0 };
	sample_make(&sample, scale);
	for (size_t i = 0; i < n_runs; i++)
		for (unsigned rule = 0; rule < SIM_RULE_COUNT; rule++)
			runs[i].parameter[rule] =
				runs[i].budget > 0 ? tune(&sample, scale, rule, runs[i].budget)
						   : sim_rule_default(rule);
	sample_release(&sample);
	for (size_t n = 0, number = 0; n < scale->n_feeds; number++) {
		struct sim_host host;
		sim_host_make(&host, scale->seed, number, scale->n_feeds - n, end_of(scale));
		play_all(&host, scale, runs, n_runs, number);
		n += host.n_feeds;
		sim_host_release(&host);
	}
}

double sim_spent(const struct sim_scale *scale, const struct tally *tally)
{
	return (double)tally->n_requests / (double)scale->n_feeds / scale->days;
}
