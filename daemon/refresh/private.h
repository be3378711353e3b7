/*
 * What the files of refresh/ share: the refresher itself. Private to refresh/.
 */
#ifndef COURANT_REFRESH_PRIVATE_H
#define COURANT_REFRESH_PRIVATE_H

#include "base/rng.h"
#include "refresh/feed.h"
#include "refresh/offline.h"
#include "refresh/spread.h"
#include "schedule/schedule.h"

#include <sys/queue.h>

/* An answer that must not come from inside the call that asked for it. */
struct deferred {
	struct deferred *next;
	void (*run)(void *arg);
	void *arg;
};

/* A feed that failed while nobody was reached, as it was before. */
struct suspect {
	int64_t feed_id;
	struct feed_fetch_state before;
};

struct refresher {
	struct refresher_options options;
	struct schedule *schedule;
	struct feed_table table;
	LIST_HEAD(, addition) additions; /* feeds on their way into the table */
	struct rng rng;
	unsigned in_state[REFRESH_STATE_COUNT];
	struct refresh_tally tally;
	unsigned n_failing, n_gaps;
	unsigned n_storing;  /* feeds being added or removed in the store */
	unsigned n_held;     /* feeds whose body, or document, is at the workers or the store */
	uint64_t held_bytes; /* of those bodies */
	struct offline offline;
	struct suspect suspects[LIMIT_OFFLINE_HOSTS];
	unsigned n_suspects;
	struct full {
		int64_t since; /* 0: the disk is not full */
		int64_t wait;  /* seconds from one try to the next */
		ev_timer retry;
	} full;
	struct spread spread_due, spread_added; /* the second for feeds that people add */
	ev_timer defer_timer;
	struct deferred *deferred, **deferred_tail;
	bool apply_pending; /* the configuration's feeds are to be compared once nothing is being
			       stored */
	bool draining;
	void (*drained)(void *arg);
	void *drained_arg;
};

/* refresh.c: the state machine. */
void feed_begin_refresh(struct feed *feed);
/* What is asked for at every refresh; borrowed strings. */
struct fetch_request feed_request(const struct feed *feed);
/* Puts an idle feed into the schedule, or takes it out when it is disabled or stopped. */
void feed_schedule(struct feed *feed);
/* Whether what waits for parsers and store is as much as may wait: no new transfer begins. */
bool refresher_is_full(const struct refresher *r);
void feed_enter(struct feed *feed, enum refresh_state state);
/* The last step: back to idle, with everybody told. */
void feed_finish(struct feed *feed);
/* Hands a body (taken) to the parsers, and enters PARSING. */
typedef void feed_parsed_fn(struct feed *feed, struct feed_doc *doc, const struct failure *fail);
void feed_submit(struct feed *feed, char *body, size_t len, const char *content_type,
	const char *base_url, feed_parsed_fn *done);
/* Seconds: the feed's own, else everybody's. */
int64_t feed_interval(const struct feed *feed);
void feed_due(void *refresher, struct heap_node *node);
store_decide_fn feed_decide;
/* Counts a feed in or out of the figures of refresher_stats(). */
void refresher_count(struct refresher *r, const struct feed *feed, int by);
/* Calls `drained` when everything has come to rest. */
void refresher_check_drained(struct refresher *r);
/* Takes the feed out of everything; frees it now or when its refresh ends. */
void refresher_forget(struct refresher *r, struct feed *feed);

/* Commits feed->next and doc (taken; may be NULL) of a feed that is STORING. */
void feed_store(struct feed *feed, struct feed_doc *doc, int64_t now);
/* Ends a refresh that learned nothing. */
void feed_abandon(struct feed *feed, const struct failure *fail);

/* adding.c: of a feed whose `addition` is set. */
/* Whether permanent redirects led to a feed that is there already (EXISTS in *ret_fail). */
bool addition_is_known(struct feed *feed, const char *led_to, struct failure *ret_fail);
/* What the document is: a feed, or a listing of some (taken), or neither. True when that was all
 * that was asked for. */
