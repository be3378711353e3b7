#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"

static void try_again_later(struct refresher *r)
{
	struct full *f = &r->full;
	int64_t wait = f->wait > 0 ? f->wait * 2 : LIMIT_FULL_PROBE;
	f->wait = wait < LIMIT_FULL_PROBE_MOST ? wait : LIMIT_FULL_PROBE_MOST;
	ev_timer_stop(r->options.loop, &f->retry);
	ev_timer_set(&f->retry, (double)f->wait, 0.);
	ev_timer_start(r->options.loop, &f->retry);
}

static void over(struct refresher *r)
{
	char span[32];
	log_notice("the disk has room again after %s; polling goes on",
		duration_format(clock_now() - r->full.since, span));
	r->full.since = r->full.wait = 0;
	for (size_t i = 0; i < r->table.n; i++)
		feed_schedule(r->table.feeds[i]);
}

static void tried(void *arg, const struct failure *fail, int64_t n_changed)
{
	struct refresher *r = arg;
	(void)n_changed;
	if (fail->status == STATUS_OK)
		over(r);
	else if (!r->draining)
		try_again_later(r);
	refresher_storing_done(r);
}

static void try_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct refresher *r = timer->data;
	(void)loop;
	(void)events;
	if (r->draining)
		return;
	r->n_storing++;
	store_probe(r->options.store, tried, r);
}

void full_init(struct refresher *r)
{
	ev_timer_init(&r->full.retry, try_again, 0., 0.);
	r->full.retry.data = r;
}

void full_release(struct refresher *r)
{
	ev_timer_stop(r->options.loop, &r->full.retry);
}

void full_noted(struct refresher *r, const struct failure *fail)
{
	if (fail->status != STATUS_DISK_FULL || r->full.since > 0)
		return;
	r->full.since = clock_now();
	log_err("the disk is full (%s): polling waits until there is room, and reading goes on; "
		"nothing that was stored is lost",
		fail->detail);
	try_again_later(r);
}

bool full_refuses(const struct refresher *r, struct failure *ret_fail)
{
	if (r->full.since == 0)
		return false;
	failure_set(ret_fail, STAGE_STORE, STATUS_DISK_FULL, 0,
		"the disk is full; nothing is fetched that cannot be stored");
	return true;
}
