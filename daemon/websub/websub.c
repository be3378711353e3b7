/*
 * Which hub is asked what, when. What hubs say and send is intent.c's.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "websub/callback.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- keeping ---- */

void sub_keep(struct subscription *sub)
{
	struct websub *w = sub->websub;
	schedule_set(w->schedule, &sub->due, sub->next_try > 0 ? sub->next_try : SCHEDULE_NEVER);
	if (sub->orphan)
		return;
	struct websub_record record = subscription_record(sub);
	store_websub_set(w->options.store, &record);
	refresher_set_pushed(w->refresher, sub->feed_id, sub->state == WEBSUB_SUBSCRIBED);
}

static void sub_drop(struct subscription *sub)
{
	struct websub *w = sub->websub;
	schedule_remove(w->schedule, &sub->due);
	subscription_table_remove(&w->table, sub);
	sub->websub = NULL;
	if (sub->fetch == NULL)
		subscription_free(sub);
	else
		fetch_cancel(sub->fetch); /* freed when that is answered */
}

void sub_lost(struct subscription *sub, enum websub_state state, const char *why)
{
	sub->state = state;
	sub->asked = ASKED_NOTHING;
	sub->lease_until = 0;
	subscription_set_detail(sub, why);
}

void sub_left(struct subscription *sub)
{
	if (sub->orphan) {
		sub_drop(sub);
		return;
	}
	sub_lost(sub, WEBSUB_ADVERTISED, NULL);
	sub->told = false;
	sub->n_failures = 0;
	free(sub->callback);
	free(sub->secret);
	sub->callback = sub->secret = NULL;
	sub->next_try = 0;
	sub_keep(sub);
}

/* ---- asking ---- */

/* When it is asked again; a lease that ends before that is over then. */
static void sub_try_at(struct subscription *sub, int64_t at)
{
	bool ends = sub->state == WEBSUB_SUBSCRIBED && sub->lease_until > clock_now();
	sub->asked = ASKED_NOTHING;
	sub->next_try = ends && sub->lease_until < at ? sub->lease_until : at;
}

/* The hub failed: it is asked again later, each time later. */
static void sub_failed(struct subscription *sub, const char *why, int64_t retry_after)
{
	int64_t wait = LIMIT_WEBSUB_RETRY;
	for (unsigned i = 0; i < sub->n_failures && wait < LIMIT_WEBSUB_RETRY_MAX; i++)
		wait *= 2;
	if (wait > LIMIT_WEBSUB_RETRY_MAX)
		wait = LIMIT_WEBSUB_RETRY_MAX;
	if (wait < retry_after)
		wait = retry_after < LIMIT_SERVER_FLOOR ? retry_after : LIMIT_SERVER_FLOOR;
	if (sub->n_failures++ == 0)
		log_warning("feed %lld: its hub: %s", (long long)sub->feed_id, why);
	sub_try_at(sub, clock_now() + wait);
	subscription_set_detail(sub, why);
	sub_keep(sub);
}

/* Its host rests and was not asked, which is no failure. */
static void sub_postponed(struct subscription *sub, int64_t until)
{
	sub->told = false;
	sub_try_at(sub, until);
	sub_keep(sub);
}

/* An unsubscription that fails changes nothing: the hub finds nobody when it sends. */
static void answered(void *arg, struct fetch_response *response)
{
	struct subscription *sub = arg;
	const struct failure *fail = &response->fail;
	sub->fetch = NULL;
	if (sub->websub == NULL) {
		subscription_free(sub);
	} else if (response->postponed_until > 0) {
		sub_postponed(sub, response->postponed_until);
	} else if (fail->status != STATUS_OK && fail->status != STATUS_CANCELLED &&
		   sub->asked == ASKED_SUBSCRIBE) {
		sub_failed(sub, fail->detail, response->freshness.retry_after);
	}
}

static void sub_ask(struct subscription *sub, enum websub_asked what)
{
	const struct websub_options *options = &sub->websub->options;
	const struct feed_config *feed =
		refresher_feed_config(sub->websub->refresher, sub->feed_id);
	if (sub->fetch != NULL) { /* the one before is being cancelled */
		sub->next_try = clock_now() + 1;
		sub_keep(sub);
		return;
	}
	if (feed != NULL)
		sub->allow_private = feed->allow_private;
	char *form = subscription_form(sub, what == ASKED_SUBSCRIBE);
	struct fetch_request request = {
		.url = sub->hub,
		.form = form,
		.allow_private = sub->allow_private,
		.timeout_ms = options->conf->poll.timeout_ms,
		.max_body = LIMIT_DISCARD,
	};
	sub->asked = what;
	sub->next_try = clock_now() + LIMIT_WEBSUB_VERIFY;
	sub->fetch = fetch_start(options->fetcher, &request, answered, sub);
	free(form);
	sub_keep(sub);
}

