/* Changing a feed: PUT /v1/feeds/{id}. What a declared feed is stands in its file. */
#include "api/resources.h"

#include "api/server.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the steps hand on. */
struct change {
	char *feed_url, *category; /* as the database has them; the second of category_id */
};

static void change_free(void *data)
{
	struct change *c = data;
	if (c == NULL)
		return; /* feed_changed() took it */
	free(c->feed_url);
	free(c->category);
	free(c);
}

static int64_t wanted_category(const struct request *rq)
{
	return json_integer_value(json_object_get(rq->body, "category_id"));
}

void feed_change(struct request *rq)
{
	if (body_text(rq->body, "category") != NULL && wanted_category(rq) != 0)
		request_refuse(
			rq, STATUS_BAD_REQUEST, "category and category_id: one of them is enough");
	else if (body_text(rq->body, "password") != NULL && body_text(rq->body, "username") == NULL)
		request_refuse(rq, STATUS_BAD_REQUEST, "password: it goes with a username");
	else
		way_is_good(rq);
	rq->data = xcalloc(1, sizeof(struct change));
	rq->data_free = change_free;
}

static void note_feed(void *arg, const struct feed_record *feed)
{
	struct request *rq = arg;
	struct change *c = rq->data;
	const char *category = feed->config.category;
	if (feed->id == rq->id)
		c->feed_url = xstrdup(feed->config.url);
	if (c->category == NULL && category != NULL && category_id(category) == wanted_category(rq))
		c->category = xstrdup(category);
}

void feed_change_read(struct request *rq, struct query *q)
{
	const struct change *c = rq->data;
	const char *url = body_text(rq->body, "feed_url");
	int64_t id = wanted_category(rq);
	if (query_feeds(q, 0, note_feed, rq) < 0)
		request_query_failed(rq, q);
	else if (c->feed_url == NULL)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
	else if (url != NULL && strcmp(url, c->feed_url) != 0)
		request_refuse(rq, STATUS_BAD_REQUEST,
			"feed_url: another URL is another feed: add it, and remove this one");
	else if (id != 0 && id != CATEGORY_ALL_ID && c->category == NULL)
		request_refuse(rq, STATUS_BAD_REQUEST,
			"there is no category %" PRId64
			": name the new one with \"category\" instead",
			id);
}

/* Miniflux answers 201 here. */
static void write_changed(struct request *rq)
{
	feeds_end(rq);
	rq->answer.code = MHD_HTTP_CREATED;
}

static void feed_changed(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct request *rq = request_back(arg);
	(void)feed_id;
	if (rq == NULL)
		return;
	if (fail->status == STATUS_OK) {
		change_free(rq->data);
		rq->data = NULL;
		request_read(rq, feeds_read, write_changed);
		return;
	}
	if (fail->status == STATUS_DECLARED) /* the detail says it all */
		request_refuse(rq, STATUS_DECLARED, "%s", fail->detail);
	else
		request_fail(rq, fail);
	request_send(rq);
}

void feed_change_end(struct request *rq)
{
	const struct change *c = rq->data;
	const char *category = category_wanted(body_text(rq->body, "category"));
	if (category == NULL && wanted_category(rq) != 0)
		category = c->category != NULL ? c->category : "";
	struct feed_change change = {
		.title = body_text(rq->body, "title"),
		.category = category,
		.login = json_is_string(json_object_get(rq->body, "username")),
		.username = body_text(rq->body, "username"),
		.password = body_text(rq->body, "password"),
		.cookie = way_said(rq, "cookie"),
		.proxy = way_said(rq, "proxy_url"),
	};
	refresher_change(
		rq->api->options.refresher, rq->id, &change, feed_changed, request_out(rq));
}
