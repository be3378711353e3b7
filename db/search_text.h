/*
 * What the search index is made of: how text is taken out of an entry's HTML, and how it is cut
 * into words. Both are functions of SQLite that are registered on every connection, since the index
 * (FTS5) keeps no text of its own and asks for that of the entry again.
 */
#ifndef COURANT_DB_SEARCH_TEXT_H
#define COURANT_DB_SEARCH_TEXT_H

#include "base/strbuf.h"
#include "db/connection.h"

/* Appends the words of sanitised HTML: tags become a space, the writer's references their
 * character. */
void search_plain_text(struct strbuf *out, const char *html);

/*
 * Registers on the connection: search_text(texts) of an entry (texts.h), of which LIMIT_SEARCH_TEXT
 * bytes are searched, the tokenizer `courant`, and the auxiliary function relevance(search).
 *
 * The tokenizer is FTS5's unicode61 without diacritics, but that some letters are spelt as people
 * type them ("strasse" finds Straße, "oresund" Øresund, "fine" the ligature's ﬁne), and every
 * character of a script that writes no spaces between words (Chinese, Japanese, Thai, ...; Hangul
 * too, whose particles are written together with the word) is a token of its own. What is looked
 * for in these scripts becomes a phrase of such tokens, and so is found as a part of any text.
 * Signs are no part of any token, those neither that unicode61 is too old to know: emoji that stand
 * at the end of a word.
 */
bool search_register(struct db *db);

/* Whether a character is surely none that a token holds. */
bool search_is_wordless(int32_t c);

#endif
