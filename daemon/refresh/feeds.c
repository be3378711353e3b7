/* Which feeds there are: loaded from the store, declared by the configuration, added and removed
 * through the API. */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/url.h"

#include <stdlib.h>
#include <string.h>

/* ---- life cycle ---- */

static void load_feed(void *arg, const struct feed_record *record)
{
	struct refresher *r = arg;
	struct feed *feed = feed_new(r, record->id, &record->config, &record->state);
	feed_mind_clock(feed, clock_now());
	feed_table_add(&r->table, feed);
	refresher_count(r, feed, 1);
}

/* Entries do not wait for a digest that is made on demand only: nobody may ever ask for it. */
static void apply_retention(struct refresher *r)
{
	const struct conf *conf = r->options.conf;
	const char **digests = xcalloc(conf->n_digests + 1, sizeof *digests);
	struct store_retention policy = { .read = conf->retain.read,
		.unread = conf->retain.unread,
		.max_entries_per_feed = conf->retain.max_entries_per_feed,
		.digests = digests };
	for (size_t i = 0; i < conf->n_digests; i++) {
		if (conf->digests[i].at_minutes >= 0)
			digests[policy.n_digests++] = conf->digests[i].name;
	}
	store_retain(r->options.store, &policy);
	free(digests);
}

struct refresher *refresher_new(const struct refresher_options *options)
{
	struct refresher *r = xcalloc(1, sizeof *r);
	r->options = *options;
	rng_seed_random(&r->rng);
	r->schedule = schedule_new(options->loop, feed_due, refresher_clock_set_back, r);
	deferred_init(r);
	full_init(r);
	store_each_feed(options->store, load_feed, r);
	refresher_load_moves(r);
	refresher_load_rests(r);
	apply_retention(r);
	store_decide(options->store, feed_decide);
	refresher_apply_declared(r, options->conf);
	for (size_t i = 0; i < r->table.n; i++)
		feed_schedule(r->table.feeds[i]);
	return r;
}

static void check_drained(void *arg)
{
	refresher_check_drained(arg);
}

void refresher_drain(struct refresher *r, void (*drained)(void *arg), void *arg)
{
	r->draining = true;
	r->drained = drained;
	r->drained_arg = arg;
	for (size_t i = 0; i < r->table.n; i++) {
		struct feed *feed = r->table.feeds[i];
		schedule_remove(r->schedule, &feed->due);
		if (feed->fetch != NULL)
			fetch_cancel(feed->fetch);
	}
	additions_cancel(r);
	refresher_defer(r, check_drained, r);
}

void refresher_free(struct refresher *r)
{
	if (r == NULL)
		return;
	full_release(r);
	deferred_release(r);
	schedule_free(r->schedule);
	pace_release(r);
	feed_table_release(&r->table);
	free(r);
}

/* ---- adding ---- */

void refresher_storing_done(struct refresher *r)
{
	r->options.refreshed(r->options.arg);
	if (--r->n_storing > 0)
		return;
	if (r->apply_pending)
		refresher_apply_declared(r, r->options.conf);
	refresher_check_drained(r);
}

struct addition {
	struct refresher *refresher;
	struct feed *feed; /* in no table yet */
	store_feed_done_fn *done;
	void *arg;
};

static void added(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct addition *a = arg;
	struct refresher *r = a->refresher;
	if (fail->status == STATUS_OK) {
		struct feed *feed = a->feed;
		feed->id = feed_id;
		feed_table_add(&r->table, feed);
		refresher_count(r, feed, 1);
		feed_schedule(feed);
	} else {
		if (a->done == NULL)
			log_err("feed %s: %s", a->feed->config.url, fail->detail);
		feed_free(a->feed);
	}
	if (a->done != NULL)
		a->done(a->arg, fail, feed_id);
	free(a);
	refresher_storing_done(r);
}

/* Takes the (new, tableless) feed. */
static void add(struct refresher *r, struct feed *feed, store_feed_done_fn *done, void *arg)
{
	struct addition *a = xcalloc(1, sizeof *a);
	*a = (struct addition){ .refresher = r, .feed = feed, .done = done, .arg = arg };
	int64_t now = clock_now();
	feed->kept.next_due = now;
	r->n_storing++;
	store_feed_add(r->options.store, &feed->config, now, now, added, a);
}

static void update_logged(void *arg, const struct failure *fail, int64_t feed_id)
{
	(void)arg;
	if (fail->status != STATUS_OK && fail->status != STATUS_NOT_FOUND)
		log_err("feed %lld: its changed configuration was not stored: %s",
			(long long)feed_id, fail->detail);
}

