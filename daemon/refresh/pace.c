/*
 * When a feed that is due is really asked: in turn with the others that fell due with it, not while
 * its host rests, and one at a time while we are offline. What was not asked did not fail.
 */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/units.h"

#include <string.h>

/* ---- whose turn it is ---- */

bool feed_may_begin(struct feed *feed, int64_t now)
{
	struct refresher *r = feed->refresher;
	if (r->full.since > 0)
		return false; /* full.c schedules it again */
	if (feed->local)
		return true;
	if (r->offline.since > 0) {
		if (offline_probe(&r->offline, now))
			return true;
		schedule_set(r->schedule, &feed->due, r->offline.next_probe);
		return false;
	}
	if (feed->in_turn && feed->in_turn <= now && now - feed->in_turn <= LIMIT_SPREAD_LATE)
		return true;
	/* A person who adds one feed does not wait behind a backlog. */
	struct spread *spread = feed->kept.last_fetch == 0 && !feed->config.declared
					? &r->spread_added
					: &r->spread_due;
	feed->in_turn = spread_take(spread, (unsigned)r->table.n, now);
	if (feed->in_turn <= now)
		return true;
	schedule_set(r->schedule, &feed->due, feed->in_turn);
	return false;
}

/* ---- a clock that was set back, and on again ---- */

/* What was fetched in the future counts as fetched now, and waits as long as it was to wait then.
 * Looked at again it stays as it is. */
void state_mind_clock(struct feed_fetch_state *state, int64_t now)
{
	int64_t ahead = state->last_fetch - now;
	bool waits = state->next_due != SCHEDULE_NEVER;
	if (ahead > 0) {
		state->last_fetch = now;
		state->next_due -= waits ? ahead : 0;
		state->retry_at -= state->retry_at > 0 ? ahead : 0;
	} else if (waits && state->last_fetch == 0 && state->next_due > now + LIMIT_SERVER_FLOOR) {
		state->next_due = now; /* no rest of a host is that long */
	}
}

void feed_mind_clock(struct feed *feed, int64_t now)
{
	struct feed_fetch_state *kept = &feed->kept;
	if (kept->last_fetch > now && feed->future.last_fetch == 0)
		feed->future =
			(struct feed_times){ kept->last_fetch, kept->next_due, kept->retry_at };
	state_mind_clock(kept, now);
}

/* A machine that starts with an old clock is told the time soon: what it knew of the server counts
 * again. */
bool feed_mind_clock_set_on(struct feed *feed, int64_t now)
{
	struct feed_fetch_state *kept = &feed->kept;
	struct feed_times future = feed->future;
	if (future.last_fetch == 0 || now < future.last_fetch)
		return false;
	feed->future = (struct feed_times){ 0 };
	if (future.next_due <= now || future.next_due == SCHEDULE_NEVER)
		return false;
	kept->last_fetch = future.last_fetch;
	kept->next_due = future.next_due;
	kept->retry_at = future.retry_at;
	return true;
}

static void schedule_all(struct refresher *r)
{
	for (size_t i = 0; i < r->table.n; i++)
		feed_schedule(r->table.feeds[i]);
}

void refresher_clock_set_back(void *refresher)
{
	struct refresher *r = refresher;
	int64_t now = clock_now();
	for (size_t i = 0; i < r->table.n; i++) {
		r->table.feeds[i]->in_turn = 0;
		feed_mind_clock(r->table.feeds[i], now);
	}
	schedule_all(r);
}

/* ---- hosts that rest ---- */

static void load_rest(
	void *refresher, const char *host, int64_t since, int64_t until, int64_t pause_ms)
{
	struct refresher *r = refresher;
	fetcher_rest(r->options.fetcher, &(struct fetch_rest){ host, since, until, pause_ms });
}

void refresher_load_rests(struct refresher *r)
{
	store_each_rest(r->options.store, load_rest, r);
}

/* Back to waiting, with a new due time and everything else as it was. Who was to be asked by hand
 * may have longer to wait than its host. */
static void postpone(struct feed *feed, const struct failure *fail, int64_t until)
{
	struct feed_fetch_state *next = &feed->next;
	state_mind_clock(next, clock_now()); /* it may have been set back meanwhile */
	if (next->next_due < until) {
		next->next_due = until;
		next->due_reason = DUE_RATE_LIMITED;
		next->due_wait = until - clock_now();
	}
	/* It was asked, and led to another host, which rests. */
	if (feed->state == REFRESH_FETCHING)
		next->last_fetch = clock_now();
	feed->prospect.stays = true;
	feed->report.fail = *fail;
	feed_enter(feed, REFRESH_STORING);
	feed_store(feed, NULL, clock_now());
}

