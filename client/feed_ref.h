/*
 * How people name feeds: by number, by URL (of the feed or its site) or by title.
 */
#ifndef COURANT_CLIENT_FEED_REF_H
#define COURANT_CLIENT_FEED_REF_H

#include "client/client.h"

/* The daemon's list of feeds, fetched once; borrowed. */
enum outcome feed_list(struct client *c, const json_t **ret);
/* Says so, and how to subscribe. */
void feed_list_is_empty(void);
/* The number of the feed that the word names. A word of digits is taken as it is; anything else is
 * looked up, titles without regard to ASCII case. NOT_FOUND with a suggestion when there is none,
 * USAGE when a title fits several. */
enum outcome feed_resolve(struct client *c, const char *word, int64_t *ret_id);
/* As feed_resolve(), and NOT_FOUND also for a number that no feed has. */
enum outcome feed_resolve_existing(struct client *c, const char *word, int64_t *ret_id);
/* NOT_FOUND with a suggestion when there is no category of that name: an empty list would not tell.
 */
enum outcome category_check(struct client *c, const char *name);
/* "LWN (42)" when the list of feeds was fetched and has it, else "feed 42". Safe. */
void feed_label(struct client *c, int64_t id, struct strbuf *out);

#endif
