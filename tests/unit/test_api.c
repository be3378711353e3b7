#include "api_client.h"

#include <jansson.h>
#include <strings.h>

struct play {
	const char *method, *target, *body;
	int code;
	const char *says; /* somewhere in the body, or in the head after a leading ':' */
};

static void check(const struct play *play)
{
	struct reply r = exchange(play->method, play->target, play->body);
	const char *where = play->says != NULL && play->says[0] == ':' ? r.head : r.body;
	const char *says = where == r.head ? play->says + 1 : play->says;
	if (r.code != play->code || (says != NULL && strstr(where, says) == NULL))
		fail_msg("%s %s: %d %s", play->method, play->target, r.code, where);
	bool json =
		r.body[0] != '\0' && strstr(r.head, "Content-Type: application/json\r\n") != NULL;
	json_t *value = json ? json_loads(r.body, 0, NULL) : NULL;
	if (json)
		assert_non_null(value);
	if (r.code >= 400) {
		assert_true(json);
		assert_true(json_is_string(json_object_get(value, "error_message")));
		assert_true(json_is_string(json_object_get(value, "code")));
	}
	json_decref(value);
	free(r.body);
}

#define CHECK_ALL(plays)                                            \
	for (size_t i = 0; i < sizeof plays / sizeof plays[0]; i++) \
		check(&plays[i]);

static void test_entries(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "GET", "/v1/entries", NULL, 200, "\"total\":30}" },
		{ "GET", "/v1/entries?limit=1&order=id", NULL, 200, "[{\"id\":1,\"user_id\":1," },
		{ "GET", "/v1/entries?limit=1", NULL, 200,
			"\"title\":\"entry 1\\n\\\"quoted\\\"\"" },
		{ "GET", "/v1/entries?limit=1", NULL, 200, "\"published_at\":\"2026-" },
		{ "GET", "/v1/entries?limit=1", NULL, 200, "\"tags\":[\"a \\\"tag\\\"\",\"b\"]" },
		{ "GET", "/v1/entries?limit=1", NULL, 200,
			"\"entry_id\":1,\"url\":\"https://x/y.mp3\"" },
		{ "GET", "/v1/entries?limit=1", NULL, 200, "\"reading_time\":1" },
		{ "GET", "/v1/entries?limit=1&direction=desc", NULL, 200, "[{\"id\":30" },
		{ "GET", "/v1/entries?limit=1&content=0", NULL, 200, "\"language\":\"\",\"pub" },
		{ "GET", "/v1/entries?feed_id=2&limit=1", NULL, 200, "\"total\":10}" },
		{ "GET", "/v1/entries?category=tech", NULL, 200, "\"total\":10}" },
		{ "GET", "/v1/entries?status=read&status=removed", NULL, 200, "\"total\":0}" },
		{ "GET", "/v1/entries?starred=1", NULL, 200, "{\"entries\":[],\"total\":0}" },
		{ "GET", "/v1/entries?limit=0&offset=29", NULL, 200, "[{\"id\":30" },
		{ "GET", "/v1/entries?limit=-1", NULL, 400, "limit must be a number" },
		{ "GET", "/v1/entries?lmit=1", NULL, 400, "there is no parameter \\\"lmit\\\"" },
		{ "GET", "/v1/feeds/2/entries", NULL, 200, "\"total\":10}" },
		{ "GET", "/v1/feeds/2/entries?feed_id=1", NULL, 400, "feed_id" },
		{ "GET", "/v1/feeds/9/entries", NULL, 404, "there is no feed 9" },
		{ "GET", "/v1/entries/7", NULL, 200, "{\"id\":7," },
		{ "GET", "http://courant/v1/entries/7", NULL, 200, "{\"id\":7," },
		{ "GET", "/v1/entries/7/revisions", NULL, 200, "[{\"number\":1,\"replaced_at\":" },
		{ "GET", "/v1/entries/7/revisions", NULL, 200, "\"alike\":3,\"whole\":true," },
		{ "GET", "/v1/entries/8/revisions", NULL, 200, "[]" },
		{ "GET", "/v1/entries/31/revisions", NULL, 404, "there is no entry 31" },
		{ "GET", "/v1/entries/31", NULL, 404, "there is no entry 31" },
		{ "GET", "/v1/entries/x", NULL, 400, "\"code\":\"bad_request\"" },
		{ "GET", "/v1/entries/7?x=1", NULL, 400, "\\\"x\\\"" },
		{ "HEAD", "/v1/entries/7", NULL, 200, ":Content-Length: " },
	};
	add_entries(30);
	on_loop(publish_now);
	CHECK_ALL(PLAYS);
}

