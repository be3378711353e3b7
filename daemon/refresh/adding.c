/*
 * Adding feeds: one by hand, which is fetched first and stored only when it is a feed, and many
 * from a list, which are stored at once and fetched in their turn.
 *
 * A feed that is being added goes through the same states as any refresh, in no table and with the
 * id 0; the moment it has something to commit it is stored, and the commit is that of its first
 * refresh. So the document is fetched once, and a document that is no feed leaves nothing behind.
 */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct addition {
	LIST_ENTRY(addition) link;
	struct feed *feed;
	bool look_only; /* nothing is to be stored */
	refresher_added_fn *done;
	void *arg;
	struct listing *found;
	struct feed_doc *doc; /* while the feed is being stored, ahead of its document */
	int64_t now;
};

/* ---- what may be added ---- */

static bool is_unusable(const char *url, struct failure *ret_fail)
{
	const char *problem = conf_url_problem(url);
	if (problem != NULL)
		failure_set(ret_fail, STAGE_NONE, STATUS_BAD_URL, 0, "%s: %s", url, problem);
	return problem != NULL;
}

static void set_exists(struct failure *ret, const struct feed *known)
{
	if (known->id != 0)
		failure_set(ret, STAGE_NONE, STATUS_EXISTS, 0, "feed %lld is %s",
			(long long)known->id, known->config.url);
	else
		failure_set(ret, STAGE_NONE, STATUS_EXISTS, 0, "%s is being added just now",
			known->config.url);
}

/* The feed that has this URL but for its spelling, or is about to; NULL: none. */
static const struct feed *find_known(const struct refresher *r, const char *url)
{
	struct hash key = feed_url_key(url);
	const struct feed *known = feed_table_by_key(&r->table, &key);
	if (known != NULL)
		return known;
	const struct addition *a;
	LIST_FOREACH(a, &r->additions, link)
	{
		if (!a->look_only && hash_equal(&a->feed->url_key, &key))
			return a->feed;
	}
	return NULL;
}

/* ---- an answer that needs nothing of network or store ---- */

struct early_answer {
	struct refresher *refresher;
	struct failure fail;
	int64_t feed_id;
	refresher_added_fn *done;
	void *arg;
};

static void run_early_answer(void *arg)
{
	struct early_answer *early = arg;
	early->done(early->arg, &early->fail, early->feed_id, NULL);
	free(early);
}

static void answer_early(struct refresher *r, const struct failure *fail, int64_t feed_id,
	refresher_added_fn *done, void *arg)
{
	struct early_answer *early = xmalloc(sizeof *early);
	*early = (struct early_answer){
		.refresher = r, .fail = *fail, .feed_id = feed_id, .done = done, .arg = arg
	};
	refresher_defer(r, run_early_answer, early);
}

/* ---- one feed ---- */

static void begin(struct refresher *r, const struct feed_config *config, bool look_only,
	refresher_added_fn *done, void *arg)
{
	struct addition *a = xcalloc(1, sizeof *a);
	*a = (struct addition){ .look_only = look_only, .done = done, .arg = arg };
	a->feed = feed_new(r, 0, config, &fetch_state_unknown);
	a->feed->addition = a;
	LIST_INSERT_HEAD(&r->additions, a, link);
	refresher_count(r, a->feed, 1);
	feed_begin_refresh(a->feed);
}

/* Back to what the store still says of it. */
static void disable_again(struct feed *feed)
{
	refresher_count(feed->refresher, feed, -1);
	feed->config.disabled = true;
	refresher_count(feed->refresher, feed, 1);
	feed_schedule(feed);
}

static void resumed(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct early_answer *answer = arg;
	struct feed *feed = feed_table_get(&answer->refresher->table, feed_id);
	if (fail->status != STATUS_OK && feed != NULL && !feed->config.declared)
		disable_again(feed);
	answer->fail = *fail;
	run_early_answer(answer);
}

/* A disabled feed goes on with the entries it has. */
static void resume(struct refresher *r, int64_t feed_id, const struct feed_config *config,
	refresher_added_fn *done, void *arg)
{
	struct early_answer *answer = xmalloc(sizeof *answer);
	*answer = (struct early_answer){
		.refresher = r, .feed_id = feed_id, .done = done, .arg = arg
	};
	feed_reconfigure(r, feed_table_get(&r->table, feed_id), config, resumed, answer);
}

