/*
 * The commands of courant: one row a command, one file a command (cmd_NAME.c).
 */
#ifndef COURANT_CLIENT_COMMAND_H
#define COURANT_CLIENT_COMMAND_H

#include <stddef.h>

#include "client/option.h"
#include "client/outcome.h"

struct client;
struct column;

struct command {
	const char *name;
	const char *synopsis; /* the arguments, as --help shows them; "" for none */
	const char *summary;  /* one line for the list of commands */
	const char *about;    /* sentences for --help; may be NULL */
	size_t min_args, max_args;
	const struct option_def *options; /* its own options, or NULL */
	const struct column *columns;     /* the fields of what it lists, or NULL */
	enum outcome (*run)(struct client *c);
};

extern const struct command *const commands[]; /* ends with NULL */
extern const struct command *const command_default;

extern const struct command cmd_headlines, cmd_search, cmd_show, cmd_open, cmd_follow, cmd_read,
	cmd_unread, cmd_star, cmd_feeds, cmd_add, cmd_remove, cmd_refresh, cmd_import, cmd_backup,
	cmd_export, cmd_digest, cmd_status, cmd_stats, cmd_doctor, cmd_version, cmd_help,
	cmd_completion;

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);
/* The command name nearest to a mistyped one, or NULL when none is near. */
const char *command_nearest(const char *name);
/* Complains that there is no such command. */
void command_missing(const char *name);

#endif
