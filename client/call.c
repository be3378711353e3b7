#include "client/client.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/json_get.h"

static struct http *connected(struct client *c)
{
	if (c->http == NULL) {
		c->http = http_new(c->socket.path);
	}
	return c->http;
}

static enum outcome outcome_of_status(long status)
{
	switch (status) {
	case 401:
	case 403:
		return OUTCOME_DENIED;
	case 404:
		return OUTCOME_NOT_FOUND;
	default:
		return OUTCOME_FAILED;
	}
}

/* The daemon said no: in its own words when it has any. */
enum outcome call_refused(long status, const json_t *answer)
{
	static const char general[] = "the request is not valid: "; /* no news to who typed it */
	const char *message = get_text(answer, "error_message");
	int64_t feed = get_number(answer, "feed_id");
	if (strncmp(message, general, sizeof general - 1) == 0) {
		message += sizeof general - 1;
	}
	if (message[0] != '\0' && feed > 0) {
		complain("%s: feed %" PRId64, message, feed);
	} else if (message[0] != '\0') {
		complain("%s", message);
	} else {
		complain("the daemon refused: HTTP %ld", status);
	}
	return outcome_of_status(status);
}

static enum outcome explain_refusal(const struct http_response *r)
{
	json_t *answer = json_loadb(strbuf_str(&r->body), r->body.len, 0, NULL);
	enum outcome outcome = call_refused(r->status, answer);
	json_decref(answer);
	return outcome;
}

static enum outcome explain_end(const struct client *c, enum http_end end)
{
	switch (end) {
	case HTTP_NO_DAEMON:
		return socket_path_explain(&c->socket);
	case HTTP_TIMED_OUT:
		complain("the daemon on %s does not answer", c->socket.path);
		return OUTCOME_UNREACHABLE;
	case HTTP_BROKEN_OFF:
		complain("the daemon on %s broke off its answer", c->socket.path);
		return OUTCOME_UNREACHABLE;
	case HTTP_TOO_LARGE:
		complain("the daemon's answer is too large; ask for less");
		return OUTCOME_FAILED;
	case HTTP_ANSWERED:
	case HTTP_STOPPED:
		break;
	}
	return OUTCOME_OK;
}

static enum outcome read_answer(const struct http_response *r, json_t **ret)
{
	json_error_t error;
	if (r->body.len == 0) {
		if (ret != NULL) {
			*ret = NULL;
		}
		return OUTCOME_OK;
	}
	json_t *answer = json_loadb(strbuf_str(&r->body), r->body.len, 0, &error);
	if (answer == NULL) {
		complain("the daemon's answer was not understood: %s", error.text);
		return OUTCOME_FAILED;
	}
	if (ret != NULL) {
		*ret = answer;
	} else {
		json_decref(answer);
	}
	return OUTCOME_OK;
}

static enum outcome call(struct client *c, const struct http_request *rq, json_t **ret)
{
	struct http_response response;
	enum http_end end = http_perform(connected(c), rq, &response);
	enum outcome outcome = explain_end(c, end);
	if (outcome == OUTCOME_OK && (response.status < 200 || response.status > 299)) {
		outcome = explain_refusal(&response);
	} else if (outcome == OUTCOME_OK) {
		outcome = read_answer(&response, ret);
	}
	http_response_release(&response);
	return outcome;
}

static enum outcome call_with_body(
	struct client *c, const char *method, const char *path, const json_t *body, json_t **ret)
{
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	struct http_request rq = { .method = method, .path = path, .body = text };
	enum outcome outcome = call(c, &rq, ret);
	free(text);
	return outcome;
}

enum outcome call_get(struct client *c, const char *path, json_t **ret)
{
	return call_with_body(c, "GET", path, NULL, ret);
}

enum outcome call_put(struct client *c, const char *path, const json_t *body, json_t **ret)
{
	return call_with_body(c, "PUT", path, body, ret);
}

enum outcome call_post(struct client *c, const char *path, const json_t *body, json_t **ret)
{
	return call_with_body(c, "POST", path, body, ret);
}

enum outcome call_delete(struct client *c, const char *path)
{
	return call_with_body(c, "DELETE", path, NULL, NULL);
}

static enum outcome try(
	struct client *c, const struct http_request *rq, long *ret_status, json_t **ret)
{
	struct http_response response;
	enum outcome outcome = explain_end(c, http_perform(connected(c), rq, &response));
	if (outcome == OUTCOME_OK) {
		*ret_status = response.status;
		outcome = read_answer(&response, ret);
	}
	http_response_release(&response);
	return outcome;
}

enum outcome call_try(struct client *c, const char *method, const char *path, const json_t *body,
	bool (*look)(void *ctx), void *ctx, long *ret_status, json_t **ret)
{
	char *text = json_dumps(body, JSON_COMPACT);
	struct http_request rq = { .method = method,
		.path = path,
		.body = text,
		.patient = true,
		.wanted = look,
		.sink_ctx = ctx };
	enum outcome outcome = try(c, &rq, ret_status, ret);
	free(text);
	return outcome;
}

enum outcome call_upload(struct client *c, const char *path, const char *type,
	const struct strbuf *body, long *ret_status, json_t **ret)
{
	struct http_request rq = { .method = "POST",
		.path = path,
		.body = strbuf_str(body),
		.body_len = body->len,
		.type = type,
		.patient = true };
	return try(c, &rq, ret_status, ret);
}

static bool collect(void *ctx, const char *bytes, size_t n)
{
	return strbuf_add(ctx, bytes, n);
}

enum outcome call_text(struct client *c, const char *path, struct strbuf *ret)
{
	struct http_request rq = {
		.method = "GET", .path = path, .sink = collect, .sink_ctx = ret, .last_event_id = -1
	};
	enum outcome outcome = OUTCOME_OK;
	enum http_end end = call_stream(c, &rq, &outcome);
	if (outcome == OUTCOME_OK) {
		outcome = explain_end(c, end == HTTP_STOPPED ? HTTP_TOO_LARGE : end);
	}
	return outcome;
}

enum outcome call_patiently(struct client *c, const char *method, const char *path,
	bool (*look)(void *ctx), void *ctx, json_t **ret)
{
	struct http_request rq = {
		.method = method, .path = path, .patient = true, .wanted = look, .sink_ctx = ctx
	};
	return call(c, &rq, ret);
}

enum http_end call_stream(
	struct client *c, const struct http_request *rq, enum outcome *ret_outcome)
{
	struct http_response response;
	enum http_end end = http_perform(connected(c), rq, &response);
	*ret_outcome = OUTCOME_OK;
	if (end == HTTP_ANSWERED && response.status != 200) {
		*ret_outcome = explain_refusal(&response);
	}
	http_response_release(&response);
	return end;
}
