/*
 * The life of feeds: which there are, when each is due, and the state machine of one refresh, from
 * due to committed. The only module that knows the whole pipeline (schedule, fetch, workers,
 * store). Loop thread only.
 *
 * Invariant: at most one refresh per feed is under way; what it learned (entries, validators, next
 * due, failure) is committed in one transaction; `published` is called only after that commit.
 */
#ifndef COURANT_REFRESH_REFRESH_H
#define COURANT_REFRESH_REFRESH_H

#include "base/status.h"
#include "config/conf.h"
#include "db/store.h"
#include "fetch/fetch.h"
#include "refresh/moves.h"
#include "refresh/tally.h"
#include "workers/workers.h"

#include <ev.h>
#include <stdint.h>

#define REFRESH_STATE_LIST(X)   \
	X(IDLE, "idle")         \
	X(QUEUED, "queued")     \
	X(FETCHING, "fetching") \
	X(PARSING, "parsing")   \
	X(STORING, "storing")
enum refresh_state {
#define X(id, name) REFRESH_##id,
	REFRESH_STATE_LIST(X)
#undef X
		REFRESH_STATE_COUNT
};
const char *refresh_state_name(enum refresh_state state);

struct refresher;

struct refresher_options {
	struct ev_loop *loop;
	struct store *store;
	struct fetcher *fetcher;
	struct workers *workers;
	const struct conf *conf; /* must outlive, or be replaced by refresher_reload() */
	void (*published)(
		void *arg, int64_t last_entry_id); /* new entries up to this id are committed */
	void (*refreshed)(
		void *arg); /* a refresh ended, or feeds came or went: figures may differ */
	/* A document was read that names this hub and topic (WebSub 4), each NULL when it does
	 * not; from: the URL it came from. NULL: not asked for. */
	void (*hub_seen)(
		void *arg, int64_t feed_id, const char *hub, const char *topic, const char *from);
	void (*removed)(void *arg, int64_t feed_id); /* the feed is gone; NULL: not asked for */
	void *arg;                                   /* of all */
};

/* Loads all feeds from the store, adds and updates the declared ones, and starts to poll what is
 * due. */
struct refresher *refresher_new(const struct refresher_options *options);
/* Stops taking new work; `drained` is called once nothing is under way (at once, from the loop,
 * when nothing is). */
void refresher_drain(struct refresher *r, void (*drained)(void *arg), void *arg);
void refresher_free(struct refresher *r);
/* Applies the difference to a new snapshot: declared feeds added, changed; those no longer declared
 * are disabled: no longer polled, entries kept, until they are declared again or removed by hand.
 */
void refresher_reload(struct refresher *r, const struct conf *conf);

/*
 * What came of adding a feed, from the loop. feed_id is set on OK and on EXISTS (0 then while
 * another one adds it). `found`, valid during the call, is set when the address leads to a page
 * that names feeds (NOT_A_FEED).
 */
typedef void refresher_added_fn(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found);
/* Adds a feed from the API: fetches it, and stores it with what it holds when it is a feed; else
 * nothing is stored. BAD_URL, EXISTS (however the address is spelled), or why the fetch or the
 * parser failed. A disabled feed goes on as it was, without a fetch. */
void refresher_add(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg);
/* Only looks which feeds an address leads to: itself, or those of a page. Stores nothing. */
void refresher_discover(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg);
/* Adds many feeds unseen, in one transaction; each is fetched in its turn. The array stays the
 * caller's, is in use until `done`, and tells then what became of each: OK, EXISTS, BAD_URL,
 * ADDRESS_REFUSED (private, and not allowed), or the failure that it came with. When *fail is not
 * OK nothing was added. */
typedef void refresher_imported_fn(void *arg, const struct failure *fail);
void refresher_import(struct refresher *r, struct store_import *feeds, size_t n,
	refresher_imported_fn *done, void *arg);
/* Changes what the API gave a feed. After another login, cookie or proxy it is asked at once,
 * or when its Retry-After is over. NOT_FOUND, DECLARED (detail: file and line). */
struct feed_change {
	const char *title;    /* NULL: stays */
	const char *category; /* "": none; NULL: stays */
	bool login;           /* the next two count; else they stay */
	const char *username; /* NULL: none */
	const char *password; /* NULL: none, or the one there is if the user is the same */
	const char *cookie;   /* "": none; NULL: stays; checked as a header field */
	const char *proxy;    /* likewise, checked by access_proxy_problem() */
};
void refresher_change(struct refresher *r, int64_t feed_id, const struct feed_change *change,
	store_feed_done_fn *done, void *arg);
/* Removes a feed from the API. NOT_FOUND, DECLARED (detail: file and line). */
void refresher_remove(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg);

