/*
 * Keys whose value is one of a few words. Internal to config/.
 */
#ifndef COURANT_CONFIG_CHOICE_H
#define COURANT_CONFIG_CHOICE_H

#include "config/key.h"

/* What the word stands for in the enum of that kind of key (CONF_AUTH, CONF_IP). False, with the
 * words that there are in *problem, for any other. */
bool conf_choice_parse(
	enum conf_kind kind, const char *word, unsigned *ret, struct strbuf *problem);

#endif
