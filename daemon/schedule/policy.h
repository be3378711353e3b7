/*
 * When is a feed next due? A pure function of what is known: time and randomness are parameters, so
 * that months can be simulated. docs: etiquette P1-P5 and the table of answers. Any thread.
 *
 * The wait is the longest of: what the feed's rhythm suggests, the back-off after failures, and
 * what the server asks for (each of its wishes capped at LIMIT_SERVER_FLOOR). Then jitter, upwards
 * only; then the first hour that the publisher does not ask to be skipped.
 *
 * The rhythm (schedule/rhythm.h) suggests the geometric mean of the interval and of the time
 * between two of the feed's entries: c / sqrt(rate) with c = sqrt(interval). Of all ways to share a
 * number of requests among feeds, proportional to sqrt(rate) has the least mean delay until an
 * entry is seen. docs/scheduling.md shows what it brings.
 */
#ifndef COURANT_SCHEDULE_POLICY_H
#define COURANT_SCHEDULE_POLICY_H

#include "base/due.h"
#include "base/rng.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct schedule_policy {  /* of one feed, in seconds, from the configuration */
	int64_t interval; /* the feed's, or everybody's */
	/* It is the feed's: nothing is learned, and the bounds do not matter. */
	bool stated;
	int64_t min_interval, max_interval;
	/* Loopback and file: feeds: LIMIT_INTERVAL_FLOOR does not apply, and back-off counts in
	 * intervals instead of hours. */
	bool floor_exempt;
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
	struct rhythm rhythm; /* as of now */
	/* Whether the next fetch can be conditional (etiquette C2). */
	bool validators;
	/* None of the document's entries was known: some before them may have been missed. */
	bool gap;
	int64_t last_success; /* before this one; UTC seconds, 0: there was none */
	/* The fetch before this one, for the answer 410: a second one ends the feed when the first
	 * is a day old. */
	enum status last_status;
	int64_t last_fetch; /* UTC seconds, 0: there was none */
};

#define SCHEDULE_NEVER INT64_MAX

struct schedule_decision {
	int64_t due;  /* UTC seconds; SCHEDULE_NEVER after a confirmed 410 */
	int64_t wait; /* seconds that the reason asks for: without jitter and skipped hours */
	enum due_reason reason;
};

/* The first moment from `at` on in an hour and on a day that the publisher does not ask to be
 * skipped, spread over the allowed hour; `at` itself where it may be, or when everything is to be
 * skipped (etiquette P2). */
int64_t schedule_allowed_from(uint32_t skip_hours, uint8_t skip_days, int64_t at, struct rng *rng);

/* Never before outcome->now + the longest floor; jitter only adds (up to 10 % of the wait). */
struct schedule_decision schedule_next(const struct schedule_policy *policy,
	const struct schedule_outcome *outcome, struct rng *rng);

#endif