void refresher_add(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg)
{
	struct failure fail = { 0 };
	if (is_unusable(config->url, &fail)) {
		answer_early(r, &fail, 0, done, arg);
		return;
	}
	const struct feed *known = find_known(r, config->url);
	if (known != NULL && known->config.disabled) {
		resume(r, known->id, config, done, arg);
	} else if (known != NULL) {
		set_exists(&fail, known);
		answer_early(r, &fail, known->id, done, arg);
	} else {
		begin(r, config, false, done, arg);
	}
}

void refresher_discover(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg)
{
	struct failure fail = { 0 };
	if (is_unusable(config->url, &fail))
		answer_early(r, &fail, 0, done, arg);
	else
		begin(r, config, true, done, arg);
}

/* ---- what the state machine tells ---- */

bool addition_is_known(struct feed *feed, const char *led_to, struct failure *ret_fail)
{
	const struct feed *known = find_known(feed->refresher, led_to);
	if (known == NULL || known == feed || feed->addition->look_only)
		return false;
	feed->report.feed_id = known->id;
	set_exists(ret_fail, known);
	return true;
}

/* A feed, listed alone. */
static struct listing *list_one(const struct feed *feed, const struct feed_doc *doc)
{
	struct listing_draft draft;
	listing_draft_init(&draft);
	struct arena *a = &draft.listing->arena;
	struct listed_feed *one = listing_draft_add(&draft);
	const char *format = feed_format_name(doc->format);
	one->url = arena_strdup(a, feed->config.url);
	one->title = doc->title != NULL ? arena_strdup(a, doc->title) : NULL;
	one->type = strncmp(format, "atom", 4) == 0   ? "atom"
		    : strncmp(format, "json", 4) == 0 ? "json"
						      : "rss";
	return listing_draft_finish(&draft);
}

bool addition_looked(struct feed *feed, const struct feed_doc *doc, struct listing *found)
{
	struct addition *a = feed->addition;
	a->found = found;
	if (doc != NULL && a->look_only)
		a->found = list_one(feed, doc);
	return a->look_only && a->found != NULL;
}

static void stored(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct addition *a = arg;
	struct feed *feed = a->feed;
	struct refresher *r = feed->refresher;
	struct feed_doc *doc = a->doc;
	a->doc = NULL;
	if (fail->status == STATUS_OK) {
		feed->id = feed_id;
		feed->report.feed_id = feed_id;
		feed_table_add(&r->table, feed);
		feed_store(feed, doc, a->now);
	} else {
		feed_doc_free(doc);
		feed->report.feed_id = feed_id;
		feed_abandon(feed, fail);
	}
	refresher_storing_done(r);
}

void addition_store(struct feed *feed, struct feed_doc *doc, int64_t now)
{
	struct addition *a = feed->addition;
	struct refresher *r = feed->refresher;
	a->doc = doc;
	a->now = now;
	r->n_storing++;
	/* Due from its first refresh on; until that is committed, in a while: never at once. */
	int64_t due = now + r->options.conf->poll.interval;
	store_feed_add(r->options.store, &feed->config, due, now, stored, a);
}

/* A feed that has an id is subscribed to, even if its first entries could not be stored. */
void addition_finished(struct feed *feed)
{
	struct addition *a = feed->addition;
	struct failure fail = { 0 };
	if (feed->id == 0)
		fail = feed->report.fail;
	feed->addition = NULL;
	LIST_REMOVE(a, link);
	a->done(a->arg, &fail, feed->report.feed_id, a->found);
	assert(a->doc == NULL);
	listing_free(a->found);
	free(a);
}

int64_t additions_start_at(const struct refresher *r)
{
	const struct addition *a;
	int64_t last = 0;
	LIST_FOREACH(a, &r->additions, link)
	{
		int64_t at = a->feed->fetch != NULL ? fetch_starts_at(a->feed->fetch) : 0;
		last = at > last ? at : last;
	}
	return last;
}

void additions_cancel(struct refresher *r)
{
	struct addition *a;
	LIST_FOREACH(a, &r->additions, link)
	{
		if (a->feed->fetch != NULL)
			fetch_cancel(a->feed->fetch);
	}
}
