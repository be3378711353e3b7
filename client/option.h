/*
 * Option tables. Each command has one, and one is for all commands; the parser, --help, the
 * manual's check and the shell completion all read the same tables. An option that appears in
 * several tables takes an argument in all of them or in none, so that options may stand before the
 * command.
 */
#ifndef COURANT_CLIENT_OPTION_H
#define COURANT_CLIENT_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_id {
	OPT_SOCKET,
	OPT_JSON,
	OPT_JSONL,
	OPT_TSV,
	OPT_HEADER,
	OPT_FIELDS,
	OPT_COLOR,
	OPT_NO_PAGER,
	OPT_HELP,
	OPT_VERSION,
	OPT_LIMIT,
	OPT_UNREAD,
	OPT_ALL,
	OPT_NEWEST,
	OPT_FEED,
	OPT_CATEGORY,
	OPT_STARRED,
	OPT_SINCE,
	OPT_READ,
	OPT_REMOVE,
	OPT_FAILING,
	OPT_TITLE,
	OPT_INTERVAL,
	OPT_ALLOW_PRIVATE,
	OPT_PICK,
	OPT_WAIT,
	OPT_NOW,
	OPT_PATH,
	OPT_FORMAT,
	OPT_DAYS,
	OPT_SVG,
	OPT_STORE,
	OPT_REVISIONS,
	OPT_DIFF,
	OPT_COUNT,
};

struct option_def {
	const char *name; /* the long name, without "--"; NULL ends a table */
	char letter;      /* the short name, or 0 */
	/* What the argument is called in --help, or NULL for a flag; "[=N]" is one that may be left
	 * out, and else is part of the word. */
	const char *arg;
	const char *help; /* one line, lower case, without a full stop */
	enum option_id id;
};

extern const struct option_def options_for_all[];

/* The long name of an option of that table. */
const char *option_name(const struct option_def *table, enum option_id id);

/* Whether the word after the option is its value, when it has none yet. */
bool option_takes_word(const struct option_def *o);

/* The option that a word ("--name", "--name=value", "-x", "-xvalue") means in a table, or NULL.
 * *ret_value is the value that is part of the word, or NULL. */
const struct option_def *option_find(
	const struct option_def *table, const char *word, const char **ret_value);

#endif
