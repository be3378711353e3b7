#include "feed/listing.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct listing *listing_new(void)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));

	arena_init(&listing->arena, LIMIT_LISTING_ARENA);
	return listing;
}

void listing_free(struct listing *listing)
{
	if (listing == NULL)
		return;
	arena_release(&listing->arena);
	free(listing);
}

void listing_draft_init(struct listing_draft *d)
{
	*d = (struct listing_draft){ .listing = listing_new() };
}

struct listing *listing_draft_finish(struct listing_draft *d)
{
	struct listing *listing = d->listing;

	if (d->n > 0)
		listing->feeds = arena_array(&listing->arena, struct listed_feed, d->n);
	if (listing->feeds != NULL) {
		memcpy(listing->feeds, d->feeds, d->n * sizeof(*d->feeds));
		listing->n_feeds = d->n;
	}
	free(d->feeds);
	return listing;
}

void listing_draft_drop(struct listing_draft *d)
{
	free(d->feeds);
	listing_free(d->listing);
}

struct listed_feed *listing_draft_add(struct listing_draft *d)
{
	d->feeds = xgrow(d->feeds, d->n, &d->cap, sizeof(*d->feeds));
	d->feeds[d->n] = (struct listed_feed){ 0 };
	return &d->feeds[d->n++];
}
