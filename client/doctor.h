/*
 * courant doctor: what is not well with the installation and with the feeds, what happens next and
 * what a person can do. The health of feeds is the daemon's word (docs/api.md); here it is sorted
 * and shown.
 */
#ifndef COURANT_CLIENT_DOCTOR_H
#define COURANT_CLIENT_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "client/printer.h"

/* doctor_checks.c: the installation. */
enum check_result { CHECK_OK, CHECK_NOTE, CHECK_PROBLEM };
struct check {
	const char *name;
	enum check_result result;
	struct strbuf text; /* safe, one line */
};
#define DOCTOR_CHECKS 12
struct checks {
	struct check list[DOCTOR_CHECKS];
	size_t n;
};
/* now: by this program's clock. */
void checks_make(struct checks *ret, const json_t *status, const json_t *feeds,
	const json_t *editions, int64_t now);
/* What time it is for courantd; `now` when it does not say. */
int64_t doctor_now(const json_t *status, int64_t now);
void checks_release(struct checks *c);
const char *check_result_name(enum check_result result);

/* doctor_feeds.c: the feeds, the most urgent first. */
/* How urgent a feed is, 0 first; DOCTOR_WELL: nothing is the matter. */
#define DOCTOR_WELL 11u
unsigned doctor_rank(const json_t *feed);
/* "not a feed": how the feeds of that rank are. */
const char *doctor_word(unsigned rank);
/* Whether the feed is to be listed, and not only counted. */
bool doctor_lists(const json_t *feed);
/* "HTTP 404 Not Found (12 times)": what was seen last; safe, "" for a feed without a failure. */
void doctor_seen(struct strbuf *out, const json_t *feed);
/* "in 3 h: 2 h after the last failure"; safe. */
void doctor_next(struct strbuf *out, const json_t *feed, int64_t now);
/* Why a feed that permanent redirects lead elsewhere is not there yet, or that its file names the
 * old URL; safe, "" when there is nothing to say. */
void doctor_moved(struct strbuf *out, const json_t *feed);
/* "subscribed until Mon 23 Nov 2026, 07:12": what its hub does; safe, "" for a feed without one. */
void doctor_hub(struct strbuf *out, const json_t *feed);
/* The feeds in groups, by rank; and of all feeds those that permanent redirects lead elsewhere. */
void doctor_print_groups(struct output *o, const json_t *feeds, int64_t now);
void doctor_print_moved(struct output *o, const json_t *feeds);
/* Of all feeds those of which entries may have been missed. */
void doctor_print_gaps(struct output *o, const json_t *feeds);
/* All about one feed. */
void doctor_print_feed(struct output *o, const json_t *feed, int64_t now);

#endif
