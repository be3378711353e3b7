/*
 * One edition from the database to its files: select, rank, render, publish. Runs on a reader
 * thread and touches nothing of the digester's; what it needs of the configuration is copied into
 * the order.
 */
#ifndef COURANT_DIGEST_MAKE_H
#define COURANT_DIGEST_MAKE_H

#include "base/status.h"
#include "config/conf.h"
#include "db/query.h"

struct digest_order {
	/* What to make; all owned by the order. */
	char *state_dir;
	char *name, *label;
	unsigned formats;
	char **categories;
	size_t n_categories;
	int64_t max_stories;
	int64_t after_id, upto_id, created;
	/* How it went. */
	struct failure fail; /* status OK: the files are in place */
	size_t n_entries, n_stories;
};

/* Copies what the configuration says of a digest; the edition's fields are still to be filled. */
struct digest_order *digest_order_new(const char *state_dir, const struct conf_digest *digest);
void digest_order_free(struct digest_order *order); /* NULL is fine */
void digest_order_carry_out(struct digest_order *order, struct query *q);

#endif
