/*
 * One run of courant: what was asked for, where it prints, the daemon it talks to. One thread.
 */
#ifndef COURANT_CLIENT_CLIENT_H
#define COURANT_CLIENT_CLIENT_H

#include <jansson.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/http.h"
#include "client/outcome.h"
#include "client/output.h"
#include "client/socket_path.h"

struct client {
	struct invocation invocation;
	struct output output;
	struct socket_path socket;
	struct http *http; /* made by the first call */
	json_t *feeds;     /* the list of feeds once somebody needed it (feed_list) */
	int64_t now;       /* UTC seconds at the start, for relative times */
};

/* Runs the command line; returns the exit code. */
int client_main(int argc, char *const *argv);

/*
 * Calls. Each explains its failure with complain() and returns the outcome that belongs to it; *ret
 * (new reference, NULL for an answer without a body) is set on OUTCOME_OK only and may be NULL when
 * the answer does not matter.
 */
enum outcome call_get(struct client *c, const char *path, json_t **ret);
enum outcome call_put(struct client *c, const char *path, const json_t *body, json_t **ret);
enum outcome call_post(struct client *c, const char *path, const json_t *body, json_t **ret);
enum outcome call_delete(struct client *c, const char *path);
/* GET of a text that is no JSON: appended to *ret as it came. */
enum outcome call_text(struct client *c, const char *path, struct strbuf *ret);
/* PUT or POST of something that takes as long as it takes; `look`, or NULL, is called about once a
 * second meanwhile, and ends it by false. */
enum outcome call_patiently(struct client *c, const char *method, const char *path,
	bool (*look)(void *ctx), void *ctx, json_t **ret);
/* The same with a body, and for a caller who wants to read a refusal: any answer of the daemon is
 * OUTCOME_OK, with its HTTP status; *ret may be NULL. */
enum outcome call_try(struct client *c, const char *method, const char *path, const json_t *body,
	bool (*look)(void *ctx), void *ctx, long *ret_status, json_t **ret);
/* So, too, for a body that is no JSON. */
enum outcome call_upload(struct client *c, const char *path, const char *type,
	const struct strbuf *body, long *ret_status, json_t **ret);
/* Explains such a refusal, and the outcome that belongs to it. */
enum outcome call_refused(long status, const json_t *answer);
/* One request that streams its answer into the sink; the caller judges how it ended. A refusal is
 * explained and its outcome stored in *ret_outcome. */
enum http_end call_stream(
	struct client *c, const struct http_request *rq, enum outcome *ret_outcome);

#endif
