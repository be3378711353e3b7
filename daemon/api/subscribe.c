/* Subscribing: POST /v1/feeds and POST /v1/discover. Both fetch what a person named, once. */
#include "api/resources.h"

#include "api/server.h"
#include "base/mem.h"
#include "base/units.h"
#include "config/access.h"
#include "config/url.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the steps of one subscription hand on. */
struct subscription {
	char *url, *category;
	char *username, *password; /* that stood in the URL */
	int64_t feed_id;
};

static void subscription_free(void *data)
{
	struct subscription *s = data;
	free(s->url);
	free(s->category);
	free(s->username);
	xfree_secret(s->password);
	free(s);
}

static struct subscription *subscription_new(struct request *rq, const char *typed)
{
	struct subscription *s = xcalloc(1, sizeof *s);
	s->url = conf_url_typed(typed);
	conf_url_take_login(s->url, &s->username, &s->password);
	rq->data = s;
	rq->data_free = subscription_free;
	return s;
}

/* The body's own login goes before one in the URL. */
static void take_login(struct request *rq, struct feed_config *config)
{
	const struct subscription *s = rq->data;
	bool own = body_text(rq->body, "username") != NULL;
	config->username = own ? body_text(rq->body, "username") : s->username;
	config->password = own ? body_text(rq->body, "password") : s->password;
}

const char *way_said(const struct request *rq, const char *key)
{
	const char *text = json_string_value(json_object_get(rq->body, key));
	return text != NULL && strcmp(text, WAY_HIDDEN) == 0 ? NULL : text;
}

bool way_is_good(struct request *rq)
{
	const char *cookie = way_said(rq, "cookie"), *proxy = way_said(rq, "proxy_url");
	const char *problem = NULL;
	if (cookie != NULL && cookie[0] != '\0') {
		char *field = xasprintf("Cookie: %s", cookie);
		problem = access_header_problem(field);
		xfree_secret(field);
	}
	if (problem != NULL)
		request_refuse(rq, STATUS_BAD_REQUEST, "cookie: %s", problem);
	else if (proxy != NULL && proxy[0] != '\0' &&
		 (problem = access_proxy_problem(proxy)) != NULL)
		request_refuse(rq, STATUS_BAD_REQUEST, "proxy_url: %s", problem);
	return problem == NULL;
}

