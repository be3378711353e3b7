/*
 * What goes with the present hop of a fetch: the feed's way there, its secrets where it is at home,
 * https where the host wants it.
 */
#include "base/clock.h"
#include "fetch/fetcher.h"
#include "fetch/route.h"

const char *hop_proxy(const struct fetch *fetch)
{
	return route_proxy(fetch->access, fetch->fetcher->options.proxy, fetch->url.host);
}

const char *hop_forbidden(const struct fetch *fetch)
{
	bool blind = !fetch->allow_private && hop_proxy(fetch);
	return blind ? route_forbidden_host(fetch->url.host) : NULL;
}

static bool has_secrets(const struct access *a)
{
	return a && (a->auth != ACCESS_AUTH_NONE || a->n_headers > 0 || a->client_cert);
}

static bool is_at_home(const struct fetch *fetch)
{
	return fetch->home.text && fetch_url_same_origin(&fetch->home, &fetch->url);
}

bool hop_left_home(const struct fetch *fetch)
{
	return has_secrets(fetch->access) && !is_at_home(fetch);
}

void hop_mark_secrets(struct fetch *fetch)
{
	if (has_secrets(fetch->access) && is_at_home(fetch))
		fetch->url.has_credentials = true;
}

void hop_take_access(const struct fetch *fetch, struct transfer_request *request)
{
	const struct fetcher_options *options = &fetch->fetcher->options;
	struct access *a = fetch->access;
	bool home = is_at_home(fetch), own_proxy = a && a->proxy;
	request->access = home ? a : NULL;
	request->login_withheld = !home && a && a->auth != ACCESS_AUTH_NONE;
	request->proxy = hop_proxy(fetch);
	request->proxy_password = own_proxy ? a->proxy_password : options->proxy_password;
	request->ip = a && a->ip != ACCESS_IP_UNSAID ? a->ip : options->ip;
}

static void upgrade(const struct fetcher *f, struct fetch_url *url)
{
	if (url->scheme == SCHEME_HTTP && hsts_covers(f->hsts, url->host, clock_now()))
		fetch_url_upgrade(url);
}

void hop_begin(struct fetch *fetch, const struct fetch_request *request)
{
	const struct fetcher *f = fetch->fetcher;
	const char *home = request->access_url ? request->access_url : request->url;
	fetch->access = access_hold(request->access);
	if (fetch->access && fetch_url_parse(home, &fetch->home))
		upgrade(f, &fetch->home);
	upgrade(f, &fetch->url);
	redirect_trail_release(&fetch->trail);
	redirect_trail_init(&fetch->trail, fetch->url.text);
	hop_mark_secrets(fetch);
}

/* Only what came over a connection that all feeds would trust: one feed's own authority
 * speaks for nobody else's. */
void hop_note_hsts(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	const struct transfer *t = fetch->transfer;
	const struct access *a = t->request.access;
	struct hsts_entry entry;
	int64_t max_age;
	bool subdomains;
	if (!t->reply.hsts || !t->reply.complete || fetch->url.scheme != SCHEME_HTTPS ||
		(a && a->ca_file) || !hsts_parse(t->reply.hsts, &max_age, &subdomains))
		return;
	if (hsts_note(f->hsts, fetch->url.host, max_age, subdomains, clock_now(), &entry) &&
		f->options.hsts_noted)
		f->options.hsts_noted(f->options.noted_arg, &entry);
}
