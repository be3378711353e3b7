/* courant star: put stars on entries, or take them away. */
#include <inttypes.h>

#include "base/limits.h"
#include "client/api_path.h"
#include "client/each.h"
#include "client/json_get.h"

static const struct option_def options[] = {
	{ "remove", 'r', NULL, "take the star away", OPT_REMOVE },
	{ 0 },
};

/* The daemon only flips a star; looking first makes the command do the same however often it is
 * repeated. */
static enum outcome set_star(struct client *c, int64_t id)
{
	bool want = !has_option(&c->invocation, OPT_REMOVE);
	struct api_path q;
	json_t *entry = NULL;
	api_path_init(&q, "/v1/entries/%" PRId64, id);
	enum outcome outcome = call_get(c, api_path_str(&q), &entry);
	if (outcome == OUTCOME_OK && get_flag(entry, "starred") != want) {
		api_path_segment(&q, "bookmark");
		outcome = call_put(c, api_path_str(&q), NULL, NULL);
	}
	json_decref(entry);
	api_path_release(&q);
	return outcome;
}

static enum outcome run(struct client *c)
{
	return each_entry(c, set_star);
}

const struct command cmd_star = {
	.name = "star",
	.synopsis = "ID...",
	.summary = "put a star on entries",
	.about = "courant headlines --starred lists them. Starred entries stay starred when this "
		 "is repeated.",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.run = run,
};
