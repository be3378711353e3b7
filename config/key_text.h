/*
 * What the keys whose value is a text refuse. Private to config/.
 */
#ifndef COURANT_CONFIG_KEY_TEXT_H
#define COURANT_CONFIG_KEY_TEXT_H

#include "config/key.h"

/* Whether it is safe text on one line, not empty, of at most `most` bytes; else *problem says what
 * is wrong. */
bool key_text_ok(const char *value, size_t most, struct strbuf *problem);
/* The same, and what else the kind asks for. */
bool key_text_check(enum conf_kind kind, const char *value, struct strbuf *problem);

#endif
