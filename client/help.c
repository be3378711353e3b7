#include "client/help.h"

#include <string.h>

#include "client/printer.h"

#define TEXT_WIDTH 78

static void print_options(struct output *o, const struct option_def *table)
{
	for (const struct option_def *d = table; d != NULL && d->name != NULL; d++) {
		struct strbuf names = STRBUF_INIT(256);
		if (d->letter != 0) {
			strbuf_addf(&names, "-%c, ", d->letter);
		} else {
			strbuf_addstr(&names, "    ");
		}
		strbuf_addf(&names, "--%s%s%s", d->name, option_takes_word(d) ? " " : "",
			d->arg != NULL ? d->arg : "");
		output_addf(o, "  %-22s  %s\n", strbuf_str(&names), d->help);
		strbuf_release(&names);
	}
}

/* Fills lines with the words of an ASCII text. */
static void print_filled(struct output *o, const char *text, size_t indent)
{
	size_t column = indent;
	output_addf(o, "%*s", (int)indent, "");
	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		if (column > indent && column + 1 + n > TEXT_WIDTH) {
			output_addf(o, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			output_addstr(o, " ");
			column++;
		}
		output_add(o, text, n);
		column += n;
		text += n + (text[n] == ' ');
	}
	output_addstr(o, "\n");
}

static void print_fields(struct output *o, const struct column *columns)
{
	struct strbuf list = STRBUF_INIT(4096);
	for (const struct column *c = columns; c->name != NULL; c++) {
		strbuf_addf(&list, "%s%s", list.len > 0 ? ", " : "", c->name);
	}
	output_addstr(o, "\nFields for --fields:\n");
	print_filled(o, strbuf_str(&list), 2);
	strbuf_release(&list);
}

void help_overview(struct output *o)
{
	output_addstr(o, "usage: courant [options] [command] [arguments]\n\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		output_addf(o, "  %-11s  %s%s\n", commands[i]->name, commands[i]->summary,
			commands[i] == command_default ? " (without a command, too)" : "");
	}
	output_addstr(o, "\nOptions, before or after the command:\n");
	print_options(o, options_for_all);
	output_addstr(o,
		"\ncourant help COMMAND explains a command; courant NUMBER shows that entry.\n"
		"Exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not reachable, 4 not found,\n"
		"5 denied, 6 partly done. The manual is courant(1).\n");
}

void help_command(struct output *o, const struct command *command)
{
	output_addf(o, "usage: courant %s%s%s%s\n\n", command->name,
		command->options != NULL ? " [options]" : "",
		command->synopsis[0] != '\0' ? " " : "", command->synopsis);
	output_addf(o, "%s: %s\n", command->name, command->summary);
	if (command->about != NULL) {
		print_filled(o, command->about, 0);
	}
	if (command->options != NULL) {
		output_addstr(o, "\nOptions:\n");
		print_options(o, command->options);
	}
	output_addstr(o, "\nOptions of all commands:\n");
	print_options(o, options_for_all);
	if (command->columns != NULL) {
		print_fields(o, command->columns);
	}
}
