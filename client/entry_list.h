/*
 * Commands that list entries: the options that say how many and how, the question, the answer.
 */
#ifndef COURANT_CLIENT_ENTRY_LIST_H
#define COURANT_CLIENT_ENTRY_LIST_H

#include "client/api_path.h"
#include "client/printer.h"

struct entry_list {
	int64_t usual, most; /* entries, without --limit and with it */
	/* Adds to the query which entries they are. */
	enum outcome (*ask)(struct client *c, const struct printer *p, struct api_path *q);
	/* Prints what /v1/entries answered. */
	void (*print)(struct client *c, struct printer *p, const json_t *answer);
};

enum outcome entry_list_run(struct client *c, const struct entry_list *list);

#endif
