#include "schedule/health.h"

#include <assert.h>
#include <string.h>

#define DAY INT64_C(86400)

/* Failures in a row after which a feed is called failing (etiquette, table of answers). */
#define FAILING_AFTER 3
/* A feed that cannot be found for so long is called dead. */
#define DEAD_AFTER (30 * DAY)
/* Days with entries from which a rhythm can be read. */
#define QUIET_DAYS 5
/* -ln(0.001): by its rhythm, a silence that long comes once in a thousand times. */
#define QUIET_GAPS 6.9

static const struct {
	const char *name, *text;
	bool alarming;
} words[] = {
#define X(id, name, alarming, text) [HEALTH_##id] = { name, text, alarming },
	HEALTH_LIST(X)
#undef X
};

const char *health_name(enum health health)
{
	assert(health < HEALTH_COUNT);
	return words[health].name;
}

const char *health_text(enum health health)
{
	assert(health < HEALTH_COUNT);
	return words[health].text;
}

bool health_is_alarming(enum health health)
{
	assert(health < HEALTH_COUNT);
	return words[health].alarming;
}

/* Days with entries follow each other like a Poisson process of the rate that the feed had until it
 * fell silent; days rather than entries, since many publishers bring out a week's at once. */
static bool is_quiet(const struct health_facts *f, int64_t now)
{
	int64_t silence = now - f->newest, span = f->newest - f->oldest;
	if (f->newest == 0 || f->n_days < QUIET_DAYS || silence < HEALTH_QUIET_LEAST)
		return false;
	return (double)silence * (f->n_days - 1) > QUIET_GAPS * (double)span;
}

static bool is_blocked(const struct health_facts *f)
{
	if (f->status == STATUS_CHALLENGED)
		return true;
	return f->n_failures >= FAILING_AFTER &&
	       (f->status == STATUS_RATE_LIMITED || f->http_code == 403 || f->http_code == 451);
}

static enum health judge_failure(const struct health_facts *f, int64_t now)
{
	if (f->status == STATUS_GONE && f->stopped)
		return HEALTH_GONE;
	if (f->http_code == 404 && f->failing_since > 0 && now - f->failing_since >= DEAD_AFTER)
		return HEALTH_DEAD;
	if (is_blocked(f))
		return HEALTH_BLOCKED;
	if (f->status == STATUS_NOT_A_FEED)
		return HEALTH_NOT_A_FEED;
	if (f->n_failures >= FAILING_AFTER)
		return HEALTH_FAILING;
	if (f->offline)
		return HEALTH_OFFLINE;
	return f->status == STATUS_RATE_LIMITED ? HEALTH_RESTING : HEALTH_RETRYING;
}

static enum health judge_unasked(const struct health_facts *f, int64_t now)
{
	if (f->offline)
		return HEALTH_OFFLINE;
	return f->resting_until > now ? HEALTH_RESTING : HEALTH_NEVER;
}

enum health health_judge(const struct health_facts *f, int64_t now, int64_t *ret_since)
{
	*ret_since = 0;
	if (f->disabled)
		return HEALTH_DISABLED;
	if (f->last_fetch == 0) {
		*ret_since = f->created;
		return judge_unasked(f, now);
	}
	if (f->status != STATUS_OK) {
		*ret_since = f->failing_since;
		return judge_failure(f, now);
	}
	if (is_quiet(f, now)) {
		*ret_since = f->newest;
		return HEALTH_QUIET;
	}
	return f->resting_until > now ? HEALTH_RESTING : f->offline ? HEALTH_OFFLINE : HEALTH_OK;
}

/* ---- what to do ---- */

/* Of failures, by what was seen. */
static const struct {
	enum status status;
	int http_code; /* 0: any */
	const char *text;
} remedies[] = {
	{ STATUS_BAD_URL, 0, "correct its URL" },
	{ STATUS_DNS_FAILED, 0,
		"see whether its host still exists under another name: courant add takes the "
		"site's "
		"address too" },
	{ STATUS_CONNECT_FAILED, 0, "see whether the site opens in a browser; else wait" },
	{ STATUS_TLS_FAILED, 0,
		"its operator has to mend the certificate; see that this machine's date is right" },
	{ STATUS_TIMEOUT, 0, "wait, or give poll.timeout more time" },
	{ STATUS_HTTP_ERROR, 401, "the server wants a user name and a password for it" },
	{ STATUS_HTTP_ERROR, 403, "ask its operator to let courant's User-Agent in" },
	{ STATUS_HTTP_ERROR, 451, "the server may not show it where you are" },
	{ STATUS_HTTP_ERROR, 404,
		"look for its new address (courant add takes that of its site, too), then courant "
		"remove FEED" },
	{ STATUS_CHALLENGED, 0,
		"ask its operator to let courant's User-Agent in: a challenge for browsers keeps "
		"every feed reader out" },
	{ STATUS_RATE_LIMITED, 0,
		"ask its operator what is too much; a longer interval for this feed may help" },
	{ STATUS_TOO_LARGE, 0, "raise poll.max_body if the feed is worth it" },
	{ STATUS_REDIRECT_LOOP, 0, "its operator has to mend its redirects" },
	{ STATUS_REDIRECT_REFUSED, 0, "see where it leads, and add that if you trust it" },
	{ STATUS_ADDRESS_REFUSED, 0, "set allow_private for it if you meant this address" },
	{ STATUS_FILE_UNREADABLE, 0,
		"make the file readable for courantd (courantd(8), on systemd and home "
		"directories)" },
	{ STATUS_NOT_A_FEED, 0,
		"look for its new address (courant add takes that of its site, too), then courant "
		"remove FEED" },
	{ STATUS_EMPTY, 0, "wait; its publisher has to mend it" },
	{ STATUS_MALFORMED, 0,
		"its publisher has to mend it: courant-parse --format lint says what" },
	{ STATUS_ENTITY_REFUSED, 0, "its publisher has to take the entities out" },
	{ STATUS_QUARANTINED, 0, "wait until the document changes, and tell courant's authors" },
	{ STATUS_PARSER_CRASHED, 0, "tell courant's authors: this is a mistake in the parser" },
};

static const char *remedy_of(const struct health_facts *f)
{
	for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++) {
		if (remedies[i].status == f->status &&
			(remedies[i].http_code == 0 || remedies[i].http_code == f->http_code))
			return remedies[i].text;
	}
	return "wait; if it lasts, look whether its site still offers it";
}

const char *health_advice(enum health health, const struct health_facts *f)
{
	switch (health) {
	case HEALTH_GONE:
		return "courant refresh FEED to ask once more, or courant remove FEED to end the "
		       "subscription";
	case HEALTH_DEAD:
	case HEALTH_BLOCKED:
	case HEALTH_NOT_A_FEED:
	case HEALTH_FAILING:
		return remedy_of(f);
	case HEALTH_QUIET:
		return "nothing is wrong with its answers; see on its site whether it has ended";
	case HEALTH_RETRYING:
		return "wait: nothing has to be done yet";
	case HEALTH_RESTING:
		return "wait: courant asks again when the rest is over";
	case HEALTH_OFFLINE:
		return "see that this machine is connected; no feed is blamed";
	case HEALTH_DISABLED:
		return "declare it again, or courant remove FEED to drop its entries too";
	case HEALTH_NEVER:
	case HEALTH_OK:
	case HEALTH_COUNT:
		break;
	}
	return "";
}
