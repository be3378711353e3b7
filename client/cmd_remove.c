/* courant remove: end subscriptions. */
#include <inttypes.h>

#include "base/limits.h"
#include "client/api_path.h"
#include "client/each.h"
#include "client/feed_ref.h"

static enum outcome remove_one(struct client *c, const char *word)
{
	struct api_path q;
	int64_t feed;
	enum outcome outcome = feed_resolve(c, word, &feed);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	api_path_init(&q, "/v1/feeds/%" PRId64, feed);
	outcome = call_delete(c, api_path_str(&q));
	api_path_release(&q);
	return outcome;
}

static enum outcome run(struct client *c)
{
	return each_word(c, c->invocation.args, c->invocation.n_args, remove_one);
}

const struct command cmd_remove = {
	.name = "remove",
	.synopsis = "FEED...",
	.summary = "unsubscribe from feeds, with their entries",
	.about = "A FEED is its number, its URL or its title. A feed that is declared in the "
		 "configuration file is removed there.",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.run = run,
};