void feed_reconfigure(struct refresher *r, struct feed *feed, const struct feed_config *config,
	store_feed_done_fn *done, void *arg)
{
	if (done == NULL && feed_config_equal(&feed->config, config))
		return;
	refresher_count(r, feed, -1);
	feed_set_config(feed, config);
	refresher_count(r, feed, 1);
	store_feed_update(
		r->options.store, feed->id, config, done != NULL ? done : update_logged, arg);
	feed_schedule(feed);
}

/* An answer that needs nothing of the store. */
struct early_answer {
	int64_t feed_id;
	struct failure fail;
	store_feed_done_fn *done;
	void *arg;
};

static void run_early_answer(void *arg)
{
	struct early_answer *early = arg;
	early->done(early->arg, &early->fail, early->feed_id);
	free(early);
}

void refresher_answer(struct refresher *r, const struct failure *fail, int64_t feed_id,
	store_feed_done_fn *done, void *arg)
{
	struct early_answer *early = xmalloc(sizeof *early);
	*early = (struct early_answer){
		.feed_id = feed_id, .fail = *fail, .done = done, .arg = arg
	};
	refresher_defer(r, run_early_answer, early);
}

/* ---- removing ---- */

struct removal {
	struct refresher *refresher;
	store_feed_done_fn *done;
	void *arg;
};

static void removed(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct removal *removal = arg;
	struct refresher *r = removal->refresher;
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (fail->status == STATUS_OK && feed != NULL)
		refresher_forget(r, feed);
	removal->done(removal->arg, fail, feed_id);
	free(removal);
	refresher_storing_done(r);
}

struct feed *refresher_own_feed(
	const struct refresher *r, int64_t feed_id, const char *what, struct failure *ret_fail)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed == NULL)
		failure_set(ret_fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no feed %lld",
			(long long)feed_id);
	else if (feed->config.declared)
		failure_set(ret_fail, STAGE_NONE, STATUS_DECLARED, 0,
			"feed %lld is declared in %s: %s it there, then reload", (long long)feed_id,
			feed->declared_at, what);
	return feed != NULL && !feed->config.declared ? feed : NULL;
}

void refresher_remove(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	struct failure refused = { 0 };
	if (refresher_own_feed(r, feed_id, "remove", &refused) == NULL) {
		refresher_answer(r, &refused, feed_id, done, arg);
		return;
	}
	struct removal *removal = xmalloc(sizeof *removal);
	*removal = (struct removal){ .refresher = r, .done = done, .arg = arg };
	r->n_storing++;
	store_feed_remove(r->options.store, feed_id, removed, removal);
}

/* ---- the configuration's feeds ---- */

static int compare_urls(const void *a, const void *b)
{
	return strcmp(
		(*(struct feed *const *)a)->config.url, (*(struct feed *const *)b)->config.url);
}

static int compare_url_to_feed(const void *url, const void *feed)
{
	return strcmp(url, (*(struct feed *const *)feed)->config.url);
}

static struct feed_config declared_config(const struct conf_feed *declared)
{
	return (struct feed_config){
		.url = declared->url,
		.name = declared->name,
		.category = declared->category,
		.interval = declared->interval,
		.allow_private = declared->allow_private,
		.declared = true,
	};
}

static void declare(struct refresher *r, struct feed *known, const struct conf_feed *declared)
{
	struct feed_config config = declared_config(declared);
	struct feed *feed = known != NULL ? known : feed_new(r, 0, &config, &fetch_state_unknown);
	free(feed->declared_at);
	feed->declared_at = xasprintf("%s:%d", declared->file, declared->line);
	access_drop(feed->access);
	feed->access = access_hold(declared->access);
	if (known != NULL)
		feed_reconfigure(r, known, &config, NULL, NULL);
	else
		add(r, feed, NULL, NULL);
}

/* A feed that stands in the file no longer keeps its entries, but is not asked any more. */
static void disable(struct refresher *r, struct feed *feed)
{
	struct feed_config config = feed->config;
	config.declared = false;
	config.disabled = true;
	char *url = xstrdup(config.url), *name = xstrdup_or_null(config.name);
	char *category = xstrdup_or_null(config.category);
	config.url = url;
	config.name = name;
	config.category = category;
	log_notice("feed %lld (%s) is no longer declared: it is not polled, its entries stay",
		(long long)feed->id, url);
	feed_reconfigure(r, feed, &config, NULL, NULL);
	if (feed->state == REFRESH_QUEUED)
		fetch_cancel(feed->fetch);
	free(url);
	free(name);
	free(category);
	free(feed->declared_at);
	feed->declared_at = NULL;
}

