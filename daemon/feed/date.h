/*
 * Dates as publishers write them. Pure: no clock, no locale.
 */
#ifndef COURANT_FEED_DATE_H
#define COURANT_FEED_DATE_H

#include "feed/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads RFC 822, 850, 2822 with their usual mistakes, RFC 3339 and ISO 8601 (week, ordinal, reduced
 * and basic forms), asctime, "22.11.2022 12:16", named zones, month and day names of many
 * languages. A date without zone is UTC, one without a time is midnight. False, *ret untouched, for
 * what is no date or an impossible one (the 31st of April, the year 0).
 */
bool date_parse(struct span text, int64_t *ret);

#endif
