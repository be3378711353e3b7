/*
 * The texts of an entry as the database keeps them, from those of a document: one author line,
 * content that is always HTML.
 */
#ifndef COURANT_DB_ENTRY_TEXT_H
#define COURANT_DB_ENTRY_TEXT_H

#include "base/limits.h"
#include "base/strbuf.h"
#include "feed/doc.h"

/* Bytes that entry_content() needs at most: a character of plain text becomes six. */
#define ENTRY_CONTENT_MAX (6 * (size_t)LIMIT_CONTENT + 16)

/* The names of the authors (an address where there is no name), joined by ", ". Replaces what out
 * held. */
void entry_author(struct strbuf *out, const struct feed_entry *e);
/* Where it leads: its own page, else what it tells of. NULL: nowhere. */
const char *entry_url(const struct feed_entry *e);
/* The publisher's date, FEED_NO_DATE when none is said. */
int64_t entry_date(const struct feed_entry *e);
/* The entry's HTML; of an entry with plain text only, that text as HTML, made in `out`. NULL when
 * there is neither. */
const char *entry_content(struct strbuf *out, const struct feed_entry *e);

#endif
