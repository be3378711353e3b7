/*
 * What a hub sends (WebSub 7): a refresh without a fetch. It leaves validators, body hash, health
 * and due time as they are, since it says nothing of the server that is polled.
 */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>

static const char *name_of(const struct feed *feed)
{
	return feed->config.name != NULL ? feed->config.name : feed->config.url;
}

static void stored(void *arg, const struct store_refresh_result *result)
{
	struct feed *feed = arg;
	struct refresher *r = feed->refresher;
	feed->report.fail = result->fail;
	feed->report.n_new = result->n_new;
	feed->report.n_changed = result->n_changed;
	full_noted(r, &result->fail);
	if (result->fail.status != STATUS_OK)
		log_err("feed %lld: %s: %s", (long long)feed->id, status_name(result->fail.status),
			result->fail.detail);
	else
		log_info("feed %lld (%s): its hub sent %lld new, %lld changed", (long long)feed->id,
			name_of(feed), (long long)result->n_new, (long long)result->n_changed);
	if (result->n_new > 0)
		r->options.published(r->options.arg, result->last_id);
	feed_finish(feed);
}

static void due_stored(void *arg, const struct store_refresh_result *result)
{
	struct feed *feed = arg;
	if (result->fail.status != STATUS_OK)
		log_err("feed %lld: %s: %s", (long long)feed->id, status_name(result->fail.status),
			result->fail.detail);
	feed_finish(feed);
}

static void parsed(struct feed *feed, struct feed_doc *doc, const struct failure *fail)
{
	if (doc == NULL || feed->removed) {
		if (!feed->removed && fail->status != STATUS_CANCELLED)
			log_warning("feed %lld (%s): what its hub sent was not read: %s: %s",
				(long long)feed->id, name_of(feed), status_name(fail->status),
				fail->detail);
		feed->report.fail =
			doc == NULL ? *fail : (struct failure){ .status = STATUS_CANCELLED };
		feed_doc_free(doc);
		feed_finish(feed);
		return;
	}
	doc->partial = true;
	feed->prospect.stays = true;
	feed_enter(feed, REFRESH_STORING);
	store_refresh(feed->refresher->options.store, feed->id, &feed->kept, doc, clock_now(),
		stored, feed);
}

bool refresher_deliver(struct refresher *r, int64_t feed_id, char *body, size_t len,
	const char *content_type, const char *base_url)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed == NULL || feed->config.disabled || feed->state != REFRESH_IDLE || r->draining ||
		refresher_is_full(r) || r->full.since > 0)
		return false;
	schedule_remove(r->schedule, &feed->due);
	feed->report = (struct refresh_report){ .feed_id = feed->id };
	feed->unasked = true;
	feed_submit(feed, body, len, content_type, base_url, parsed);
	return true;
}

/* Commits another due time of an idle feed, and nothing else. */
static void reschedule(struct feed *feed, int64_t due, enum due_reason reason, int64_t wait)
{
	struct refresher *r = feed->refresher;
	feed->kept.next_due = due;
	feed->kept.due_reason = reason;
	feed->kept.due_wait = wait;
	feed->report = (struct refresh_report){ .feed_id = feed->id };
	feed->prospect.stays = feed->unasked = true;
	schedule_remove(r->schedule, &feed->due);
	feed_enter(feed, REFRESH_STORING);
	store_refresh(r->options.store, feed->id, &feed->kept, NULL, clock_now(), due_stored, feed);
}

bool feed_heed_hub(struct feed *feed)
{
	const struct feed_fetch_state *kept = &feed->kept;
	int64_t interval = feed_interval(feed), latest = clock_now() + interval;
	int64_t rarely = kept->last_fetch + LIMIT_WEBSUB_POLL;
	if (feed->config.disabled || kept->next_due == SCHEDULE_NEVER || feed->refresher->draining)
		return false;
	if (feed->pushed && interval < LIMIT_WEBSUB_POLL && kept->last_fetch > 0 &&
		kept->failure.status == STATUS_OK && kept->next_due < rarely)
		reschedule(feed, rarely, DUE_PUSHED, LIMIT_WEBSUB_POLL);
	else if (!feed->pushed && kept->due_reason == DUE_PUSHED && kept->next_due > latest)
		reschedule(feed, latest, DUE_INTERVAL, interval);
	return feed->state == REFRESH_STORING;
}

void refresher_set_pushed(struct refresher *r, int64_t feed_id, bool pushed)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed == NULL || feed->pushed == pushed)
		return;
	feed->pushed = pushed;
	if (feed->state == REFRESH_IDLE) /* else when it is again */
		feed_heed_hub(feed);
}

const struct feed_config *refresher_feed_config(const struct refresher *r, int64_t feed_id)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	return feed != NULL ? &feed->config : NULL;
}
