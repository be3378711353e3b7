/*
 * The command line: words -> which command, which options, which arguments. Options may stand
 * before or after the command;
 * "--" ends them. Without a command it is `headlines`; a number alone is `show NUMBER`. Pure but
 * for complaints.
 */
#ifndef COURANT_CLIENT_CLI_H
#define COURANT_CLIENT_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/command.h"
#include "client/option.h"
#include "client/outcome.h"

struct invocation {
	const struct command *command;
	bool explicit;                 /* the command was named */
	const char *option[OPT_COUNT]; /* the value; "" for a flag; NULL when not given; the last
					  one wins */
	const char **args;             /* owned array of borrowed words */
	size_t n_args;
};

/* Fills *ret (invocation_release). OUTCOME_USAGE after a complaint; *ret is released then. */
enum outcome invocation_parse(struct invocation *ret, int argc, char *const *argv);
void invocation_release(struct invocation *inv);

static inline bool has_option(const struct invocation *inv, enum option_id id)
{
	return inv->option[id] != NULL;
}

/* The number given with an option, or `otherwise`; complains unless it lies in least..most. */
bool option_number(const struct invocation *inv, enum option_id id, int64_t least, int64_t most,
	int64_t otherwise, int64_t *ret);

/* A positive decimal number and nothing else. */
bool id_from_word(const char *word, int64_t *ret);
/* The arguments as entry ids; complains about the first that is none. ids has room for n_args. */
bool args_as_ids(const struct invocation *inv, int64_t *ids);

#endif
