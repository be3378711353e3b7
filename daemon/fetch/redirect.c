#include "fetch/redirect.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void redirect_trail_init(struct redirect_trail *trail, const char *first_url)
{
	*trail = (struct redirect_trail){ .n_seen = 1 };
	trail->seen[0] = xstrdup(first_url);
}

void redirect_trail_release(struct redirect_trail *trail)
{
	for (size_t i = 0; i < trail->n_seen; i++)
		free(trail->seen[i]);
	trail->n_seen = 0;
}

bool redirect_is(int http_code)
{
	return http_code == 301 || http_code == 302 || http_code == 303 || http_code == 307 ||
	       http_code == 308;
}

static bool trail_has(const struct redirect_trail *trail, const char *url)
{
	for (size_t i = 0; i < trail->n_seen; i++)
		if (strcmp(trail->seen[i], url) == 0)
			return true;
	return false;
}

/* Refusals that need no look at the target's host. */
static bool target_refused(
	const struct fetch_url *from, int code, const char *location, struct failure *ret_fail)
{
	char shown[LIMIT_DETAIL];
	enum fetch_scheme scheme = from->scheme;
	fetch_url_for_people(location, shown, sizeof(shown));
	fetch_url_reference_scheme(location, &scheme);
	if (scheme != SCHEME_HTTP && scheme != SCHEME_HTTPS) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_REDIRECT_REFUSED, code,
			"redirected to %s, which courant does not follow", shown);
		return true;
	}
	return false;
}

bool redirect_follow(struct redirect_trail *trail, const struct fetch_url *from, int http_code,
	const char *location, const struct hsts *hsts, int64_t now, struct fetch_url *ret_to,
	struct failure *ret_fail)
{
	char shown[LIMIT_DETAIL];
	struct fetch_url to;
	assert(trail->n_seen > 0);
	if (!location) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_PROTOCOL_ERROR, http_code,
			"HTTP %d does not say where to go", http_code);
		return false;
	}
	if (target_refused(from, http_code, location, ret_fail))
		return false;
	fetch_url_for_people(location, shown, sizeof(shown));
	if (!fetch_url_resolve(from, location, &to)) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_REDIRECT_REFUSED, http_code,
			"redirected to \"%s\", which is no URL", shown);
		return false;
	}
	if (hsts && to.scheme == SCHEME_HTTP && hsts_covers(hsts, to.host, now))
		fetch_url_upgrade(&to);
	if (from->scheme == SCHEME_HTTPS && to.scheme == SCHEME_HTTP && from->has_credentials) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_REDIRECT_REFUSED, http_code,
			"redirected from https to %s, which would show the password", shown);
	} else if (trail_has(trail, to.text)) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_REDIRECT_LOOP, http_code,
			"redirected in a circle, back to %s", shown);
	} else if (trail->n_seen > LIMIT_REDIRECTS) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_REDIRECT_LOOP, http_code,
			"more than %d redirects, the last one to %s", LIMIT_REDIRECTS, shown);
	} else {
		bool permanent = http_code == 301 || http_code == 308;
		trail->permanent = permanent && (trail->permanent || trail->n_seen == 1);
		trail->seen[trail->n_seen++] = xstrdup(to.text);
		*ret_to = to;
		return true;
	}
	fetch_url_release(&to);
	return false;
}
