/*
 * How often a feed publishes, learned from what its fetches brought (etiquette P5, FRB023). Pure:
 * time is a parameter. Any thread.
 *
 * The rate is the mean of a Gamma distribution over Poisson arrivals: entries that were new over
 * days of watching, both halved every RHYTHM_HALF_LIFE, so that a feed that changed its habits is
 * known by the new ones within weeks. Before anything was seen a prior stands in: five entries a
 * day, known as badly as half an hour of watching tells.
 *
 * The first document of a feed is read as if it had been watched since its oldest entry.
 */
#ifndef COURANT_SCHEDULE_RHYTHM_H
#define COURANT_SCHEDULE_RHYTHM_H

#include "base/due.h"

#include <stdint.h>

#define RHYTHM_HALF_LIFE (14 * 86400) /* seconds */

/* What a document tells of its feed's rhythm. Zeroed: there was no document (the answer was 304, or
 * the same bytes). */
struct rhythm_document {
	int64_t n_entries;
	int64_t n_oldest; /* how many share the oldest plausible date */
	int64_t oldest;   /* UTC seconds; 0: no entry had one */
	double entries;   /* with a plausible date, decayed */
};
/* Counts one entry. published: UTC seconds; any value that is not plausible (in the future, before
 * 1990, FEED_NO_DATE) is none. */
void rhythm_document_add(struct rhythm_document *d, int64_t now, int64_t published);

/* Takes in a fetch that succeeded: n_new of the document's entries were not known before. */
void rhythm_look(
	struct rhythm *r, int64_t now, int64_t n_new, const struct rhythm_document *document);
/* Seconds between two entries, on average; at least 1. */
double rhythm_gap(const struct rhythm *r);

#endif