static const char *way_given(const struct request *rq, const char *key)
{
	const char *text = way_said(rq, key);
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* ---- what was found instead ---- */

static void listing_write(struct json_writer *w, const char *key, const struct listing *listing)
{
	jw_array(w, key);
	for (size_t i = 0; i < listing->n_feeds; i++) {
		const struct listed_feed *feed = &listing->feeds[i];
		jw_object(w, NULL);
		jw_string(w, "url", feed->url);
		jw_string(w, "title", feed->title != NULL ? feed->title : feed->url);
		jw_string(w, "type", feed->type);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* The publisher's server, or what it sent, is in the way: that is no fault of the daemon's (500).
 */
static void refuse_address(
	struct request *rq, const struct failure *fail, const struct listing *found)
{
	if (fail->status == STATUS_BAD_URL) /* the detail says it all */
		request_refuse(rq, fail->status, "%s", fail->detail);
	else
		request_fail(rq, fail);
	if (fail->stage == STAGE_FETCH)
		rq->answer.code = MHD_HTTP_BAD_GATEWAY;
	else if (fail->stage == STAGE_PARSE)
		rq->answer.code = MHD_HTTP_UNPROCESSABLE_CONTENT;
	if (found == NULL)
		return;
	strbuf_truncate(&rq->answer.body, rq->answer.body.len - 1); /* the closing brace */
	struct json_writer w = JSON_WRITER(&rq->answer.body);
	w.comma = true;
	listing_write(&w, "feeds", found);
	jw_int(&w, "left_out", found->n_left_out);
	jw_object_end(&w);
}

/* ---- POST /v1/feeds ---- */

static void write_conflict(struct request *rq, int64_t feed_id)
{
	struct json_writer w = request_json(rq, MHD_HTTP_CONFLICT);
	jw_object(&w, NULL);
	jw_string(&w, "error_message",
		feed_id > 0 ? "this feed is subscribed already"
			    : "this feed is being added already");
	jw_string(&w, "code", status_name(STATUS_EXISTS));
	if (feed_id > 0)
		jw_int(&w, "feed_id", feed_id);
	jw_object_end(&w);
}

static void write_added(void *arg, const struct feed_record *feed)
{
	struct request *rq = arg;
	struct json_writer w = request_json(rq, MHD_HTTP_CREATED);
	jw_object(&w, NULL);
	jw_int(&w, "feed_id", feed->id);
	jw_string(&w, "title", feed_title(feed));
	jw_string(&w, "feed_url", feed->config.url);
	jw_int(&w, "entries", feed->n_entries);
	jw_object_end(&w);
}

/* Subscribed it is, whether its row can be read or not. */
static void write_added_id(struct request *rq)
{
	const struct subscription *s = rq->data;
	struct json_writer w = request_json(rq, MHD_HTTP_CREATED);
	jw_object(&w, NULL);
	jw_int(&w, "feed_id", s->feed_id);
	jw_object_end(&w);
}

static void added_read(struct request *rq, struct query *q)
{
	const struct subscription *s = rq->data;
	if (query_feeds(q, s->feed_id, write_added, rq) > 0)
		return;
	write_added_id(rq);
}

static void feed_added(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	if (fail->status == STATUS_OK) {
		((struct subscription *)rq->data)->feed_id = feed_id;
		if (!rq->api->draining) {
			request_read(rq, added_read, NULL);
			return;
		}
		write_added_id(rq);
	} else if (fail->status == STATUS_EXISTS)
		write_conflict(rq, feed_id);
	else
		refuse_address(rq, fail, found);
	request_send(rq);
}

static int64_t wanted_category(const struct request *rq)
{
	return json_integer_value(json_object_get(rq->body, "category_id"));
}

/* Checks what only the loop's own knowledge is needed for. */
void feed_add(struct request *rq)
{
	const char *interval = body_text(rq->body, "interval");
	int64_t interval_ms = 0;
	if (interval != NULL && (!duration_parse(interval, &interval_ms) || interval_ms < 1000))
		request_refuse(rq, STATUS_BAD_REQUEST,
			"interval must be a duration from 1s, such as \"2h\" or \"90min\"");
	else if (body_text(rq->body, "category") != NULL && wanted_category(rq) != 0)
		request_refuse(
			rq, STATUS_BAD_REQUEST, "category and category_id: one of them is enough");
	else if (body_text(rq->body, "password") != NULL && body_text(rq->body, "username") == NULL)
		request_refuse(rq, STATUS_BAD_REQUEST, "password: it goes with a username");
	else if (way_is_good(rq))
		subscription_new(rq, body_text(rq->body, "feed_url"));
}

static void note_category(void *arg, const struct feed_record *feed)
{
	struct request *rq = arg;
	struct subscription *s = rq->data;
	const char *name = feed->config.category;
	if (s->category == NULL && name != NULL && category_id(name) == wanted_category(rq))
		s->category = xstrdup(name);
}

/* Ids of categories are made of their names: the name is found among those of the feeds. */
void feed_add_category_read(struct request *rq, struct query *q)
{
	struct subscription *s = rq->data;
	int64_t id = wanted_category(rq);
	if (id == 0 || id == CATEGORY_ALL_ID)
		return;
	if (query_feeds(q, 0, note_category, rq) < 0)
		request_query_failed(rq, q);
	else if (s->category == NULL)
		request_refuse(rq, STATUS_BAD_REQUEST,
			"there is no category %" PRId64
			": name the new one with \"category\" instead",
			id);
}

void feed_add_end(struct request *rq)
{
	const struct subscription *s = rq->data;
	const char *category = category_wanted(body_text(rq->body, "category"));
	const char *interval = body_text(rq->body, "interval");
	int64_t interval_ms = 0;
	if (interval != NULL && !duration_parse(interval, &interval_ms))
		interval_ms = 0; /* feed_add() looked */
	if (category == NULL)
		category = s->category;
	struct feed_config config = {
		.url = s->url,
		.name = body_text(rq->body, "title"),
		.category = category != NULL && category[0] == '\0' ? NULL : category,
		.interval = interval_ms / 1000,
		.allow_private = body_bool(rq->body, "allow_private"),
		.cookie = way_given(rq, "cookie"),
		.proxy = way_given(rq, "proxy_url"),
	};
	take_login(rq, &config);
	refresher_add(rq->api->options.refresher, &config, feed_added, request_out(rq));
}

/* ---- POST /v1/discover ---- */

static void discovered(
	void *arg, const struct failure *fail, int64_t feed_id, const struct listing *found)
{
	struct request *rq = request_back(arg);
	(void)feed_id;
	if (rq == NULL)
		return;
	if (found != NULL) {
		struct json_writer w = request_json(rq, MHD_HTTP_OK);
		listing_write(&w, NULL, found);
	} else {
		refuse_address(rq, fail, NULL);
		if (fail->status == STATUS_NOT_A_FEED)
			rq->answer.code = MHD_HTTP_NOT_FOUND;
	}
	request_send(rq);
}

void discover(struct request *rq)
{
	struct subscription *s = subscription_new(rq, body_text(rq->body, "url"));
	struct feed_config config = { .url = s->url,
		.allow_private = body_bool(rq->body, "allow_private") };
	take_login(rq, &config);
	refresher_discover(rq->api->options.refresher, &config, discovered, request_out(rq));
}