bool addition_looked(struct feed *feed, const struct feed_doc *doc, struct listing *found);
/* Stores the feed, then commits its first refresh. */
void addition_store(struct feed *feed, struct feed_doc *doc, int64_t now);
/* Answers; a feed without an id is the caller's to free. */
void addition_finished(struct feed *feed);
void additions_cancel(struct refresher *r);
/* When the last of those that wait for their turn with a host is asked at the earliest, UTC
 * seconds; 0: none waits. */
int64_t additions_start_at(const struct refresher *r);

/* pace.c: when a feed that is due is asked. */
/* Whether it may begin now; else it was put back to when it may. */
bool feed_may_begin(struct feed *feed, int64_t now);
/* Its fetch begins, and was answered. True: it was not asked, or not through its fault, and is done
 * with. */
void pace_begun(struct feed *feed);
bool pace_answered(struct feed *feed, const struct fetch_response *response);
/* Takes back the failure of a feed that is idle, when it came of our being offline; it is STORING
 * then. */
bool feed_pardon(struct feed *feed);
/* Puts right the times that a clock from the future has set: of a state, and of what is kept of a
 * feed, which remembers them. */
void state_mind_clock(struct feed_fetch_state *state, int64_t now);
void feed_mind_clock(struct feed *feed, int64_t now);
/* Of a feed that fell due. True: it did since that clock was right, and is due later. */
bool feed_mind_clock_set_on(struct feed *feed, int64_t now);
void refresher_clock_set_back(void *refresher);
void refresher_load_rests(struct refresher *r);
void pace_release(struct refresher *r);

/* changing.c */
/* An idle feed whose login changed while it was being asked is due at once. */
void feed_heed_change(struct feed *feed);

/* delivery.c: hubs. */
/* An idle feed is due rarely while its hub tells what is new, and no longer once it does not. True:
 * that has changed, and it is STORING. */
bool feed_heed_hub(struct feed *feed);

/* full.c: a full disk. While it lasts nothing is fetched, since it could not be stored; the
 * database tells by a write of nothing when it is over. */
void full_init(struct refresher *r);
void full_release(struct refresher *r);
/* The store failed a refresh so. */
void full_noted(struct refresher *r, const struct failure *fail);
/* For a refresh that may not begin: why. False: it may. */
bool full_refuses(const struct refresher *r, struct failure *ret_fail);

/* paging.c: gaps. */
/* Remembers what the document says of the pages before it. */
void feed_note_page(struct feed *feed, const struct feed_doc *doc);
/* The document just stored showed nothing known. True: its earlier pages are read first, and
 * feed_finish() is called after them. */
bool paging_begin(struct feed *feed);
void paging_free(struct feed *feed);

/* manual.c */
void refresher_defer(struct refresher *r, void (*run)(void *arg), void *arg);
void deferred_init(struct refresher *r);
void deferred_release(struct refresher *r);
void feed_answer_waiters(struct feed *feed);
/* Who came while an idle feed was busy without being asked is served now. */
void feed_ask_for_waiters(struct feed *feed);

/* moving.c */
/* A fetch that ended well was led to this URL by permanent redirects, or by none (NULL). */
void feed_led_to(struct feed *feed, const char *to);
void refresher_load_moves(struct refresher *r);
/* Gives a feed another URL, in memory and in the store. */
void feed_rename(struct feed *feed, const char *url);

/* feeds.c */
/* An addition or removal came back from the store; a reload that waited for it goes on. */
void refresher_storing_done(struct refresher *r);
/* Gives it another configuration, in memory and in the store. done: NULL: nobody waits for that,
 * and a failure is logged. */
void feed_reconfigure(struct refresher *r, struct feed *feed, const struct feed_config *config,
	store_feed_done_fn *done, void *arg);
void refresher_apply_declared(struct refresher *r, const struct conf *conf);
/* A feed that the API may change; NULL: NOT_FOUND, or DECLARED, which says where to "remove" it. */
struct feed *refresher_own_feed(
	const struct refresher *r, int64_t feed_id, const char *what, struct failure *ret_fail);
/* Answers later, from the loop, what needs nothing of the store. */
void refresher_answer(struct refresher *r, const struct failure *fail, int64_t feed_id,
	store_feed_done_fn *done, void *arg);

#endif
