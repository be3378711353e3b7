#include "fetch/rests.h"
#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void drop(struct rests *r, size_t i)
{
	free(r->rests[i].host);
	free(r->rests[i].queue);
	r->rests[i] = r->rests[--r->n];
}

void rests_release(struct rests *r)
{
	while (r->n > 0)
		drop(r, r->n - 1);
	free(r->rests);
	*r = (struct rests){ 0 };
}

static void drop_first_to_end(struct rests *r)
{
	size_t first = 0;
	for (size_t i = 1; i < r->n; i++)
		if (r->rests[i].until < r->rests[first].until)
			first = i;
	drop(r, first);
}

/* Its end. Under a clock that was set back it counts from when that was seen. */
static int64_t end_of(struct rest *rest, int64_t now)
{
	if (now >= rest->since)
		return rest->until;
	if (rest->back_since == 0 || now < rest->back_since) {
		rest->back_since = now;
		rest->back_until = now + (rest->until - rest->since);
	}
	return rest->back_until;
}

static bool is_forgotten(struct rest *rest, int64_t now)
{
	return end_of(rest, now) + (rest->pause_ms > 0 ? LIMIT_HOST_PAUSE_KEPT : 0) <= now;
}

static void forget_old(struct rests *r, int64_t now)
{
	for (size_t i = r->n; i-- > 0;)
		if (is_forgotten(&r->rests[i], now))
			drop(r, i); /* the last one, which was looked at, takes its place */
}

void rests_add(struct rests *r, const char *host, const char *queue, int64_t until,
	int64_t pause_ms, int64_t now)
{
	for (size_t i = 0; i < r->n; i++) {
		struct rest *rest = &r->rests[i];
		if (strcmp(rest->host, host) != 0)
			continue;
		int64_t end = end_of(rest, now);
		rest->until = end < until ? until : end;
		rest->since = now;
		rest->back_since = 0;
		rest->pause_ms = pause_ms;
		rest->answered = false;
		return;
	}
	if (r->n == LIMIT_HOST_RESTS)
		drop_first_to_end(r);
	r->rests = xgrow(r->rests, r->n, &r->cap, sizeof(*r->rests));
	r->rests[r->n++] = (struct rest){ .host = xstrdup(host),
		.queue = xstrdup(queue),
		.since = now,
		.until = until,
		.pause_ms = pause_ms };
}

/* Whether the requests before this 429 were too fast: not when it is the first answer after a rest,
 * nor one to what was under way when the rest began. */
static bool was_too_fast(struct rests *r, const char *queue, int64_t now)
{
	bool known = false, answered = false;
	if (rests_until(r, queue, now) > 0)
		return false;
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->rests[i].queue, queue) != 0)
			continue;
		known = true;
		answered |= r->rests[i].answered;
	}
	return answered || !known;
}

int64_t rests_refused(struct rests *r, const char *host, const char *queue, int64_t until,
	int64_t delay_ms, int64_t now)
{
	int64_t pause_ms = rests_pause_ms(r, queue, now);
	if (was_too_fast(r, queue, now)) {
		pause_ms = pause_ms > delay_ms ? pause_ms : delay_ms;
		pause_ms = pause_ms > LIMIT_HOST_PAUSE_LEAST ? pause_ms : LIMIT_HOST_PAUSE_LEAST;
		pause_ms = pause_ms < LIMIT_HOST_PAUSE / 2 ? pause_ms * 2 : LIMIT_HOST_PAUSE;
	}
	rests_add(r, host, queue, until, pause_ms, now);
	return pause_ms;
}

void rests_answered(struct rests *r, const char *queue)
{
	for (size_t i = 0; i < r->n; i++)
		r->rests[i].answered |= strcmp(r->rests[i].queue, queue) == 0;
}

int64_t rests_until(struct rests *r, const char *queue, int64_t now)
{
	int64_t last = 0;
	forget_old(r, now);
	for (size_t i = 0; i < r->n; i++) {
		struct rest *rest = &r->rests[i];
		int64_t end = end_of(rest, now);
		if (end > now && end > last && strcmp(rest->queue, queue) == 0)
			last = end;
	}
	return last;
}

static int64_t pause_of(struct rest *rest, int64_t now)
{
	int64_t quiet = now - end_of(rest, now);
	return quiet > 0 ? rest->pause_ms >> (quiet / LIMIT_HOST_PAUSE_HALVES) : rest->pause_ms;
}

int64_t rests_pause_ms(struct rests *r, const char *queue, int64_t now)
{
	int64_t longest = 0;
	forget_old(r, now);
	for (size_t i = 0; i < r->n; i++) {
		int64_t pause_ms = pause_of(&r->rests[i], now);
		if (pause_ms > longest && strcmp(r->rests[i].queue, queue) == 0)
			longest = pause_ms;
	}
	return longest;
}
