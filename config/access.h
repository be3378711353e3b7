/*
 * How a feed is asked for where that differs from the rest: who we say we are, by which way, whom
 * we trust. Immutable once made, and shared by counting: a snapshot of the configuration, the feed
 * and a fetch under way each hold one, so that a reload takes nothing from under a transfer. Loop
 * thread only.
 *
 * Login, header fields, client certificate and CA file are for the feed's own origin (RFC 6454: its
 * scheme, host and port) and go nowhere else, redirects included; proxy and IP family hold for
 * every hop. Secrets are wiped when the last holder lets go, and stand in no message.
 */
#ifndef COURANT_CONFIG_ACCESS_H
#define COURANT_CONFIG_ACCESS_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum access_auth {
	ACCESS_AUTH_NONE,
	ACCESS_BASIC,  /* RFC 7617 */
	ACCESS_DIGEST, /* RFC 7616; costs a second request */
	ACCESS_BEARER  /* RFC 6750: the password is the token */
};

enum access_ip { ACCESS_IP_UNSAID, ACCESS_IP_ANY, ACCESS_IP_V4, ACCESS_IP_V6 };

/* What to use in the place of a URL to go without the general proxy. */
#define ACCESS_NO_PROXY "none"

struct access {
	unsigned n_holders;
	enum access_auth auth;
	char *username; /* NULL: none, as with a token */
	char *password; /* NULL: none */
	char **headers; /* "Name: value", each checked by access_header_problem() */
	size_t n_headers;
	char *proxy;                    /* a URL or ACCESS_NO_PROXY; NULL: the general one */
	char *proxy_password;           /* NULL: none, or in the URL */
	char *client_cert, *client_key; /* paths of PEM files; key NULL: it is in client_cert */
	char *ca_file;                  /* path; NULL: the general one */
	enum access_ip ip;              /* UNSAID: the general preference */
};

/* Empty, with one holder. */
struct access *access_new(void);
/* The same one more time; NULL is fine and gives NULL. */
struct access *access_hold(struct access *a);
/* Lets go; the last one wipes and frees. NULL is fine. */
void access_drop(struct access *a);
/* Whether it says nothing at all. */
bool access_is_empty(const struct access *a);
/* Whether both say the same. NULL is as good as an empty one. */
bool access_equal(const struct access *a, const struct access *b);
/* A login alone; NULL when both are NULL. */
struct access *access_of_login(const char *username, const char *password);

/* Takes a copy of one checked header field. */
void access_add_header(struct access *a, const char *field);
/* Why a text cannot be a header field that a feed sets, NULL when it can: "Name: value" (RFC 9110
 * 5.1, 5.5), and none of those by which courant keeps its word to publishers or speaks HTTP. */
const char *access_header_problem(const char *field);
/* Why a text cannot be a proxy, NULL when it can: http, https, socks5 or socks5h. */
const char *access_proxy_problem(const char *proxy);

#endif
