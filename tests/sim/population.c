#include "population.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* ---- what is assumed ---- */

/* Entries a day of a feed that is alive: log-normal. Half of the feeds have less than one entry in
 * three days, one in forty more than twenty a day. */
#define RATE_MEDIAN 0.35
#define RATE_SIGMA 2.0
#define RATE_MOST 400.0

/* The share of feeds that have nothing new any more, and of those whose server says 404. */
#define SHARE_SILENT 0.20
#define SHARE_MISSING 0.03

/* Habits change: for about so many days a feed publishes more or less than on average. */
#define REGIME_DAYS 15.0
#define REGIME_SIGMA 0.5

#define SHARE_BATCHES 0.25 /* of feeds publish several entries at once, this many on average */
#define BATCH_MEAN 4.0
#define SHARE_WORKDAYS 0.6 /* publish a third as much on Saturdays and Sundays */

/* Entries in the document, but no less than busy feeds have in so many days. */
#define WINDOW_DAYS 0.35
static const int64_t windows[] = { 10, 10, 15, 20, 20, 20, 25, 30, 50, 100 };

#define SHARE_VALIDATORS 0.85
/* Shares of the feeds, and what they ask for. */
static const struct {
	double share;
	int64_t max_age;
} max_ages[] = { { .12, 300 }, { .06, 900 }, { .06, 1800 }, { .06, 3600 }, { .02, 4 * HOUR },
	{ .01, DAY } };
static const struct {
	double share;
	int64_t minutes;
} ttls[] = { { .05, 15 }, { .08, 60 }, { .02, 120 }, { .01, 720 }, { .005, 1440 } };
/* More than an hour is asked for only by who publishes less than so many entries in that time. */
#define PATIENCE_ENTRIES 2.0
#define SHARE_HOURLY 0.10 /* sy:updatePeriod hourly, as WordPress writes it */
#define SHARE_SKIP_HOURS 0.01
#define SHARE_SKIP_DAYS 0.005

/* Hosts have one feed, or from so many to so many. */
static const struct {
	double share;
	double least, most;
} sizes[] = { { .04, 2, 10 }, { .009, 10, 100 }, { .001, 100, 2000 } };
#define OUTAGES_A_MONTH 0.3
/* Of the hosts with so many feeds one in five takes 20 requests a minute. */
#define SHARE_LIMITED 0.2
#define LIMITED_LEAST 40
#define LIMITED_PER_MINUTE 20

/* ---- chance ---- */

static bool by_chance(struct rng *rng, double share)
{
	return rng_unit(rng) < share;
}

static double exponential(struct rng *rng, double mean)
{
	return -mean * log(1.0 - rng_unit(rng));
}

static double normal(struct rng *rng)
{
	double radius = sqrt(-2.0 * log(1.0 - rng_unit(rng)));
	return radius * cos(2.0 * M_PI * rng_unit(rng));
}

static double between(struct rng *rng, double least, double most)
{
	return least * exp(rng_unit(rng) * log(most / least));
}

/* ---- when entries are published ---- */

struct habits {
	double events;  /* a day: an event is an entry or a batch of them */
	double batch;   /* entries an event, on average */
	double night;   /* 0: the same at any hour, towards 1: only by day */
	double noon;    /* hours after midnight UTC when most is published */
	double weekend; /* how much on a Saturday, of a Wednesday */
};

static struct habits habits_make(struct rng *rng, double rate)
{
	struct habits h = { .batch = by_chance(rng, SHARE_BATCHES) ? BATCH_MEAN : 1.0,
		.night = 0.3 + 0.65 * rng_unit(rng),
		.noon = 24.0 * rng_unit(rng),
		.weekend = by_chance(rng, SHARE_WORKDAYS) ? 0.33 : 1.0 };
	h.events = rate / h.batch;
	return h;
}

/* Of the events at the busiest moment, how many there are at this one; at most 1. */
static double activity(const struct habits *h, int64_t at)
{
	double hour = (double)(at % DAY) / HOUR;
	double day =
		(1.0 + h->night * cos(2.0 * M_PI * (hour - h->noon) / 24.0)) / (1.0 + h->night);
	int weekday = (int)((at / DAY + 4) % 7);
	return day * (weekday == 0 || weekday == 6 ? h->weekend : 1.0);
}

/* The mean of activity() over a week. */
static double mean_activity(const struct habits *h)
{
	return (5.0 + 2.0 * h->weekend) / 7.0 / (1.0 + h->night);
}

static void publish(struct sim_feed *feed, int64_t at)
{
	if (feed->n_entries > 0 && at < feed->entries[feed->n_entries - 1])
		at = feed->entries[feed->n_entries - 1];
	feed->entries = xgrow(feed->entries, feed->n_entries, &feed->cap, sizeof(int64_t));
	feed->entries[feed->n_entries++] = at;
}

/* Poisson events of varying intensity, by thinning. */
static void publish_all(struct sim_feed *feed, struct rng *rng, int64_t from, int64_t to)
{
	struct habits h = habits_make(rng, feed->rate);
	double peak = h.events / mean_activity(&h), regime = 1.0, at = (double)from, until = at;
	while (at < (double)to) {
		if (at >= until) {
			until = at + exponential(rng, REGIME_DAYS) * DAY;
			regime = exp(REGIME_SIGMA * normal(rng) - REGIME_SIGMA * REGIME_SIGMA / 2);
		}
		at += exponential(rng, DAY / (peak * regime));
		if (at > until) {
			at = until; /* without memory, so it may be drawn again */
			continue;
		}
		if (at >= (double)to || !by_chance(rng, activity(&h, (int64_t)at)))
			continue;
		publish(feed, (int64_t)at);
		/* Nobody publishes more at once than fits into the document. */
		double late = at;
		for (int64_t n = feed->window; n > 2 && by_chance(rng, 1.0 - 1.0 / h.batch); n -= 2)
			if ((late += 20.0 * rng_unit(rng)) < (double)to)
				publish(feed, (int64_t)late);
	}
}

