/*
 * The Link field of a response (RFC 8288 3): which target has a relation. Pure.
 */
#ifndef COURANT_FETCH_LINK_H
#define COURANT_FETCH_LINK_H

#include <stddef.h>

/* The first target in the field's value [0..n) whose rel (any of its words, whatever the case) is
 * `rel`: the bytes between the angle brackets, in *ret. Returns how many, 0 when there is none. */
size_t link_find(const char *value, size_t n, const char *rel, const char **ret);

#endif