/* Takes back the last move of a feed (refresh/moves.h): from its next fetch on the old URL is asked
 * again, and the same move is not made for LIMIT_MOVE_REFUSED. NOT_FOUND: no such feed, or it has
 * not moved. DECLARED: the file names the new URL by now (detail: file and line). EXISTS: another
 * feed has the old URL. */
void refresher_undo_move(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg);

/* Where a feed is fetched from when that is not its URL (a declared feed that moved), else NULL. */
const char *refresher_moved_to(const struct refresher *r, int64_t feed_id);
/* UTC seconds until which its host rests, 0 when it does not. */
int64_t refresher_resting_until(const struct refresher *r, int64_t feed_id);
/* Whether it is not asked because we are offline: it would have to be reached over the network. */
bool refresher_is_cut_off(const struct refresher *r, int64_t feed_id);
/* Where permanent redirects led its last fetches, while the feed has not moved there; the URL is
 * valid until the loop goes on. False: nowhere. */
struct refresh_lead {
	const char *to;
	unsigned n_seen;
	int64_t first_seen;
	enum move_verdict verdict;
	int64_t other_feed;    /* that is fetched from there, 0: none */
	int64_t refused_until; /* UNDONE: when it would be adopted after all */
};
bool refresher_lead(const struct refresher *r, int64_t feed_id, struct refresh_lead *ret);

/* What a refresh by hand came to. */
struct refresh_report {
	int64_t feed_id;
	struct failure fail; /* TOO_SOON, or how the refresh ended */
	int64_t wait;        /* TOO_SOON: seconds until it may be */
	bool not_modified;
	int64_t n_new, n_changed;
};
typedef void refresh_done_fn(void *arg, const struct refresh_report *report);
/* Refreshes one feed now, conditionally; joins a refresh that is under way. NOT_FOUND and TOO_SOON
 * (etiquette C7: 10 min, loopback and file: exempt) come through `done` too, which is always called
 * later, from the loop. `done` may be NULL. */
void refresher_now(struct refresher *r, int64_t feed_id, refresh_done_fn *done, void *arg);
/* The same for every feed that may be, but for those that are gone (a second 410); `each` is called
 * for each feed, `done` at the end with the number of feeds. Either may be NULL. */
void refresher_all_now(struct refresher *r, refresh_done_fn *each,
	void (*done)(void *arg, int64_t n_feeds), void *arg);

/* Content that a hub sent for a feed (refresh/delivery.c): parsed and stored as what a fetch
 * brings, but what is not in it says nothing, and neither validators nor the next fetch change.
 * Takes the body; false, and nothing taken, when the feed is unknown, disabled or busy, or the
 * parsers are, or the disk is full: the hub tries again. */
bool refresher_deliver(struct refresher *r, int64_t feed_id, char *body, size_t len,
	const char *content_type, const char *base_url) __attribute__((warn_unused_result));
/* While a hub tells what is new, the feed is asked only every LIMIT_WEBSUB_POLL, in case that
 * fails; once it does not, the feed's own interval counts again from now on. */
void refresher_set_pushed(struct refresher *r, int64_t feed_id, bool pushed);
/* NULL: no such feed. Valid until the loop goes on. */
const struct feed_config *refresher_feed_config(const struct refresher *r, int64_t feed_id);

bool refresher_has_feed(const struct refresher *r, int64_t feed_id);
/* The state of a feed now, REFRESH_IDLE for an unknown one. */
enum refresh_state refresher_feed_state(const struct refresher *r, int64_t feed_id);
/* When a feed that waits for its turn with its host is asked at the earliest, UTC seconds; 0 when
 * it does not. */
int64_t refresher_starts_at(const struct refresher *r, int64_t feed_id);
/* When an idle feed is due, UTC seconds, SCHEDULE_NEVER when it is stopped: what it waits for,
 * which is not `stored` after a clock was set back. While it is refreshed, `stored`. */
int64_t refresher_next_due(const struct refresher *r, int64_t feed_id, int64_t stored);
/* "courant.conf:12" of a declared feed, else NULL. */
const char *refresher_declared_at(const struct refresher *r, int64_t feed_id);

struct refresher_stats {
	unsigned n_feeds, n_failing;
	unsigned n_gaps; /* feeds that have a gap_at */
	unsigned in_state[REFRESH_STATE_COUNT];
	int64_t next_due;      /* UTC seconds, SCHEDULE_NEVER */
	int64_t offline_since; /* UTC seconds, 0: online */
	int64_t full_since;    /* UTC seconds: the disk is full, and polling waits; 0: it is not */
	int64_t add_starts_at; /* when the last feed that is being added and waits for its turn with
				  its host is asked at the earliest, UTC seconds, 0: none waits */
	struct refresh_tally tally;
};
void refresher_stats(const struct refresher *r, struct refresher_stats *ret);

#endif
