/* POST /v1/import: the subscriptions of an OPML file. */
#include "api/resources.h"

#include "api/server.h"
#include "base/mem.h"
#include "config/url.h"

#include <stdlib.h>
#include <string.h>

struct import {
	struct listing *listing;
	struct store_import *feeds; /* one for each of the listing */
};

static void import_free(void *data)
{
	struct import *import = data;
	listing_free(import->listing);
	free(import->feeds);
	free(import);
}

/* ---- from a listing to feeds ---- */

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* OPML's `text` is what the reader sees, its `title` what the publisher says. Where they are the
 * same, the reader has given no name of his own; nor has a program that wrote the address there. */
static const char *name_of(const struct listed_feed *listed)
{
	if (same(listed->text, listed->title) || same(listed->text, listed->url))
		return NULL;
	return listed->text;
}

static void take(struct import *import, size_t i, bool allow_private)
{
	const struct listed_feed *listed = &import->listing->feeds[i];
	struct store_import *feed = &import->feeds[i];
	if (listed->problem != NULL || listed->url == NULL) {
		failure_set(&feed->fail, STAGE_NONE, STATUS_BAD_URL, 0, "%s",
			listed->problem != NULL ? listed->problem : "");
		return;
	}
	char *url = conf_url_typed(listed->url), *username = NULL, *password = NULL;
	struct arena *arena = &import->listing->arena;
	conf_url_take_login(url, &username, &password);
	const char *category = category_wanted(listed->category);
	feed->config = (struct feed_config){
		.url = arena_strdup(arena, url),
		.name = name_of(listed),
		.category = category != NULL && category[0] == '\0' ? NULL : category,
		.allow_private = allow_private,
		.username = username != NULL ? arena_strdup(arena, username) : NULL,
		.password = password != NULL ? arena_strdup(arena, password) : NULL,
	};
	feed->title = listed->title;
	feed->site_url = listed->site_url;
	if (feed->config.url == NULL)
		failure_set(&feed->fail, STAGE_NONE, STATUS_TOO_LARGE, 0, "the list is too large");
	free(url);
	free(username);
	xfree_secret(password);
}

/* ---- the report ---- */

struct tally {
	int64_t added, existing, refused;
};

static const char *result_of(const struct store_import *feed, struct tally *tally)
{
	if (feed->fail.status == STATUS_OK)
		return tally->added++, "added";
	if (feed->fail.status == STATUS_EXISTS)
		return tally->existing++, "existing";
	return tally->refused++, "refused";
}

static void write_one(struct json_writer *w, const struct listed_feed *listed,
	const struct store_import *feed, struct tally *tally)
{
	const char *title = listed->text != NULL ? listed->text : listed->title;
	struct strbuf why = STRBUF_INIT(2 * LIMIT_DETAIL);
	jw_object(w, NULL);
	jw_int(w, "line", listed->line);
	jw_string(w, "result", result_of(feed, tally));
	jw_string(w, "url", listed->url);
	jw_string(w, "title", title != NULL ? title : listed->url);
	jw_string(w, "category", listed->category);
	if (feed->feed_id != 0)
		jw_int(w, "feed_id", feed->feed_id);
	failure_message(&feed->fail, &why);
	jw_string(w, "error_message", strbuf_str(&why));
	jw_object_end(w);
	strbuf_release(&why);
}

static void write_report(struct request *rq, const struct import *import)
{
	struct tally tally = { 0 };
	struct json_writer w = request_json(rq, MHD_HTTP_CREATED);
	jw_object(&w, NULL);
	jw_array(&w, "feeds");
	for (size_t i = 0; i < import->listing->n_feeds; i++)
		write_one(&w, &import->listing->feeds[i], &import->feeds[i], &tally);
	jw_array_end(&w);
	jw_string(&w, "message", "Feeds imported successfully"); /* Miniflux's words */
	jw_int(&w, "added", tally.added);
	jw_int(&w, "existing", tally.existing);
	jw_int(&w, "refused", tally.refused);
	jw_object_end(&w);
}

/* ---- the steps ---- */

static void imported(void *arg, const struct failure *fail)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	if (fail->status != STATUS_OK)
		request_fail(rq, fail);
	else
		write_report(rq, rq->data);
	request_send(rq);
}

static void listed(
	void *arg, struct feed_doc *doc, struct listing *listing, const struct failure *fail)
{
	struct request *rq = request_back(arg);
	feed_doc_free(doc);
	if (rq == NULL) {
		listing_free(listing);
		return;
	}
	if (listing == NULL) {
		request_fail(rq, fail);
		if (fail->stage == STAGE_PARSE && fail->status != STATUS_CANCELLED)
			rq->answer.code = MHD_HTTP_UNPROCESSABLE_CONTENT;
		request_send(rq);
		return;
	}
	struct import *import = xcalloc(1, sizeof *import);
	import->listing = listing;
	import->feeds = xcalloc(listing->n_feeds, sizeof *import->feeds);
	rq->data = import;
	rq->data_free = import_free;
	for (size_t i = 0; i < listing->n_feeds; i++)
		take(import, i, rq->params.allow_private);
	refresher_import(rq->api->options.refresher, import->feeds, listing->n_feeds, imported,
		request_out(rq));
}

void opml_import(struct request *rq)
{
	size_t n;
	char *body = strbuf_take(&rq->received, &n);
	workers_find(rq->api->options.workers, FEED_TASK_OPML, body, n, NULL, NULL, listed,
		request_out(rq));
}
