/*
 * The text of an entry for the terminal: its content, or its summary when there is none.
 */
#ifndef COURANT_CLIENT_ENTRY_TEXT_H
#define COURANT_CLIENT_ENTRY_TEXT_H

#include <jansson.h>

#include "client/html_layout.h"
#include "client/output.h"

/* Columns of running text: the terminal's, but no more than can be read well. */
size_t entry_text_columns(const struct output *o);
/* Appends the laid out text; nothing for an entry without any. */
void entry_text(struct strbuf *out, const json_t *entry, const struct html_layout_options *how);
/* The same with each paragraph on one line, without colour: to be compared. */
void entry_text_lines(struct strbuf *out, const json_t *entry);

#endif
