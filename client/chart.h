/*
 * Bars of characters: of block elements, eight steps to a character (U+2581 to U+2588 upwards,
 * U+258F to U+2588 to the right), or of ASCII. All begin at zero. Pure.
 */
#ifndef COURANT_CLIENT_CHART_H
#define COURANT_CLIENT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Whether the locale's characters are UTF-8, by LC_ALL, LC_CTYPE and LANG. */
bool chart_unicode(void);

/* What stands in one row (0 the lowest) of a column of `rows` characters that is n of `most` high.
 * More than nothing is always seen. */
const char *chart_column(int64_t n, int64_t most, size_t rows, size_t row, bool unicode);
/* A bar to the right of at most `columns`, padded to it. */
void chart_bar(struct strbuf *out, int64_t n, int64_t most, size_t columns, bool unicode);
/* A character for each of `n` values, or, where they are more than `columns`, for the sums of as
 * many as it takes. Returns the characters written. */
size_t chart_line(
	struct strbuf *out, const int64_t *values, size_t n, size_t columns, bool unicode);
/* A shade of five: nothing, then a quarter of `most` each. */
#define CHART_SHADES 5
unsigned chart_shade(int64_t n, int64_t most);
const char *chart_shade_text(unsigned shade, bool unicode);

/* How many of n values one bar sums up so that at most `bars` are needed; the last bar is whole, so
 * the first may have fewer. */
size_t chart_group(size_t n, size_t bars);
/* Sums up groups of `group` values, aligned to the end; returns how many. */
size_t chart_sums(const int64_t *values, size_t n, size_t group, int64_t *ret);

#endif
