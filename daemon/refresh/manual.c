/* Refreshes by hand, and the people and programs that wait for them. */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

/* ---- answers that come later, from the loop ---- */

static void run_deferred(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	struct refresher *r = timer->data;
	while (r->deferred != NULL) {
		struct deferred *d = r->deferred;
		r->deferred = d->next;
		if (r->deferred == NULL)
			r->deferred_tail = &r->deferred;
		d->run(d->arg);
		free(d);
	}
}

void deferred_init(struct refresher *r)
{
	r->deferred_tail = &r->deferred;
	ev_timer_init(&r->defer_timer, run_deferred, 0., 0.);
	r->defer_timer.data = r;
}

void deferred_release(struct refresher *r)
{
	ev_timer_stop(r->options.loop, &r->defer_timer);
	run_deferred(r->options.loop, &r->defer_timer, 0);
}

void refresher_defer(struct refresher *r, void (*run)(void *arg), void *arg)
{
	struct deferred *d = xmalloc(sizeof *d);
	*d = (struct deferred){ .run = run, .arg = arg };
	*r->deferred_tail = d;
	r->deferred_tail = &d->next;
	if (!ev_is_active(&r->defer_timer)) {
		ev_timer_set(&r->defer_timer, 0., 0.);
		ev_timer_start(r->options.loop, &r->defer_timer);
	}
}

/* ---- one feed ---- */

void feed_answer_waiters(struct feed *feed)
{
	struct feed_waiter *waiter = feed->waiters;
	feed->waiters = NULL;
	while (waiter != NULL) {
		struct feed_waiter *next = waiter->next;
		waiter->done(waiter->arg, &feed->report);
		free(waiter);
		waiter = next;
	}
}

static void feed_wait(struct feed *feed, refresh_done_fn *done, void *arg)
{
	struct feed_waiter *waiter = xmalloc(sizeof *waiter);
	*waiter = (struct feed_waiter){ .next = feed->waiters, .done = done, .arg = arg };
	feed->waiters = waiter;
}

struct early_answer {
	refresh_done_fn *done;
	void *arg;
	struct refresh_report report;
};

static void run_early_answer(void *arg)
{
	struct early_answer *early = arg;
	early->done(early->arg, &early->report);
	free(early);
}

static void answer_early(
	struct refresher *r, const struct refresh_report *report, refresh_done_fn *done, void *arg)
{
	struct early_answer *early = xmalloc(sizeof *early);
	*early = (struct early_answer){ .done = done, .arg = arg, .report = *report };
	refresher_defer(r, run_early_answer, early);
}

/* Since it was fetched a short time ago, or since its server wishes so. */
static void set_too_soon(const struct feed *feed, int64_t now, struct refresh_report *ret)
{
	int64_t age = now - feed->kept.last_fetch, asked = feed->kept.retry_at - now;
	ret->wait = age < LIMIT_MANUAL_REFRESH ? LIMIT_MANUAL_REFRESH - age : 0;
	if (asked > ret->wait) {
		ret->wait = asked;
		failure_set(&ret->fail, STAGE_NONE, STATUS_TOO_SOON, 0,
			"the server asked to be left alone for another %lld s (Retry-After)",
			(long long)asked);
	} else if (ret->wait > 0) {
		failure_set(&ret->fail, STAGE_NONE, STATUS_TOO_SOON, 0,
			"fetched %lld s ago; a refresh by hand is possible again in %lld s",
			(long long)age, (long long)ret->wait);
	}
}

/* Whether this feed may not be fetched by hand now, and why (etiquette C7). */
static bool is_refused(const struct feed *feed, struct refresh_report *ret)
{
	const struct refresher *r = feed->refresher;
	*ret = (struct refresh_report){ .feed_id = feed->id };
	if (r->draining)
		failure_set(&ret->fail, STAGE_NONE, STATUS_UNAVAILABLE, 0, "courantd is stopping");
	else if (full_refuses(r, &ret->fail))
		return true;
	else if (feed->config.disabled)
		failure_set(&ret->fail, STAGE_NONE, STATUS_BAD_REQUEST, 0,
			"feed %lld is disabled: it no longer stands in the configuration file",
			(long long)feed->id);
	else if (!feed->local)
		set_too_soon(feed, clock_now(), ret);
	return ret->fail.status != STATUS_OK;
}

static void ignore_report(void *arg, const struct refresh_report *report)
{
	(void)arg;
	(void)report;
}

static void refresh_feed(struct refresher *r, struct feed *feed, refresh_done_fn *done, void *arg)
{
	if (feed->state == REFRESH_IDLE) {
		struct refresh_report report;
		if (is_refused(feed, &report)) {
			answer_early(r, &report, done, arg);
			return;
		}
		feed_begin_refresh(feed);
	}
	feed_wait(feed, done, arg);
}

void feed_ask_for_waiters(struct feed *feed)
{
	if (feed->waiters == NULL)
		return;
	if (is_refused(feed, &feed->report))
		feed_answer_waiters(feed);
	else
		feed_begin_refresh(feed);
}

void refresher_now(struct refresher *r, int64_t feed_id, refresh_done_fn *done, void *arg)
{
	if (done == NULL)
		done = ignore_report;
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed != NULL) {
		refresh_feed(r, feed, done, arg);
		return;
	}
	struct refresh_report report = { .feed_id = feed_id };
	failure_set(&report.fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no feed %lld",
		(long long)feed_id);
	answer_early(r, &report, done, arg);
}

/* ---- all feeds ---- */

struct refresh_round {
	int64_t n_feeds, n_left;
	refresh_done_fn *each;
	void (*done)(void *arg, int64_t n_feeds);
	void *arg;
};

static void round_check(void *arg)
{
	struct refresh_round *round = arg;
	if (--round->n_left > 0)
		return;
	if (round->done != NULL)
		round->done(round->arg, round->n_feeds);
	free(round);
}

static void round_feed_done(void *arg, const struct refresh_report *report)
{
	struct refresh_round *round = arg;
	if (round->each != NULL)
		round->each(round->arg, report);
	round_check(round);
}

void refresher_all_now(struct refresher *r, refresh_done_fn *each,
	void (*done)(void *arg, int64_t n_feeds), void *arg)
{
	struct refresh_round *round = xmalloc(sizeof *round);
	/* One more than the feeds, so that the round ends later even when there is none. */
	*round = (struct refresh_round){ .n_left = 1, .each = each, .done = done, .arg = arg };
	for (size_t i = 0; i < r->table.n; i++) {
		const struct feed *feed = r->table.feeds[i];
		/* One that is gone is asked when a person names it, and only then. */
		if (feed->config.disabled || feed->kept.next_due == SCHEDULE_NEVER)
			continue;
		round->n_feeds++;
		round->n_left++;
		refresh_feed(r, r->table.feeds[i], round_feed_done, round);
	}
	refresher_defer(r, round_check, round);
}