static void test_changes(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "PUT", "/v1/entries", "{\"entry_ids\":[1,2,99],\"status\":\"read\"}", 204, NULL },
		{ "GET", "/v1/entries?status=read", NULL, 200, "\"total\":2}" },
		{ "PUT", "/v1/entries", "{\"entry_ids\":[1],\"status\":\"new\"}", 400,
			"status must" },
		{ "PUT", "/v1/entries", "{\"entry_ids\":[],\"status\":\"read\"}", 400,
			"entry_ids" },
		{ "PUT", "/v1/entries", "{\"status\":\"read\"}", 400, "entry_ids is missing" },
		{ "PUT", "/v1/entries", NULL, 400, "not JSON" },
		{ "PUT", "/v1/entries/3/bookmark", NULL, 204, NULL },
		{ "GET", "/v1/entries?starred=1", NULL, 200, "\"total\":1}" },
		{ "PUT", "/v1/entries/99/bookmark", NULL, 404, "there is no entry 99" },
		{ "PUT", "/v1/feeds/2/mark-all-as-read", NULL, 204, NULL },
		{ "GET", "/v1/entries?status=read", NULL, 200, "\"total\":12}" },
		{ "PUT", "/v1/feeds/9/mark-all-as-read", NULL, 404, "there is no feed 9" },
		{ "PUT", "/v1/feeds/3/mark-all-as-read", NULL, 503, "\"code\":\"disk_full\"" },
		{ "PUT", "/v1/mark-all-as-read", NULL, 204, NULL },
		{ "GET", "/v1/entries?status=read", NULL, 200, "\"total\":30}" },
		{ "DELETE", "/v1/entries", NULL, 405, ":\r\nAllow: GET, HEAD, PUT\r\n" },
		{ "POST", "/v1/status", "{}", 405, "\"code\":\"method_not_allowed\"" },
		{ "GET", "/v2/entries", NULL, 404, "there is no /v2/entries" },
	};
	add_entries(30);
	on_loop(publish_now);
	CHECK_ALL(PLAYS);
}