static void sub_subscribe(struct subscription *sub)
{
	if (sub->callback == NULL)
		subscription_make_secrets(sub, sub->websub->options.conf->websub.callback);
	if (sub->state != WEBSUB_SUBSCRIBED)
		sub_lost(sub, WEBSUB_REQUESTED, NULL);
	sub_ask(sub, ASKED_SUBSCRIBE);
}

/* Asks the hub to send no more, when it may be about to. */
static void sub_leave(struct subscription *sub)
{
	bool known = sub->state == WEBSUB_SUBSCRIBED || sub->state == WEBSUB_REQUESTED;
	if (sub->state == WEBSUB_LEAVING)
		return;
	if (!known || sub->websub->callback == NULL) {
		sub_left(sub);
		return;
	}
	if (sub->fetch != NULL)
		fetch_cancel(sub->fetch);
	sub_lost(sub, WEBSUB_LEAVING, NULL);
	sub->told = false;
	sub->asked = ASKED_UNSUBSCRIBE;
	sub->next_try = clock_now();
	sub_keep(sub);
}

/* ---- what is wanted ---- */

static bool is_wanted(const struct subscription *sub)
{
	const struct websub *w = sub->websub;
	const struct feed_config *feed = refresher_feed_config(w->refresher, sub->feed_id);
	return w->callback != NULL && w->options.conf->websub.callback != NULL && !sub->orphan &&
	       feed != NULL && !feed->disabled;
}

/* After the configuration, the feed or what it says has changed. */
static void sub_consider(struct subscription *sub)
{
	const char *base = sub->websub->options.conf->websub.callback;
	if (sub->state == WEBSUB_UNUSABLE)
		return;
	if (!is_wanted(sub)) {
		sub_leave(sub);
		return;
	}
	size_t n = strlen(base);
	if (sub->callback != NULL && (strncmp(sub->callback, base, n) != 0 ||
					     strlen(sub->callback) != n + 1 + WEBSUB_TOKEN))
		sub_left(sub); /* hubs reach us elsewhere now */
	if (sub->next_try == 0 || sub->state == WEBSUB_LEAVING)
		sub->next_try = clock_now();
	sub_keep(sub);
}

/* Polling goes on as before; a hub that failed to renew it is left alone a little longer. */
static void lease_over(struct subscription *sub)
{
	char *why = xstrdup_or_null(sub->detail);
	log_notice("feed %lld: its hub's lease is over", (long long)sub->feed_id);
	sub_lost(sub, WEBSUB_REQUESTED, why);
	sub->next_try = clock_now() + LIMIT_WEBSUB_RETRY;
	sub_keep(sub);
	free(why);
}

static void due(void *arg, struct heap_node *node)
{
	(void)arg;
	struct subscription *sub = (struct subscription *)(void *)node;
	if (sub->state == WEBSUB_LEAVING && !sub->told) {
		sub->told = true;
		sub_ask(sub, ASKED_UNSUBSCRIBE);
		return;
	}
	if (!is_wanted(sub)) {
		sub_left(sub);
		return;
	}
	if (sub->state == WEBSUB_SUBSCRIBED && clock_now() >= sub->lease_until) {
		lease_over(sub);
		if (sub->n_failures > 0)
			return;
	} else if (sub->asked == ASKED_SUBSCRIBE) {
		sub_failed(sub, "it did not verify the subscription", 0);
		return;
	}
	sub_subscribe(sub);
}

/* ---- what feeds say ---- */

/* The host of a URL, without "www.": part of `url`. */
static const char *host_of(const char *url, size_t *ret_n)
{
	const char *host = strstr(url, "://");
	host = host != NULL ? host + 3 : url;
	size_t n = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', n);
	if (at != NULL) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	if (n > 4 && strncasecmp(host, "www.", 4) == 0) {
		host += 4;
		n -= 4;
	}
	*ret_n = n;
	return host;
}

static bool same_host(const char *a, const char *b)
{
	size_t n_a, n_b;
	const char *host_a = host_of(a, &n_a), *host_b = host_of(b, &n_b);
	return n_a == n_b && strncasecmp(host_a, host_b, n_a) == 0;
}

static bool is_web(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0;
}

/* Why this hub is not asked, NULL when it may be. */
static const char *problem_of(
	const struct feed_config *feed, const char *hub, const char *topic, const char *from)
{
	if (!is_web(hub))
		return "the hub's URL is not http or https";
	if (strncasecmp(hub, "http://", 7) == 0 && !feed->allow_private)
		return "the hub is not reached by https, which would show the secret";
	if (topic == NULL)
		return "the feed does not name its own URL (rel=self)";
	if (!is_web(topic))
		return "the feed's own URL (rel=self) is not http or https";
	if (!same_host(topic, feed->url) && (from == NULL || !same_host(topic, from)))
		return "the feed's own URL (rel=self) is on another host";
	return NULL;
}

static struct subscription *sub_add(
	struct websub *w, int64_t feed_id, const char *hub, const char *topic)
{
	struct subscription *sub = subscription_new(w, feed_id, hub, topic);
	subscription_table_add(&w->table, sub);
	return sub;
}

