/*
 * The header fields of one HTTP response that a feed reader cares for, gathered line by line as
 * they arrive (RFC 9110 5, RFC 9111 5). Pure: time is a parameter. One owner.
 *
 * Validators are opaque: kept byte for byte, never parsed (etiquette C1). Every field is bounded;
 * of a field that may stand only once the first one counts.
 */
#ifndef COURANT_FETCH_HEADERS_H
#define COURANT_FETCH_HEADERS_H

#include "base/strbuf.h"
#include "fetch/fetch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a number of seconds too large for us means (RFC 9111 1.2.2). */
#define HEADERS_SECONDS_MAX (INT64_C(1) << 31)

struct headers {
	char *etag, *last_modified; /* without the white space around them; NULL: none, or not fit
				       to send back */
	char *content_type, *location, *expires, *date, *retry_after, *hsts; /* NULL: none */
	char *hub, *self; /* the first targets of Link with that relation, as written; NULL: none */
	int64_t max_age; /* of Cache-Control; FETCH_UNSAID, 0 when it was no number (RFC 9111 4.2.1)
			  */
	int64_t age;     /* of Age; 0 when not said */
	bool not_cacheable; /* no-store, or no-cache without field names: freshness says nothing */
	bool challenge;     /* Cloudflare's cf-mitigated: challenge */
	bool complete;      /* the empty line came; trailers after it are ignored */
	size_t n_bytes;     /* of all blocks together */
	struct strbuf line; /* the line being gathered: a folded one arrives in parts */
};

void headers_init(struct headers *h);
void headers_release(struct headers *h);
/* One line as received, its end included. A status line starts a new block and forgets the one
 * before. False, and nothing kept, once LIMIT_HEADERS is passed. */
bool headers_add(struct headers *h, const char *line, size_t n) __attribute__((warn_unused_result));
/* Freshness (RFC 9111 4.2.1) and Retry-After (RFC 9110 10.2.3) as of `now`, UTC seconds. */
void headers_freshness(const struct headers *h, int64_t now, struct fetch_freshness *ret);

#endif
