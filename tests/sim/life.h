/*
 * One daemon's life: all feeds in one world, in the order of time, through the daemon's own host
 * queues, rests, spreading and recognition of being offline. Virtual time, in milliseconds; no I/O.
 *
 * On day 10 the daemon is stopped for 8 hours and started again; on day 20 its network is away for
 * 6 hours. Some hosts answer 429 when they are asked too fast.
 */
#ifndef COURANT_SIM_LIFE_H
#define COURANT_SIM_LIFE_H

#include "compare.h"

#define LIFE_STOPPED_DAY 10
#define LIFE_STOPPED_FOR (8 * HOUR)
#define LIFE_OFFLINE_DAY 20
#define LIFE_OFFLINE_FOR (6 * HOUR)

struct sim_life {
	struct tally tally;
	uint64_t n_limited;        /* hosts that answer 429 when they are asked too fast */
	uint64_t n_rate_limited;   /* 429 */
	uint64_t n_during_rest;    /* requests to a host that had asked for a rest */
	uint64_t n_crowded;        /* within a second of another to the same host */
	uint64_t n_side_by_side;   /* while another to the same host was under way */
	int64_t least_spacing_ms;  /* between two starts at one host */
	uint64_t usual_minute;     /* requests in the busiest minute of days 2 to 9 */
	uint64_t first_minute;     /* in the busiest of the first hour, when all feeds are new */
	uint64_t restart_minute;   /* in the busiest of the hours after the stop */
	int64_t restart_backlog_s; /* until no feed that fell due meanwhile waits any more */
	uint64_t n_offline_tries;  /* requests that never left us */
	uint64_t n_blamed;         /* feeds that count a failure for it */
};

/* Plays it for scale->days days with the default configuration. */
void sim_live(const struct sim_scale *scale, struct sim_life *ret);

#endif
