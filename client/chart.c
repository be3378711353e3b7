#include "client/chart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

bool chart_unicode(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && value[0] != '\0') {
			const char *dot = strchr(value, '.');
			return dot != NULL && (strncasecmp(dot, ".UTF-8", 6) == 0 ||
						      strncasecmp(dot, ".utf8", 5) == 0);
		}
	}
	return false;
}

/* n of `most`, in steps of which `full` are all; more than nothing is at least one. */
static size_t steps(int64_t n, int64_t most, size_t full)
{
	if (n <= 0 || most <= 0) {
		return 0;
	}
	size_t k = (size_t)((double)n / (double)most * (double)full + 0.5);
	return k < 1 ? 1 : k > full ? full : k;
}

const char *chart_column(int64_t n, int64_t most, size_t rows, size_t row, bool unicode)
{
	static const char *const up[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { " ", ".", ":", "#" };
	const size_t fine = unicode ? 8 : 3;
	size_t k = steps(n, most, rows * fine), below = row * fine;
	k = k <= below ? 0 : k - below > fine ? fine : k - below;
	return unicode ? up[k] : ascii[k];
}

void chart_bar(struct strbuf *out, int64_t n, int64_t most, size_t columns, bool unicode)
{
	static const char *const right[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	size_t k = steps(n, most, columns * (unicode ? 8 : 1)), whole = unicode ? k / 8 : k,
	       used = whole;
	for (size_t i = 0; i < whole; i++) {
		strbuf_addstr(out, unicode ? "█" : "#");
	}
	if (unicode && k % 8 != 0) {
		strbuf_addstr(out, right[k % 8]);
		used++;
	}
	for (; used < columns; used++) {
		strbuf_addch(out, ' ');
	}
}

size_t chart_group(size_t n, size_t bars)
{
	return n <= bars || bars == 0 ? 1 : (n + bars - 1) / bars;
}

size_t chart_sums(const int64_t *values, size_t n, size_t group, int64_t *ret)
{
	size_t count = (n + group - 1) / group;
	for (size_t i = 0; i < count; i++) {
		ret[i] = 0;
	}
	for (size_t i = 0; i < n; i++) {
		ret[count - 1 - (n - 1 - i) / group] += values[i];
	}
	return count;
}

size_t chart_line(struct strbuf *out, const int64_t *values, size_t n, size_t columns, bool unicode)
{
	int64_t sums[LIMIT_TALLY_DAYS], most = 0;
	size_t count = chart_sums(values, n, chart_group(n, columns), sums);
	for (size_t i = 0; i < count; i++) {
		most = sums[i] > most ? sums[i] : most;
	}
	for (size_t i = 0; i < count; i++) {
		const char *c = chart_column(sums[i], most, 1, 0, unicode);
		strbuf_addstr(out, unicode && c[0] == ' ' ? "·" : c);
	}
	return count;
}

unsigned chart_shade(int64_t n, int64_t most)
{
	return n <= 0 || most <= 0 ? 0 : (unsigned)((n * (CHART_SHADES - 1) + most - 1) / most);
}

const char *chart_shade_text(unsigned shade, bool unicode)
{
	static const char *const shades[] = { "·", "░", "▒", "▓", "█" };
	static const char *const ascii[] = { " ", ".", "-", "+", "#" };
	return unicode ? shades[shade] : ascii[shade];
}
