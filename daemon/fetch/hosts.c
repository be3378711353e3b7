/*
 * A host with somebody waiting is in at most one of two lists: `ready` (may start now, in turn) or
 * `held` (a heap by the time it may). A host that is at its limit of connections is in neither,
 * until somebody leaves. Started places stand in `silent`, and once they have stirred in `brisk`,
 * the one that lends its share first in front, until they are quiet.
 */
#include "fetch/hosts.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define N_BUCKETS_MIN 64u

TAILQ_HEAD(place_list, host_place);

struct host {
	struct heap_node held; /* keyed by milliseconds; first: the heap gives it back */
	TAILQ_ENTRY(host) ready_link;
	struct host *next; /* in its bucket */
	struct place_list waiting;
	uint64_t n_come, n_gone; /* places that waited, and those that do no longer */
	unsigned n_started;
	bool ready;
	bool own_limits; /* else those of all */
	unsigned per_host;
	int64_t delay_ms;
	int64_t slow_ms;       /* hosts_slow() */
	int64_t last_start_ms; /* the pause counts from here */
	uint64_t hash;
	char name[];
};

struct hosts {
	struct host **buckets;
	size_t n_buckets, n_hosts;
	TAILQ_HEAD(, host) ready;
	struct heap held;
	struct place_list silent, brisk;
	unsigned concurrency, per_host, n_started, n_quiet, n_waiting;
	unsigned n_resolving; /* of the brisk */
	int64_t host_delay_ms;
	int64_t held_from_ms; /* as if every host had been asked then */
};

#define LONG_AGO (INT64_MIN / 2)

static uint64_t name_hash(const char *name)
{
	uint64_t value;
	struct hash h = hash_bytes(name, strlen(name));
	memcpy(&value, h.bytes, sizeof(value));
	return value;
}

static struct host *host_find(const struct hosts *h, const char *name)
{
	uint64_t hash = name_hash(name);
	struct host *host = h->buckets[hash & (h->n_buckets - 1)];
	while (host && (host->hash != hash || strcmp(host->name, name) != 0))
		host = host->next;
	return host;
}

static int64_t pause_ms(const struct hosts *h, const struct host *host)
{
	int64_t delay_ms = host->own_limits ? host->delay_ms : h->host_delay_ms;
	return delay_ms > host->slow_ms ? delay_ms : host->slow_ms;
}

static bool host_forgettable(const struct hosts *h, const struct host *host, int64_t now_ms)
{
	return TAILQ_EMPTY(&host->waiting) && host->n_started == 0 && !host->own_limits &&
	       host->last_start_ms + pause_ms(h, host) <= now_ms;
}

/* Makes room in the table: hosts that nothing is known of go, then it doubles if they were too few.
 */
static void table_make_room(struct hosts *h, int64_t now_ms)
{
	struct host *kept = NULL;
	for (size_t i = 0; i < h->n_buckets; i++) {
		for (struct host *host = h->buckets[i], *next; host; host = next) {
			next = host->next;
			if (host_forgettable(h, host, now_ms)) {
				h->n_hosts--;
				free(host);
			} else {
				host->next = kept;
				kept = host;
			}
		}
	}
	while (h->n_buckets < 2 * h->n_hosts)
		h->n_buckets *= 2;
	free(h->buckets);
	h->buckets = xcalloc(h->n_buckets, sizeof(struct host *));
	for (struct host *host = kept, *next; host; host = next) {
		struct host **bucket = &h->buckets[host->hash & (h->n_buckets - 1)];
		next = host->next;
		host->next = *bucket;
		*bucket = host;
	}
}

static struct host *host_get(struct hosts *h, const char *name, int64_t now_ms)
{
	struct host *host = host_find(h, name);
	if (host)
		return host;
	if (h->n_hosts >= h->n_buckets)
		table_make_room(h, now_ms);
	size_t size = strlen(name) + 1;
	host = xcalloc(1, sizeof(*host) + size);
	memcpy(host->name, name, size);
	host->hash = name_hash(name);
	host->held = (struct heap_node)HEAP_NODE_INIT;
	host->last_start_ms = h->held_from_ms;
	TAILQ_INIT(&host->waiting);
	struct host **bucket = &h->buckets[host->hash & (h->n_buckets - 1)];
	host->next = *bucket;
	*bucket = host;
	h->n_hosts++;
	return host;
}

/* Puts the host where it belongs after anything about it has changed. */
static void host_settle(struct hosts *h, struct host *host, int64_t now_ms)
{
	int64_t at = host->last_start_ms + pause_ms(h, host);
	unsigned most = host->own_limits ? host->per_host : h->per_host;
	bool may_start = !TAILQ_EMPTY(&host->waiting) && host->n_started < most;
	bool ready = may_start && at <= now_ms;
	if (may_start && !ready)
		heap_set(&h->held, &host->held, at);
	else
		heap_remove(&h->held, &host->held);
	if (ready && !host->ready)
		TAILQ_INSERT_TAIL(&h->ready, host, ready_link);
	else if (!ready && host->ready)
		TAILQ_REMOVE(&h->ready, host, ready_link);
	host->ready = ready;
}