static void test_feeds(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "GET", "/v1/feeds", NULL, 200, "[{\"id\":1,\"user_id\":1,\"title\":\"Feed\"" },
		{ "GET", "/v1/feeds", NULL, 200,
			"\"declared\":null,\"interval\":3600,\"state\":\"fetching\",\"starts_at\":"
			"\"2023-11-14T22:13:20Z\"},{\"id\":2," },
		{ "GET", "/v1/feeds", NULL, 200,
			"\"interval\":7200,\"state\":\"idle\",\"starts_at\":null}]" },
		{ "GET", "/v1/feeds/2", NULL, 200, "\"declared\":\"courant.conf:12\"" },
		{ "GET", "/v1/feeds/2", NULL, 200,
			"\"parsing_error_message\":\"the server answered with an error: HTTP "
			"503\"" },
		{ "GET", "/v1/feeds/2", NULL, 200,
			"\"error\":{\"stage\":\"fetch\",\"code\":\"http_error\",\"http_code\":"
			"503," },
		{ "GET", "/v1/feeds/3", NULL, 200, "\"next_check_at\":null" },
		{ "GET", "/v1/feeds/4", NULL, 404, "there is no feed 4" },
		{ "GET", "/v1/feeds/1", NULL, 200, "\"health\":\"never_fetched\"" },
		{ "GET", "/v1/feeds/1", NULL, 200,
			"\"redirected\":{\"to\":\"https://x/there\",\"times\":2," },
		{ "GET", "/v1/feeds/2", NULL, 200,
			"\"moved_to\":\"https://x/new\",\"redirected\":null" },
		{ "GET", "/v1/feeds/2", NULL, 200, "\"websub\":null" },
		{ "GET", "/v1/feeds/1", NULL, 200,
			"\"websub\":{\"state\":\"subscribed\",\"hub\":\"https://hub.x/\"," },
		{ "GET", "/v1/feeds/2/moves", NULL, 200,
			"[{\"from\":\"http://x/old\",\"to\":\"https://x/new\"," },
		{ "GET", "/v1/feeds/1/moves", NULL, 200, "[]" },
		{ "GET", "/v1/feeds/4/moves", NULL, 404, "there is no feed 4" },
		{ "PUT", "/v1/feeds/1/undo-move", NULL, 204, NULL },
		{ "PUT", "/v1/feeds/2/undo-move", NULL, 403, "courant.conf:12" },
		{ "GET", "/v1/feeds/counters", NULL, 200,
			"{\"reads\":{\"1\":9,\"2\":18,\"3\":27},"
			"\"unreads\":{\"1\":1,\"2\":2,\"3\":3}}" },
		{ "GET", "/v1/categories", NULL, 200,
			"[{\"id\":1,\"user_id\":1,\"title\":\"All\"},{\"id\":" },
		{ "POST", "/v1/feeds",
			"{\"feed_url\":\"https://x/4\",\"category\":\"tech\",\"title\":\"T\","
			"\"interval\":\"1h30min\",\"allow_private\":true}",
			201, "{\"feed_id\":43}" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"page/\"}", 422,
			"\"feeds\":[{\"url\":\"https://page/1\",\"title\":\"One\",\"type\":"
			"\"atom\"},{\"url\":\"https://page/2\",\"title\":\"https://page/2\","
			"\"type\":\"atom\"}],\"left_out\":3}" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"https://down/\"}", 502,
			"\"code\":\"timeout\"" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"https://x/4\",\"category_id\":7}", 400,
			"there is no category 7" },
		{ "POST", "/v1/import", "<opml/>", 201,
			"\"added\":1,\"existing\":1,\"refused\":0}" },
		{ "POST", "/v1/import?allow_private=1", NULL, 422, "\"code\":\"empty\"" },
		{ "GET", "/v1/entries?search=word", NULL, 200, "\"total_is_least\":false" },
		{ "GET", "/v1/entries?search=no", NULL, 400, "position 1" },
		{ "GET", "/v1/entries?search=slow", NULL, 400, "given up after 2 s" },
		{ "GET", "/v1/entries?order=relevance", NULL, 400, "needs a search" },
		{ "GET", "/v1/export", NULL, 200, "<outline type=\"rss\"" },
		{ "POST", "/v1/discover", "{\"url\":\"page/\"}", 200, "[{\"url\":" },
		{ "POST", "/v1/discover", "{\"url\":\"https://x/p.png\"}", 404, "a picture" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"https://x/1\"}", 409, "\"feed_id\":1}" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"ftp://x\"}", 400, "\"code\":\"bad_url\"" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"https://x/4\",\"interval\":\"often\"}", 400,
			"interval must be a duration" },
		{ "POST", "/v1/feeds", "{\"feed_url\":\"https://x/4\",\"crawler\":true}", 400,
			"crawler is not supported" },
		{ "PUT", "/v1/feeds/1", "{\"title\":\"New\"}", 201, "\"feed_url\":" },
		{ "PUT", "/v1/feeds/2", "{\"title\":\"New\"}", 403, "courant.conf:12" },
		{ "PUT", "/v1/feeds/99", "{\"title\":\"New\"}", 404, "there is no feed 99" },
		{ "PUT", "/v1/feeds/1", "{\"user_agent\":\"Other\"}", 400, "its own name" },
		{ "DELETE", "/v1/feeds/1", NULL, 204, NULL },
		{ "DELETE", "/v1/feeds/2", NULL, 403, "courant.conf:12" },
		{ "DELETE", "/v1/feeds/4", NULL, 404, "there is no feed 4" },
	};
	F.feed_1_state = REFRESH_FETCHING;
	CHECK_ALL(PLAYS);
}

