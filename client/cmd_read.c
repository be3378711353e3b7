/* courant read, courant unread: change the status of entries. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "client/feed_ref.h"
#include "client/marks.h"
#include "client/api_path.h"

static const struct option_def read_options[] = {
	{ "all", 'a', NULL, "every entry of every feed", OPT_ALL },
	{ "feed", 'f', "FEED", "every entry of this feed: its number, URL or title", OPT_FEED },
	{ 0 },
};

static enum outcome set_status_of_args(struct client *c, const char *status)
{
	size_t n = c->invocation.n_args;
	int64_t *ids = xcalloc(n, sizeof *ids);
	enum outcome known = OUTCOME_USAGE, set = OUTCOME_OK;
	if (args_as_ids(&c->invocation, ids)) {
		known = marks_keep_known(c, ids, &n);
		if (n > 0 && (known == OUTCOME_OK || known == OUTCOME_PARTLY)) {
			set = marks_set_status(c, ids, n, status);
		}
	}
	free(ids);
	return set != OUTCOME_OK ? set : known;
}

static enum outcome read_whole_feed(struct client *c, const char *word)
{
	struct api_path q;
	int64_t feed;
	enum outcome outcome = feed_resolve(c, word, &feed);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	api_path_init(&q, "/v1/feeds/%" PRId64 "/mark-all-as-read", feed);
	outcome = call_put(c, api_path_str(&q), NULL, NULL);
	api_path_release(&q);
	return outcome;
}

static enum outcome run_read(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	int kinds = (inv->n_args > 0) + has_option(inv, OPT_ALL) + has_option(inv, OPT_FEED);
	if (kinds != 1) {
		complain("read wants entries' numbers, or --feed FEED, or --all");
		return OUTCOME_USAGE;
	}
	if (has_option(inv, OPT_ALL)) {
		return call_put(c, "/v1/mark-all-as-read", NULL, NULL);
	}
	if (has_option(inv, OPT_FEED)) {
		return read_whole_feed(c, inv->option[OPT_FEED]);
	}
	return set_status_of_args(c, "read");
}

static enum outcome run_unread(struct client *c)
{
	return set_status_of_args(c, "unread");
}

const struct command cmd_read = {
	.name = "read",
	.synopsis = "ID... | --feed FEED | --all",
	.summary = "mark entries as read",
	.max_args = LIMIT_CLIENT_ARGS,
	.options = read_options,
	.run = run_read,
};

const struct command cmd_unread = {
	.name = "unread",
	.synopsis = "ID...",
	.summary = "mark entries as unread",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.run = run_unread,
};
