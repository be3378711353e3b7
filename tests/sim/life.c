#include "life.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fetch/hosts.h"
#include "fetch/rests.h"
#include "refresh/offline.h"
#include "refresh/spread.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CONCURRENCY 16
#define HOST_DELAY_MS 1000
#define ANSWER_LEAST_MS 100 /* an answer takes at least, and on average, so long */
#define ANSWER_MEAN_MS 500
#define REST_ASKED 1800 /* what half of the 429s say */

struct guest {                   /* a feed in this world */
	struct heap_node due;    /* seconds, while it waits for its time */
	struct heap_node answer; /* milliseconds, while it is asked */
	struct host_place place;
	struct house *house;
	const struct sim_feed *feed;
	struct sim_watch watch, before;
	int64_t in_turn;
	bool overdue;   /* fell due while the daemon was stopped, and was not asked yet */
	uint64_t began; /* what the offline evidence said when it began */
};

struct house { /* a host */
	struct sim_host host;
	char name[24];
	uint64_t number;
	int64_t last_start_ms, rest_until, minute;
	unsigned n_in_minute, n_under_way;
};

struct life {
	struct house **houses;
	size_t n_houses, houses_cap;
	struct guest *guests;
	size_t n_guests;
	struct heap due, answers;
	struct hosts *queues;
	struct rests rests;
	struct spread spread;
	struct offline offline;
	struct guest *suspects[LIMIT_OFFLINE_HOSTS]; /* who failed before we knew that it was us */
	size_t n_suspects;
	struct rng rng;
	int64_t now_ms, end;
	uint64_t in_minute, minute; /* requests in the present one */
	uint64_t n_overdue, n_overdue_asked;
	struct sim_life *report;
};

static int64_t now_of(const struct life *l)
{
	return l->now_ms / 1000;
}

static int64_t days_after(int64_t days)
{
	return SIM_BEGIN + days * DAY;
}

static bool is_offline(int64_t now)
{
	return now >= days_after(LIFE_OFFLINE_DAY) &&
	       now < days_after(LIFE_OFFLINE_DAY) + LIFE_OFFLINE_FOR;
}

/* ---- counting ---- */

static void most(uint64_t *figure, uint64_t value)
{
	*figure = value > *figure ? value : *figure;
}

static void count_minute(struct life *l)
{
	int64_t now = now_of(l), restart = days_after(LIFE_STOPPED_DAY) + LIFE_STOPPED_FOR;
	if ((uint64_t)(now / MINUTE) != l->minute) {
		l->minute = (uint64_t)(now / MINUTE);
		l->in_minute = 0;
	}
	l->in_minute++;
	if (now < SIM_BEGIN + HOUR)
		most(&l->report->first_minute, l->in_minute);
	else if (now >= days_after(2) && now < days_after(LIFE_STOPPED_DAY))
		most(&l->report->usual_minute, l->in_minute);
	else if (now >= restart && now < restart + 3 * HOUR)
		most(&l->report->restart_minute, l->in_minute);
}

static void count_start(struct life *l, struct house *house)
{
	int64_t spacing = l->now_ms - house->last_start_ms;
	if (house->last_start_ms > 0) {
		if (spacing < l->report->least_spacing_ms)
			l->report->least_spacing_ms = spacing;
		l->report->n_crowded += spacing < HOST_DELAY_MS;
	}
	l->report->n_side_by_side += house->n_under_way++ > 0;
	l->report->n_during_rest += now_of(l) < house->rest_until;
	house->last_start_ms = l->now_ms;
	count_minute(l);
}

/* ---- a feed's way: due, in turn, waiting, asked, answered ---- */

static void wait_until(struct life *l, struct guest *g, int64_t at)
{
	if (at < l->end)
		heap_set(&l->due, &g->due, at);
}

static bool may_begin(struct life *l, struct guest *g, int64_t now)
{
	struct schedule_outcome *o = &g->watch.outcome;
	int64_t until = schedule_allowed_from(o->skip_hours, o->skip_days, now, &l->rng);
	if (until <= now)
		until = rests_until(&l->rests, g->house->name, now);
	if (until <= now && l->offline.since > 0 && !offline_probe(&l->offline, now))
		until = l->offline.next_probe;
	else if (until <= now && l->offline.since == 0 && g->in_turn == 0)
		until = g->in_turn = spread_take(&l->spread, (unsigned)l->n_guests, now);
	if (until > now)
		wait_until(l, g, until);
	return until <= now;
}

static void fall_due(struct life *l, struct guest *g)
{
	if (!may_begin(l, g, now_of(l)))
		return;
	g->in_turn = 0;
	int64_t pause_ms = rests_pause_ms(&l->rests, g->house->name, now_of(l));
	hosts_slow(l->queues, g->house->name, pause_ms, l->now_ms);
	hosts_enter(l->queues, &g->place, g->house->name, false, l->now_ms);
}