struct hosts *hosts_new(void)
{
	struct hosts *h = xcalloc(1, sizeof(*h));
	h->n_buckets = N_BUCKETS_MIN;
	h->buckets = xcalloc(h->n_buckets, sizeof(struct host *));
	h->concurrency = h->per_host = 1;
	h->held_from_ms = LONG_AGO;
	TAILQ_INIT(&h->ready);
	TAILQ_INIT(&h->silent);
	TAILQ_INIT(&h->brisk);
	heap_init(&h->held);
	return h;
}

void hosts_free(struct hosts *h)
{
	if (!h)
		return;
	assert(h->n_started == 0 && h->n_waiting == 0);
	heap_release(&h->held);
	for (size_t i = 0; i < h->n_buckets; i++) {
		for (struct host *host = h->buckets[i], *next; host; host = next) {
			next = host->next;
			free(host);
		}
	}
	free(h->buckets);
	free(h);
}

void hosts_set_limits(struct hosts *h, unsigned concurrency, unsigned per_host,
	int64_t host_delay_ms, int64_t now_ms)
{
	assert(concurrency > 0 && per_host > 0 && host_delay_ms >= 0);
	h->concurrency = concurrency;
	h->per_host = per_host;
	h->host_delay_ms = host_delay_ms;
	for (size_t i = 0; i < h->n_buckets; i++) {
		for (struct host *host = h->buckets[i]; host; host = host->next) {
			host->own_limits = false;
			host_settle(h, host, now_ms);
		}
	}
}

void hosts_limit(
	struct hosts *h, const char *name, unsigned per_host, int64_t host_delay_ms, int64_t now_ms)
{
	struct host *host = host_get(h, name, now_ms);
	assert(per_host > 0 && host_delay_ms >= 0);
	host->own_limits = true;
	host->per_host = per_host;
	host->delay_ms = host_delay_ms;
	host_settle(h, host, now_ms);
}

void hosts_hold(struct hosts *h, int64_t now_ms)
{
	h->held_from_ms = now_ms;
	for (size_t i = 0; i < h->n_buckets; i++) {
		for (struct host *host = h->buckets[i]; host; host = host->next) {
			host->last_start_ms = now_ms;
			host_settle(h, host, now_ms);
		}
	}
}

void hosts_slow(struct hosts *h, const char *name, int64_t slow_ms, int64_t now_ms)
{
	struct host *host = slow_ms > 0 ? host_get(h, name, now_ms) : host_find(h, name);
	if (!host || host->slow_ms == slow_ms)
		return;
	host->slow_ms = slow_ms;
	host_settle(h, host, now_ms);
}

int64_t hosts_pause_ms(const struct hosts *h, const char *name)
{
	const struct host *host = host_find(h, name);
	return host ? pause_ms(h, host) : h->host_delay_ms;
}

void hosts_enter(
	struct hosts *h, struct host_place *place, const char *name, bool first, int64_t now_ms)
{
	assert(!place->host);
	struct host *host = host_get(h, name, now_ms);
	place->host = host;
	place->started = false;
	place->turn = first ? host->n_gone : host->n_come;
	host->n_come++;
	if (first)
		TAILQ_INSERT_HEAD(&host->waiting, place, link);
	else
		TAILQ_INSERT_TAIL(&host->waiting, place, link);
	h->n_waiting++;
	host_settle(h, host, now_ms);
}

void hosts_move(struct hosts *h, struct host_place *place, const char *name, int64_t now_ms)
{
	struct host *from = place->host, *to = host_get(h, name, now_ms);
	if (from == to)
		return;
	if (place->started) {
		from->n_started--;
		to->n_started++;
	} else {
		TAILQ_REMOVE(&from->waiting, place, link);
		from->n_gone++;
		place->turn = to->n_come++;
		TAILQ_INSERT_TAIL(&to->waiting, place, link);
	}
	place->host = to;
	host_settle(h, from, now_ms);
	host_settle(h, to, now_ms);
}

static bool all_taken(const struct hosts *h)
{
	return h->n_started - h->n_quiet >= h->concurrency || h->n_resolving >= LIMIT_RESOLVES;
}

/* The first place that may lend its share, or NULL. */
static struct host_place *next_to_lend(const struct hosts *h)
{
	struct host_place *silent = TAILQ_FIRST(&h->silent), *brisk = TAILQ_FIRST(&h->brisk);
	if (h->n_quiet >= LIMIT_QUIET)
		return NULL;
	return !brisk || (silent && silent->lends_ms < brisk->lends_ms) ? silent : brisk;
}

