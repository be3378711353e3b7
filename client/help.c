#include "client/help.h"

#include <stdio.h>

#include "client/paragraph.h"
#include "client/printer.h"

#define TEXT_WIDTH 78
#define NARROW 60 /* columns, below which what an option means stands below its name */

static size_t width_of(const struct output *o)
{
	return o->columns > 0 && o->columns < TEXT_WIDTH ? o->columns : TEXT_WIDTH;
}

static void print_text(struct output *o, const char *label, const char *text)
{
	paragraph_print(o, label, width_of(o), STYLE_PLAIN, text);
}

static void print_option(struct output *o, const struct option_def *d)
{
	char names[LAYOUT_MARKER - 2], letter[] = "-x, ";
	letter[1] = d->letter;
	snprintf(names, sizeof names, "  %s--%s%s%s", d->letter != 0 ? letter : "    ", d->name,
		option_takes_word(d) ? " " : "", d->arg != NULL ? d->arg : "");
	if (width_of(o) < NARROW) {
		output_addf(o, "%s\n", names);
		print_text(o, "        ", d->help);
	} else {
		char label[LAYOUT_MARKER];
		snprintf(label, sizeof label, "%-24s  ", names);
		print_text(o, label, d->help);
	}
}

static void print_options(struct output *o, const struct option_def *table)
{
	for (const struct option_def *d = table; d != NULL && d->name != NULL; d++) {
		print_option(o, d);
	}
}

static void print_fields(struct output *o, const struct column *columns)
{
	struct strbuf list = STRBUF_INIT(4096);
	for (const struct column *c = columns; c->name != NULL; c++) {
		strbuf_addf(&list, "%s%s", list.len > 0 ? ", " : "", c->name);
	}
	output_addstr(o, "\nFields for --fields:\n");
	print_text(o, "  ", strbuf_str(&list));
	strbuf_release(&list);
}

static void print_command(struct output *o, const struct command *c)
{
	struct paragraph p;
	char label[LAYOUT_MARKER];
	snprintf(label, sizeof label, "  %-11s  ", c->name);
	paragraph_begin(&p, o, label, width_of(o));
	paragraph_add(&p, STYLE_PLAIN, "%s%s", c->summary,
		c == command_default ? " (without a command, too)" : "");
	paragraph_end(&p);
}

void help_overview(struct output *o)
{
	print_text(o, "usage: ", "courant [options] [command] [arguments]");
	output_addstr(o, "\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		print_command(o, commands[i]);
	}
	output_addstr(o, "\nOptions, before or after the command:\n");
	print_options(o, options_for_all);
	output_addstr(o, "\n");
	print_text(
		o, "", "courant help COMMAND explains a command; courant NUMBER shows that entry.");
	print_text(o, "",
		"Exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not reachable, 4 not found, "
		"5 denied, 6 partly done. The manual is courant(1).");
}

static void print_usage(struct output *o, const struct command *command)
{
	struct paragraph p;
	paragraph_begin(&p, o, "usage: ", width_of(o));
	paragraph_add(&p, STYLE_PLAIN, "courant %s%s %s", command->name,
		command->options != NULL ? " [options]" : "", command->synopsis);
	paragraph_end(&p);
	output_addstr(o, "\n");
	paragraph_begin(&p, o, "", width_of(o));
	paragraph_add(&p, STYLE_PLAIN, "%s: %s", command->name, command->summary);
	paragraph_end(&p);
}

void help_command(struct output *o, const struct command *command)
{
	print_usage(o, command);
	if (command->about != NULL) {
		print_text(o, "", command->about);
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
