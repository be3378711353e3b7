/* Feeds that move: what permanent redirects lead to is remembered, adopted and undone. */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "fetch/fetch_url.h"

#include <stdlib.h>
#include <string.h>

static void load_move(void *arg, int64_t feed_id, const struct move_record *move)
{
	struct refresher *r = arg;
	struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed != NULL) {
		feed_moves_add(&feed->moves, move);
		feed_address_changed(feed);
	}
}

void refresher_load_moves(struct refresher *r)
{
	store_each_move(r->options.store, load_move, r);
}

static void put_logged(void *arg, const struct failure *fail, int64_t feed_id)
{
	(void)arg;
	if (fail->status != STATUS_OK && fail->status != STATUS_NOT_FOUND)
		log_err("feed %lld: where it moved was not stored: %s", (long long)feed_id,
			fail->detail);
}

static void set_url(struct feed *feed, const char *url)
{
	struct feed_config config = feed->config;
	config.url = url;
	char *name = xstrdup_or_null(config.name), *category = xstrdup_or_null(config.category);
	config.name = name;
	config.category = category;
	feed_set_config(feed, &config);
	free(name);
	free(category);
}

void feed_rename(struct feed *feed, const char *url)
{
	char *copy = xstrdup(url); /* it may lie in what changes */
	set_url(feed, copy);
	store_move_put(feed->refresher->options.store, feed->id, NULL, copy, put_logged, NULL);
	free(copy);
}

/* Another feed that is fetched from this URL, however it is spelled. */
static const struct feed *other_feed_at(const struct feed *feed, const char *url)
{
	const struct feed_table *table = &feed->refresher->table;
	const struct feed *other = feed_table_by_url(table, url);
	if (other == NULL || other == feed) {
		struct hash key = feed_url_key(url);
		other = feed_table_by_key(table, &key);
	}
	return other != feed ? other : NULL;
}

static void log_adopted(const struct feed *feed, const struct move_record *move)
{
	char from[LIMIT_DETAIL], to[LIMIT_DETAIL];
	fetch_url_for_people(move->from_url, from, sizeof from);
	fetch_url_for_people(move->to_url, to, sizeof to);
	log_notice("feed %lld has moved for good from %s to %s and is fetched from there; "
		   "\"courant feeds undo-move %lld\" takes it back",
		(long long)feed->id, from, to, (long long)feed->id);
	if (feed->declared_at != NULL)
		log_notice("feed %lld: %s still says %s", (long long)feed->id, feed->declared_at,
			from);
}

static void adopt(struct feed *feed, struct move_record *move, int64_t now)
{
	move->adopted = now;
	store_move_put(feed->refresher->options.store, feed->id, move,
		feed->config.declared ? NULL : move->to_url, put_logged, NULL);
	log_adopted(feed, move);
	if (!feed->config.declared)
		set_url(feed, move->to_url);
	feed_address_changed(feed);
}

static void forget_pending(struct feed *feed)
{
	const struct move_record *pending = feed_moves_pending(&feed->moves);
	if (pending == NULL)
		return;
	store_move_forget(
		feed->refresher->options.store, feed->id, pending->number, put_logged, NULL);
	feed_moves_drop_pending(&feed->moves);
}

void feed_led_to(struct feed *feed, const char *to)
{
	struct refresher *r = feed->refresher;
	int64_t now = clock_now();
	if (to == NULL) {
		forget_pending(feed);
		return;
	}
	struct move_record *move = feed_moves_seen(&feed->moves, feed_address(feed), to, now);
	const struct feed *other = other_feed_at(feed, to);
	bool taken = other != NULL;
	feed->led_to_feed = taken ? other->id : 0;
	/* A feed on its way into the store may have this URL: the next fetch sees. */
	if (feed_moves_judge(&feed->moves, now, taken) == MOVE_RIPE && r->n_storing == 0)
		adopt(feed, move, now);
	else if (move->n_seen <= LIMIT_MOVE_SEEN) /* more of them decide nothing */
		store_move_put(r->options.store, feed->id, move, NULL, put_logged, NULL);
}

const char *refresher_moved_to(const struct refresher *r, int64_t feed_id)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	if (feed == NULL)
		return NULL;
	const char *address = feed_address(feed);
	return strcmp(address, feed->config.url) != 0 ? address : NULL;
}

bool refresher_lead(const struct refresher *r, int64_t feed_id, struct refresh_lead *ret)
{
	const struct feed *feed = feed_table_get(&r->table, feed_id);
	const struct move_record *move = feed != NULL ? feed_moves_pending(&feed->moves) : NULL;
	if (move == NULL)
		return false;
	/* Looked up when it was seen: a listing of feeds asks for all of them. */
	const struct feed *other = feed_table_get(&r->table, feed->led_to_feed);
	*ret = (struct refresh_lead){
		.to = move->to_url,
		.n_seen = move->n_seen,
		.first_seen = move->first_seen,
		.verdict = feed_moves_judge(&feed->moves, clock_now(), other != NULL),
		.other_feed = other != NULL ? other->id : 0,
		.refused_until = feed_moves_refused_until(&feed->moves, move->to_url),
	};
	return true;
}

/* ---- undoing ---- */

static const struct move_record *undoable(const struct feed *feed, struct failure *ret_fail)
{
	const struct move_record *move = feed_moves_adopted(&feed->moves);
	if (move == NULL) {
		failure_set(ret_fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "feed %lld has not moved",
			(long long)feed->id);
		return NULL;
	}
	if (feed->config.declared && strcmp(feed->config.url, move->to_url) == 0) {
		failure_set(ret_fail, STAGE_NONE, STATUS_DECLARED, 0,
			"feed %lld is declared with its new URL in %s: change it there, then "
			"reload",
			(long long)feed->id, feed->declared_at);
		return NULL;
	}
	const struct feed *other = other_feed_at(feed, move->from_url);
	if (other != NULL) {
		failure_set(ret_fail, STAGE_NONE, STATUS_EXISTS, 0,
			"feed %lld has the old URL by now", (long long)other->id);
		return NULL;
	}
	return move;
}

void refresher_undo_move(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	struct feed *feed = feed_table_get(&r->table, feed_id);
	struct failure refused = { 0 };
	if (feed == NULL)
		failure_set(&refused, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no feed %lld",
			(long long)feed_id);
	if (feed == NULL || undoable(feed, &refused) == NULL) {
		refresher_answer(r, &refused, feed_id, done, arg);
		return;
	}
	forget_pending(feed);
	struct move_record *move = feed_moves_adopted(&feed->moves);
	bool rewritten = strcmp(feed->config.url, move->to_url) == 0;
	move->undone = clock_now();
	store_move_put(
		r->options.store, feed_id, move, rewritten ? move->from_url : NULL, done, arg);
	if (rewritten)
		set_url(feed, move->from_url);
	feed_address_changed(feed);
}