/* The feeds that were there before the file was looked at, and which of them stand in it. */
struct comparison {
	struct feed **by_url;
	bool *seen;
	size_t n;
};

/* The feed that the file now names by the URL it has moved to: that is the same feed. */
static struct feed *find_moved(struct comparison *c, const char *url)
{
	for (size_t i = 0; i < c->n; i++) {
		struct feed *feed = c->by_url[i];
		if (feed->moves.n > 0 && !c->seen[i] && strcmp(feed_address(feed), url) == 0 &&
			(feed->config.declared || feed->config.disabled)) {
			c->seen[i] = true;
			feed_rename(feed, url);
			return feed;
		}
	}
	return NULL;
}

/* Declared by the same URL, or NULL. */
static struct feed *find_same(struct comparison *c, const char *url)
{
	struct feed **found =
		bsearch(url, c->by_url, c->n, sizeof(struct feed *), compare_url_to_feed);
	if (found == NULL)
		return NULL;
	c->seen[found - c->by_url] = true;
	return *found;
}

/* Whatever stands under its own URL comes first: two feeds that changed places are two feeds. */
static void declare_all(struct refresher *r, const struct conf *conf, struct comparison *c)
{
	struct feed **known = xcalloc(conf->n_feeds, sizeof(struct feed *));
	for (size_t i = 0; i < conf->n_feeds; i++)
		known[i] = find_same(c, conf->feeds[i].url);
	for (size_t i = 0; i < conf->n_feeds; i++) {
		if (known[i] == NULL)
			known[i] = find_moved(c, conf->feeds[i].url);
		declare(r, known[i], &conf->feeds[i]);
	}
	free(known);
}

void refresher_apply_declared(struct refresher *r, const struct conf *conf)
{
	/* Feeds on their way into the store cannot be told from new ones: wait for them. */
	r->apply_pending = r->n_storing > 0;
	if (r->apply_pending)
		return;
	size_t n = r->table.n;
	struct comparison c = { .by_url = xcalloc(n, sizeof(struct feed *)),
		.seen = xcalloc(n, sizeof(bool)),
		.n = n };
	if (n > 0)
		memcpy(c.by_url, r->table.feeds, n * sizeof(struct feed *));
	qsort(c.by_url, n, sizeof(struct feed *), compare_urls);
	declare_all(r, conf, &c);
	for (size_t i = 0; i < n; i++) {
		if (c.by_url[i]->config.declared && !c.seen[i])
			disable(r, c.by_url[i]);
	}
	free(c.by_url);
	free(c.seen);
}

void refresher_reload(struct refresher *r, const struct conf *conf)
{
	r->options.conf = conf;
	apply_retention(r);
	refresher_apply_declared(r, conf);
}

/* ---- figures ---- */

bool refresher_has_feed(const struct refresher *r, int64_t feed_id)
{
	return feed_table_get(&r->table, feed_id) != NULL;
}

enum refresh_state refresher_feed_state(const struct refresher *r, int64_t feed_id)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL ? feed->state : REFRESH_IDLE;
}

int64_t refresher_starts_at(const struct refresher *r, int64_t feed_id)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL && feed->fetch != NULL ? fetch_starts_at(feed->fetch) : 0;
}

int64_t refresher_next_due(const struct refresher *r, int64_t feed_id, int64_t stored)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL && feed->state == REFRESH_IDLE ? feed->kept.next_due : stored;
}

const char *refresher_declared_at(const struct refresher *r, int64_t feed_id)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL ? feed->declared_at : NULL;
}

int64_t refresher_resting_until(const struct refresher *r, int64_t feed_id)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL ? fetcher_resting(r->options.fetcher, feed_address(feed)) : 0;
}

bool refresher_is_cut_off(const struct refresher *r, int64_t feed_id)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	return r->offline.since > 0 && feed != NULL && !feed->local;
}

void refresher_stats(const struct refresher *r, struct refresher_stats *ret)
{
	*ret = (struct refresher_stats){ .n_feeds = (unsigned)r->table.n,
		.n_failing = r->n_failing,
		.n_gaps = r->n_gaps,
		.next_due = schedule_first(r->schedule),
		.offline_since = r->offline.since,
		.full_since = r->full.since,
		.add_starts_at = additions_start_at(r),
		.tally = r->tally };
	memcpy(ret->in_state, r->in_state, sizeof ret->in_state);
}
