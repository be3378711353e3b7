/*
 * What is counted while feeds are polled.
 */
#ifndef COURANT_SIM_TALLY_H
#define COURANT_SIM_TALLY_H

#include <stdint.h>

#define TALLY_STEP 60 /* seconds: how exact a percentile is */
#define TALLY_STEPS (14 * 24 * 60)

struct tally {
	uint64_t n_requests;
	uint64_t n_useful; /* that brought something new */
	uint64_t n_early;  /* before the server's or the publisher's floor was over, or skipped */
	uint64_t n_too_often;             /* within courant's own 15 minutes */
	uint64_t n_entries;               /* seen */
	uint64_t n_lost;                  /* that fell off the document's end unseen */
	double delay;                     /* seconds, of all that were seen */
	uint64_t delays[TALLY_STEPS + 1]; /* the last: all that were longer */
};

/* Counts one entry that was seen so many seconds after it was published. */
void tally_delay(struct tally *t, int64_t seconds);
double tally_mean_delay(const struct tally *t); /* seconds */
/* The delay, in seconds, that so much of the entries (0..1) do not exceed. */
double tally_percentile(const struct tally *t, double share);

#endif
