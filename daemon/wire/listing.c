#include "wire/listing.h"

#include "base/limits.h"
#include "wire/record.h"

#define LINE(name, most)                                                                      \
	{                                                                                     \
		.kind = FIELD_LINE, .offset = offsetof(struct listed_feed, name), .max = most \
	}

/* An address is text here, whatever its scheme: who subscribes judges it (config/url.h). */
static const struct field feed_fields[] = {
	LINE(url, LIMIT_URL),
	LINE(text, LIMIT_TITLE),
	LINE(title, LIMIT_TITLE),
	LINE(category, LIMIT_NAME),
	{ .kind = FIELD_URL, .offset = offsetof(struct listed_feed, site_url), .max = LIMIT_URL },
	LINE(type, LIMIT_NAME),
	LINE(problem, LIMIT_NAME),
	{ .kind = FIELD_U32, .offset = offsetof(struct listed_feed, line), .max = LIMIT_OPML },
};
static const struct record feed_record = { sizeof(struct listed_feed), feed_fields,
	sizeof feed_fields / sizeof *feed_fields };

static const struct field listing_fields[] = {
	{ .kind = FIELD_LIST,
		.offset = offsetof(struct listing, feeds),
		.count = offsetof(struct listing, n_feeds),
		.max = LIMIT_LISTED,
		.of = &feed_record },
	{ .kind = FIELD_U32, .offset = offsetof(struct listing, n_left_out), .max = LIMIT_OPML },
};
static const struct record listing_record = { sizeof(struct listing), listing_fields,
	sizeof listing_fields / sizeof *listing_fields };

bool listing_encode(struct strbuf *out, const struct listing *listing)
{
	size_t start = frame_begin(out, FRAME_LISTING);
	record_put(out, &listing_record, listing);
	frame_end(out, start);
	return !out->overflow;
}

/* A feed that could be subscribed to has an address, any other says why not. */
static bool is_sound(const struct listing *listing)
{
	for (size_t i = 0; i < listing->n_feeds; i++) {
		if (listing->feeds[i].url == NULL && listing->feeds[i].problem == NULL)
			return false;
	}
	return true;
}

struct listing *listing_decode(const void *payload, size_t n)
{
	const unsigned char *at = payload;
	struct frame_reader r = { .at = at, .end = at + n };
	struct listing *listing = listing_new();
	record_get(&r, &listing->arena, &listing_record, listing);
	if (!r.bad && r.at == r.end && is_sound(listing))
		return listing;
	listing_free(listing);
	return NULL;
}
