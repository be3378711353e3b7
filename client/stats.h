/*
 * What the daemon says of /v1/stats, read into plain numbers, and the two ways in which it is
 * shown. Texts are still those of the daemon: whoever shows them makes them safe.
 */
#ifndef COURANT_CLIENT_STATS_H
#define COURANT_CLIENT_STATS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "client/output.h"

#define STATS_RESULTS 24 /* ways in which fetches end that are shown; the rest are one */
#define STATS_PARTS 16

struct stats_day {
	const char *date; /* "2026-11-23" */
	int64_t n_new, n_archive, n_changed, n_fetches, n_failed;
};

struct stats_result {
	const char *word;
	bool failed;
	int64_t n;
};

struct stats_feed {
	const char *title;
	int64_t n_entries, n_unread;
	int64_t days[LIMIT_TALLY_DAYS];
};

struct stats_part {
	const char *name;
	int64_t bytes;
};

struct stats { /* borrows from the answer */
	const char *zone;
	bool of_feed; /* feeds[0]: no fetches and no store then */
	struct stats_day days[LIMIT_TALLY_DAYS];
	size_t n_days;
	struct stats_day sum;
	int64_t week[7][24]; /* new entries by weekday, from Monday, and hour */
	struct stats_result results[STATS_RESULTS]; /* the most first, failures last */
	size_t n_results;
	struct stats_feed feeds[LIMIT_STATS_FEEDS];
	size_t n_feeds;
	int64_t n_entries, n_unread, n_starred, n_all_feeds, db_bytes, free_bytes, wal_bytes;
	struct stats_part parts[STATS_PARTS];
	size_t n_parts;
};

/* Reads the answer, which must outlive what is returned (free()). */
struct stats *statistics_read(const json_t *answer, bool of_feed);
/* A day's sums of the answer as members of its object, for --tsv: fetched, failed. */
void stats_complete_day(json_t *day);

extern const char *const stats_weekdays[7];
/* What people call a way in which a fetch ended. */
const char *stats_result_name(const char *word);
/* "23 Nov". Returns buf. */
const char *stats_date(const char *date, char buf[16]);
/* "1,234,567". Returns buf. */
const char *stats_number(int64_t n, char buf[32]);
/* Part of a whole in percent, "12 %", "<1 %". Returns buf. */
const char *stats_percent(int64_t n, int64_t of, char buf[16]);
int64_t stats_most(const int64_t *values, size_t n);

/* For a terminal of o->columns; unicode: bars of block elements, else of ASCII. */
void stats_print(struct output *o, const struct stats *st, bool unicode);
/* One SVG document, with nothing from elsewhere. */
void stats_svg(struct strbuf *out, const struct stats *st);

#endif
