/*
 * Where permanent redirects lead a feed (etiquette, 301 and 308; FRB130-132, 137). Pure: time is a
 * parameter. Private to refresh/, but for the verdicts.
 *
 * A move begins pending: fetches that ended well were led to one other URL by nothing but permanent
 * redirects. It is adopted when LIMIT_MOVE_SEEN fetches over LIMIT_MOVE_AGE saw the same, unless
 * something stands against it; a fetch that is led elsewhere, or nowhere, ends it. An adopted move
 * can be undone by a person, and is not made again for LIMIT_MOVE_REFUSED.
 *
 * The URL of a feed that was added through the API is rewritten; that of a declared one is the
 * file's, so that its moves stand beside it, and lead from it to where it is fetched from: when the
 * file names another URL they lead nowhere.
 *
 * Invariant: at most one move of a feed is pending, and it is the last.
 */
#ifndef COURANT_REFRESH_MOVES_H
#define COURANT_REFRESH_MOVES_H

#include "db/records.h"

/* What becomes of a pending move; the last column is for people. */
#define MOVE_VERDICT_LIST(X)                                                                   \
	X(WAITING, "waiting", "adopted after 3 fetches over 48 hours")                         \
	X(RIPE, "ripe", "adopted with the next fetch")                                         \
	X(SUBSCRIBED, "subscribed", "not adopted: another feed is fetched from there already") \
	X(DOWNGRADE, "downgrade", "not adopted: it leads from https to http")                  \
	X(UNDONE, "undone", "not adopted: it was undone by hand")                              \
	X(UNUSABLE, "unusable", "not adopted: no feed may have this URL")                      \
	X(TOO_MANY, "too_many", "not adopted: the feed has moved too often")
enum move_verdict {
#define X(id, name, text) MOVE_##id,
	MOVE_VERDICT_LIST(X)
#undef X
		MOVE_VERDICT_COUNT
};
const char *move_verdict_name(enum move_verdict verdict);
const char *move_verdict_text(enum move_verdict verdict);

struct feed_moves {
	struct move_record *list; /* in order of number; strings owned */
	size_t n, cap;
};

void feed_moves_release(struct feed_moves *m);
/* Adds a copy, at the end. */
void feed_moves_add(struct feed_moves *m, const struct move_record *move);
/* Where the adopted moves lead from this URL: it itself when none does. */
const char *feed_moves_lead(const struct feed_moves *m, const char *url);
/* The move that is only seen yet, NULL: none. */
struct move_record *feed_moves_pending(const struct feed_moves *m);
/* The last one that was adopted and is not undone, NULL: none. */
struct move_record *feed_moves_adopted(const struct feed_moves *m);
/* Until when no move to this URL is made, 0: it was never undone. */
int64_t feed_moves_refused_until(const struct feed_moves *m, const char *to);
/* A fetch from `from` was led to `to`: begins a pending move, or counts in the one there is. */
struct move_record *feed_moves_seen(
	struct feed_moves *m, const char *from, const char *to, int64_t now);
/* Takes the pending move out. */
void feed_moves_drop_pending(struct feed_moves *m);
/* taken: another feed is fetched from there. */
enum move_verdict feed_moves_judge(const struct feed_moves *m, int64_t now, bool taken);

#endif