static struct place_list *order_of(struct hosts *h, const struct host_place *place)
{
	return place->stirred ? &h->brisk : &h->silent;
}

/* Out of the started ones' order, and into it. */
static void place_unlist(struct hosts *h, struct host_place *place)
{
	if (place->quiet) {
		h->n_quiet--;
	} else {
		TAILQ_REMOVE(order_of(h, place), place, link);
		h->n_resolving -= place->resolving;
	}
}

static void place_enlist(struct hosts *h, struct host_place *place, bool quiet)
{
	place->quiet = quiet;
	if (quiet) {
		h->n_quiet++;
	} else {
		TAILQ_INSERT_TAIL(order_of(h, place), place, link);
		h->n_resolving += place->resolving;
	}
}

static void lend(struct hosts *h, int64_t now_ms)
{
	struct host_place *place;
	while ((place = next_to_lend(h)) && place->lends_ms <= now_ms) {
		place_unlist(h, place);
		place_enlist(h, place, true);
	}
}

struct host_place *hosts_start_next(struct hosts *h, int64_t now_ms)
{
	struct heap_node *node;
	while ((node = heap_min(&h->held)) && node->key <= now_ms)
		host_settle(h, (struct host *)node, now_ms);
	lend(h, now_ms);
	struct host *host = TAILQ_FIRST(&h->ready);
	if (!host || all_taken(h))
		return NULL;
	struct host_place *place = TAILQ_FIRST(&host->waiting);
	TAILQ_REMOVE(&host->waiting, place, link);
	place->started = place->resolving = true;
	place->stirred = false;
	place->lends_ms = now_ms + LIMIT_SILENT_MS;
	place_enlist(h, place, false);
	h->n_waiting--;
	host->n_gone++;
	h->n_started++;
	host->n_started++;
	host->last_start_ms = now_ms;
	TAILQ_REMOVE(&h->ready, host, ready_link); /* to the end of the line */
	host->ready = false;
	host_settle(h, host, now_ms);
	return place;
}

void hosts_sent(struct hosts *h, struct host_place *place, int64_t now_ms)
{
	assert(place->host && place->started);
	place->host->last_start_ms = now_ms;
	host_settle(h, place->host, now_ms);
}

void hosts_stirred(struct hosts *h, struct host_place *place, int64_t now_ms)
{
	assert(place->host && place->started);
	place_unlist(h, place);
	place->stirred = true;
	place->lends_ms = now_ms + LIMIT_QUIET_MS;
	place_enlist(h, place, false);
}

void hosts_resolved(struct hosts *h, struct host_place *place)
{
	if (!place->host || !place->resolving)
		return;
	h->n_resolving -= !place->quiet;
	place->resolving = false;
}

void hosts_leave(struct hosts *h, struct host_place *place, int64_t now_ms)
{
	struct host *host = place->host;
	if (!host)
		return;
	if (place->started) {
		place_unlist(h, place);
		h->n_started--;
		host->n_started--;
	} else {
		h->n_waiting--;
		host->n_gone++;
		TAILQ_REMOVE(&host->waiting, place, link);
	}
	place->host = NULL;
	host_settle(h, host, now_ms);
}

int64_t hosts_next_start(const struct hosts *h)
{
	const struct heap_node *node = heap_min(&h->held);
	const struct host_place *lender = next_to_lend(h);
	int64_t at_ms = node ? node->key : HOSTS_NEVER;
	if (!all_taken(h))
		return at_ms;
	/* Whose pause is over first has to wait for a share, too. */
	if (!node && TAILQ_EMPTY(&h->ready))
		return HOSTS_NEVER;
	return lender ? lender->lends_ms : HOSTS_NEVER;
}

int64_t hosts_starts_ms(const struct hosts *h, const struct host_place *place, int64_t now_ms)
{
	const struct host *host = place->host;
	assert(host && !place->started);
	uint64_t before = place->turn > host->n_gone ? place->turn - host->n_gone : 0;
	int64_t first_ms = host->last_start_ms + pause_ms(h, host);
	return (first_ms > now_ms ? first_ms : now_ms) + (int64_t)before * pause_ms(h, host);
}

struct host_place *hosts_first_waiting(const struct hosts *h, const char *name)
{
	const struct host *host = host_find(h, name);
	return host ? TAILQ_FIRST(&host->waiting) : NULL;
}

unsigned hosts_n_started(const struct hosts *h)
{
	return h->n_started;
}

unsigned hosts_n_quiet(const struct hosts *h)
{
	return h->n_quiet;
}

unsigned hosts_n_waiting(const struct hosts *h)
{
	return h->n_waiting;
}

size_t hosts_count(const struct hosts *h)
{
	return h->n_hosts;
}
