/*
 * A document as its publisher wrote it: a tree of elements with their lines, for lint, which has to
 * speak of the source and not of what the reader made of it. An XML element is a node; so is a
 * member of a JSON object, an array being as many nodes of the same name as it has elements. Broken
 * XML gives a tree too: end tags that are missing are supplied, those that end nothing passed over.
 * Nothing is judged here. Pure; the source must stay where it is while the outline is used.
 */
#ifndef COURANT_PARSER_OUTLINE_H
#define COURANT_PARSER_OUTLINE_H

#include "base/arena.h"
#include "feed/elements.h"
#include "feed/span.h"

#include <stdbool.h>

struct outline_attribute {
	struct span prefix, name; /* prefix empty when there is none */
	struct span value;        /* references decoded */
};

struct outline_node {
	struct outline_node *parent, *first, *last, *next;
	struct span prefix, name; /* name as written; the prefix is XML's */
	enum ns ns;               /* NS_NONE in JSON */
	int line, inner_line;     /* of the tag, and of what follows it */
	const struct outline_attribute *attributes;
	size_t n_attributes;
	struct span inner; /* XML: the source between the tags. JSON: the string decoded, or the
			      source of another value */
	const struct outline_node
		*scope; /* nearest ancestor, or itself, that declares namespaces */
};

struct outline { /* release it in any case */
	struct arena arena;
	struct outline_node *root; /* NULL: no element at all */
	bool json;
};

/* first_line is the number of the source's first line. Release it in any case. */
void outline_read_xml(struct outline *ret, struct span utf8, int first_line);
void outline_read_json(struct outline *ret, struct span utf8, int first_line);
void outline_release(struct outline *o);

/* A new last child; NULL when the arena is full. */
struct outline_node *outline_add(
	struct outline *o, struct outline_node *parent, struct span name, int line);

/* The first child of that name (exact case) in one of the namespaces (a set of 1 << NS_...). */
const struct outline_node *outline_child(
	const struct outline_node *node, unsigned namespaces, const char *name);
/* The next sibling of the same name and namespace. */
const struct outline_node *outline_again(const struct outline_node *node);
/* The value of an attribute without prefix, or an empty span. */
struct span outline_attribute(const struct outline_node *node, const char *name);
/* The value of xml:NAME that is in force at the node, or an empty span. */
struct span outline_inherited(const struct outline_node *node, const char *name);
/* What the node says, trimmed: child elements' tags left out, references decoded, CDATA opened. */
struct span outline_text(struct outline *o, const struct outline_node *node);

#endif
