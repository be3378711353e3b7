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

void rests_add(struct rests *r, const char *host, const char *queue, int64_t until, int64_t now)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->rests[i].host, host) != 0)
			continue;
		if (r->rests[i].until < until)
			r->rests[i].until = until;
		return;
	}
	if (r->n == LIMIT_HOST_RESTS)
		drop_first_to_end(r);
	r->rests = xgrow(r->rests, r->n, &r->cap, sizeof(*r->rests));
	r->rests[r->n++] = (struct rest){
		.host = xstrdup(host), .queue = xstrdup(queue), .since = now, .until = until
	};
}

int64_t rests_until(struct rests *r, const char *queue, int64_t now)
{
	int64_t last = 0;
	for (size_t i = 0; i < r->n;) {
		struct rest *rest = &r->rests[i];
		if (now < rest->since) {
			rest->until = now + (rest->until - rest->since);
			rest->since = now;
		}
		if (rest->until <= now) {
			drop(r, i);
			continue;
		}
		if (rest->until > last && strcmp(rest->queue, queue) == 0)
			last = rest->until;
		i++;
	}
	return last;
}
