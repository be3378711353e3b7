/*
 * The long texts of an entry, or of one of its revisions, as one value of a column: joined, and
 * compressed by zstd where that makes them smaller, with a dictionary where there is one (decision
 * 88). Here are the bytes only; texts.h binds and reads them, dictionary.h makes dictionaries.
 *
 * A value is one byte and what it says: PACKED_PLAIN the texts as they are; PACKED_ALONE a zstd
 * frame; any other number a frame that was made with the dictionary of this number. The texts stand
 * in the order of the caller, a NUL between two of them. A frame has its checksum, and not zstd's
 * magic number, which would say nothing.
 *
 * Invariant: what unpack() accepts is within LIMIT_PACKED, whatever the value claims: it may come
 * from a damaged file. A dictionary's number never gets another meaning, so that a new one makes no
 * value unreadable.
 *
 * A packing belongs to one connection, and to one thread at a time.
 */
#ifndef COURANT_DB_PACKING_H
#define COURANT_DB_PACKING_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKED_TEXTS 4 /* most texts of one value */
#define PACKED_PLAIN 0
#define PACKED_ALONE 1
#define PACKED_DICTIONARY 2 /* the number of the first dictionary */

struct packing;

/* Allocates little until it is used. */
struct packing *packing_new(void);
void packing_free(struct packing *p);

/* Makes the dictionary known, for reading. False: the number or the bytes are none; what needs it
 * is damaged. */
bool packing_know(struct packing *p, int64_t number, const void *bytes, size_t n);
/* What is packed from now on is packed with this dictionary; false: with none. */
bool packing_choose(struct packing *p, int64_t number, const void *bytes, size_t n);

/* The n texts (NULL and "" are the same) as one value, which lives until the next call; NULL when
 * there is no text at all. The texts are within the limits of a document. */
const void *pack(struct packing *p, const char *const *texts, size_t n, size_t *ret_size);

/* The texts of one value. Zeroed at first; may be used again and again. */
struct unpacked {
	const char *texts[PACKED_TEXTS]; /* in `bytes`; NULL: not said */
	char *bytes;
	size_t size, cap; /* of all the texts with what parts them; allocated */
};

enum unpack_result {
	UNPACK_OK,
	UNPACK_UNKNOWN, /* *ret_number is a dictionary that was not made known */
	UNPACK_DAMAGED, /* the texts are NULL */
};

enum unpack_result unpack(struct packing *p, const void *value, size_t size, size_t n,
	struct unpacked *ret, int64_t *ret_number);
void unpacked_release(struct unpacked *u);

#endif
