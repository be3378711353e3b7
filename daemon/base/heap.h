/*
 * A binary min-heap of pointers ordered by an int64 key that each element stores itself, with the
 * element's place kept in the element so that a change or removal is O(log n) without a search. One
 * owner, no locking.
 */
#ifndef COURANT_BASE_HEAP_H
#define COURANT_BASE_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_NOWHERE ((size_t)-1)

/* Embed it in what is ordered. Initialise with HEAP_NODE_INIT. */
struct heap_node {
	int64_t key;  /* the order; change it with heap_set only */
	size_t place; /* index in the heap, HEAP_NOWHERE when outside */
};
#define HEAP_NODE_INIT                \
	{                             \
		.place = HEAP_NOWHERE \
	}

struct heap {
	struct heap_node **nodes;
	size_t n, cap;
};

void heap_init(struct heap *h);
void heap_release(struct heap *h); /* forgets the nodes; they belong to the caller */
/* Inserts, or moves, the node to the given key. */
void heap_set(struct heap *h, struct heap_node *node, int64_t key);
/* Takes the node out; nothing happens when it is outside. */
void heap_remove(struct heap *h, struct heap_node *node);
/* The node with the least key, or NULL. It stays. */
struct heap_node *heap_min(const struct heap *h);

#endif
