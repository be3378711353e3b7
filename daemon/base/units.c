#include "base/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit durations[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "sec", 1000 },
	{ "m", 60000 },
	{ "min", 60000 },
	{ "h", 3600000 },
	{ "d", 86400000 },
	{ "w", 604800000 },
};
#define DURATION_MAX ((uint64_t)100 * 366 * 86400000)

static const struct unit sizes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "KiB", 1 << 10 },
	{ "MiB", 1 << 20 },
	{ "GiB", 1 << 30 },
	{ "KB", 1000 },
	{ "MB", 1000000 },
	{ "GB", 1000000000 },
};

/* Reads a number at *s and steps over it. */
static bool number(const char **s, uint64_t *ret)
{
	uint64_t n = 0;
	const char *p = *s;
	while (isdigit((unsigned char)*p)) {
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
		p++;
	}
	bool any = p != *s;
	*s = p;
	*ret = n;
	return any;
}

/* Reads a unit of the table at *s, letters only, and steps over it. */
static bool unit(const char **s, const struct unit *table, size_t n, uint64_t *ret_factor)
{
	size_t len = 0;
	while (isalpha((unsigned char)(*s)[len]))
		len++;
	for (size_t i = 0; i < n; i++) {
		if (strlen(table[i].name) == len && strncmp(table[i].name, *s, len) == 0) {
			*s += len;
			*ret_factor = table[i].factor;
			return true;
		}
	}
	return false;
}

bool duration_parse(const char *s, int64_t *ret_ms)
{
	if (strcmp(s, "0") == 0) {
		*ret_ms = 0;
		return true;
	}
	uint64_t sum = 0;
	do {
		uint64_t n, factor, part;
		if (!number(&s, &n))
			return false;
		s += strspn(s, " ");
		if (!unit(&s, durations, sizeof durations / sizeof durations[0], &factor))
			return false;
		if (__builtin_mul_overflow(n, factor, &part) ||
			__builtin_add_overflow(sum, part, &sum) || sum > DURATION_MAX)
			return false;
		s += strspn(s, " ");
	} while (*s != '\0');
	*ret_ms = (int64_t)sum;
	return true;
}

bool size_parse(const char *s, uint64_t *ret_bytes)
{
	uint64_t n, factor, bytes;
	if (!number(&s, &n))
		return false;
	s += strspn(s, " ");
	if (!unit(&s, sizes, sizeof sizes / sizeof sizes[0], &factor) || *s != '\0' ||
		__builtin_mul_overflow(n, factor, &bytes))
		return false;
	*ret_bytes = bytes;
	return true;
}

const char *duration_format(int64_t seconds, char buf[32])
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
	size_t i = 0;
	while (i < 3 && seconds < units[i].seconds)
		i++;
	snprintf(buf, 32, "%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
	return buf;
}

const char *size_format(int64_t bytes, char buf[32])
{
	double mib = (double)bytes / (1024.0 * 1024.0);
	if (mib >= 1024)
		snprintf(buf, 32, "%.1f GiB", mib / 1024);
	else if (mib >= 1)
		snprintf(buf, 32, "%.1f MiB", mib);
	else
		snprintf(buf, 32, "%" PRId64 " KiB", bytes / 1024);
	return buf;
}
