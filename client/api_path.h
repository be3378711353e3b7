/*
 * A request's path with its query, percent-encoded (RFC 3986 2.1).
 */
#ifndef COURANT_CLIENT_API_PATH_H
#define COURANT_CLIENT_API_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct api_path {
	struct strbuf text; /* the path, then ?a=b&c=d */
	bool begun;
};

void api_path_init(struct api_path *q, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void api_path_release(struct api_path *q);
/* name is a literal word of the API; value is encoded. */
void api_path_add(struct api_path *q, const char *name, const char *value);
void api_path_add_number(struct api_path *q, const char *name, int64_t value);
/* Appends one encoded path segment. */
void api_path_segment(struct api_path *q, const char *segment);
const char *api_path_str(const struct api_path *q);

#endif
