#include "api/resources.h"
#include "api/route.h"
#include "base/limits.h"

#include <stddef.h>

#define FIELD(name) offsetof(struct params, name)
#define PARAMS_END           \
	{                    \
		.name = NULL \
	}
#define KEYS_END PARAMS_END

#define ENTRIES_PARAMS                                                                          \
	{ "status", PARAM_STATUS, 0 }, { "limit", PARAM_INT, FIELD(limit) },                    \
		{ "offset", PARAM_INT, FIELD(offset) }, { "order", PARAM_ORDER, FIELD(order) }, \
		{ "direction", PARAM_DIRECTION, FIELD(descending) },                            \
		{ "starred", PARAM_TERNARY, FIELD(starred) },                                   \
		{ "category", PARAM_TEXT, FIELD(category) },                                    \
		{ "search", PARAM_TEXT, FIELD(search) },                                        \
		{ "after_entry_id", PARAM_INT, FIELD(after_id) },                               \
		{ "before_entry_id", PARAM_INT, FIELD(before_id) },                             \
		{ "after", PARAM_INT, FIELD(after) }, { "before", PARAM_INT, FIELD(before) },   \
		{ "published_after", PARAM_INT, FIELD(published_after) },                       \
		{ "published_before", PARAM_INT, FIELD(published_before) },                     \
	{                                                                                       \
		"content", PARAM_BOOL, FIELD(content)                                           \
	}

static const struct param ENTRIES_OF_FEED[] = { ENTRIES_PARAMS, PARAMS_END };
static const struct param ENTRIES[] = {
	ENTRIES_PARAMS,
	{ "feed_id", PARAM_INT, FIELD(feed_id) },
	PARAMS_END,
};
static const struct param STREAM[] = {
	{ "last_event_id", PARAM_INT, FIELD(last_event_id) },
	{ "feed_id", PARAM_INT, FIELD(feed_id) },
	{ "category", PARAM_TEXT, FIELD(category) },
	PARAMS_END,
};
static const struct param REFRESH[] = { { "wait", PARAM_BOOL, FIELD(wait) }, PARAMS_END };
static const struct param DIGESTS[] = {
	{ "name", PARAM_TEXT, FIELD(name) },
	{ "limit", PARAM_INT, FIELD(limit) },
	PARAMS_END,
};

static const struct param STATS[] = {
	{ "days", PARAM_INT, FIELD(days) },
	{ "feed_id", PARAM_INT, FIELD(feed_id) },
	{ "parts", PARAM_BOOL, FIELD(parts) },
	PARAMS_END,
};

static const struct body_key ENTRIES_STATUS[] = {
	{ "entry_ids", BODY_IDS, true, 0 },
	{ "status", BODY_TEXT, true, LIMIT_NAME },
	KEYS_END,
};
/* What Miniflux's clients always send, asked for or not; most of it cannot be granted. */
#define MINIFLUX_FEED_KEYS                                                               \
	{ "user_agent", BODY_ONE_NAME, false, 0 },                                       \
		{ "cookie", BODY_WORDS, false, LIMIT_HEADER_FIELD },                     \
		{ "crawler", BODY_NONE, false, 0 }, { "disabled", BODY_NONE, false, 0 }, \
		{ "no_media_player", BODY_NONE, false, 0 },                              \
		{ "ignore_http_cache", BODY_NONE, false, 0 },                            \
		{ "allow_self_signed_certificates", BODY_NONE, false, 0 },               \
		{ "fetch_via_proxy", BODY_NONE, false, 0 },                              \
		{ "proxy_url", BODY_WORDS, false, LIMIT_URL },                           \
		{ "hide_globally", BODY_NONE, false, 0 },                                \
		{ "disable_http2", BODY_NONE, false, 0 },                                \
		{ "scraper_rules", BODY_NONE, false, 0 },                                \
		{ "rewrite_rules", BODY_NONE, false, 0 },                                \
		{ "urlrewrite_rules", BODY_NONE, false, 0 },                             \
		{ "blocklist_rules", BODY_NONE, false, 0 },                              \
		{ "keeplist_rules", BODY_NONE, false, 0 },                               \
		{ "block_filter_entry_rules", BODY_NONE, false, 0 },                     \
	{                                                                                \
		"keep_filter_entry_rules", BODY_NONE, false, 0                           \
	}

static const struct body_key NEW_FEED[] = {
	{ "feed_url", BODY_TEXT, true, LIMIT_URL },
	{ "category", BODY_TEXT, false, LIMIT_NAME },
	{ "title", BODY_TEXT, false, LIMIT_NAME },
	{ "interval", BODY_TEXT, false, LIMIT_NAME },
	{ "allow_private", BODY_BOOL, false, 0 },
	{ "category_id", BODY_ID, false, 0 },
	{ "username", BODY_WORDS, false, LIMIT_NAME },
	{ "password", BODY_WORDS, false, LIMIT_NAME },
	MINIFLUX_FEED_KEYS,
	KEYS_END,
};
static const struct body_key FEED_CHANGES[] = {
	{ "feed_url", BODY_TEXT, false, LIMIT_URL },
	{ "title", BODY_TEXT, false, LIMIT_NAME },
	{ "category", BODY_TEXT, false, LIMIT_NAME },
	{ "category_id", BODY_ID, false, 0 },
	{ "username", BODY_WORDS, false, LIMIT_NAME },
	{ "password", BODY_WORDS, false, LIMIT_NAME },
	MINIFLUX_FEED_KEYS,
	KEYS_END,
};
static const struct body_key DISCOVER[] = {
	{ "url", BODY_TEXT, true, LIMIT_URL },
	{ "allow_private", BODY_BOOL, false, 0 },
	{ "user_agent", BODY_ONE_NAME, false, 0 },
	{ "username", BODY_WORDS, false, LIMIT_NAME },
	{ "password", BODY_WORDS, false, LIMIT_NAME },
	{ "fetch_via_proxy", BODY_NONE, false, 0 },
	{ "proxy_url", BODY_NONE, false, 0 },
	{ "disable_http2", BODY_NONE, false, 0 },
	KEYS_END,
};

