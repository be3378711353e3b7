/*
 * courant feeds undo-move: takes back where permanent redirects led feeds.
 */
#ifndef COURANT_CLIENT_UNDO_MOVE_H
#define COURANT_CLIENT_UNDO_MOVE_H

#include "client/client.h"

/* Undoes the last move of each feed that the words name. */
enum outcome undo_moves(struct client *c, const char *const *words, size_t n);

#endif
