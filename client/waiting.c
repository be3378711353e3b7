#include "client/waiting.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/units.h"
#include "client/api_path.h"
#include "client/feed_ref.h"
#include "client/json_get.h"

#define MOMENT_MS 2000 /* in which most refreshes end: nothing is told before */
#define MOMENT_S 5     /* what is over so soon needs no telling either */
#define RARELY_S 80    /* between two looks at many feeds that are fetched, and wait for nobody */

struct waiting {
	struct client *client;
	struct http *http; /* beside the one that waits */
	const char *url;   /* of a feed that is being added, NULL: of one that there is */
	int64_t feed_id;   /* 0: all */
	int64_t look_ms;   /* when to look (again), monotonic */
	int64_t pause_s;   /* until the next look, doubled by each */
};

/* The feeds that wait for their hosts, and when the last of them is asked at the earliest. */
static size_t count_waiting(const json_t *feeds, int64_t *ret_last)
{
	size_t i, n = 0;
	json_t *feed;
	int64_t at;
	json_array_foreach(feeds, i, feed)
	{
		if (get_time(feed, "starts_at", &at) || get_time(feed, "add_starts_at", &at)) {
			n++;
			*ret_last = at > *ret_last ? at : *ret_last;
		}
	}
	return n;
}

static void tell(struct waiting *w, size_t n, int64_t until, int64_t now)
{
	char span[32];
	struct strbuf label = STRBUF_INIT(LIMIT_LOG_LINE);
	duration_format(until - now, span);
	if (w->url != NULL) {
		remark("%s waits for the pause between two requests to its host: asked in %s",
			w->url, span);
	} else if (w->feed_id > 0) {
		feed_label(w->client, w->feed_id, &label);
		remark("%s waits for the pause between two requests to its host: asked in %s",
			strbuf_str(&label), span);
	} else {
		remark("%zu feed%s for the pause between two requests to a host: the last is "
		       "asked in %s",
			n, n == 1 ? " waits" : "s wait", span);
	}
	strbuf_release(&label);
}

/* What the daemon says of the feeds at present; NULL when it says nothing: whoever waits for the
 * other answer hears why. */
static json_t *ask(struct waiting *w)
{
	struct api_path q;
	struct http_response response;
	json_t *feeds = NULL;
	if (w->url != NULL) {
		api_path_init(&q, "/v1/status"); /* a feed that is being added is none yet */
	} else if (w->feed_id > 0) {
		api_path_init(&q, "/v1/feeds/%" PRId64, w->feed_id);
	} else {
		api_path_init(&q, "/v1/feeds");
	}
	struct http_request rq = { .method = "GET", .path = api_path_str(&q) };
	if (http_perform(w->http, &rq, &response) == HTTP_ANSWERED && response.status == 200) {
		feeds = json_loadb(strbuf_str(&response.body), response.body.len, 0, NULL);
	}
	if (json_is_object(feeds)) {
		feeds = json_pack("[o]", feeds);
	}
	http_response_release(&response);
	api_path_release(&q);
	return feeds;
}

static bool look(void *ctx)
{
	struct waiting *w = ctx;
	if (clock_monotonic_ms() < w->look_ms) {
		return true;
	}
	json_t *feeds = ask(w);
	int64_t now = clock_now(), until = now + MOMENT_S;
	size_t n = count_waiting(feeds, &until);
	if (until > now + MOMENT_S) {
		tell(w, n, until, now);
	}
	w->pause_s = w->pause_s < RARELY_S ? 2 * w->pause_s : RARELY_S;
	w->look_ms =
		clock_monotonic_ms() + 1000 * (until - now > w->pause_s ? until - now : w->pause_s);
	json_decref(feeds);
	return true;
}

static struct waiting begin(struct client *c, const char *url, int64_t feed_id)
{
	return (struct waiting){
		.client = c,
		.http = isatty(STDERR_FILENO) ? http_new(c->socket.path) : NULL,
		.url = url,
		.feed_id = feed_id,
		.look_ms = clock_monotonic_ms() + MOMENT_MS,
		.pause_s = MOMENT_S,
	};
}

enum outcome waiting_put(struct client *c, const char *path, int64_t feed_id, json_t **ret)
{
	struct waiting w = begin(c, NULL, feed_id);
	enum outcome outcome =
		call_patiently(c, "PUT", path, w.http != NULL ? look : NULL, &w, ret);
	http_free(w.http);
	return outcome;
}

enum outcome waiting_add(
	struct client *c, const char *url, const json_t *body, long *ret_status, json_t **ret)
{
	struct waiting w = begin(c, url, 0);
	enum outcome outcome = call_try(
		c, "POST", "/v1/feeds", body, w.http != NULL ? look : NULL, &w, ret_status, ret);
	http_free(w.http);
	return outcome;
}
