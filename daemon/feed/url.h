/*
 * URLs of feeds: resolved for use (RFC 3986 5.2), normalised for comparing (6.2.2). What publishers
 * write is kept as it is wherever it works; IRIs stay IRIs. Pure.
 */
#ifndef COURANT_FEED_URL_H
#define COURANT_FEED_URL_H

#include "base/strbuf.h"
#include "feed/span.h"

/* The scheme without its colon, or an empty span for a relative reference. */
struct span url_scheme(struct span url);
/* Whether the scheme is http or https. */
bool url_is_web(struct span url);

/*
 * Appends ref resolved against base (NULL or without scheme: ref is appended as it is). White space
 * around and line breaks inside are dropped, inner blanks become %20, control characters %XX.
 * False, and nothing appended, when ref is empty or the result would not fit.
 */
bool url_resolve(struct strbuf *out, const char *base, struct span ref);

/*
 * Appends the form that equal addresses share: http and https without their scheme, host in lower
 * case without default port, unreserved characters decoded, others as %XX, dot segments and
 * tracking parameters gone. For comparing only.
 */
bool url_canonical(struct strbuf *out, struct span url);

#endif
