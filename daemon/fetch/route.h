/*
 * By which way, as whom and whom trusting a request is made: what a struct transfer_request says of
 * it, set on a libcurl handle; and which way a hop takes. Loop thread only.
 */
#ifndef COURANT_FETCH_ROUTE_H
#define COURANT_FETCH_ROUTE_H

#include "base/log.h"
#include "fetch/transfer.h"

#include <curl/curl.h>

/* curl_easy_setopt fails only when it is out of memory or was built without the feature. */
#define ROUTE_SET(easy, option, value)                                                       \
	do {                                                                                 \
		CURLcode set_code = curl_easy_setopt(easy, option, value);                   \
		if (set_code != CURLE_OK)                                                    \
			log_fatal("libcurl: " #option ": %s", curl_easy_strerror(set_code)); \
	} while (0)

void route_set(CURL *easy, const struct transfer_request *request);

/* The proxy of a hop, NULL for none: the feed's, else the general one, which is not for hosts that
 * name this machine. `access` may be NULL. */
const char *route_proxy(const struct access *access, const char *general, const char *host);
/* Behind a proxy nobody sees addresses, but some hosts need no look: what a literal address, or a
 * name for this machine, is ("a loopback address"); NULL when there is nothing against it. */
const char *route_forbidden_host(const char *host);

#endif
