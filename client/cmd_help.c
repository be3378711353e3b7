/* courant help: the commands, or one of them. */
#include "client/client.h"
#include "client/help.h"

static enum outcome run(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	if (inv->n_args == 0) {
		help_overview(&c->output);
		return OUTCOME_OK;
	}
	const struct command *command = command_find(inv->args[0]);
	if (command == NULL) {
		command_missing(inv->args[0]);
		return OUTCOME_USAGE;
	}
	help_command(&c->output, command);
	return OUTCOME_OK;
}

const struct command cmd_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "explain courant or a command",
	.max_args = 1,
	.run = run,
};