/* Everybody who waits for the host goes back to waiting for the end of its rest. */
static void rest(struct life *l, struct house *house, int64_t until)
{
	struct host_place *place;
	rests_refused(&l->rests, house->name, house->name, until,
		hosts_pause_ms(l->queues, house->name), now_of(l));
	house->rest_until = until;
	while ((place = hosts_first_waiting(l->queues, house->name)) != NULL) {
		struct guest *g = (struct guest *)((char *)place - offsetof(struct guest, place));
		hosts_leave(l->queues, place, l->now_ms);
		wait_until(l, g, until);
	}
}

static bool too_many(struct life *l, struct house *house)
{
	if (now_of(l) / MINUTE != house->minute) {
		house->minute = now_of(l) / MINUTE;
		house->n_in_minute = 0;
	}
	return house->host.per_minute > 0 && ++house->n_in_minute > house->host.per_minute;
}

static void count_overdue(struct life *l, struct guest *g)
{
	if (!g->overdue)
		return;
	g->overdue = false;
	if (++l->n_overdue_asked == l->n_overdue - l->n_overdue / 100)
		l->report->restart_backlog_s =
			now_of(l) - days_after(LIFE_STOPPED_DAY) - LIFE_STOPPED_FOR;
}

static void refuse_and_rest(struct life *l, struct guest *g)
{
	int64_t asked = rng_next(&l->rng) & 1 ? REST_ASKED : -1;
	l->report->n_rate_limited++;
	sim_watch_refused(&g->watch, g->feed, now_of(l), l->end, STATUS_RATE_LIMITED, 429, asked,
		&l->report->tally);
	rest(l, g->house, now_of(l) + (asked > 0 ? asked : LIMIT_HOST_REST));
}

static void be_answered(struct life *l, struct guest *g, int64_t now)
{
	sim_watch_ask(&g->watch, &g->house->host, g->feed, now, l->end, &l->report->tally);
	if (g->watch.outcome.fail.status != STATUS_CONNECT_FAILED)
		rests_answered(&l->rests, g->house->name);
}

static void ask(struct life *l, struct guest *g)
{
	int64_t now = now_of(l);
	g->before = g->watch;
	g->began = l->offline.n_reached;
	count_overdue(l, g);
	if (is_offline(now)) {
		l->report->n_offline_tries++;
		g->watch.outcome.fail = (struct failure){ .status = STATUS_DNS_FAILED };
		g->watch.outcome.now = now;
	} else {
		count_start(l, g->house);
		if (too_many(l, g->house))
			refuse_and_rest(l, g);
		else
			be_answered(l, g, now);
	}
	double took =
		ANSWER_LEAST_MS - (ANSWER_MEAN_MS - ANSWER_LEAST_MS) * log(1.0 - rng_unit(&l->rng));
	heap_set(&l->answers, &g->answer, l->now_ms + (int64_t)took);
}

static void suspect(struct life *l, struct guest *g)
{
	if (l->n_suspects < LIMIT_OFFLINE_HOSTS)
		l->suspects[l->n_suspects++] = g;
}

static void pardon_suspects(struct life *l)
{
	while (l->n_suspects > 0) {
		struct guest *g = l->suspects[--l->n_suspects];
		g->watch = g->before;
		wait_until(l, g, l->offline.next_probe);
	}
}

/* True when the failure is ours: then it is forgotten, and the feed is a probe's time away. */
static bool is_our_fault(struct life *l, struct guest *g)
{
	const struct failure *fail = &g->watch.outcome.fail;
	enum offline_sign sign = offline_sign(fail, fail->http_code);
	if (sign == OFFLINE_REACHED) {
		offline_reached(&l->offline);
		l->n_suspects = 0;
	}
	if (sign == OFFLINE_FAILED) {
		suspect(l, g);
		if (offline_failed(&l->offline, g->house->number, g->began, (unsigned)l->n_guests,
			    false, now_of(l)))
			pardon_suspects(l);
	}
	return sign == OFFLINE_FAILED && l->offline.since > 0;
}

static void answered(struct life *l, struct guest *g)
{
	struct sim_watch *w = &g->watch;
	if (g->watch.outcome.fail.status != STATUS_DNS_FAILED)
		g->house->n_under_way--;
	hosts_leave(l->queues, &g->place, l->now_ms);
	if (is_our_fault(l, g)) {
		*w = g->before;
		wait_until(l, g, l->offline.next_probe);
		return;
	}
	if (w->outcome.fail.status == STATUS_DNS_FAILED)
		w->outcome.n_failures++;
	/* Floors count from the answer. */
	int64_t took = now_of(l) - w->outcome.now;
	w->outcome.now += took;
	w->floor += w->floor > 0 ? took : 0;
	wait_until(l, g, sim_rule_next(SIM_COURANT, HOUR, w, g->feed, &l->rng));
}

/* ---- the passing of time ---- */

static int64_t next_event_ms(const struct life *l)
{
	int64_t next = l->end * 1000;
	const struct heap_node *due = heap_min(&l->due), *answer = heap_min(&l->answers);
	if (due != NULL && due->key * 1000 < next)
		next = due->key * 1000;
	if (answer != NULL && answer->key < next)
		next = answer->key;
	int64_t start = hosts_next_start(l->queues);
	return start < next ? start : next;
}

