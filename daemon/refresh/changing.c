/* Feeds that people change through the API. */
#include "refresh/private.h"
#include "base/clock.h"

#include <string.h>

static bool is_changeable(const struct feed *feed, int64_t feed_id, struct failure *ret_fail)
{
	if (feed == NULL)
		failure_set(ret_fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no feed %lld",
			(long long)feed_id);
	else if (feed->config.declared)
		failure_set(ret_fail, STAGE_NONE, STATUS_DECLARED, 0,
			"feed %lld is declared in %s: change it there, then reload",
			(long long)feed_id, feed->declared_at);
	return feed != NULL && !feed->config.declared;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What was answered to another login says nothing: it is due now. */
static void ask_at_once(struct feed *feed)
{
	feed->ask_again = feed->state != REFRESH_IDLE;
	if (!feed->ask_again)
		feed->kept.next_due = clock_now();
}

void feed_heed_change(struct feed *feed)
{
	if (feed->ask_again)
		ask_at_once(feed);
}

void refresher_change(struct refresher *r, int64_t feed_id, const struct feed_change *change,
	store_feed_done_fn *done, void *arg)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	struct failure fail = { 0 };
	if (!is_changeable(feed, feed_id, &fail)) {
		refresher_answer(r, &fail, feed_id, done, arg);
		return;
	}
	struct feed_config config = feed->config;
	if (change->title != NULL)
		config.name = change->title;
	if (change->category != NULL)
		config.category = change->category[0] != '\0' ? change->category : NULL;
	if (change->login) {
		bool other = !same(config.username, change->username);
		config.username = change->username;
		if (other || change->password != NULL)
			config.password = change->password;
	}
	bool relogin = !same(config.username, feed->config.username) ||
		       !same(config.password, feed->config.password);
	if (feed_config_equal(&config, &feed->config)) {
		refresher_answer(r, &fail, feed_id, done, arg);
		return;
	}
	feed_set_config(feed, &config);
	if (relogin)
		ask_at_once(feed);
	store_feed_update(r->options.store, feed_id, &feed->config, done, arg);
	feed_schedule(feed);
}
