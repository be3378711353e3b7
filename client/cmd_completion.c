/* courant completion: the bash completion, made from the tables. */
#include "client/client.h"

#include "client/printer.h"

/* "--limit -n" of each option in the table. */
static void add_words(struct output *o, const struct option_def *table)
{
	for (const struct option_def *d = table; d != NULL && d->name != NULL; d++) {
		output_addf(o, " --%s", d->name);
		if (d->letter != 0) {
			output_addf(o, " -%c", d->letter);
		}
	}
}

static void add_fields(struct output *o, const struct column *columns)
{
	for (const struct column *c = columns; c != NULL && c->name != NULL; c++) {
		output_addf(o, " %s", c->name);
	}
}

static void add_commands(struct output *o)
{
	output_addstr(o, "\tlocal commands=\"");
	for (size_t i = 0; commands[i] != NULL; i++) {
		output_addf(o, "%s%s", i > 0 ? " " : "", commands[i]->name);
	}
	output_addstr(o, "\"\n\tlocal common=\"");
	add_words(o, options_for_all);
	output_addstr(o, "\"\n");
}

static void add_cases(struct output *o)
{
	output_addstr(o, "\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		output_addf(o, "\t%s%s)\n\t\toptions=\"", commands[i]->name,
			commands[i] == command_default ? " | ''" : "");
		add_words(o, commands[i]->options);
		output_addstr(o, "\" fields=\"");
		add_fields(o, commands[i]->columns);
		output_addstr(o, "\" ;;\n");
	}
	output_addstr(o, "\tesac\n");
}

static enum outcome run(struct client *c)
{
	struct output *o = &c->output;
	output_addstr(o,
		"# bash completion for courant(1), made by `courant completion`\n_courant()\n{\n");
	add_commands(o);
	output_addstr(o,
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
		"\tlocal command= options= fields= i\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\t[[ \" $commands \" == *\" ${COMP_WORDS[i]} \"* ]] && command=${COMP_WORDS[i]} "
		"&& break\n"
		"\tdone\n");
	add_cases(o);
	output_addstr(o,
		"\tcase $before in\n"
		"\t--socket) compopt -o default; return ;;\n"
		"\t--color) options='auto always never' common= ;;\n"
		"\t--format) options='txt md html' common= ;;\n"
		"\t--fields) options=$fields common= ;;\n"
		"\t*) [[ -n $command && $command != help || $word == -* ]] || options+=\" "
		"$commands\" ;;\n"
		"\tesac\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$options $common\" -- \"$word\")\n"
		"}\ncomplete -F _courant courant\n");
	return OUTCOME_OK;
}

const struct command cmd_completion = {
	.name = "completion",
	.synopsis = "",
	.summary = "print the completion script for bash",
	.about = "Use it with: source <(courant completion)",
	.run = run,
};
