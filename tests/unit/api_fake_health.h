/*
 * What the feeds of api_fake.h came to: feed 1 is led elsewhere, feed 2 has moved.
 */
#ifndef COURANT_TESTS_UNIT_API_FAKE_HEALTH_H
#define COURANT_TESTS_UNIT_API_FAKE_HEALTH_H

#include "websub/websub.h"
#include "db/query.h"
#include "refresh/refresh.h"

int64_t query_moves(struct query *q, int64_t feed_id, query_move_fn *each, void *arg)
{
	(void)q;
	if (feed_id != 2)
		return 0;
	each(arg, &(struct move_record){ .from_url = "http://x/old",
			  .to_url = "https://x/new",
			  .n_seen = 3,
			  .first_seen = 1795417920,
			  .adopted = 1795590720 });
	return 1;
}

int64_t query_revisions(struct query *q, int64_t entry_id, query_revision_fn *each, void *arg)
{
	(void)q;
	if (entry_id != 7)
		return 0;
	each(arg, &(struct revision_record){ .number = 1,
			  .replaced = 1795417920,
			  .etag = "\"v2\"",
			  .n_alike = 3,
			  .whole = true,
			  .title = "Before" });
	return 1;
}

bool query_pulse(struct query *q, int64_t feed_id, int64_t silent_since, struct query_pulse *ret)
{
	(void)q, (void)feed_id, (void)silent_since;
	*ret = (struct query_pulse){ 0 };
	return true;
}

const char *refresher_moved_to(const struct refresher *r, int64_t feed_id)
{
	(void)r;
	return feed_id == 2 ? "https://x/new" : NULL;
}

/* One feed waits for its host; the others do not. */
int64_t refresher_next_due(const struct refresher *r, int64_t feed_id, int64_t stored)
{
	(void)r, (void)feed_id;
	return stored;
}

int64_t refresher_starts_at(const struct refresher *r, int64_t feed_id)
{
	(void)r;
	return feed_id == 1 ? 1700000000 : 0;
}

int64_t refresher_resting_until(const struct refresher *r, int64_t feed_id)
{
	(void)r, (void)feed_id;
	return 0;
}

bool refresher_is_cut_off(const struct refresher *r, int64_t feed_id)
{
	(void)r, (void)feed_id;
	return false;
}

const char *websub_state_name(enum websub_state state)
{
	(void)state;
	return "subscribed";
}

bool websub_look(const struct websub *w, int64_t feed_id, struct websub_view *ret)
{
	(void)w;
	*ret = (struct websub_view){ .state = WEBSUB_SUBSCRIBED,
		.hub = "https://hub.x/",
		.topic = "https://x/",
		.lease_until = 1795417920 };
	return feed_id == 1;
}

bool refresher_lead(const struct refresher *r, int64_t feed_id, struct refresh_lead *ret)
{
	(void)r;
	if (feed_id != 1)
		return false;
	*ret = (struct refresh_lead){
		.to = "https://x/there", .n_seen = 2, .first_seen = 1795417920, .other_feed = 2
	};
	return true;
}

const char *move_verdict_name(enum move_verdict verdict)
{
	(void)verdict;
	return "subscribed";
}

const char *move_verdict_text(enum move_verdict verdict)
{
	(void)verdict;
	return "not adopted";
}

void refresher_undo_move(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	refresher_remove(r, feed_id, done, arg);
}

#endif
