/*
 * The date that a refused certificate is refused for: when it expired, or from when on it is valid.
 * libcurl says that it is so and not when, so OpenSSL is asked during the handshake. Loop thread.
 */
#ifndef COURANT_FETCH_CERTIFICATE_H
#define COURANT_FETCH_CERTIFICATE_H

#include <curl/curl.h>

struct certificate_date;

/* Watches the handshakes of this transfer's connections; the transfer must not start afterwards
 * without it. NULL when libcurl's TLS is not OpenSSL. */
struct certificate_date *certificate_watch(CURL *easy);
/* "2026-11-01" in UTC, "" when no certificate was refused for its dates. */
const char *certificate_date(const struct certificate_date *date);
void certificate_unwatch(struct certificate_date *date); /* NULL is fine */

#endif
