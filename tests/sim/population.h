/*
 * The simulated publishers: hosts with feeds that publish, pause, fall silent, break, and ask for
 * patience. Made from a seed, host by host, so that any number of them can be played one after the
 * other. What is assumed of the world stands in population.c, in one block.
 */
#ifndef COURANT_SIM_POPULATION_H
#define COURANT_SIM_POPULATION_H

#include "base/rng.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define SIM_BEGIN INT64_C(1700006400) /* Wednesday 2023-11-15 00:00 UTC: the first poll */

enum sim_fate { SIM_ALIVE, SIM_SILENT, SIM_MISSING, SIM_FATE_COUNT };

struct sim_feed {
	enum sim_fate fate;
	double rate;     /* entries a day, on average */
	int64_t window;  /* entries in the document */
	bool validators; /* says ETag or Last-Modified */
	/* What server and publisher ask for; -1 and 0: nothing. */
	int64_t max_age, ttl_minutes, update_interval;
	uint32_t skip_hours;
	uint8_t skip_days;
	int64_t *entries; /* when each was published, in order; from before SIM_BEGIN to the end */
	size_t n_entries, cap;
};

struct sim_outage {
	int64_t from, to;
	enum status status;  /* CONNECT_FAILED or HTTP_ERROR (503) */
	int64_t retry_after; /* seconds, or -1 */
};

#define SIM_OUTAGES 4
struct sim_host {
	struct sim_feed *feeds;
	size_t n_feeds;
	struct sim_outage outages[SIM_OUTAGES];
	size_t n_outages;
	unsigned per_minute; /* requests that it takes before it says 429; 0: any number */
};

/* The host of that number, the same for the same seed: at most `most` feeds, with entries up to
 * `end`. */
void sim_host_make(struct sim_host *host, uint64_t seed, uint64_t number, size_t most, int64_t end);
void sim_host_release(struct sim_host *host);

#endif
