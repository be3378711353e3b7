/*
 * What an entry said before: a table of its revisions, and the difference from one to the next in
 * words: [-what went-] {+what came+}, red and green where there is colour.
 */
#ifndef COURANT_CLIENT_REVISIONS_H
#define COURANT_CLIENT_REVISIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "client/printer.h"

/* As --revisions and --diff say. first: nothing was printed before. */
enum outcome revisions_show(struct client *c, int64_t id, enum format format, bool first);

#endif
