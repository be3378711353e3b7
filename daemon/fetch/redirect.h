/*
 * Redirects by hand (RFC 9110 15.4): whether a hop may be followed, and where to. Pure.
 *
 * libcurl's own following would send the validators of one host to another and cannot be asked per
 * hop.
 */
#ifndef COURANT_FETCH_REDIRECT_H
#define COURANT_FETCH_REDIRECT_H

#include "base/limits.h"
#include "base/status.h"
#include "fetch/fetch_url.h"
#include "fetch/hsts.h"

#include <stdbool.h>
#include <stddef.h>

/* The URLs asked for so far, the first one included. They belong to the trail. */
struct redirect_trail {
	char *seen[LIMIT_REDIRECTS + 1];
	size_t n_seen;
	bool permanent; /* there were redirects and every one was 301 or 308 */
};

void redirect_trail_init(struct redirect_trail *trail, const char *first_url);
void redirect_trail_release(struct redirect_trail *trail);

/* Whether the code asks to be followed: 301, 302, 303, 307, 308. */
bool redirect_is(int http_code);
/* Judges one redirect. True: *ret_to is the next URL and stands in the trail. False: *ret_fail says
 * why not (PROTOCOL_ERROR without a Location, REDIRECT_LOOP, REDIRECT_REFUSED); no password is ever
 * in its detail. hsts (NULL: none) turns http into https for the hosts it covers at `now`. */
bool redirect_follow(struct redirect_trail *trail, const struct fetch_url *from, int http_code,
	const char *location, const struct hsts *hsts, int64_t now, struct fetch_url *ret_to,
	struct failure *ret_fail) __attribute__((warn_unused_result));

#endif