static void turn(struct life *l)
{
	struct heap_node *node;
	struct host_place *place;
	while ((node = heap_min(&l->answers)) != NULL && node->key <= l->now_ms) {
		heap_remove(&l->answers, node);
		answered(l, (struct guest *)((char *)node - offsetof(struct guest, answer)));
	}
	while ((node = heap_min(&l->due)) != NULL && node->key <= now_of(l)) {
		heap_remove(&l->due, node);
		fall_due(l, (struct guest *)((char *)node - offsetof(struct guest, due)));
	}
	while ((place = hosts_start_next(l->queues, l->now_ms)) != NULL)
		ask(l, (struct guest *)((char *)place - offsetof(struct guest, place)));
}

static void run_until(struct life *l, int64_t until)
{
	for (;;) {
		int64_t next = next_event_ms(l);
		if (next >= until * 1000)
			break;
		l->now_ms = next > l->now_ms ? next : l->now_ms;
		turn(l);
	}
	l->now_ms = until * 1000;
}

/* ---- stopping and starting ---- */

static void start(struct life *l)
{
	l->queues = hosts_new();
	hosts_hold(l->queues, l->now_ms);
	hosts_set_limits(l->queues, CONCURRENCY, 1, HOST_DELAY_MS, l->now_ms);
	l->spread = (struct spread){ 0 };
	l->offline = (struct offline){ 0 };
}

/* What is under way is cancelled and nothing of it kept; due times and rests stay. */
static void stop(struct life *l)
{
	for (size_t i = 0; i < l->n_guests; i++) {
		struct guest *g = &l->guests[i];
		if (g->answer.place != HEAP_NOWHERE) {
			heap_remove(&l->answers, &g->answer);
			g->house->n_under_way = 0;
			g->watch = g->before;
		}
		if (g->place.host != NULL) {
			hosts_leave(l->queues, &g->place, l->now_ms);
			wait_until(l, g, now_of(l));
		}
		g->in_turn = 0;
	}
	hosts_free(l->queues);
	l->queues = NULL;
}

static void stop_for(struct life *l, int64_t seconds)
{
	stop(l);
	l->now_ms += seconds * 1000;
	for (size_t i = 0; i < l->n_guests; i++) {
		struct guest *g = &l->guests[i];
		g->overdue = g->due.place != HEAP_NOWHERE && g->due.key <= now_of(l);
		l->n_overdue += g->overdue;
	}
	start(l);
}

/* ---- who lives here ---- */

static void move_in(struct life *l, struct house *house, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct guest *g = &l->guests[l->n_guests++];
		*g = (struct guest){ .due = HEAP_NODE_INIT,
			.answer = HEAP_NODE_INIT,
			.house = house,
			.feed = &house->host.feeds[i] };
		wait_until(l, g, SIM_BEGIN); /* all at once: an import */
	}
}

static void settle(struct life *l, const struct sim_scale *scale)
{
	l->guests = xcalloc(scale->n_feeds, sizeof *l->guests);
	for (uint64_t number = 0; l->n_guests < scale->n_feeds; number++) {
		struct house *house = xcalloc(1, sizeof *house);
		house->number = number;
		snprintf(house->name, sizeof house->name, "h%llu", (unsigned long long)number);
		sim_host_make(
			&house->host, scale->seed, number, scale->n_feeds - l->n_guests, l->end);
		l->houses = xgrow(l->houses, l->n_houses, &l->houses_cap, sizeof *l->houses);
		l->houses[l->n_houses++] = house;
		l->report->n_limited += house->host.per_minute > 0;
		move_in(l, house, house->host.n_feeds);
	}
}

static void leave(struct life *l)
{
	stop(l);
	for (size_t i = 0; i < l->n_houses; i++) {
		sim_host_release(&l->houses[i]->host);
		free(l->houses[i]);
	}
	free(l->houses);
	free(l->guests);
	heap_release(&l->due);
	heap_release(&l->answers);
	rests_release(&l->rests);
}

void sim_live(const struct sim_scale *scale, struct sim_life *ret)
{
	struct life l = {
		.now_ms = SIM_BEGIN * 1000, .end = days_after(scale->days), .report = ret
	};
	*ret = (struct sim_life){ .least_spacing_ms = INT64_MAX };
	rng_seed(&l.rng, scale->seed);
	heap_init(&l.due);
	heap_init(&l.answers);
	settle(&l, scale);
	start(&l);
	if (scale->days > LIFE_STOPPED_DAY) {
		run_until(&l, days_after(LIFE_STOPPED_DAY));
		stop_for(&l, LIFE_STOPPED_FOR);
	}
	if (scale->days > LIFE_OFFLINE_DAY) {
		run_until(&l, days_after(LIFE_OFFLINE_DAY) + LIFE_OFFLINE_FOR);
		for (size_t i = 0; i < l.n_guests; i++)
			ret->n_blamed += l.guests[i].watch.outcome.fail.status == STATUS_DNS_FAILED;
	}
	run_until(&l, l.end);
	leave(&l);
}
