/*
 * When is a feed next due? A pure function of what is known: time and randomness are parameters, so
 * that months can be simulated. docs: etiquette P1-P4 and the table of answers.
 */
#ifndef COURANT_SCHEDULE_POLICY_H
#define COURANT_SCHEDULE_POLICY_H

#include "base/rng.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct schedule_policy { /* of one feed, in seconds, from the configuration */
	int64_t interval;
	int64_t min_interval, max_interval;
	bool floor_exempt; /* loopback and file: feeds: LIMIT_INTERVAL_FLOOR does not apply */
};

struct schedule_outcome {
	int64_t now;         /* when the answer was complete */
	struct failure fail; /* status OK on success */
	unsigned n_failures; /* consecutive, this one included; 0 on success */
	int64_t max_age;     /* seconds the server called it fresh, or -1 */
	int64_t retry_after; /* seconds, or -1 */
	int64_t ttl_minutes, update_interval_seconds; /* from the document, or -1 */
	uint32_t skip_hours;                          /* as in struct feed_doc */
	uint8_t skip_days;
};

#define SCHEDULE_NEVER INT64_MAX

/* UTC seconds of the next fetch: never before outcome->now + the largest floor; jitter only adds
 * (up to 10 %). SCHEDULE_NEVER after a confirmed 410. */
int64_t schedule_next_due(const struct schedule_policy *policy,
	const struct schedule_outcome *outcome, struct rng *rng);

#endif
