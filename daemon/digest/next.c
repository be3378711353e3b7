#include "digest/digest.h"

#include "base/clock.h"

#include <time.h>

#define DAY 86400
#define QUARTER 900
/* No zone was ever farther from UTC. */
#define FARTHEST_ZONE ((int64_t)16 * 3600)

/* What the local clock shows, as if it were UTC: comparing two of these compares dates and times of
 * day. */
static int64_t wall_clock(int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return utc;
	return days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * DAY +
	       tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

static int64_t floor_day(int64_t wall)
{
	return (wall - ((wall % DAY) + DAY) % DAY) / DAY;
}

/* The first second at which the local clock shows `wall` or more: the time itself, its first coming
 * when it comes twice, the end of the gap when it is skipped. Zones change on quarters of an hour,
 * so that within one the clock only runs: its last second tells. */
static int64_t first_at(int64_t wall)
{
	int64_t t = wall - FARTHEST_ZONE;

	t -= t % QUARTER;
	while (wall_clock(t + QUARTER - 1) < wall)
		t += QUARTER;
	const int64_t missing = wall - wall_clock(t);
	return missing > 0 ? t + missing : t;
}

int64_t digest_next_time(int at_minutes, int64_t after)
{
	tzset();
	for (int64_t day = floor_day(wall_clock(after));; day++) {
		const int64_t t = first_at(day * DAY + at_minutes * 60);
		/* Samoa had no 30 December 2011: a day that is missing whole has no edition. */
		const bool missing =
			floor_day(wall_clock(t)) > day && floor_day(wall_clock(t - 1)) < day;
		if (t > after && !missing)
			return t;
	}
}

bool digest_missed(int at_minutes, int64_t last_created, bool last_published, int64_t now)
{
	if (!last_published)
		return true;
	return at_minutes >= 0 && digest_next_time(at_minutes, last_created) <= now;
}
