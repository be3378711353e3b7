/*
 * Changing entries' marks (read, star): shared by read, unread, star and show --read.
 */
#ifndef COURANT_CLIENT_MARKS_H
#define COURANT_CLIENT_MARKS_H

#include "client/client.h"

/* Sets the status ("read", "unread") of n entries in one request. */
enum outcome marks_set_status(struct client *c, const int64_t *ids, size_t n, const char *status);
/* Keeps those of the n ids whose entries exist, in order, and complains about the others: the
 * daemon passes over unknown ids, a person wants to know. NOT_FOUND when none is left, PARTLY when
 * some are missing. */
enum outcome marks_keep_known(struct client *c, int64_t *ids, size_t *n);

#endif
