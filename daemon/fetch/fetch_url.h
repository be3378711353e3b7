/*
 * URLs as a fetch needs them: which scheme, which host's queue, whose credentials, where a redirect
 * leads. Pure; parsing is libcurl's (RFC 3986), so that what is judged is what is asked for.
 */
#ifndef COURANT_FETCH_FETCH_URL_H
#define COURANT_FETCH_FETCH_URL_H

#include <stdbool.h>
#include <stddef.h>

/* A host name has at most 253 characters (RFC 1035 2.3.4), a port 5, an IPv6 address two brackets.
 */
#define FETCH_HOST_SIZE 272

enum fetch_scheme { SCHEME_OTHER, SCHEME_HTTP, SCHEME_HTTPS, SCHEME_FILE, SCHEME_EXEC };

struct fetch_url {
	char *text; /* as given, or as resolved: its identity, compared byte for byte */
	enum fetch_scheme scheme;
	char host[FETCH_HOST_SIZE]; /* "example.org:443", lower case, in ASCII (RFC 5891); "" for
				       file: and exec: */
	bool has_credentials;       /* a user name or password stands in it, or goes with it */
};

/* Reads an http, https or file URL, or a command (config/command.h), of at most LIMIT_URL bytes;
 * false leaves *ret untouched. */
bool fetch_url_parse(const char *text, struct fetch_url *ret) __attribute__((warn_unused_result));
void fetch_url_release(struct fetch_url *url);

/* Whether both have the same scheme, host and port (RFC 6454). */
bool fetch_url_same_origin(const struct fetch_url *a, const struct fetch_url *b);
/* Turns an http URL into the https URL of the same (RFC 6797 8.3): port 80 becomes the default one,
 * any other stays. */
void fetch_url_upgrade(struct fetch_url *url);
/* What a Location header leads to (RFC 9110 10.2.2), without the fragment. Credentials in it are
 * dropped; those of `base` stay for its own scheme, host and port only. False when it is no usable
 * URL. */
bool fetch_url_resolve(const struct fetch_url *base, const char *location, struct fetch_url *ret)
	__attribute__((warn_unused_result));
/* The scheme that a reference names, SCHEME_OTHER for an unknown one; false when it names none. */
bool fetch_url_reference_scheme(const char *reference, enum fetch_scheme *ret);
/* The URL in the form that is sent, with spaces and bytes above ASCII encoded, the host as
 * A-labels; free with curl_free(). Never NULL for the text of a struct fetch_url. */
char *fetch_url_wire(const char *text);
/* The path of a file: URL, percent-decoded, to be freed; NULL when it names another host, holds %00
 * or is relative. */
char *fetch_url_file_path(const char *text);
/* The URL without its user name and password, for people, in `out`; cut at `size`. Returns out. */
const char *fetch_url_for_people(const char *text, char *out, size_t size);

#endif
