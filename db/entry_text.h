/*
 * The texts of an entry as the database keeps them, from those of a document: one author line,
 * content that is always HTML.
 */
#ifndef COURANT_DB_ENTRY_TEXT_H
#define COURANT_DB_ENTRY_TEXT_H

#include "base/strbuf.h"
#include "feed/doc.h"

/* The names of the authors (an address where there is no name), joined by ", ". Replaces what out
 * held. */
void entry_author(struct strbuf *out, const struct feed_entry *e);
/* The entry's HTML; of an entry with plain text only, that text as HTML, made in `out`. NULL when
 * there is neither. */
const char *entry_content(struct strbuf *out, const struct feed_entry *e);

#endif
