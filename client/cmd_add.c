/* courant add: subscribe to a feed. */
#include <inttypes.h>

#include "client/json_get.h"
#include "client/printer.h"

static const struct option_def options[] = {
	{ "category", 'c', "NAME", "the feed's category", OPT_CATEGORY },
	{ "title", 't', "TITLE", "call it so, whatever the publisher says", OPT_TITLE },
	{ "interval", 'i', "TIME", "how often to look, as 2h or 30min", OPT_INTERVAL },
	{ "allow-private", 0, NULL, "the URL may lead into a private network", OPT_ALLOW_PRIVATE },
	{ 0 },
};

static json_t *make_body(const struct invocation *inv)
{
	static const struct {
		enum option_id id;
		const char *name;
	} texts[] = { { OPT_CATEGORY, "category" }, { OPT_TITLE, "title" },
		{ OPT_INTERVAL, "interval" } };
	json_t *body = json_pack("{s:s}", "feed_url", inv->args[0]);
	for (size_t i = 0; body != NULL && i < sizeof texts / sizeof texts[0]; i++) {
		if (has_option(inv, texts[i].id)) {
			json_object_set_new(
				body, texts[i].name, json_string(inv->option[texts[i].id]));
		}
	}
	if (body != NULL && has_option(inv, OPT_ALLOW_PRIVATE)) {
		json_object_set_new(body, "allow_private", json_true());
	}
	return body;
}

static enum outcome run(struct client *c)
{
	enum format format;
	json_t *answer = NULL, *body = make_body(&c->invocation);
	enum outcome outcome = format_of(&c->invocation, &format);
	if (outcome == OUTCOME_OK && body == NULL) {
		complain("the URL is no valid UTF-8");
		outcome = OUTCOME_USAGE;
	}
	if (outcome == OUTCOME_OK) {
		outcome = call_post(c, "/v1/feeds", body, &answer);
	}
	if (outcome == OUTCOME_OK && (format == FORMAT_JSON || format == FORMAT_JSONL)) {
		print_json(&c->output, answer, format);
	} else if (outcome == OUTCOME_OK) {
		output_addf(&c->output,
			format == FORMAT_TSV ? "%" PRId64 "\n" : "added as feed %" PRId64 "\n",
			get_number(answer, "feed_id"));
	}
	json_decref(answer);
	json_decref(body);
	return outcome;
}

const struct command cmd_add = {
	.name = "add",
	.synopsis = "URL",
	.summary = "subscribe to a feed",
	.about = "The daemon fetches it at once; courant feeds shows how that went.",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.run = run,
};
