/*
 * The two clocks. UTC seconds for what is stored and shown, monotonic milliseconds for deadlines.
 * Policy code takes time as a parameter and calls neither.
 */
#ifndef COURANT_BASE_CLOCK_H
#define COURANT_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_now(void); /* seconds since 1970 UTC; of the scaled clock when there is one */
int64_t clock_monotonic_ms(
	void); /* milliseconds since an arbitrary start; stands still in suspend */

/* Milliseconds for waits that a rehearsal should not have to sit through: clock_monotonic_ms(), and
 * what a scaled clock was set on or ran ahead since the first call; never goes back. Loop thread.
 */
int64_t clock_wait_ms(void);

/*
 * A scaled clock, for tests and rehearsals on loopback: clock_now() follows the file, which holds
 * "RATE UTC MONOTONIC": it was UTC when CLOCK_MONOTONIC showed MONOTONIC seconds, and RATE seconds
 * pass in one. Rate 0 stands still. Replacing the file (by a rename) sets the clock while the
 * program runs. Deadlines stay real: clock_monotonic_ms() knows nothing of it.
 * No event tells that it was set: who waits for it looks every CLOCK_LOOK_S.
 * Call it before there are threads; false when the file does not say that.
 */
bool clock_scale(const char *path) __attribute__((warn_unused_result));
/* Then nobody but this machine may be asked for anything (fetch/), or a fast clock would be a rude
 * reader; and this machine is treated as any other server, since manners are what is rehearsed. */
bool clock_is_scaled(void);
#define CLOCK_LOOK_S 0.01

#define RFC3339_SIZE 32
/* "2026-11-23T07:00:00Z" (RFC 3339 5.6). Returns buf. Years outside 0..9999 are clamped. */
const char *rfc3339_format(int64_t utc, char buf[RFC3339_SIZE]);
/* Strict RFC 3339 date-time only (the tolerant reader of feeds is feed/date.h); false leaves *ret
 * untouched. */
bool rfc3339_parse(const char *s, int64_t *ret);
/* Days since 1970-01-01 of a proleptic Gregorian date; month 1-12. Any year fits. */
int64_t days_from_civil(int64_t year, int month, int day);

#endif
