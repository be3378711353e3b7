#include "client/each.h"

#include <stdlib.h>

#include "base/mem.h"

enum outcome each_word(struct client *c, const char *const *words, size_t n,
	enum outcome (*one)(struct client *c, const char *word))
{
	struct outcomes all = { 0 };
	size_t i = 0;
	while (i < n && outcomes_add(&all, one(c, words[i]))) {
		i++;
	}
	return outcomes_sum(&all);
}

enum outcome each_entry(struct client *c, enum outcome (*one)(struct client *c, int64_t id))
{
	size_t n = c->invocation.n_args, i = 0;
	int64_t *ids = xcalloc(n, sizeof *ids);
	struct outcomes all = { 0 };
	bool valid = args_as_ids(&c->invocation, ids);
	while (valid && i < n && outcomes_add(&all, one(c, ids[i]))) {
		i++;
	}
	free(ids);
	return valid ? outcomes_sum(&all) : OUTCOME_USAGE;
}
