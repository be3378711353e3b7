#include "refresh/offline.h"

enum offline_sign offline_sign(const struct failure *fail, int http_code)
{
	static const enum status unreached[] = { STATUS_DNS_FAILED, STATUS_CONNECT_FAILED,
		STATUS_TLS_FAILED, STATUS_TIMEOUT };
	static const enum status silent[] = { STATUS_CANCELLED, STATUS_BAD_URL,
		STATUS_ADDRESS_REFUSED };

	if (http_code > 0)
		return OFFLINE_REACHED;
	for (unsigned i = 0; i < sizeof(unreached) / sizeof(unreached[0]); i++)
		if (fail->status == unreached[i])
			return OFFLINE_FAILED;
	for (unsigned i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (fail->status == silent[i])
			return OFFLINE_NO_SIGN;
	return OFFLINE_REACHED;
}

bool offline_reached(struct offline *o)
{
	bool ends = o->since > 0;

	o->n_reached++;
	o->n_failed = 0;
	o->since = o->next_probe = o->probe_wait = 0;
	return ends;
}

/* How many hosts in a row: one host that fails is that host's matter; two of two are ours. */
static unsigned enough(unsigned n_feeds, bool no_route)
{
	unsigned n = 1 + n_feeds / 2;

	if (n_feeds < 2)
		return no_route ? 1 : LIMIT_OFFLINE_HOSTS + 1;
	return n < LIMIT_OFFLINE_HOSTS ? n : LIMIT_OFFLINE_HOSTS;
}

static void wait_longer(struct offline *o, int64_t now)
{
	int64_t wait = o->probe_wait > 0 ? o->probe_wait * 2 : LIMIT_OFFLINE_PROBE;

	o->probe_wait = wait < LIMIT_OFFLINE_PROBE_MOST ? wait : LIMIT_OFFLINE_PROBE_MOST;
	o->next_probe = now + o->probe_wait;
}

bool offline_failed(struct offline *o, uint64_t host, uint64_t began, unsigned n_feeds,
	bool no_route, int64_t now)
{
	if (o->since > 0 || began != o->n_reached || o->n_failed == LIMIT_OFFLINE_HOSTS)
		return false;
	for (unsigned i = 0; i < o->n_failed; i++)
		if (o->failed[i] == host)
			return false;
	o->failed[o->n_failed++] = host;
	if (o->n_failed < enough(n_feeds, no_route))
		return false;
	o->since = now;
	wait_longer(o, now);
	return true;
}

bool offline_probe(struct offline *o, int64_t now)
{
	/* A clock that was set back must not make the wait longer than it is. */
	if (o->next_probe > now + o->probe_wait)
		o->next_probe = now + o->probe_wait;
	if (now < o->next_probe)
		return false;
	wait_longer(o, now);
	return true;
}
