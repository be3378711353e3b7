/*
 * One HTTP request and its answer on one libcurl easy handle: what is asked for, what is let
 * through while it arrives, and what it came to. Knows nothing of queues, redirect chains or who
 * asked. Loop thread only.
 */
#ifndef COURANT_FETCH_TRANSFER_H
#define COURANT_FETCH_TRANSFER_H

#include "base/status.h"
#include "base/strbuf.h"
#include "config/access.h"
#include "fetch/certificate.h"
#include "fetch/headers.h"
#include "fetch/fetch_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct transfer_request {
	const struct fetch_url *url;      /* http or https; must outlive the transfer */
	const char *etag, *last_modified; /* sent as they are; NULL: none */
	const char *user_agent;
	const char *ca_file;         /* certificates to trust; NULL: libcurl's default */
	const struct access *access; /* login, fields, certificates for this hop; NULL: none. Given
					to the feed's own origin only */
	bool login_withheld; /* there is a login, and this is not its origin: for the message */
	const char *proxy, *proxy_password; /* URL; NULL: none. The guard then judges no addresses:
					       who names a proxy trusts it (decision 75) */
	enum access_ip ip;
	const char *form; /* POST this (application/x-www-form-urlencoded); NULL: GET */
	bool allow_private;
	int64_t timeout_ms; /* what is left for this exchange, more than 0 */
	uint64_t max_body;
	void (*settled)(void *arg); /* once: the name is resolved, or was known; inside libcurl:
				       only note it */
	void (*sending)(
		void *arg); /* the connection is there, the request goes out; inside libcurl */
	/* so many bytes came: of the header as they are, of a document decoded; inside libcurl */
	void (*arrived)(void *arg, size_t n_header, size_t n_body);
	/* whether the connection is to be kept for somebody; inside libcurl, before the body of an
	 * answer that is no redirect */
	bool (*wanted)(void *arg);
	void *arg; /* also the handle's CURLINFO_PRIVATE */
};

enum transfer_end {
	TRANSFER_DOCUMENT,
	TRANSFER_NOT_MODIFIED,
	TRANSFER_REDIRECTED,
	TRANSFER_FAILED
};

struct transfer {
	CURL *easy; /* the caller's; NULL once he took it back */
	struct transfer_request request;
	struct curl_slist *fields; /* of the request */
	struct headers reply;
	struct strbuf body;
	size_t n_discarded; /* of a body that nobody reads */
	bool settled;
	bool no_route; /* it failed because nothing leads to the host from here */
	bool headers_too_large;
	unsigned n_sockets;                   /* opened towards allowed addresses */
	struct certificate_date *certificate; /* of https; NULL: not known */
	const char *refused;                  /* what the last refused address is; NULL: none was */
	char refused_ip[INET6_ADDRSTRLEN];
	char error[CURL_ERROR_SIZE];
};

/* Prepares the handle; the caller adds it to the multi. */
struct transfer *transfer_new(CURL *easy, const struct transfer_request *request);
/* The handle, out of the multi, goes back to the caller; what was received stays. `settled` is
 * called if it never was. */
CURL *transfer_take_easy(struct transfer *t);
void transfer_free(struct transfer *t); /* after transfer_take_easy(). NULL is fine. */
/* What the answer came to. *ret_fail is set for TRANSFER_FAILED only. */
enum transfer_end transfer_judge(struct transfer *t, CURLcode result, struct failure *ret_fail);
/* The HTTP status code, 0 when there was no answer. */
int transfer_code(const struct transfer *t);
/* Whether the body that comes with this status code is what was asked for. */
bool transfer_wants_body(const struct transfer *t, int code);
/* Whether the other end is this machine; a proxy on it is not. */
bool transfer_is_loopback(const struct transfer *t);

#endif
