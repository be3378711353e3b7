#include "client/command.h"

#include <string.h>

#include "client/outcome.h"
#include "client/suggest.h"

const struct command *const commands[] = {
	&cmd_headlines,
	&cmd_search,
	&cmd_show,
	&cmd_open,
	&cmd_follow,
	&cmd_read,
	&cmd_unread,
	&cmd_star,
	&cmd_feeds,
	&cmd_add,
	&cmd_remove,
	&cmd_refresh,
	&cmd_import,
	&cmd_export,
	&cmd_backup,
	&cmd_digest,
	&cmd_status,
	&cmd_stats,
	&cmd_doctor,
	&cmd_version,
	&cmd_help,
	&cmd_completion,
	NULL,
};

const struct command *const command_default = &cmd_headlines;

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

const char *command_nearest(const char *name)
{
	struct suggestion best = suggest_for(name);
	for (size_t i = 0; commands[i] != NULL; i++) {
		suggest_consider(&best, commands[i]->name);
	}
	return best.nearest;
}

void command_missing(const char *name)
{
	const char *nearest = command_nearest(name);
	if (nearest != NULL) {
		complain("there is no command '%s'; did you mean '%s'?", name, nearest);
	} else {
		complain("there is no command '%s'; see courant help", name);
	}
}
