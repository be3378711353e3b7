/*
 * Which handler answers which method and path: one table, and the search in it. The search is pure.
 *
 * A handler has up to three steps, run in order until the request has an answer: `begin` on the
 * loop, `read` on a reader thread with that thread's connection, `end` on the loop. A step that
 * starts work elsewhere (the writer, a refresh) leaves the answer to that work's callback; see
 * api/request.h.
 */
#ifndef COURANT_API_ROUTE_H
#define COURANT_API_ROUTE_H

#include "api/body.h"
#include "api/params.h"

#include <stdint.h>

struct request;

enum method { METHOD_GET, METHOD_PUT, METHOD_POST, METHOD_DELETE, METHOD_COUNT };

struct route {
	enum method method; /* GET answers HEAD too */
	/* Segments that must be equal, and at most one {id} or {name}. Of the patterns that a path
	 * fits the first in the table counts, whatever the method: literals stand before {…}. */
	const char *pattern;
	const struct param *params;  /* of the query; NULL: none */
	const struct body_key *body; /* of the JSON body; NULL: a body is not looked at */
	void (*begin)(struct request *rq);
	void (*read)(struct request *rq, struct query *q);
	void (*end)(struct request *rq);
};

struct route_match {
	const struct route *route;
	int64_t id; /* of {id}, else 0 */
	char *name; /* of {name}, decoded, in the path; else NULL */
};

#define ROUTE_ALLOW_SIZE 40

/*
 * Finds the route of a method and a raw path (cut in place). NOT_FOUND; METHOD_NOT_ALLOWED with the
 * methods that work in `ret_allow`; BAD_REQUEST when the place of {id} or {name} holds something
 * else. *ret_match is set on OK only.
 */
enum status route_find(const struct route *routes, size_t n, const char *method, char *path,
	struct route_match *ret_match, char ret_allow[ROUTE_ALLOW_SIZE]);

/* The routes of docs/api.md. */
extern const struct route ROUTES[];
extern const size_t N_ROUTES;

#endif
