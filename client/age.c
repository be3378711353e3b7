#include "client/age.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };
static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* Local time; what does not fit localtime_r() counts as the epoch. */
static struct tm local(int64_t utc)
{
	time_t t = utc;
	struct tm tm;
	if (localtime_r(&t, &tm) == NULL) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	return tm;
}

static int64_t day_number(const struct tm *tm)
{
	return days_from_civil((int64_t)tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday);
}

/* Up to a day, as a span; an empty prefix is the past. */
static const char *format_span(int64_t seconds, const char *prefix, char buf[AGE_SIZE])
{
	if (seconds < 60) {
		snprintf(buf, AGE_SIZE, "now");
	} else if (seconds < 3600) {
		snprintf(buf, AGE_SIZE, "%s%d min", prefix, (int)(seconds / 60));
	} else {
		snprintf(buf, AGE_SIZE, "%s%d h", prefix, (int)(seconds / 3600));
	}
	return buf;
}

const char *age_format(int64_t then, int64_t now, bool brief, char buf[AGE_SIZE])
{
	struct tm a = local(then), b = local(now);
	int64_t days = day_number(&a) - day_number(&b);
	if (then <= now && now - then < 86400) {
		return format_span(now - then, "", buf);
	}
	if (then > now && then - now < 86400) {
		return format_span(then - now, "in ", buf);
	}
	if (days == -1 || days == 1) {
		const char *word = days < 0 ? "yesterday" : "tomorrow";
		if (brief) {
			snprintf(buf, AGE_SIZE, "%s", word);
		} else {
			snprintf(buf, AGE_SIZE, "%s %02d:%02d", word, a.tm_hour, a.tm_min);
		}
	} else if (a.tm_year == b.tm_year) {
		snprintf(buf, AGE_SIZE, "%d %s", a.tm_mday, months[a.tm_mon]);
	} else {
		snprintf(
			buf, AGE_SIZE, "%04d-%02d-%02d", a.tm_year + 1900, a.tm_mon + 1, a.tm_mday);
	}
	return buf;
}

const char *age_full(int64_t then, char buf[AGE_SIZE])
{
	struct tm t = local(then);
	snprintf(buf, AGE_SIZE, "%s %d %s %d, %02d:%02d", weekdays[t.tm_wday], t.tm_mday,
		months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min);
	return buf;
}
