/*
 * An entry, or the feed, while it is read: the best text of each slot so far, and the lists.
 */
#ifndef COURANT_FEED_DRAFT_H
#define COURANT_FEED_DRAFT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "feed/doc.h"
#include "feed/elements.h"
#include "feed/plain.h"

/* A text in the pool; field NONE: not said. */
struct draft_text {
	size_t at, n;
	const char *base, *lang;
	enum field field;
	enum text_type type;
};

struct draft_list {
	void *items;
	size_t n, cap;
};

/* A place while it is read. */
struct draft_geo {
	enum field shape; /* FIELD_NONE: none yet */
	double *numbers;  /* as written */
	size_t n, cap;
	unsigned dimensions;
	bool as_written; /* projected coordinates: x before y, nothing to swap */
	bool has_latitude, has_longitude;
	double latitude, longitude;
};

struct draft {
	struct strbuf pool;
	struct draft_text texts[SLOT_COUNT];
	int64_t dates[SLOT_COUNT]; /* of the date slots */
	struct draft_geo geo;
	const char *image; /* resolved; its field stands in texts[SLOT_IMAGE] */
	const char *lang, *base;
	struct draft_list authors, contributors, tags, links, attachments, hubs, chapters;
	enum field author_field;        /* the most trusted one among authors */
	int64_t n_replies;              /* of a link to them (thr:count), FEED_UNKNOWN */
	bool permalink, permalink_said; /* of the guid: not denied; affirmed */
	uint32_t skip_hours;
	uint8_t skip_days;
};

void draft_init(struct draft *d);
void draft_release(struct draft *d);
/* Empty again; keeps the memory. */
void draft_clear(struct draft *d);
/* Whether a text of that field would win its slot: trusted at least as much as what is there. */
bool draft_wants(const struct draft *d, enum field field);
/* The text of a slot; an empty span when there is none. */
struct span draft_span(const struct draft *d, enum slot slot);
/* Appends a copy of the item unless the list has LIMIT_PER_ENTRY already. */
void draft_push(struct draft_list *list, const void *item, size_t size);
/* The list in the arena; NULL and *ret_n 0 when it is empty or does not fit. */
void *draft_take(struct draft_list *list, size_t size, struct arena *a, size_t *ret_n);

#endif