/* ---- feeds and hosts ---- */

static void ask_for_patience(struct sim_feed *feed, struct rng *rng)
{
	double u = rng_unit(rng), v = rng_unit(rng);
	feed->max_age = feed->ttl_minutes = feed->update_interval = -1;
	for (size_t i = 0; i < sizeof max_ages / sizeof *max_ages; u -= max_ages[i++].share)
		if (feed->max_age < 0 && u < max_ages[i].share)
			feed->max_age = max_ages[i].max_age;
	for (size_t i = 0; i < sizeof ttls / sizeof *ttls; v -= ttls[i++].share)
		if (feed->ttl_minutes < 0 && v < ttls[i].share)
			feed->ttl_minutes = ttls[i].minutes;
	if (by_chance(rng, SHARE_HOURLY))
		feed->update_interval = HOUR;
	if (by_chance(rng, SHARE_SKIP_HOURS))
		feed->skip_hours = 0x3fu << (rng_next(rng) % 18); /* six hours of the day */
	if (by_chance(rng, SHARE_SKIP_DAYS))
		feed->skip_days = 1u << 0 | 1u << 6;
}

/* Who wants to be asked daily does not publish hourly. */
static bool is_sensible(const struct sim_feed *feed, int64_t wish)
{
	return wish <= HOUR || (double)wish * feed->rate < PATIENCE_ENTRIES * DAY;
}

static void drop_senseless_wishes(struct sim_feed *feed)
{
	if (!is_sensible(feed, feed->max_age))
		feed->max_age = -1;
	if (!is_sensible(feed, feed->ttl_minutes * MINUTE))
		feed->ttl_minutes = -1;
}

static void feed_make(struct sim_feed *feed, struct rng *rng, int64_t end)
{
	double u = rng_unit(rng);
	feed->fate = u < SHARE_SILENT                   ? SIM_SILENT
		     : u < SHARE_SILENT + SHARE_MISSING ? SIM_MISSING
							: SIM_ALIVE;
	feed->rate = fmin(RATE_MOST, RATE_MEDIAN * exp(RATE_SIGMA * normal(rng)));
	feed->window = windows[rng_next(rng) % (sizeof windows / sizeof *windows)];
	if ((double)feed->window < feed->rate * WINDOW_DAYS)
		feed->window = (int64_t)(feed->rate * WINDOW_DAYS);
	feed->validators = by_chance(rng, SHARE_VALIDATORS);
	ask_for_patience(feed, rng);
	drop_senseless_wishes(feed);
	/* Enough for the first document, and at least a week. */
	double history = fmin(2000.0, fmax(8.0, 1.5 * (double)feed->window / feed->rate));
	int64_t until = end;
	if (feed->fate == SIM_SILENT)
		until = SIM_BEGIN - (int64_t)(between(rng, 20, 1000) * DAY);
	int64_t from = (until < SIM_BEGIN ? until : SIM_BEGIN) - (int64_t)(history * DAY);
	if (feed->fate != SIM_MISSING)
		publish_all(feed, rng, from, until);
}

static void outages_make(struct sim_host *host, struct rng *rng, int64_t end)
{
	double at = SIM_BEGIN;
	while (host->n_outages < SIM_OUTAGES) {
		at += exponential(rng, 30.0 / OUTAGES_A_MONTH * DAY);
		if (at >= (double)end)
			return;
		struct sim_outage *o = &host->outages[host->n_outages++];
		o->from = (int64_t)at;
		at += between(rng, 600, 2 * DAY);
		o->to = (int64_t)at;
		o->status = by_chance(rng, 0.5) ? STATUS_CONNECT_FAILED : STATUS_HTTP_ERROR;
		o->retry_after =
			o->status == STATUS_HTTP_ERROR && by_chance(rng, 0.3) ? 2 * HOUR : -1;
	}
}

static size_t size_of_host(struct rng *rng)
{
	double u = rng_unit(rng);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; u -= sizes[i++].share)
		if (u < sizes[i].share)
			return (size_t)between(rng, sizes[i].least, sizes[i].most);
	return 1;
}

void sim_host_make(struct sim_host *host, uint64_t seed, uint64_t number, size_t most, int64_t end)
{
	struct rng rng;
	rng_seed(&rng, seed);
	rng_seed(&rng, rng_next(&rng) + number);
	size_t n = size_of_host(&rng);
	*host = (struct sim_host){ .n_feeds = n < most ? n : most };
	if (n >= LIMITED_LEAST && by_chance(&rng, SHARE_LIMITED))
		host->per_minute = LIMITED_PER_MINUTE;
	outages_make(host, &rng, end);
	host->feeds = xcalloc(host->n_feeds, sizeof *host->feeds);
	for (size_t i = 0; i < host->n_feeds; i++)
		feed_make(&host->feeds[i], &rng, end);
}

void sim_host_release(struct sim_host *host)
{
	for (size_t i = 0; i < host->n_feeds; i++)
		free(host->feeds[i].entries);
	free(host->feeds);
	*host = (struct sim_host){ 0 };
}