static void test_refreshes(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "PUT", "/v1/feeds/1/refresh", NULL, 204, NULL },
		{ "PUT", "/v1/feeds/1/refresh?wait=1", NULL, 200,
			"{\"feed_id\":1,\"new\":3,\"changed\":0,\"not_modified\":false,\"error\":"
			"null}" },
		{ "PUT", "/v1/feeds/2/refresh", NULL, 429, ":\r\nRetry-After: " },
		{ "PUT", "/v1/feeds/2/refresh?wait=1", NULL, 429, "\"code\":\"too_soon\"" },
		{ "PUT", "/v1/feeds/3/refresh?wait=true", NULL, 200, "\"code\":\"gone\"" },
		{ "PUT", "/v1/feeds/4/refresh", NULL, 404, "there is no feed 4" },
		{ "PUT", "/v1/feeds/refresh", NULL, 204, NULL },
		{ "PUT", "/v1/feeds/refresh?wait=1", NULL, 200,
			"{\"feeds\":3,\"refreshed\":1,\"too_soon\":1,\"new\":9,\"changed\":0,"
			"\"failed\":[{\"feed_id\":3," },
	};
	F.feed_1_state = REFRESH_QUEUED;
	CHECK_ALL(PLAYS);
}

static void test_digests_and_service(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "GET", "/v1/digests", NULL, 200,
			"[{\"id\":7,\"name\":\"daily\",\"label\":\"2026-11-23\",\"created_at\":"
			"\"2026-" },
		{ "GET", "/v1/digests", NULL, 200, "\"entries\":4,\"files\":{}}]" },
		{ "GET", "/v1/digests?name=weekly", NULL, 200, "[]" },
		{ "POST", "/v1/digests/daily", NULL, 201, "\"label\":\"2026-11-24\"" },
		{ "POST", "/v1/digests/weekly", NULL, 404, "there is no digest weekly" },
		{ "GET", "/healthcheck", NULL, 200, "OK" },
		{ "GET", "/version", NULL, 200, "\"version\":\"" COURANT_VERSION "\"" },
		{ "GET", "/v1/version", NULL, 200, "\"version\":" },
		{ "GET", "/v1/me", NULL, 200, "{\"id\":1," },
		{ "GET", "/v1/status", NULL, 200, "\"feeds\":3,\"failing\":1,\"entries\":60," },
		{ "GET", "/v1/status", NULL, 200,
			"\"next_due\":null,\"offline_since\":null,\"disk_full_since\":null,"
			"\"add_starts_at\":null,\"gaps\":0,\"refresh\":{" },
		{ "GET", "/v1/status", NULL, 200, "\"parsed\":5" },
	};
	add_entries(10);
	on_loop(publish_now);
	CHECK_ALL(PLAYS);
	struct reply r = exchange("GET", "/v1/status", NULL);
	json_t *status = json_loads(r.body, 0, NULL);
	assert_true(json_integer_value(json_object_get(status, "memory_bytes")) > 1000000);
	assert_int_equal(json_integer_value(json_object_get(status, "pid")), getpid());
	json_decref(status);
	free(r.body);
}

