/* courant export: the subscriptions as an OPML file. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/client.h"
#include "client/new_file.h"

static enum outcome run(struct client *c)
{
	struct strbuf opml = STRBUF_INIT(LIMIT_CLIENT_RESPONSE);
	const struct invocation *inv = &c->invocation;
	bool to_file = inv->n_args > 0 && strcmp(inv->args[0], "-") != 0;
	enum outcome outcome = call_text(c, "/v1/export", &opml);
	if (outcome == OUTCOME_OK && to_file) {
		outcome = new_file_write(inv->args[0], &opml);
	} else if (outcome == OUTCOME_OK) {
		text_safe(&c->output.text, strbuf_str(&opml), opml.len);
	}
	strbuf_release(&opml);
	return outcome;
}

const struct command cmd_export = {
	.name = "export",
	.synopsis = "[FILE]",
	.summary = "write the subscriptions as OPML",
	.about = "To standard output without a FILE. The same feeds give the same bytes.",
	.max_args = 1,
	.run = run,
};
