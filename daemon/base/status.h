/*
 * The one vocabulary of what can go wrong with a feed, a request or a document: the same word in C,
 * in the database, in the API, in the client and in the manual (courant-status in courantd(8)).
 *
 * Three kinds of error are never mixed: a bug asserts; a host that cannot serve us ends the program
 * with a clear message; bad input is one of these values with a detail text.
 */
#ifndef COURANT_BASE_STATUS_H
#define COURANT_BASE_STATUS_H

#include "base/limits.h"

/* Where in a refresh something failed. */
#define STAGE_LIST(X)     \
	X(NONE, "none")   \
	X(FETCH, "fetch") \
	X(PARSE, "parse") \
	X(STORE, "store")

/* What failed; the third column is one sentence for people, without a full stop. */
#define STATUS_LIST(X)                                                                          \
	X(OK, "ok", "no error")                                                                 \
	/* fetch */                                                                             \
	X(BAD_URL, "bad_url", "the URL cannot be used")                                         \
	X(DNS_FAILED, "dns_failed", "the host name was not found")                              \
	X(CONNECT_FAILED, "connect_failed", "no connection to the server")                      \
	X(TLS_FAILED, "tls_failed", "no secure connection to the server")                       \
	X(TIMEOUT, "timeout", "the server took too long")                                       \
	X(PROTOCOL_ERROR, "protocol_error", "the server's answer was not understood")           \
	X(HTTP_ERROR, "http_error", "the server answered with an error")                        \
	X(GONE, "gone", "the publisher removed this feed")                                      \
	X(RATE_LIMITED, "rate_limited", "the server asked us to slow down")                     \
	X(CHALLENGED, "challenged", "the server asks for a person with a browser")              \
	X(TOO_LARGE, "too_large", "the document is larger than allowed")                        \
	X(REDIRECT_LOOP, "redirect_loop", "the redirects run in a circle or are too many")      \
	X(REDIRECT_REFUSED, "redirect_refused", "the redirect leads where courant does not go") \
	X(ADDRESS_REFUSED, "address_refused", "the address was refused")                        \
	X(FILE_UNREADABLE, "file_unreadable", "the file cannot be read")                        \
	X(EXEC_FAILED, "exec_failed", "the program of this feed failed")                        \
	/* parse */                                                                             \
	X(EMPTY, "empty", "the document is empty")                                              \
	X(NOT_A_FEED, "not_a_feed", "the document is no feed")                                  \
	X(MALFORMED, "malformed", "the document is broken beyond repair")                       \
	X(ENTITY_REFUSED, "entity_refused", "the document declares entities")                   \
	X(TOO_DEEP, "too_deep", "the document is nested too deeply")                            \
	X(TOO_BIG, "too_big", "the document holds more than allowed")                           \
	X(BAD_ENCODING, "bad_encoding", "the document's characters cannot be decoded")          \
	X(PARSER_CRASHED, "parser_crashed", "the parser crashed on this document")              \
	X(PARSER_TIMEOUT, "parser_timeout", "the parser took too long on this document")        \
	X(PARSER_LIED, "parser_lied", "the parser's answer was not valid")                      \
	X(QUARANTINED, "quarantined",                                                           \
		"the document crashed the parser twice and waits for a change")                 \
	/* store, service and API */                                                            \
	X(STORE_FAILED, "store_failed", "the database refused the change")                      \
	X(DISK_FULL, "disk_full", "the disk is full")                                           \
	X(CANCELLED, "cancelled", "stopped before it was done")                                 \
	X(BAD_REQUEST, "bad_request", "the request is not valid")                               \
	X(NOT_FOUND, "not_found", "there is no such thing")                                     \
	X(METHOD_NOT_ALLOWED, "method_not_allowed", "this method does not work here")           \
	X(EXISTS, "exists", "it is there already")                                              \
	X(DECLARED, "declared", "it is declared in the configuration file")                     \
	X(TOO_SOON, "too_soon", "it was fetched a short time ago")                              \
	X(UNAVAILABLE, "unavailable", "the daemon is starting or stopping")                     \
	X(INTERNAL, "internal", "an internal error")

enum stage {
#define X(id, name) STAGE_##id,
	STAGE_LIST(X)
#undef X
		STAGE_COUNT
};

enum status {
#define X(id, name, text) STATUS_##id,
	STATUS_LIST(X)
#undef X
		STATUS_COUNT
};

/* One failure, complete: what a feed's row, an API answer and a log line show. A zeroed struct is
 * "no failure". */
struct failure {
	enum stage stage;
	enum status status;
	int http_code;             /* the HTTP status code, or 0 when there was none */
	char detail[LIMIT_DETAIL]; /* safe text for people (text_safe_line), may be empty */
};

/* The word of a stage or status, static, never NULL. */
const char *stage_name(enum stage stage);
const char *status_name(enum status status);
/* The sentence of a status, static, never NULL. */
const char *status_text(enum status status);
/* The status or stage of a word; STATUS_INTERNAL or STAGE_NONE when there is none of that name. */
enum status status_from_name(const char *name);
enum stage stage_from_name(const char *name);

/* Fills *ret; the detail is formatted, cut to LIMIT_DETAIL at a character and made safe for
 * terminals and logs. */
void failure_set(struct failure *ret, enum stage stage, enum status status, int http_code,
	const char *detail_format, ...) __attribute__((format(printf, 5, 6)));

#endif
