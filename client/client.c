#include "client/client.h"

#include "base/clock.h"
#include "client/help.h"

#include <stdlib.h>

/* --help and --version win over whatever else stands on the line. */
static enum outcome run(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	if (has_option(inv, OPT_HELP) && inv->explicit) {
		help_command(&c->output, inv->command);
		return OUTCOME_OK;
	}
	if (has_option(inv, OPT_HELP)) {
		help_overview(&c->output);
		return OUTCOME_OK;
	}
	if (has_option(inv, OPT_VERSION)) {
		output_addstr(&c->output, "courant " COURANT_VERSION "\n");
		return OUTCOME_OK;
	}
	if (has_option(inv, OPT_FIELDS) && inv->command->columns == NULL) {
		complain("%s has no fields to choose from", inv->command->name);
		return OUTCOME_USAGE;
	}
	return socket_path_fits(&c->socket) ? inv->command->run(c) : OUTCOME_USAGE;
}

int client_main(int argc, char *const *argv)
{
	const char *clock = getenv("COURANT_CLOCK"); /* the daemon's, in its tests */
	if (clock != NULL && !clock_scale(clock)) {
		complain("COURANT_CLOCK: %s does not hold three numbers", clock);
		return OUTCOME_FAILED;
	}
	struct client c = { .now = clock_now() };
	enum outcome outcome = invocation_parse(&c.invocation, argc, argv);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	socket_path_choose(&c.socket, c.invocation.option[OPT_SOCKET]);
	if (output_init(&c.output, c.invocation.option[OPT_COLOR],
		    has_option(&c.invocation, OPT_NO_PAGER))) {
		outcome = run(&c);
		enum outcome written = output_finish(&c.output);
		outcome = outcome == OUTCOME_OK ? written : outcome;
	} else {
		outcome = OUTCOME_USAGE;
	}
	output_release(&c.output);
	json_decref(c.feeds);
	http_free(c.http);
	socket_path_release(&c.socket);
	invocation_release(&c.invocation);
	return outcome;
}