static void test_database_failures(void **state)
{
	(void)state;
	static const struct play PLAYS[] = {
		{ "GET", "/v1/entries", NULL, 500, "\"code\":\"store_failed\"" },
		{ "GET", "/v1/feeds", NULL, 500, "\"code\":\"store_failed\"" },
		{ "GET", "/v1/feeds/1", NULL, 500, "\"code\":\"store_failed\"" },
		{ "GET", "/v1/feeds/counters", NULL, 500, "\"code\":\"store_failed\"" },
		{ "GET", "/v1/categories", NULL, 500, "\"code\":\"store_failed\"" },
		{ "GET", "/v1/status", NULL, 500, "\"code\":\"store_failed\"" },
	};
	F.query_fails = true;
	CHECK_ALL(PLAYS);
}

static void test_bodies(void **state)
{
	(void)state;
	struct client c = dial();
	struct reply r;
	/* Announced too large: refused before it is sent. */
	say(&c, "POST /v1/feeds HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n");
	assert_true(hear(&c, &r));
	assert_int_equal(r.code, 413);
	free(r.body);
	hang_up(&c);
	/* Not announced: read on, and refused at its end. */
	static char chunk[65536];
	memset(chunk, ' ', sizeof chunk);
	c = dial();
	say(&c, "POST /v1/feeds HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 20; i++) {
		say(&c, "10000\r\n");
		say_bytes(&c, chunk, sizeof chunk);
		say(&c, "\r\n");
	}
	say(&c, "0\r\n\r\n");
	assert_true(hear(&c, &r));
	assert_int_equal(r.code, 413);
	free(r.body);
	hang_up(&c);
	/* Without an end: hung up on. */
	c = dial();
	say(&c, "POST /v1/feeds HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 200; i++) {
		say(&c, "10000\r\n");
		say_bytes(&c, chunk, sizeof chunk);
		say(&c, "\r\n");
	}
	assert_false(hear(&c, &r) && r.code < 400);
	free(r.body);
	hang_up(&c);
	/* A body of many pieces arrives whole; one where none is wanted is passed over. */
	c = dial();
	say(&c, "PUT /v1/entries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	say(&c, "F\r\n{\"entry_ids\":[1\r\n");
	say(&c, "12\r\n],\"status\":\"read\"}\r\n0\r\n\r\n");
	ask(&c, "GET", "/v1/me", "{not json}");
	assert_true(hear(&c, &r));
	assert_int_equal(r.code, 204);
	assert_null(strcasestr(r.head, "content-length"));
	free(r.body);
	assert_true(hear(&c, &r));
	assert_int_equal(r.code, 200);
	free(r.body);
	hang_up(&c);
}

static void test_pipelining(void **state)
{
	(void)state;
	struct client c = dial();
	struct reply r;
	struct strbuf all = STRBUF_INIT(4096);
	char target[64];
	add_entries(50);
	on_loop(publish_now);
	for (int i = 1; i <= 20; i++) {
		if (i % 5 == 0)
			snprintf(target, sizeof target, "/version");
		else
			snprintf(target, sizeof target, "/v1/entries/%d", i);
		strbuf_addf(&all, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
	}
	say(&c, strbuf_str(&all));
	strbuf_release(&all);
	for (int i = 1; i <= 20; i++) {
		snprintf(target, sizeof target, i % 5 == 0 ? "{\"version\":" : "{\"id\":%d,", i);
		assert_true(hear(&c, &r));
		assert_int_equal(r.code, 200);
		assert_memory_equal(r.body, target, strlen(target));
		free(r.body);
	}
	hang_up(&c);
}

static void test_many_at_once(void **state)
{
	(void)state;
	enum { N = 100, ROUNDS = 5 };
	static struct client clients[N];
	add_entries(1000);
	on_loop(publish_now);
	for (int i = 0; i < N; i++)
		clients[i] = dial();
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < N; i++)
			ask(&clients[i], "GET", "/v1/entries?limit=50&order=id", NULL);
		for (int i = 0; i < N; i++) {
			struct reply r;
			assert_true(hear(&clients[i], &r));
			assert_int_equal(r.code, 200);
			assert_non_null(strstr(r.body, "{\"id\":50,"));
			assert_null(strstr(r.body, "{\"id\":51,"));
			free(r.body);
		}
	}
	for (int i = 0; i < N; i++)
		hang_up(&clients[i]);
}

