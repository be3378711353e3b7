/*
 * A request's path with its query, percent-encoded (RFC 3986 2.1).
 */
#ifndef COURANT_CLIENT_QUERY_H
#define COURANT_CLIENT_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct query {
	struct strbuf text; /* the path, then ?a=b&c=d */
	bool begun;
};

void query_init(struct query *q, const char *format, ...) __attribute__((format(printf, 2, 3)));
void query_release(struct query *q);
/* name is a literal word of the API; value is encoded. */
void query_add(struct query *q, const char *name, const char *value);
void query_add_number(struct query *q, const char *name, int64_t value);
/* Appends one encoded path segment. */
void query_segment(struct query *q, const char *segment);
const char *query_str(const struct query *q);

#endif
