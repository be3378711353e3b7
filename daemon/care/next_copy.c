#include "care/next_copy.h"

#include "base/limits.h"
#include "schedule/alarm.h"

#include <time.h>

/* The first time after `after` at which the local clock shows it; mktime() takes one that daylight
 * saving skips for one an hour off, which will do. */
static int64_t daily(int at_minutes, int64_t after)
{
	time_t t = (time_t)after;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return ALARM_NEVER;
	for (int day = tm.tm_mday;; day++) {
		struct tm at = { .tm_year = tm.tm_year,
			.tm_mon = tm.tm_mon,
			.tm_mday = day,
			.tm_hour = at_minutes / 60,
			.tm_min = at_minutes % 60,
			.tm_isdst = -1 };
		int64_t when = (int64_t)mktime(&at);
		if (when > after)
			return when;
	}
}

int64_t next_copy(int at_minutes, int64_t last, int64_t now)
{
	if (at_minutes < 0)
		return ALARM_NEVER;
	if (last > 0 && daily(at_minutes, last) <= now)
		return now + LIMIT_BACKUP_LATE;
	return daily(at_minutes, now);
}
