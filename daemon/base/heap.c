#include "base/heap.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

void heap_init(struct heap *h)
{
	*h = (struct heap){ 0 };
}

void heap_release(struct heap *h)
{
	for (size_t i = 0; i < h->n; i++)
		h->nodes[i]->place = HEAP_NOWHERE;
	free(h->nodes);
	heap_init(h);
}

static void put(struct heap *h, size_t place, struct heap_node *node)
{
	h->nodes[place] = node;
	node->place = place;
}

static void sift_up(struct heap *h, size_t place)
{
	struct heap_node *node = h->nodes[place];
	while (place > 0) {
		size_t parent = (place - 1) / 2;
		if (h->nodes[parent]->key <= node->key)
			break;
		put(h, place, h->nodes[parent]);
		place = parent;
	}
	put(h, place, node);
}

static void sift_down(struct heap *h, size_t place)
{
	struct heap_node *node = h->nodes[place];
	for (;;) {
		size_t child = 2 * place + 1;
		if (child >= h->n)
			break;
		if (child + 1 < h->n && h->nodes[child + 1]->key < h->nodes[child]->key)
			child++;
		if (node->key <= h->nodes[child]->key)
			break;
		put(h, place, h->nodes[child]);
		place = child;
	}
	put(h, place, node);
}

void heap_set(struct heap *h, struct heap_node *node, int64_t key)
{
	if (node->place == HEAP_NOWHERE) {
		h->nodes = xgrow(h->nodes, h->n, &h->cap, sizeof(struct heap_node *));
		put(h, h->n++, node);
	}
	node->key = key;
	sift_up(h, node->place);
	sift_down(h, node->place);
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	size_t place = node->place;
	if (place == HEAP_NOWHERE)
		return;
	assert(place < h->n && h->nodes[place] == node);
	node->place = HEAP_NOWHERE;
	struct heap_node *last = h->nodes[--h->n];
	if (last == node)
		return;
	put(h, place, last);
	sift_up(h, last->place);
	sift_down(h, last->place);
}

struct heap_node *heap_min(const struct heap *h)
{
	return h->n > 0 ? h->nodes[0] : NULL;
}
