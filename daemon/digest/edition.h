/*
 * One edition while it is made: which entries it has, which of them are shown as stories and which
 * are only listed, in the order of the page. Owned by one reader thread; the selecting itself is
 * pure. All text in it is safe (base/text.h) and on one line.
 *
 * Invariant: every entry that was added is in the edition exactly once: among the stories, in the
 * list below them, or, past LIMIT_DIGEST_TEXT bytes of text, in n_uncounted.
 */
#ifndef COURANT_DIGEST_EDITION_H
#define COURANT_DIGEST_EDITION_H

#include "base/arena.h"
#include "db/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest_entry {
	int64_t id, feed_id;
	int64_t published;                        /* UTC seconds, never after it was first stored */
	const char *feed;                         /* never empty */
	const char *category, *author, *language; /* NULL: none */
	const char *title;                        /* never empty */
	const char *url;     /* http, https or mailto; NULL: none that may be a link */
	const char *summary; /* of stories only; NULL: none */
	bool untitled;       /* the title is a makeshift */
	size_t turn;         /* its place among its feed's entries, newest first, from 0 */
};

struct edition {
	const char *name, *label; /* of the digest; the stem of its files */
	int64_t created;
	struct digest_entry *entries; /* after edition_rank(): the stories, in order of the page,
					 then the others, by feed */
	size_t n, cap;
	size_t n_stories, n_feeds;
	size_t n_uncounted; /* entries that did not fit */
	struct arena arena;
};

/* name and label are copied. */
void edition_init(struct edition *e, const char *name, const char *label, int64_t created);
void edition_release(struct edition *e);
/* Adds an entry without its summary. Any order; entries of one feed next to each other cost less.
 */
void edition_add(struct edition *e, const struct entry_record *record);
/*
 * Chooses at most max_stories stories: the newest entry of every feed, then the second newest of
 * every feed, and so on, so that a loud feed does not drown a quiet one. Orders the stories by
 * category, and within it by turn, the newest first; entries without a category come last. The
 * others are ordered by feed, the newest first.
 */
void edition_rank(struct edition *e, size_t max_stories);
/* Gives a story its summary: of the publisher's, plain text, or, when that is missing, of the
 * beginning of its content, HTML that is sanitised already; cut at a word to LIMIT_DIGEST_SUMMARY
 * bytes. Either may be NULL. What only repeats the title is none. An untitled story gets its title
 * from the same text. */
void edition_summary(
	struct edition *e, struct digest_entry *entry, const char *summary, const char *content);

/* Whether a story has a category: then the page has headings. */
bool edition_has_categories(const struct edition *e);
/* The heading an entry stands under; "Other" without a category. */
const char *edition_category(const struct digest_entry *entry);
/* Whether the i-th entry is the first of its category among the stories, of its feed among the
 * others. */
bool edition_category_begins(const struct edition *e, size_t i);
bool edition_feed_begins(const struct edition *e, size_t i);
/* "Monday, 23 November 2026", local. Returns buf. */
const char *edition_date(const struct edition *e, char buf[64]);
/* When an entry was published, local: "07:12" on the edition's day, else "22 November" or "22
 * November 2025". Returns buf. */
const char *edition_when(const struct edition *e, const struct digest_entry *entry, char buf[64]);
/* "41 new entries from 12 feeds". Returns buf. */
const char *edition_sum(const struct edition *e, char buf[96]);

#endif