/* Its feed does not speak of it any more. */
static void sub_orphan(struct subscription *sub)
{
	struct websub *w = sub->websub;
	subscription_table_remove(&w->table, sub);
	sub->orphan = true;
	subscription_table_add(&w->table, sub);
	refresher_set_pushed(w->refresher, sub->feed_id, false);
	sub_leave(sub);
}

void websub_hub_seen(
	struct websub *w, int64_t feed_id, const char *hub, const char *topic, const char *from)
{
	struct subscription *sub = subscription_of_feed(&w->table, feed_id);
	const struct feed_config *feed = refresher_feed_config(w->refresher, feed_id);
	if (feed == NULL)
		return;
	if (sub != NULL && hub == NULL) {
		sub_orphan(sub);
		store_websub_drop(w->options.store, feed_id);
	}
	if (hub == NULL || strlen(hub) > LIMIT_URL)
		return;
	const char *problem = problem_of(feed, hub, topic, from);
	if (topic == NULL)
		topic = feed->url;
	bool known = sub != NULL && strcmp(sub->hub, hub) == 0 && strcmp(sub->topic, topic) == 0;
	if (known && (sub->state == WEBSUB_UNUSABLE) == (problem != NULL)) {
		/* A feed that was disabled, and is there again, has let go of it. */
		if (sub->state == WEBSUB_ADVERTISED && is_wanted(sub))
			sub_consider(sub);
		return;
	}
	int64_t not_before = 0;
	if (sub != NULL) { /* a feed that changes its mind each time is not followed each time */
		not_before = clock_now() + LIMIT_WEBSUB_RETRY;
		sub_orphan(sub);
	}
	sub = sub_add(w, feed_id, hub, topic);
	if (problem != NULL) {
		sub_lost(sub, WEBSUB_UNUSABLE, problem);
		sub_keep(sub);
		return;
	}
	sub->next_try = is_wanted(sub) ? not_before : 0;
	sub_consider(sub);
}

void websub_feed_removed(struct websub *w, int64_t feed_id)
{
	struct subscription *sub = subscription_of_feed(&w->table, feed_id);
	if (sub != NULL)
		sub_orphan(sub);
}

bool websub_look(const struct websub *w, int64_t feed_id, struct websub_view *ret)
{
	const struct subscription *sub = subscription_of_feed(&w->table, feed_id);
	if (sub == NULL)
		return false;
	*ret = (struct websub_view){ .state = sub->state,
		.hub = sub->hub,
		.topic = sub->topic,
		.lease_until = sub->state == WEBSUB_SUBSCRIBED ? sub->lease_until : 0,
		.next_try = sub->next_try,
		.detail = sub->detail };
	return true;
}

/* ---- life ---- */

static void load(void *arg, const struct websub_record *record)
{
	struct websub *w = arg;
	subscription_table_add(&w->table, subscription_from_record(w, record));
}

static void consider_all(struct websub *w)
{
	for (size_t i = 0; i < w->table.n && !w->table.all[i]->orphan; i++)
		sub_consider(w->table.all[i]);
}

/* What was to be done at a time that is far away now is done at once. */
static void clock_set_back(void *arg)
{
	struct websub *w = arg;
	int64_t latest = clock_now() + LIMIT_WEBSUB_LEASE_MAX;
	for (size_t i = 0; i < w->table.n; i++) {
		struct subscription *sub = w->table.all[i];
		if (sub->next_try <= latest)
			continue;
		sub->next_try = clock_now();
		sub_keep(sub);
	}
}

struct websub *websub_new(const struct websub_options *options, char *error, size_t size)
{
	struct websub *w = xcalloc(1, sizeof(*w));
	w->options = *options;
	if (options->conf->websub.listen != NULL) {
		w->callback = callback_new(w, error, size);
		if (w->callback == NULL) {
			free(w);
			return NULL;
		}
	}
	w->schedule = schedule_new(options->loop, due, clock_set_back, w);
	store_each_websub(options->store, load, w);
	return w;
}

void websub_start(struct websub *w, struct refresher *refresher)
{
	w->refresher = refresher;
	consider_all(w);
	clock_set_back(w); /* it may have been since the last stop */
}

void websub_drain(struct websub *w)
{
	callback_free(w->callback);
	w->callback = NULL;
	for (size_t i = 0; i < w->table.n; i++)
		schedule_remove(w->schedule, &w->table.all[i]->due);
}

void websub_reload(struct websub *w, const struct conf *conf)
{
	w->options.conf = conf;
	consider_all(w);
}

void websub_free(struct websub *w)
{
	if (w == NULL)
		return;
	callback_free(w->callback);
	schedule_free(w->schedule);
	for (size_t i = 0; i < w->table.n; i++)
		subscription_free(w->table.all[i]);
	free(w->table.all);
	free(w);
}
