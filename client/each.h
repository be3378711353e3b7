/*
 * Commands that do one thing after the other: the loop over what the command line names.
 */
#ifndef COURANT_CLIENT_EACH_H
#define COURANT_CLIENT_EACH_H

#include "client/client.h"

/* Each word in its turn, until the daemon is gone. OUTCOME_PARTLY when some failed. */
enum outcome each_word(struct client *c, const char *const *words, size_t n,
	enum outcome (*one)(struct client *c, const char *word));
/* The same for the command's arguments, which are entries' numbers: nothing is done, and it is
 * OUTCOME_USAGE, when one of them is none. */
enum outcome each_entry(struct client *c, enum outcome (*one)(struct client *c, int64_t id));

#endif
