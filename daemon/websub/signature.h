/*
 * X-Hub-Signature (WebSub 7.1): "METHOD=HEX", the HMAC of the body with the subscription's secret.
 * Pure; compares in constant time.
 */
#ifndef COURANT_WEBSUB_SIGNATURE_H
#define COURANT_WEBSUB_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

/* header NULL: there is none, and nothing is right. */
bool signature_is_right(const char *header, const char *secret, const char *body, size_t n);

#endif
