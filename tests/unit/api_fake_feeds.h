/*
 * The refresher and the workers under the API, for api_fake.h alone: they answer from the loop, by
 * the feed or the URL that they are asked for.
 */
#ifndef COURANT_TESTS_UNIT_API_FAKE_FEEDS_H
#define COURANT_TESTS_UNIT_API_FAKE_FEEDS_H

/* A page that names two feeds. */
static inline struct listing *fake_page(void)
{
	struct listing_draft draft;
	listing_draft_init(&draft);
	for (int i = 1; i <= 2; i++) {
		struct listed_feed *feed = listing_draft_add(&draft);
		feed->url = i == 1 ? "https://page/1" : "https://page/2";
		feed->title = i == 1 ? "One" : NULL;
		feed->type = "atom";
	}
	draft.listing->n_left_out = 3;
	return listing_draft_finish(&draft);
}

void workers_find(struct workers *w, enum feed_task task, char *body, size_t len,
	const char *content_type, const char *base_url, workers_found_fn *found, void *arg)
{
	(void)w, (void)content_type, (void)base_url;
	assert_int_equal(task, FEED_TASK_OPML);
	struct later *later = answer_later(LATER_FOUND, (void (*)(void))found, arg);
	if (len > 0)
		later->found = fake_page();
	else
		failure_set(&later->fail, STAGE_PARSE, STATUS_EMPTY, 0, "no content");
	free(body);
}

/* The first of two is added, the other one is feed 1. */
void refresher_import(struct refresher *r, struct store_import *feeds, size_t n,
	refresher_imported_fn *done, void *arg)
{
	(void)r;
	assert_int_equal(n, 2);
	assert_string_equal(feeds[0].config.url, "https://page/1");
	feeds[0].feed_id = 43;
	feeds[1].feed_id = 1;
	failure_set(&feeds[1].fail, STAGE_NONE, STATUS_EXISTS, 0, "feed 1");
	answer_later(LATER_IMPORTED, (void (*)(void))done, arg);
}

void refresher_discover(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg)
{
	(void)r;
	struct later *later = answer_later(LATER_ADDED, (void (*)(void))done, arg);
	if (strcmp(config->url, "https://page/") == 0)
		later->found = fake_page();
	else
		failure_set(&later->fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0, "a picture");
}

void refresher_add(
	struct refresher *r, const struct feed_config *config, refresher_added_fn *done, void *arg)
{
	(void)r;
	struct later *later = answer_later(LATER_ADDED, (void (*)(void))done, arg);
	later->id = 43;
	if (strcmp(config->url, "https://x/1") == 0) {
		later->id = 1;
		failure_set(&later->fail, STAGE_NONE, STATUS_EXISTS, 0, "%s", config->url);
	} else if (strcmp(config->url, "https://page/") == 0) {
		later->found = fake_page();
		failure_set(&later->fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0, "a page");
	} else if (strcmp(config->url, "https://down/") == 0) {
		failure_set(&later->fail, STAGE_FETCH, STATUS_TIMEOUT, 0, "%s", "");
	} else if (strncmp(config->url, "https:", 6) != 0) {
		failure_set(&later->fail, STAGE_NONE, STATUS_BAD_URL, 0, "%s", config->url);
	} else {
		assert_int_equal(config->interval, 5400);
		assert_string_equal(config->category, "tech");
		assert_true(config->allow_private);
	}
}

void refresher_change(struct refresher *r, int64_t feed_id, const struct feed_change *change,
	store_feed_done_fn *done, void *arg)
{
	(void)r;
	struct later *later = answer_later(LATER_FEED, (void (*)(void))done, arg);
	assert_string_equal(change->title, "New");
	if (feed_id == 2)
		failure_set(&later->fail, STAGE_NONE, STATUS_DECLARED, 0, "courant.conf:12");
}

void refresher_remove(struct refresher *r, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	(void)r;
	struct later *later = answer_later(LATER_FEED, (void (*)(void))done, arg);
	if (feed_id == 2)
		failure_set(&later->fail, STAGE_NONE, STATUS_DECLARED, 0, "courant.conf:12");
	else if (feed_id > 3)
		failure_set(&later->fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "%s", "");
}

void refresher_now(struct refresher *r, int64_t feed_id, refresh_done_fn *done, void *arg)
{
	(void)r;
	struct later *later = answer_later(LATER_REPORT, (void (*)(void))done, arg);
	later->id = feed_id;
	later->n_new = 3;
	if (feed_id == 2)
		failure_set(&later->fail, STAGE_NONE, STATUS_TOO_SOON, 0, "%s", "");
	else if (feed_id == 3)
		failure_set(&later->fail, STAGE_FETCH, STATUS_GONE, 410, "HTTP %d", 410);
	else if (feed_id > 3)
		failure_set(&later->fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "%s", "");
}

void refresher_all_now(struct refresher *r, refresh_done_fn *each,
	void (*done)(void *arg, int64_t n_feeds), void *arg)
{
	for (int64_t id = 1; id <= 3; id++)
		refresher_now(r, id, each, arg);
	answer_later(LATER_ALL, (void (*)(void))done, arg);
}

bool refresher_has_feed(const struct refresher *r, int64_t feed_id)
{
	(void)r;
	return feed_id >= 1 && feed_id <= 3;
}

enum refresh_state refresher_feed_state(const struct refresher *r, int64_t feed_id)
{
	(void)r;
	return feed_id == 1 ? F.feed_1_state : REFRESH_IDLE;
}

const char *refresh_state_name(enum refresh_state state)
{
	static const char *const NAMES[] = { "idle", "queued", "fetching", "parsing", "storing" };
	return NAMES[state];
}

const char *refresher_declared_at(const struct refresher *r, int64_t feed_id)
{
	(void)r;
	return feed_id == 2 ? "courant.conf:12" : NULL;
}

void refresher_stats(const struct refresher *r, struct refresher_stats *ret)
{
	(void)r;
	*ret = (struct refresher_stats){ .n_feeds = 3, .next_due = SCHEDULE_NEVER };
}

void workers_stats(const struct workers *w, struct workers_stats *ret)
{
	(void)w;
	*ret = (struct workers_stats){ .parsed = 5 };
}

void fetcher_stats(const struct fetcher *f, struct fetcher_stats *ret)
{
	(void)f;
	*ret = (struct fetcher_stats){ .requests = 6 };
}

void digester_now(struct digester *d, const char *name, digester_done_fn *done, void *arg)
{
	(void)d;
	struct later *later = answer_later(LATER_EDITION, (void (*)(void))done, arg);
	if (strcmp(name, "daily") != 0)
		failure_set(&later->fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "%s", "");
}

#endif
