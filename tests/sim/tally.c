#include "tally.h"

void tally_delay(struct tally *t, int64_t seconds)
{
	int64_t step = seconds / TALLY_STEP;
	t->n_entries++;
	t->delay += (double)seconds;
	t->delays[step < TALLY_STEPS ? step : TALLY_STEPS]++;
}

double tally_mean_delay(const struct tally *t)
{
	return t->n_entries > 0 ? t->delay / (double)t->n_entries : 0.0;
}

double tally_percentile(const struct tally *t, double share)
{
	double left = share * (double)t->n_entries;
	for (int i = 0; i <= TALLY_STEPS; i++) {
		if ((double)t->delays[i] >= left && t->delays[i] > 0)
			return TALLY_STEP * (i + left / (double)t->delays[i]);
		left -= (double)t->delays[i];
	}
	return 0.0;
}
