/*
 * Memory with one owner and one free: a document and everything in it. Bounded; past the bound
 * allocations return NULL and `exhausted` stays set, so that a parser can go on and report the
 * limit once. Not for several threads.
 */
#ifndef COURANT_BASE_ARENA_H
#define COURANT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;
struct arena {
	struct arena_chunk *head;
	size_t used;    /* bytes handed out */
	size_t max;     /* most bytes */
	bool exhausted; /* an allocation was refused */
};

void arena_init(struct arena *a, size_t max);
void arena_release(struct arena *a); /* frees all; the arena is empty and usable again */
/* Zeroed memory, aligned for any type; NULL past the maximum. n * size must be what the caller
 * means: overflow is refused. */
void *arena_alloc(struct arena *a, size_t n, size_t size) __attribute__((warn_unused_result));
/* A NUL-terminated copy; NULL past the maximum. */
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((warn_unused_result));
char *arena_strdup(struct arena *a, const char *s) __attribute__((warn_unused_result));
/* Takes over a block of n bytes from malloc, which is freed with the arena (at once, and NULL
 * returned, past the maximum): what grew on the heap need not be copied. */
void *arena_adopt(struct arena *a, void *block, size_t n) __attribute__((warn_unused_result));
/* Moves everything of *from into *to (so that one free does); *from is empty after it. */
void arena_absorb(struct arena *to, struct arena *from);

#define arena_new(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
