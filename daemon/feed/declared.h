/*
 * General entities that a document declares itself (XML 1.0 4.2). Only what cannot hurt is taken: a
 * name that stands for a short plain text. A text that holds markup or another reference, and all
 * that stands outside the document, is refused by the reader (decision 51).
 */
#ifndef COURANT_FEED_DECLARED_H
#define COURANT_FEED_DECLARED_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "feed/span.h"

struct declared_entity {
	const char *name, *text;
};

/* All zero is empty. Names and texts live in the arena that they were added with. */
struct declared {
	struct declared_entity *list;
	size_t n, cap;
	size_t spent; /* bytes that references have cost so far */
};

void declared_release(struct declared *d);
/* The first declaration of a name counts (XML 1.0 4.2), one of XML's five own names is passed over.
 * False when the entity has to be refused: text (character references decoded) is no short plain
 * text, or there are too many. */
bool declared_add(struct declared *d, struct arena *a, const char *name, const char *text);
/* What the name stands for, NULL when it was not declared. */
const char *declared_find(const struct declared *d, struct span name);
/* Notes one more use of the text; false when the document has used more than it may
 * (LIMIT_ENTITY_USE). */
bool declared_spend(struct declared *d, const char *text);
/* Appends an attribute's value with its references to declared entities replaced; others stay.
 * False when that uses more than it may. */
bool declared_expand(struct declared *d, struct strbuf *out, struct span value);

#endif
