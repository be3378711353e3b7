/* courant version: of the client, and of the daemon when it answers. */
#include "client/json_get.h"
#include "client/printer.h"

/* A daemon that does not run is no failure here: half of the answer is known anyway. */
static enum outcome run(struct client *c)
{
	enum format format;
	json_t *daemon = NULL;
	enum outcome outcome = format_of(&c->invocation, &format);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	if (call_get(c, "/v1/version", &daemon) != OUTCOME_OK) {
		daemon = NULL;
	}
	if (format == FORMAT_JSON || format == FORMAT_JSONL) {
		json_t *both =
			json_pack("{s:s, s:O?}", "courant", COURANT_VERSION, "courantd", daemon);
		print_json(&c->output, both, format);
		json_decref(both);
	} else {
		struct strbuf version = STRBUF_INIT(256);
		value_as_text(&version, get_value(daemon, "version"));
		output_addstr(&c->output, "courant " COURANT_VERSION "\n");
		if (version.len > 0) {
			output_addf(&c->output, "courantd %s\n", strbuf_str(&version));
		}
		strbuf_release(&version);
	}
	json_decref(daemon);
	return OUTCOME_OK;
}

const struct command cmd_version = {
	.name = "version",
	.synopsis = "",
	.summary = "print the versions of the client and the daemon",
	.run = run,
};
