/*
 * Help made from the command and option tables.
 */
#ifndef COURANT_CLIENT_HELP_H
#define COURANT_CLIENT_HELP_H

#include "client/command.h"
#include "client/output.h"

void help_overview(struct output *o);
void help_command(struct output *o, const struct command *command);

#endif
