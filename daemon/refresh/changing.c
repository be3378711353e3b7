/* Feeds that people change through the API. */
#include "refresh/private.h"
#include "base/clock.h"

/* What was answered to another login, cookie or way says nothing: it is due now, or when the
 * Retry-After is over. */
static void ask_at_once(struct feed *feed)
{
	struct feed_fetch_state *kept = &feed->kept;
	int64_t now = clock_now();
	feed->ask_again = feed->state != REFRESH_IDLE;
	if (!feed->ask_again)
		kept->next_due = !feed->local && kept->retry_at > now ? kept->retry_at : now;
}

void feed_heed_change(struct feed *feed)
{
	if (feed->ask_again)
		ask_at_once(feed);
}

void refresher_change(struct refresher *r, int64_t feed_id, const struct feed_change *change,
	store_feed_done_fn *done, void *arg)
{
	struct failure fail = { 0 };
	struct feed *feed = refresher_own_feed(r, feed_id, "change", &fail);
	if (feed == NULL) {
		refresher_answer(r, &fail, feed_id, done, arg);
		return;
	}
	struct feed_config config = feed->config;
	if (change->title != NULL)
		config.name = change->title;
	if (change->category != NULL)
		config.category = change->category[0] != '\0' ? change->category : NULL;
	if (change->login) {
		bool other = !text_same(config.username, change->username);
		config.username = change->username;
		if (other || change->password != NULL)
			config.password = change->password;
	}
	if (change->cookie != NULL)
		config.cookie = change->cookie[0] != '\0' ? change->cookie : NULL;
	if (change->proxy != NULL)
		config.proxy = change->proxy[0] != '\0' ? change->proxy : NULL;
	bool otherwise = !text_same(config.username, feed->config.username) ||
			 !text_same(config.password, feed->config.password) ||
			 !text_same(config.cookie, feed->config.cookie) ||
			 !text_same(config.proxy, feed->config.proxy);
	/* Also what is so already: the store may have failed to take it before. */
	feed_set_config(feed, &config);
	if (otherwise)
		ask_at_once(feed);
	store_feed_update(r->options.store, feed_id, &feed->config, done, arg);
	feed_schedule(feed);
}
