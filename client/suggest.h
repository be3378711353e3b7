/*
 * "Did you mean ...?": the nearest of some known words by edit distance (insert, delete, replace,
 * swap neighbours). Pure.
 */
#ifndef COURANT_CLIENT_SUGGEST_H
#define COURANT_CLIENT_SUGGEST_H

struct suggestion {
	const char *word;    /* what was typed */
	const char *nearest; /* the best so far, or NULL: nothing is near enough */
	unsigned distance;   /* of the best so far */
};

/* Begins a search; only words nearer than about a third of the letters count. */
struct suggestion suggest_for(const char *word);
/* Compares one known word, which must outlive the suggestion. A beginning of it counts as near. */
void suggest_consider(struct suggestion *s, const char *known);

#endif
