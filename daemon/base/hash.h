/*
 * One 128-bit hash (XXH3, XXH128 canonical form) for "the same bytes?" and identity keys. Not
 * cryptographic: a publisher who makes two of his own entries collide hurts his own feed only,
 * since keys never cross feeds.
 */
#ifndef COURANT_BASE_HASH_H
#define COURANT_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 16
struct hash {
	uint8_t bytes[HASH_SIZE]; /* all zero: no hash */
};

struct hash hash_bytes(const void *bytes, size_t n);
/* The hash of a list of strings, their borders included; NULL counts as "" of its own kind. */
struct hash hash_strings(const char *const *strings, size_t n);
bool hash_is_set(const struct hash *h);
bool hash_equal(const struct hash *a, const struct hash *b);
/* Half of it as a number, in big-endian order: what tells the entries of one feed apart (decision
 * 89). 0: no hash. */
int64_t hash_short(const struct hash *h);

#endif
