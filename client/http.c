#include "client/http.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

struct http {
	CURL *curl;
	char *socket_path;
};

struct exchange {
	struct http *http;
	const struct http_request *request;
	struct http_response *response;
	bool too_large, stopped;
};

struct http *http_new(const char *socket_path)
{
	struct http *h = xcalloc(1, sizeof *h);
	curl_global_init(CURL_GLOBAL_NOTHING);
	h->curl = curl_easy_init();
	h->socket_path = xstrdup(socket_path);
	return h;
}

void http_free(struct http *h)
{
	if (h == NULL) {
		return;
	}
	curl_easy_cleanup(h->curl);
	curl_global_cleanup();
	free(h->socket_path);
	free(h);
}

void http_response_release(struct http_response *r)
{
	strbuf_release(&r->body);
}

static size_t receive(char *bytes, size_t size, size_t count, void *ctx)
{
	struct exchange *x = ctx;
	size_t n = size * count;
	long status = 0;
	curl_easy_getinfo(x->http->curl, CURLINFO_RESPONSE_CODE, &status);
	if (x->request->sink != NULL && status == 200) {
		x->stopped = !x->request->sink(x->request->sink_ctx, bytes, n);
		return x->stopped ? 0 : n;
	}
	x->too_large = !strbuf_add(&x->response->body, bytes, n);
	return x->too_large ? 0 : n;
}

/* libcurl calls this about once a second, whether something comes or not. */
static int look_around(
	void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	struct exchange *x = ctx;
	(void)down_all, (void)down, (void)up_all, (void)up;
	x->stopped = x->stopped || !x->request->wanted(x->request->sink_ctx);
	return x->stopped;
}

static struct curl_slist *make_headers(const struct http_request *rq)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char *type = xasprintf("Content-Type:%s%s", rq->body != NULL ? " " : "",
		rq->body == NULL   ? ""
		: rq->type != NULL ? rq->type
				   : "application/json");
	headers = curl_slist_append(headers, type);
	free(type);
	if (rq->sink != NULL && rq->last_event_id >= 0) {
		char line[64];
		snprintf(line, sizeof line, "Last-Event-ID: %" PRId64, rq->last_event_id);
		headers = curl_slist_append(headers, line);
	}
	return headers;
}

/* A stream without a deadline still has to give a sign of life: the daemon comments every 30 s. */
static void set_deadlines(CURL *curl, const struct http_request *rq)
{
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_CLIENT_CONNECT_MS);
	if (!rq->patient) {
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)LIMIT_CLIENT_ANSWER_MS);
	}
	if (rq->sink != NULL) {
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)LIMIT_CLIENT_SILENCE_S);
	}
}

/* Neither a proxy nor a netrc of the environment has a say on a Unix socket. */
static void set_up(struct exchange *x, const char *url, struct curl_slist *headers)
{
	CURL *curl = x->http->curl;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, x->http->socket_path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "courant/" COURANT_VERSION);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, x->request->method);
	if (strcmp(x->request->method, "PUT") == 0 || strcmp(x->request->method, "POST") == 0) {
		if (x->request->type != NULL) {
			curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				(curl_off_t)x->request->body_len);
		}
		curl_easy_setopt(
			curl, CURLOPT_POSTFIELDS, x->request->body != NULL ? x->request->body : "");
	}
	if (x->request->wanted != NULL) {
		curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_around);
		curl_easy_setopt(curl, CURLOPT_XFERINFODATA, x);
		curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	}
	set_deadlines(curl, x->request);
}

static enum http_end end_of(const struct exchange *x, CURLcode code)
{
	if (x->stopped) {
		return HTTP_STOPPED;
	}
	if (x->too_large) {
		return HTTP_TOO_LARGE;
	}
	if (code == CURLE_OK) {
		return HTTP_ANSWERED;
	}
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) {
		return HTTP_NO_DAEMON;
	}
	return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMED_OUT : HTTP_BROKEN_OFF;
}

enum http_end http_perform(struct http *h, const struct http_request *rq, struct http_response *ret)
{
	struct exchange x = { .http = h, .request = rq, .response = ret };
	*ret = (struct http_response){ .body = STRBUF_INIT(LIMIT_CLIENT_RESPONSE) };
	char *url = xasprintf("http://courant%s", rq->path);
	struct curl_slist *headers = make_headers(rq);
	set_up(&x, url, headers);
	CURLcode code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &ret->status);
	curl_slist_free_all(headers);
	free(url);
	return end_of(&x, code);
}