/* ---- offline ---- */

static uint64_t host_hash(const char *url)
{
	uint64_t value;
	const char *host = strstr(url, "//");
	host = host != NULL ? host + 2 : url;
	struct hash h = hash_bytes(host, strcspn(host, "/?#"));
	memcpy(&value, h.bytes, sizeof(value));
	return value;
}

static void suspects_clear(struct refresher *r)
{
	while (r->n_suspects > 0)
		fetch_state_release(&r->suspects[--r->n_suspects].before);
}

/* Its place among them, n_suspects when it is none. */
static unsigned find_suspect(const struct refresher *r, int64_t feed_id)
{
	unsigned i = 0;
	while (i < r->n_suspects && r->suspects[i].feed_id != feed_id)
		i++;
	return i;
}

/* Until it is known whether it was the feed or we, what it was before is remembered. */
static void suspect(struct feed *feed)
{
	struct refresher *r = feed->refresher;
	if (r->n_suspects == LIMIT_OFFLINE_HOSTS || find_suspect(r, feed->id) < r->n_suspects)
		return;
	struct suspect *s = &r->suspects[r->n_suspects++];
	s->feed_id = feed->id;
	fetch_state_copy(&s->before, &feed->kept);
}

/* Takes back what was held against an idle feed before it was known that we are offline. */
bool feed_pardon(struct feed *feed)
{
	struct refresher *r = feed->refresher;
	unsigned i = find_suspect(r, feed->id);
	if (r->offline.since == 0 || i == r->n_suspects || feed->config.disabled)
		return false;
	schedule_remove(r->schedule, &feed->due);
	feed->next = r->suspects[i].before;
	r->suspects[i] = r->suspects[--r->n_suspects];
	feed->report = (struct refresh_report){ .feed_id = feed->id };
	feed->prospect.stays = feed->unasked = true;
	feed_enter(feed, REFRESH_STORING);
	feed_store(feed, NULL, clock_now());
	return true;
}

static void went_offline(struct refresher *r)
{
	char wait[32];
	log_notice(
		"no host can be reached: offline; nobody is blamed, and polling waits; the first "
		"probe is in %s",
		duration_format(r->offline.probe_wait, wait));
	/* Those whose failure is just being stored are pardoned after it. */
	for (unsigned i = r->n_suspects; i-- > 0;) {
		struct feed *feed = feed_table_get(&r->table, r->suspects[i].feed_id);
		if (feed != NULL && feed->state == REFRESH_IDLE)
			feed_pardon(feed);
	}
}

static void came_online(struct refresher *r, int64_t since)
{
	char span[32];
	log_notice("online again after %s; what is due is asked in turn",
		duration_format(clock_now() - since, span));
	schedule_all(r);
}

/* Feeds that are polled over the network, as far as it matters. */
static unsigned n_remote(const struct refresher *r)
{
	unsigned n = 0;
	for (size_t i = 0; i < r->table.n && n < OFFLINE_MANY; i++)
		n += !r->table.feeds[i]->local && !r->table.feeds[i]->config.disabled;
	return n;
}

/* What the answer says of the network. True: we are offline, and the feed did not fail. */
static bool is_our_fault(struct feed *feed, const struct fetch_response *response)
{
	struct refresher *r = feed->refresher;
	struct offline *o = &r->offline;
	int64_t since = o->since;
	switch (offline_sign(&response->fail, response->http_code)) {
	case OFFLINE_NO_SIGN:
		return false;
	case OFFLINE_REACHED:
		suspects_clear(r);
		if (offline_reached(o))
			came_online(r, since);
		return false;
	case OFFLINE_FAILED:
		break;
	}
	if (offline_failed(o, host_hash(feed_address(feed)), feed->n_reached, n_remote(r),
		    response->no_route, clock_now()))
		went_offline(r);
	else if (o->since == 0)
		suspect(feed);
	return o->since > 0;
}

/* ---- */

void pace_begun(struct feed *feed)
{
	feed->in_turn = 0;
	feed->n_reached = feed->refresher->offline.n_reached;
}

bool pace_answered(struct feed *feed, const struct fetch_response *response)
{
	if (feed->removed || response->fail.status == STATUS_CANCELLED)
		return false;
	if (feed->id == 0) /* somebody waits for it to be added, and is told what happened */
		return false;
	if (response->postponed_until > 0) {
		postpone(feed, &response->fail, response->postponed_until);
		return true;
	}
	if (feed->local || !is_our_fault(feed, response))
		return false;
	/* It is due still: the next turn sends it to the next probe. */
	feed_abandon(feed, &response->fail);
	return true;
}

void pace_release(struct refresher *r)
{
	suspects_clear(r);
}
