#include "schedule/rhythm.h"

#include <math.h>

#define DAY 86400.0
#define YEAR_1990 INT64_C(631152000)

/* The prior, as if so many entries had been seen in so many days. */
#define PRIOR_ENTRIES 0.1
#define PRIOR_DAYS 0.02

/* What is left of one entry, or one day, after so many seconds. */
static double left_after(int64_t seconds)
{
	return exp2(-(double)seconds / RHYTHM_HALF_LIFE);
}

/* Days of watching that are left from the last `seconds`: the integral of left_after(). */
static double days_watched(int64_t seconds)
{
	return RHYTHM_HALF_LIFE / DAY / M_LN2 * (1.0 - left_after(seconds));
}

void rhythm_document_add(struct rhythm_document *d, int64_t now, int64_t published)
{
	d->n_entries++;
	if (published > now || published < YEAR_1990)
		return;
	d->entries += left_after(now - published);
	if (d->oldest == 0 || published < d->oldest) {
		d->oldest = published;
		d->n_oldest = 0;
	}
	d->n_oldest += published == d->oldest;
}

/* Watching begins at the oldest date, so that the entries of that moment do not count. */
static void begin(struct rhythm *r, int64_t now, const struct rhythm_document *d)
{
	if (d->oldest == 0)
		return;
	r->entries = fmax(0.0, d->entries - (double)d->n_oldest * left_after(now - d->oldest));
	r->days = days_watched(now - d->oldest);
}

void rhythm_look(
	struct rhythm *r, int64_t now, int64_t n_new, const struct rhythm_document *document)
{
	if (r->at == 0) {
		begin(r, now, document);
	} else if (now > r->at) {
		int64_t since = r->at;
		/* A document of new entries only does not reach back to the last look. */
		if (n_new > 0 && n_new == document->n_entries && document->oldest > since)
			since = document->oldest;
		double left = left_after(now - r->at);
		r->entries = r->entries * left + (double)n_new;
		r->days = r->days * left + days_watched(now - since);
	} else {
		r->entries += (double)n_new; /* the clock went back, or stood still */
	}
	r->at = now;
	if (document->n_entries > 0)
		r->window = document->n_entries;
}

double rhythm_gap(const struct rhythm *r)
{
	double days = r->days + PRIOR_DAYS, entries = r->entries + PRIOR_ENTRIES;
	return fmax(1.0, days / entries * DAY);
}