static const struct param IMPORT[] = {
	{ "allow_private", PARAM_BOOL, FIELD(allow_private) },
	PARAMS_END,
};
static const struct body_key OPML[] = { { "opml", BODY_RAW, true, LIMIT_OPML }, KEYS_END };

/* method, pattern, parameters, body, then the steps: begin (loop), read (reader thread), end (loop)
 */
const struct route ROUTES[] = {
	{ METHOD_GET, "/v1/entries", ENTRIES, NULL, NULL, entries_read, NULL },
	{ METHOD_PUT, "/v1/entries", NULL, ENTRIES_STATUS, entries_set_status, NULL, NULL },
	{ METHOD_GET, "/v1/entries/{id}", NULL, NULL, NULL, entry_read, NULL },
	{ METHOD_GET, "/v1/entries/{id}/revisions", NULL, NULL, NULL, revisions_read, NULL },
	{ METHOD_PUT, "/v1/entries/{id}/bookmark", NULL, NULL, entry_toggle_star, NULL, NULL },
	{ METHOD_PUT, "/v1/mark-all-as-read", NULL, NULL, mark_read, NULL, NULL },

	{ METHOD_GET, "/v1/feeds", NULL, NULL, feeds_begin, NULL, NULL },
	{ METHOD_POST, "/v1/feeds", NULL, NEW_FEED, feed_add, feed_add_category_read,
		feed_add_end },
	{ METHOD_POST, "/v1/discover", NULL, DISCOVER, discover, NULL, NULL },
	{ METHOD_PUT, "/v1/feeds/refresh", REFRESH, NULL, feeds_refresh, NULL, NULL },
	{ METHOD_GET, "/v1/feeds/counters", NULL, NULL, NULL, counters_read, NULL },
	{ METHOD_GET, "/v1/feeds/{id}", NULL, NULL, NULL, feeds_read, feeds_end },
	{ METHOD_PUT, "/v1/feeds/{id}", NULL, FEED_CHANGES, feed_change, feed_change_read,
		feed_change_end },
	{ METHOD_DELETE, "/v1/feeds/{id}", NULL, NULL, feed_remove, NULL, NULL },
	{ METHOD_PUT, "/v1/feeds/{id}/refresh", REFRESH, NULL, feed_refresh, NULL, NULL },
	{ METHOD_GET, "/v1/feeds/{id}/moves", NULL, NULL, NULL, moves_read, NULL },
	{ METHOD_PUT, "/v1/feeds/{id}/undo-move", NULL, NULL, move_undo, NULL, NULL },
	{ METHOD_GET, "/v1/feeds/{id}/entries", ENTRIES_OF_FEED, NULL, NULL, entries_of_feed_read,
		NULL },
	{ METHOD_PUT, "/v1/feeds/{id}/mark-all-as-read", NULL, NULL, NULL, feed_exists_read,
		mark_read },
	{ METHOD_GET, "/v1/categories", NULL, NULL, NULL, categories_read, NULL },

	{ METHOD_POST, "/v1/import", IMPORT, OPML, opml_import, NULL, NULL },
	{ METHOD_GET, "/v1/export", NULL, NULL, opml_export, NULL, NULL },

	{ METHOD_GET, "/v1/stream", STREAM, NULL, stream_begin, NULL, NULL },

	{ METHOD_GET, "/v1/digests", DIGESTS, NULL, digests_begin, digests_read, NULL },
	{ METHOD_GET, "/v1/digests/{id}/html", NULL, NULL, digests_begin, digest_file_read, NULL },
	{ METHOD_GET, "/v1/digests/{id}/md", NULL, NULL, digests_begin, digest_file_read, NULL },
	{ METHOD_GET, "/v1/digests/{id}/txt", NULL, NULL, digests_begin, digest_file_read, NULL },
	{ METHOD_POST, "/v1/digests/{name}", NULL, NULL, digest_make, NULL, NULL },

	{ METHOD_POST, "/v1/backup", NULL, NULL, backup_make_now, NULL, NULL },
	{ METHOD_GET, "/v1/status", NULL, NULL, status_begin, status_read, NULL },
	{ METHOD_GET, "/v1/stats", STATS, NULL, NULL, stats_read, NULL },
	{ METHOD_GET, "/metrics", NULL, NULL, metrics, NULL, NULL },
	{ METHOD_GET, "/v1/version", NULL, NULL, version, NULL, NULL },
	{ METHOD_GET, "/v1/me", NULL, NULL, me, NULL, NULL },
	{ METHOD_GET, "/version", NULL, NULL, version, NULL, NULL },
	{ METHOD_GET, "/healthcheck", NULL, NULL, healthcheck, NULL, NULL },
};
const size_t N_ROUTES = sizeof ROUTES / sizeof ROUTES[0];
