/*
 * Who may start now: one queue per host, or per group of hosts that the configuration takes for one
 * (config/host.h); at most `per_host` requests of a host at a time,
 * `host_delay_ms` between the starts of two, `concurrency` in all (etiquette P6). Hosts that may
 * start take turns, first come first served, so that no host's length of queue delays another. Time
 * (milliseconds of clock_wait_ms()) is a parameter. Loop thread only.
 *
 * A place (struct host_place) is in one of three states: outside, waiting, started. `concurrency`
 * bounds the started ones that use the line: one that has brought nothing to speak of
 * LIMIT_SILENT_MS after its start, or for LIMIT_QUIET_MS later on, is quiet and lends its share to
 * another host's, so that hosts which hang or drip delay nobody (decision 87). At most LIMIT_QUIET
 * are quiet at a time, and at most LIMIT_RESOLVES of the others still look for their host's
 * address.
 */
#ifndef COURANT_FETCH_HOSTS_H
#define COURANT_FETCH_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct host;
struct hosts;

/* Embed it in what waits. Zeroed: outside. */
struct host_place {
	TAILQ_ENTRY(host_place) link;
	struct host *host; /* NULL: outside */
	bool started, quiet, resolving;
	bool stirred;     /* since it started */
	int64_t lends_ms; /* when it is quiet unless it stirs before */
	uint64_t turn; /* waiting: how many had come to its host before it, those who left included
			*/
};

#define HOSTS_NEVER INT64_MAX

struct hosts *hosts_new(void);
/* Any host may have been asked a moment ago, by somebody before us or from another queue: nobody
 * starts before the pause of his queue has passed from now. */
void hosts_hold(struct hosts *h, int64_t now_ms);
void hosts_free(struct hosts *h); /* every place must be outside */
/* The limits of every queue; those of hosts_limit() are forgotten. */
void hosts_set_limits(struct hosts *h, unsigned concurrency, unsigned per_host,
	int64_t host_delay_ms, int64_t now_ms);
/* Limits of its own for the queue of that name. */
void hosts_limit(struct hosts *h, const char *name, unsigned per_host, int64_t host_delay_ms,
	int64_t now_ms);

/* At least so much lies between two starts in the queue of that name, whatever its limits say; 0:
 * they alone count. */
void hosts_slow(struct hosts *h, const char *name, int64_t slow_ms, int64_t now_ms);
/* What lies between two starts in the queue of that name. */
int64_t hosts_pause_ms(const struct hosts *h, const char *name);

/* Queues a place for the host of that name; `first` puts it before the others (the next hop of what
 * was already begun). */
void hosts_enter(
	struct hosts *h, struct host_place *place, const char *name, bool first, int64_t now_ms);
/* To another queue, behind those who wait there; started or waiting, it stays so. */
void hosts_move(struct hosts *h, struct host_place *place, const char *name, int64_t now_ms);
/* The next place that may start now; it is started by this call. NULL: none for now. */
struct host_place *hosts_start_next(struct hosts *h, int64_t now_ms);
/* The request of a started place goes out only now (it had to connect first): the pause counts from
 * here, since the server sees requests, not intentions. */
void hosts_sent(struct hosts *h, struct host_place *place, int64_t now_ms);
/* The host's address is known, or was found; nothing happens when that was said before, or outside.
 */
void hosts_resolved(struct hosts *h, struct host_place *place);
/* The place, which is started, has brought something since it started or since the last call. */
void hosts_stirred(struct hosts *h, struct host_place *place, int64_t now_ms);
/* The place is done, or gives up waiting; outside after it. Nothing happens when it was outside. */
void hosts_leave(struct hosts *h, struct host_place *place, int64_t now_ms);
/* When hosts_start_next() is worth another call because time has passed (not because a place left).
 */
int64_t hosts_next_start(const struct hosts *h);

/* When this waiting place may start at the earliest: the pauses of those before it count, neither
 * how long they take nor who waits for other hosts. */
int64_t hosts_starts_ms(const struct hosts *h, const struct host_place *place, int64_t now_ms);

/* The first place that waits for this host, or NULL. */
struct host_place *hosts_first_waiting(const struct hosts *h, const char *name);

unsigned hosts_n_started(const struct hosts *h); /* the quiet ones, too */
unsigned hosts_n_quiet(const struct hosts *h);
unsigned hosts_n_waiting(const struct hosts *h);
size_t hosts_count(const struct hosts *h); /* hosts remembered */

#endif
