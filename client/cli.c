#include "client/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/suggest.h"

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* An option of any command: enough to know whether the next word is its value. */
static const struct option_def *find_anywhere(const char *word, const char **ret_value)
{
	const struct option_def *o = option_find(options_for_all, word, ret_value);
	for (size_t i = 0; o == NULL && commands[i] != NULL; i++) {
		o = option_find(commands[i]->options, word, ret_value);
	}
	return o;
}

/* The index of the first word that is neither an option nor an option's value, or argc. */
static int find_command_word(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			return argc;
		}
		if (!is_option(argv[i])) {
			return i;
		}
		const char *value = NULL;
		const struct option_def *o = find_anywhere(argv[i], &value);
		if (o != NULL && option_takes_word(o) && value == NULL) {
			i++;
		}
	}
	return argc;
}

/* Decides the command; *ret_word is the index of its name, or -1 when every bare word is an
 * argument. */
static enum outcome choose_command(
	struct invocation *inv, int argc, char *const *argv, int *ret_word)
{
	int at = find_command_word(argc, argv);
	int64_t id;
	*ret_word = -1;
	inv->command = command_default;
	if (at >= argc) {
		return OUTCOME_OK;
	}
	inv->explicit = true;
	if (id_from_word(argv[at], &id)) {
		inv->command = &cmd_show;
		return OUTCOME_OK;
	}
	inv->command = command_find(argv[at]);
	if (inv->command != NULL) {
		*ret_word = at;
		return OUTCOME_OK;
	}
	command_missing(argv[at]);
	return OUTCOME_USAGE;
}

static void consider_options(struct suggestion *s, const struct option_def *table)
{
	for (const struct option_def *o = table; o != NULL && o->name != NULL; o++) {
		suggest_consider(s, o->name);
	}
}

/* A search may leave words out: -word, which looks like an option. */
static const char *hint_of(const struct invocation *inv, const char *word)
{
	return inv->command == &cmd_search && word[1] != '-'
		       ? "; words to leave out stand behind --, or within one quoted argument"
		       : "";
}

static void complain_option(const struct invocation *inv, const char *word)
{
	const char *value = NULL;
	if (find_anywhere(word, &value) != NULL) {
		complain("%s does not take the option %s; see courant help %s%s",
			inv->command->name, word, inv->command->name, hint_of(inv, word));
		return;
	}
	struct suggestion best = suggest_for(word[1] == '-' ? word + 2 : "");
	consider_options(&best, inv->command->options);
	consider_options(&best, options_for_all);
	if (best.nearest != NULL) {
		complain("there is no option %s; did you mean --%s?", word, best.nearest);
	} else {
		complain("there is no option %s; see courant help %s%s", word, inv->command->name,
			hint_of(inv, word));
	}
}

/* Takes the option at argv[*at], and the word after it when that is its value. */
static enum outcome take_option(struct invocation *inv, int argc, char *const *argv, int *at)
{
	const char *word = argv[*at];
	const char *value = NULL;
	const struct option_def *o = option_find(options_for_all, word, &value);
	if (o == NULL) {
		o = option_find(inv->command->options, word, &value);
	}
	if (o == NULL) {
		complain_option(inv, word);
		return OUTCOME_USAGE;
	}
	if (o->arg == NULL && value != NULL) {
		complain("--%s takes no value", o->name);
		return OUTCOME_USAGE;
	}
	if (option_takes_word(o) && value == NULL) {
		if (++*at >= argc) {
			complain("--%s wants a value: --%s %s", o->name, o->name, o->arg);
			return OUTCOME_USAGE;
		}
		value = argv[*at];
	}
	inv->option[o->id] = value != NULL ? value : "";
	return OUTCOME_OK;
}

static enum outcome check_args(const struct invocation *inv)
{
	const struct command *c = inv->command;
	if (has_option(inv, OPT_HELP) || has_option(inv, OPT_VERSION)) {
		return OUTCOME_OK;
	}
	if (inv->n_args < c->min_args) {
		complain("%s: something is missing; it is courant %s%s %s", c->name, c->name,
			c->options != NULL ? " [options]" : "", c->synopsis);
		return OUTCOME_USAGE;
	}
	if (inv->n_args > c->max_args) {
		complain("%s does not want '%s'; see courant help %s", c->name,
			inv->args[c->max_args], c->name);
		return OUTCOME_USAGE;
	}
	return OUTCOME_OK;
}

enum outcome invocation_parse(struct invocation *ret, int argc, char *const *argv)
{
	struct invocation inv = { .args = xcalloc((size_t)argc + 1, sizeof *inv.args) };
	int command_word;
	bool options_ended = false;
	enum outcome outcome = choose_command(&inv, argc, argv, &command_word);
	for (int i = 1; i < argc && outcome == OUTCOME_OK; i++) {
		if (!options_ended && strcmp(argv[i], "--") == 0) {
			options_ended = true;
		} else if (!options_ended && is_option(argv[i])) {
			outcome = take_option(&inv, argc, argv, &i);
		} else if (i != command_word) {
			inv.args[inv.n_args++] = argv[i];
		}
	}
	if (outcome == OUTCOME_OK) {
		outcome = check_args(&inv);
	}
	if (outcome == OUTCOME_OK) {
		*ret = inv;
	} else {
		invocation_release(&inv);
	}
	return outcome;
}

void invocation_release(struct invocation *inv)
{
	free(inv->args);
	*inv = (struct invocation){ 0 };
}

bool id_from_word(const char *word, int64_t *ret)
{
	int64_t value = 0;
	size_t n = strlen(word);
	if (n == 0 || n > 18) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (word[i] < '0' || word[i] > '9') {
			return false;
		}
		value = value * 10 + (word[i] - '0');
	}
	if (value == 0) {
		return false;
	}
	*ret = value;
	return true;
}

bool option_number(const struct invocation *inv, enum option_id id, int64_t least, int64_t most,
	int64_t otherwise, int64_t *ret)
{
	const char *word = inv->option[id];
	int64_t value = 0;
	if (word == NULL) {
		*ret = otherwise;
		return true;
	}
	bool ok = strcmp(word, "0") == 0 || id_from_word(word, &value);
	if ((!ok || value < least) && most == INT64_MAX) {
		complain("--%s: '%s' is not a number from %lld on",
			option_name(inv->command->options, id), word, (long long)least);
		return false;
	}
	if (!ok || value < least || value > most) {
		complain("--%s: '%s' is not a number from %lld to %lld",
			option_name(inv->command->options, id), word, (long long)least,
			(long long)most);
		return false;
	}
	*ret = value;
	return true;
}

bool args_as_ids(const struct invocation *inv, int64_t *ids)
{
	for (size_t i = 0; i < inv->n_args; i++) {
		if (!id_from_word(inv->args[i], &ids[i])) {
			complain("'%s' is not an entry's number", inv->args[i]);
			return false;
		}
	}
	return true;
}
