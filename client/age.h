/*
 * Times as people say them, in local time: "now", "5 min", "2 h", "yesterday 07:00", "21 Nov",
 * "2025-11-21"; "in 5 min". Pure: both times are parameters, in UTC seconds; only the time zone
 * comes from outside.
 */
#ifndef COURANT_CLIENT_AGE_H
#define COURANT_CLIENT_AGE_H

#include <stdbool.h>
#include <stdint.h>

#define AGE_SIZE 64

/* `brief` leaves the clock out of "yesterday" and "tomorrow". Returns buf. */
const char *age_format(int64_t then, int64_t now, bool brief, char buf[AGE_SIZE]);
/* "Mon 23 Nov 2026, 07:12". Returns buf. */
const char *age_full(int64_t then, char buf[AGE_SIZE]);

#endif
