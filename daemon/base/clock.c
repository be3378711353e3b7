#include "base/clock.h"

#include "base/log.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A day in less than a tenth of a second. */
#define RATE_MOST 1e6
#define UTC_MOST 1e11

static const char *scale_file; /* NULL: the clock is real */

static bool scaled_now(const char *path, int64_t *ret)
{
	double rate, utc, monotonic;
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return false;
	int n = fscanf(f, "%lf %lf %lf", &rate, &utc, &monotonic);
	fclose(f);
	if (n != 3 || !(rate >= 0 && rate <= RATE_MOST) || !(fabs(utc) <= UTC_MOST) ||
		!(fabs(monotonic) <= UTC_MOST))
		return false;
	*ret = (int64_t)(utc + rate * ((double)clock_monotonic_ms() / 1000. - monotonic));
	return true;
}

bool clock_scale(const char *path)
{
	int64_t now;
	if (!scaled_now(path, &now))
		return false;
	scale_file = xstrdup(path);
	return true;
}

bool clock_is_scaled(void)
{
	return scale_file != NULL;
}

int64_t clock_now(void)
{
	struct timespec t;
	if (scale_file != NULL) {
		int64_t now;
		if (!scaled_now(scale_file, &now))
			log_fatal("%s no longer says what time it is", scale_file);
		return now;
	}
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wait_ms(void)
{
	static int64_t ahead_ms, last;
	if (scale_file == NULL)
		return clock_monotonic_ms();
	int64_t now = clock_now();
	if (last != 0 && now > last)
		ahead_ms += (now - last) * 1000;
	last = now;
	return clock_monotonic_ms() + ahead_ms;
}

/* Counts in eras of 400 years that begin on 1 March, so that a leap day ends its year (Hinnant,
 * "chrono-compatible low-level date algorithms", 2013). */
int64_t days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static char *put_two(char *p, int number, char after)
{
	*p++ = (char)('0' + number / 10 % 10);
	*p++ = (char)('0' + number % 10);
	*p++ = after;
	return p;
}

/* By hand: a page of entries has hundreds of times, and printf takes as long as the rest of it. */
const char *rfc3339_format(int64_t utc, char buf[RFC3339_SIZE])
{
	const int64_t first = -62167219200, last = 253402300799; /* years 0000 and 9999 */
	time_t t = (time_t)(utc < first ? first : utc > last ? last : utc);
	struct tm tm;
	gmtime_r(&t, &tm);
	int year = tm.tm_year + 1900;
	char *p = put_two(buf, year / 100, '-') - 1;
	p = put_two(p, year % 100, '-');
	p = put_two(p, tm.tm_mon + 1, '-');
	p = put_two(p, tm.tm_mday, 'T');
	p = put_two(p, tm.tm_hour, ':');
	p = put_two(p, tm.tm_min, ':');
	p = put_two(p, tm.tm_sec, 'Z');
	*p = '\0';
	return buf;
}

/* Reads `digits` digits at *s, steps over them; -1 when there is another character. */
static int number(const char **s, int digits)
{
	int n = 0;
	for (int i = 0; i < digits; i++) {
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return -1;
		n = n * 10 + ((*s)[i] - '0');
	}
	*s += digits;
	return n;
}

static bool expect(const char **s, const char *any_of)
{
	if (**s == '\0' || strchr(any_of, **s) == NULL)
		return false;
	(*s)++;
	return true;
}

static int days_in_month(int year, int month)
{
	return (int)(days_from_civil(
			     month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
		     days_from_civil(year, month, 1));
}

/* "Z" or "+hh:mm": seconds east of UTC. */
static bool offset(const char **s, int *ret)
{
	if (expect(s, "Zz")) {
		*ret = 0;
		return true;
	}
	int sign = **s == '-' ? -1 : 1;
	if (!expect(s, "+-"))
		return false;
	int hours = number(s, 2);
	if (hours < 0 || hours > 23 || !expect(s, ":"))
		return false;
	int minutes = number(s, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool rfc3339_parse(const char *s, int64_t *ret)
{
	int year, month, day, hour, minute, second, east;
	if ((year = number(&s, 4)) < 0 || !expect(&s, "-") || (month = number(&s, 2)) < 1 ||
		month > 12 || !expect(&s, "-") || (day = number(&s, 2)) < 1 ||
		day > days_in_month(year, month) || !expect(&s, "Tt "))
		return false;
	if ((hour = number(&s, 2)) < 0 || hour > 23 || !expect(&s, ":") ||
		(minute = number(&s, 2)) < 0 || minute > 59 || !expect(&s, ":") ||
		(second = number(&s, 2)) < 0 || second > 60)
		return false;
	if (*s == '.') {
		const char *fraction = ++s;
		s += strspn(s, "0123456789");
		if (s == fraction)
			return false;
	}
	if (!offset(&s, &east) || *s != '\0')
		return false;
	*ret = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
	       east;
	return true;
}