/* More clients than connections: the others wait, and get their turn. */
static void test_connection_limit(void **state)
{
	(void)state;
	enum { N = LIMIT_API_CONNECTIONS + 20 };
	static struct client clients[N];
	for (int i = 0; i < N; i++) {
		clients[i] = dial();
		ask(&clients[i], "GET", "/v1/me", NULL);
	}
	for (int i = 0; i < N; i++) {
		struct reply r;
		assert_true(hear(&clients[i], &r));
		assert_int_equal(r.code, 200);
		free(r.body);
		hang_up(&clients[i]);
	}
}

static void test_a_slow_reader_stalls_nobody(void **state)
{
	(void)state;
	struct client slow = dial();
	struct reply r;
	set_gate(true);
	ask(&slow, "GET", "/v1/entries", NULL);
	for (int i = 0; i < 10; i++) {
		r = exchange("GET", "/healthcheck", NULL);
		assert_int_equal(r.code, 200);
		free(r.body);
	}
	set_gate(false);
	assert_true(hear(&slow, &r));
	assert_int_equal(r.code, 200);
	free(r.body);
	hang_up(&slow);
}

static void test_hang_up_during_work(void **state)
{
	(void)state;
	static const char *const TARGETS[][2] = {
		{ "GET", "/v1/entries" },
		{ "GET", "/v1/feeds" },
		{ "PUT", "/v1/feeds/1/refresh?wait=1" },
		{ "PUT", "/v1/feeds/refresh?wait=1" },
		{ "POST", "/v1/digests/daily" },
		{ "PUT", "/v1/entries/1/bookmark" },
		{ "DELETE", "/v1/feeds/1" },
	};
	set_gate(true);
	F.held = true;
	for (size_t i = 0; i < sizeof TARGETS / sizeof TARGETS[0]; i++) {
		struct client c = dial();
		ask(&c, TARGETS[i][0], TARGETS[i][1], NULL);
		free(exchange("GET", "/healthcheck", NULL).body); /* it was read by now */
		hang_up(&c);
	}
	set_gate(false);
	F.held = false;
	wake_loop(NULL);
	struct reply r = exchange("GET", "/v1/entries", NULL);
	assert_int_equal(r.code, 200);
	free(r.body);
}

/* Stopping with work out: each client is told, and what comes back later finds nobody. */
static void test_free_during_work(void **state)
{
	(void)state;
	static const char *const TARGETS[][2] = {
		{ "GET", "/v1/entries" },
		{ "GET", "/v1/feeds" },
		{ "PUT", "/v1/feeds/1/refresh?wait=1" },
		{ "PUT", "/v1/feeds/refresh?wait=1" },
		{ "POST", "/v1/digests/daily" },
	};
	enum { N = sizeof TARGETS / sizeof TARGETS[0] };
	struct client clients[N], follower = dial();
	struct reply r;
	add_entries(5);
	on_loop(publish_now);
	set_gate(true);
	F.held = true;
	for (size_t i = 0; i < N; i++) {
		clients[i] = dial();
		ask(&clients[i], TARGETS[i][0], TARGETS[i][1], NULL);
	}
	ask(&follower, "GET", "/v1/stream?last_event_id=0", NULL);
	assert_true(hear_head(&follower, &r));
	free(exchange("GET", "/healthcheck", NULL).body);
	on_loop(free_api);
	for (size_t i = 0; i < N; i++) {
		assert_true(hear(&clients[i], &r));
		assert_int_equal(r.code, 503);
		assert_non_null(strstr(r.body, "unavailable"));
		free(r.body);
		hang_up(&clients[i]);
	}
	hang_up(&follower);
}

