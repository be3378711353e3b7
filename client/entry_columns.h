/*
 * The fields of an entry, as headlines and follow print them.
 */
#ifndef COURANT_CLIENT_ENTRY_COLUMNS_H
#define COURANT_CLIENT_ENTRY_COLUMNS_H

#include "client/printer.h"

extern const struct column headline_columns[]; /* id, age, feed, title */
extern const struct column follow_columns[];   /* the same fields; id, feed, title */

/* An entry's title, or the beginning of its text, or its link: safe, on one line, never empty. */
void entry_title(struct strbuf *out, const json_t *entry);
/* The feed's title, or its URL. */
void entry_feed(struct strbuf *out, const json_t *entry);

#endif
