/*
 * Makes the dictionaries with which texts are packed (packing.h): the first one when there are
 * enough entries to learn from, and another whenever there are ten times as many. What is stored
 * already stays as it is. Writer thread, a step at a time, while nothing else waits.
 *
 * A dictionary is made of what the feeds said last, of all feeds or of as many as are looked at. A
 * failure costs only that; it is tried again after the next start.
 */
#ifndef COURANT_DB_DICTIONARY_H
#define COURANT_DB_DICTIONARY_H

#include "db/connection.h"

/* Zeroed at first; released when no step follows. */
struct dictionary_making {
	bool over;          /* nothing more is to be made by this process */
	int64_t due;        /* entries that the next one waits for; 0: not known yet */
	int64_t number;     /* the next one's */
	int64_t n_entries;  /* that there are; what follows is set while samples are taken */
	int64_t after_feed; /* the last feed looked at */
	int64_t n_passed;   /* feeds passed over from one to the next */
	int64_t n_each;     /* entries of each */
	char *samples;      /* one after the other; NULL: none is being made */
	size_t *sizes, n, used;
};

/* Does for LIMIT_DICTIONARY_MS what is to be done. True: there was something. */
bool dictionary_step(struct db *db, struct dictionary_making *m);
void dictionary_release(struct dictionary_making *m);

#endif
