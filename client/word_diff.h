/*
 * What changed between two texts, word by word: the shortest edit by the greedy algorithm of E.
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). Texts that differ in more than
 * LIMIT_DIFF_WORDS words are given as two texts, but for their common beginning and end. Pure.
 *
 * A word is what stands between white space; characters of scripts that write no spaces between
 * words are words of their own; so are line ends.
 */
#ifndef COURANT_CLIENT_WORD_DIFF_H
#define COURANT_CLIENT_WORD_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct word {
	const char *text; /* in the text that was cut */
	size_t len;
	bool space; /* white space goes before it */
	bool line;  /* it is a line end, or, with len 2, an empty line, too */
};
struct words {
	struct word *list;
	size_t n, cap;
};
/* Cuts safe UTF-8, which must live as long as the words. */
void words_cut(struct words *w, const char *text, size_t n);
void words_release(struct words *w);

enum change { CHANGE_NONE, CHANGE_OLD, CHANGE_NEW };
/* Runs of words in order: of the new text what is in both and what came, of the old one what went.
 * What went stands before what came in its place. */
typedef void diff_fn(void *arg, enum change change, const struct word *words, size_t n);
void word_diff(const struct words *before, const struct words *after, diff_fn *each, void *arg);

#endif
