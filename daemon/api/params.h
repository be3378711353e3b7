/*
 * The parameters of a request, in its path and its query: taken apart strictly, by tables. Pure.
 * A parameter that a route does not know is refused by name, as is one given twice: a filter that
 * is silently passed over shows a person other entries than he asked for.
 */
#ifndef COURANT_API_PARAMS_H
#define COURANT_API_PARAMS_H

#include "base/status.h"
#include "db/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every value that any route takes; its defaults are params_init()'s. Strings lie in the request.
 */
struct params {
	enum entry_status statuses[ENTRY_STATUS_COUNT]; /* no two the same */
	size_t n_statuses;
	int starred; /* 1 only starred, 0 any, -1 only not starred */
	int64_t feed_id;
	const char *category;
	int64_t after_id, before_id;
	int64_t after, before, published_after, published_before;
	const char *search; /* NULL: not said */
	enum entry_order order;
	bool order_said;
	bool descending;
	int64_t limit, offset;
	bool content;
	bool wait;
	bool allow_private;
	int64_t last_event_id; /* -1: not said */
	const char *name;      /* of a digest */
	int64_t days;          /* 0: not said */
	bool parts;
};

enum param_type {
	PARAM_INT,       /* decimal, 0 or more */
	PARAM_BOOL,      /* 1, true, 0, false */
	PARAM_TERNARY,   /* the same into an int: 1, -1 */
	PARAM_TEXT,      /* not empty, UTF-8 without controls */
	PARAM_STATUS,    /* entry_status_name; may be repeated */
	PARAM_ORDER,     /* see docs/api.md */
	PARAM_DIRECTION, /* asc, desc into a bool */
};

struct param {
	const char *name; /* NULL ends a table */
	enum param_type type;
	size_t offset; /* of its field in struct params; PARAM_STATUS has its own */
};

void params_init(struct params *p);
/* Reads a query string (what stands after the `?`, still escaped, cut in place; NULL: none) by the
 * table (NULL: no parameter is known). False with BAD_REQUEST and a sentence in *ret_fail. */
bool params_parse(
	struct params *p, const struct param *table, char *query, struct failure *ret_fail);

/* Decodes %XX in place (RFC 3986 2.1). False when an escape is broken, or when what comes out is
 * not UTF-8 or holds a control character: no name of ours does. */
bool percent_decode(char *s);
/* A decimal number from 0 to INT64_MAX without sign, space or leading zeros. */
bool number_parse(const char *s, int64_t *ret);
/* The id of an entry, a feed: a number from 1. */
bool id_parse(const char *s, int64_t *ret);

#endif
