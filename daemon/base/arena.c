#include "base/arena.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A document of 60 KB takes two or three chunks; larger allocations get a chunk of their own. */
#define CHUNK_BYTES ((size_t)32 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	void *adopted; /* malloc'd elsewhere, freed with the chunk */
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

void arena_release(struct arena *a)
{
	struct arena_chunk *next;
	for (struct arena_chunk *c = a->head; c != NULL; c = next) {
		next = c->next;
		free(c->adopted);
		free(c);
	}
	arena_init(a, a->max);
}

/* The head is the chunk that is being filled; others go behind it, so that its room is not wasted.
 */
static struct arena_chunk *chunk_new(struct arena *a, size_t size, bool behind)
{
	struct arena_chunk *c = xmalloc(sizeof *c + size);
	c->used = 0;
	c->size = size;
	c->adopted = NULL;
	if (behind && a->head != NULL) {
		c->next = a->head->next;
		a->head->next = c;
	} else {
		c->next = a->head;
		a->head = c;
	}
	return c;
}

static bool spend(struct arena *a, size_t n)
{
	a->exhausted |= n > a->max - a->used;
	if (n > a->max - a->used)
		return false;
	a->used += n;
	return true;
}

/* Strings stand side by side, everything else where any type may. */
static void *take(struct arena *a, size_t n, size_t alignment)
{
	size_t used = a->head != NULL ? a->head->used : 0;
	size_t padding = -used & (alignment - 1);
	struct arena_chunk *c = a->head;
	if (n > SIZE_MAX - alignment || !spend(a, n + padding)) {
		a->exhausted = true;
		return NULL;
	}
	if (c == NULL || n + padding > c->size - used) {
		bool large = n > CHUNK_BYTES / 4;
		c = chunk_new(a, large ? n : CHUNK_BYTES, large);
		padding = 0;
	}
	void *p = c->bytes + c->used + padding;
	c->used += n + padding;
	return p;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		a->exhausted = true;
		return NULL;
	}
	void *p = take(a, bytes > 0 ? bytes : 1, alignof(max_align_t));
	if (p != NULL)
		memset(p, 0, bytes > 0 ? bytes : 1);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	if (n == SIZE_MAX) {
		a->exhausted = true;
		return NULL;
	}
	char *copy = take(a, n + 1, 1);
	if (copy != NULL) {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

void *arena_adopt(struct arena *a, void *block, size_t n)
{
	if (!spend(a, n)) {
		free(block);
		return NULL;
	}
	chunk_new(a, 0, true)->adopted = block;
	return block;
}

void arena_absorb(struct arena *to, struct arena *from)
{
	if (from->head == NULL)
		return;
	struct arena_chunk **last = &to->head;
	while (*last != NULL)
		last = &(*last)->next;
	*last = from->head;
	to->used += from->used;
	to->exhausted |= from->exhausted;
	arena_init(from, from->max);
}
