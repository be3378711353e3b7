#include "refresh/spread.h"

#include "base/limits.h"

int64_t spread_take(struct spread *s, unsigned n_feeds, int64_t now)
{
	unsigned rate = n_feeds / LIMIT_SPREAD_S;

	if (rate < LIMIT_SPREAD_RATE)
		rate = LIMIT_SPREAD_RATE;
	/* What lies further ahead than all feeds take is of a clock that was set back. */
	if (s->second < now || s->second > now + 2 * LIMIT_SPREAD_S)
		*s = (struct spread){ .second = now };
	if (s->n == rate) {
		s->second++;
		s->n = 0;
	}
	s->n++;
	return s->second;
}
