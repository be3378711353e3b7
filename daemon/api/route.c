#include "api/route.h"

#include <stdio.h>
#include <string.h>

static const char *const METHODS[METHOD_COUNT] = {
	[METHOD_GET] = "GET",
	[METHOD_PUT] = "PUT",
	[METHOD_POST] = "POST",
	[METHOD_DELETE] = "DELETE",
};

/* Whether the path fits the pattern; *ret_argument is where the segment for {…} begins, or NULL. */
static bool fits(const char *pattern, char *path, char **ret_argument)
{
	*ret_argument = NULL;
	while (*pattern != '\0') {
		if (*pattern == '{') {
			*ret_argument = path;
			size_t n = strcspn(path, "/");
			if (n == 0)
				return false;
			path += n;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static enum status take_argument(
	const struct route *route, char *argument, struct route_match *ret_match)
{
	struct route_match match = { .route = route };
	if (argument != NULL) {
		argument[strcspn(argument, "/")] = '\0';
		if (strstr(route->pattern, "{id}") == NULL) {
			match.name = argument;
			if (!percent_decode(argument))
				return STATUS_BAD_REQUEST;
		} else if (!id_parse(argument, &match.id)) {
			return STATUS_BAD_REQUEST;
		}
	}
	*ret_match = match;
	return STATUS_OK;
}

static void list_allowed(const struct route *route, const struct route *end, char *ret_allow)
{
	char *p = ret_allow;
	for (const struct route *r = route; r < end; r++) {
		if (strcmp(r->pattern, route->pattern) != 0)
			continue;
		const char *also = r->method == METHOD_GET ? ", HEAD" : "";
		p += snprintf(p, (size_t)(ret_allow + ROUTE_ALLOW_SIZE - p), "%s%s%s",
			p > ret_allow ? ", " : "", METHODS[r->method], also);
	}
}

enum status route_find(const struct route *routes, size_t n, const char *method, char *path,
	struct route_match *ret_match, char ret_allow[ROUTE_ALLOW_SIZE])
{
	const struct route *end = routes + n;
	const struct route *first = routes;
	char *argument = NULL;
	while (first < end && !fits(first->pattern, path, &argument))
		first++;
	if (first == end)
		return STATUS_NOT_FOUND;
	if (strcmp(method, "HEAD") == 0)
		method = METHODS[METHOD_GET];
	for (const struct route *r = first; r < end; r++) {
		if (strcmp(r->pattern, first->pattern) == 0 &&
			strcmp(METHODS[r->method], method) == 0)
			return take_argument(r, argument, ret_match);
	}
	list_allowed(first, end, ret_allow);
	return STATUS_METHOD_NOT_ALLOWED;
}
