/*
 * Durations and sizes as people write them: "90s", "15min", "1h", "2d", "1h30min"; "10MiB",
 * "512KiB", "4096".
 */
#ifndef COURANT_BASE_UNITS_H
#define COURANT_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds of a duration: a sum of number+unit with ms, s, sec, min, m, h, d, w; a bare number
 * is refused except 0. False for anything else or above 100 years; *ret is untouched then. */
bool duration_parse(const char *s, int64_t *ret_ms);
/* Bytes: a number with B, KiB, MiB, GiB, KB (1000), MB, GB or nothing. */
bool size_parse(const char *s, uint64_t *ret_bytes);
/* "3 d", "2 h", "15 min", "40 s": the largest unit, for people. Returns buf. */
const char *duration_format(int64_t seconds, char buf[32]);
/* "195 KiB", "117.7 MiB", "2.4 GiB", for people. Returns buf. */
const char *size_format(int64_t bytes, char buf[32]);

#endif
