/*
 * Where a line of text may end: at a space, and between wide characters, which are written without
 * spaces (UAX 14, simplified): not before what closes, not after what opens. Pure; any thread.
 */
#ifndef COURANT_BASE_FOLD_H
#define COURANT_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/* Of a text edition (digest/txt.c); a client folds it anew for a narrower terminal. */
#define FOLD_EDITION_COLUMNS 72

/* Of one character, UTF-8: a wide one that does not begin a line (a full stop, a closing bracket),
 * or does not end one (an opening bracket). */
bool fold_closes(const char *s, size_t n);
bool fold_opens(const char *s, size_t n);
/* The bytes of the safe line s[0..n) that stand on a line of so many columns, 0 only when n is: all
 * that fits, up to the last place where the line may end. A word that is longer is cut between
 * characters; a character that is wider than the line stands there all the same. */
size_t fold_at(const char *s, size_t n, size_t columns);

#endif