static void drain_now(void)
{
	api_drain(F.api);
}

static void test_drain(void **state)
{
	(void)state;
	struct client c = dial();
	struct reply r;
	set_gate(true);
	ask(&c, "GET", "/v1/entries", NULL);
	free(exchange("GET", "/healthcheck", NULL).body);
	on_loop(drain_now);
	r = exchange("GET", "/v1/status", NULL);
	assert_int_equal(r.code, 503);
	assert_non_null(strstr(r.body, "\"code\":\"unavailable\""));
	free(r.body);
	set_gate(false); /* what was under way finishes */
	assert_true(hear(&c, &r));
	assert_int_equal(r.code, 200);
	free(r.body);
	hang_up(&c);
}

static void test_broken_http(void **state)
{
	(void)state;
	static const char *const TEXTS[] = {
		"GET\r\n\r\n",
		"GET /v1/entries\r\n\r\n",
		"GET /v1/entries HTTP/9.9\r\n\r\n",
		"GET /v1/entries HTTP/1.1\r\nno colon\r\n\r\n",
		"GET /v1/entries HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
		"PUT /v1/entries HTTP/1.1\r\nHost: x\r\nContent-Length: "
		"99999999999999999999\r\n\r\n",
		"PUT /v1/entries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"GET /v1/entries?%zz=%0 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET \x01\x02\x03 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		struct client c = dial();
		struct reply r;
		say(&c, TEXTS[i]);
		shutdown(c.fd, SHUT_WR);
		if (hear(&c, &r))
			assert_true(r.code >= 400);
		free(r.body);
		hang_up(&c);
	}
	/* Nothing but empty lines, and not even that: no answer is owed. */
	struct client silent = dial(), blank = dial();
	say(&blank, "\r\n\r\n\r\n\r\n");
	hang_up(&blank);
	hang_up(&silent);
	/* A target that fills the connection's memory. */
	char *target = xmalloc(100001);
	memset(target, 'a', 100000);
	target[0] = '/';
	target[100000] = '\0';
	struct client c = dial();
	struct reply r;
	ask(&c, "GET", target, NULL);
	assert_false(hear(&c, &r) && r.code < 400);
	free(r.body);
	free(target);
	hang_up(&c);
	free(exchange("GET", "/healthcheck", NULL).body);
}

static unsigned iterations;

static void note_iterations(void)
{
	iterations = ev_iteration(F.loop);
}

static void test_idle_connections_cost_no_wake_up(void **state)
{
	(void)state;
	struct client c = dial(), follower = dial();
	struct reply r;
	ask(&c, "GET", "/v1/me", NULL);
	assert_true(hear(&c, &r));
	free(r.body);
	ask(&follower, "GET", "/v1/stream", NULL);
	assert_true(hear_head(&follower, &r));
	usleep(100000);
	on_loop(note_iterations);
	unsigned before = iterations;
	usleep(500000);
	on_loop(note_iterations);
	assert_in_range(iterations - before, 1, 2); /* the question itself */
	hang_up(&c);
	hang_up(&follower);
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, fake_start, fake_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(test_entries),
		PLAY(test_changes),
		PLAY(test_feeds),
		PLAY(test_refreshes),
		PLAY(test_digests_and_service),
		PLAY(test_database_failures),
		PLAY(test_bodies),
		PLAY(test_pipelining),
		PLAY(test_many_at_once),
		PLAY(test_connection_limit),
		PLAY(test_a_slow_reader_stalls_nobody),
		PLAY(test_hang_up_during_work),
		PLAY(test_free_during_work),
		PLAY(test_drain),
		PLAY(test_broken_http),
		PLAY(test_idle_connections_cost_no_wake_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
