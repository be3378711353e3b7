/* courant follow: print entries as they come. */
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "client/entry_columns.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/api_path.h"
#include "client/sse.h"

#define FIRST_PAUSE_MS 250 /* a daemon that restarts is back within that */

static const struct option_def options[] = {
	{ "limit", 'n', "N", "stop after N entries", OPT_LIMIT },
	{ "since", 0, "ID", "begin after this entry (0: with the first)", OPT_SINCE },
	{ "feed", 'f', "FEED", "of this feed: its number, URL or title", OPT_FEED },
	{ "category", 'c', "NAME", "of the feeds in this category", OPT_CATEGORY },
	{ 0 },
};

struct follow {
	struct client *client;
	struct printer printer;
	struct sse sse;
	struct api_path path;
	int64_t last_id; /* of the last entry printed: where to take up the stream again */
	int64_t left;    /* entries to go */
	bool enough;     /* it ended because we wanted it to */
};

static bool entry_received(void *ctx, const struct sse_event *event)
{
	struct follow *f = ctx;
	if (strcmp(event->type, "entry") != 0) {
		return true;
	}
	json_t *entry = json_loadb(event->data, event->len, 0, NULL);
	if (!json_is_object(entry)) {
		json_decref(entry);
		return false;
	}
	printer_row(&f->printer, entry);
	output_flush(&f->client->output);
	json_decref(entry);
	if (event->id >= 0) {
		f->last_id = event->id;
	}
	f->enough = --f->left == 0 || f->client->output.closed;
	return !f->enough;
}

/* Whoever reads our output may go away while nothing comes that writing would find it out by. */
static bool is_read(void *ctx)
{
	struct follow *f = ctx;
	struct pollfd out = { .fd = STDOUT_FILENO };
	f->enough = f->enough || (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0);
	return !f->enough;
}

static bool bytes_received(void *ctx, const char *bytes, size_t n)
{
	struct follow *f = ctx;
	bool more = sse_feed(&f->sse, bytes, n);
	if (!more && !f->enough) {
		complain("the daemon's stream was not understood");
	}
	return more;
}

/* Where a stream without --since begins: after the newest entry there is. Asking for it, rather
 * than leaving it to the daemon, makes a connection that breaks before the first event lose
 * nothing. */
static enum outcome find_newest(struct follow *f)
{
	json_t *answer = NULL;
	enum outcome outcome = call_get(
		f->client, "/v1/entries?limit=1&order=id&direction=desc&content=0", &answer);
	f->last_id = get_number(json_array_get(get_value(answer, "entries"), 0), "id");
	json_decref(answer);
	return outcome;
}

static enum outcome choose_start(struct follow *f)
{
	const struct invocation *inv = &f->client->invocation;
	if (!has_option(inv, OPT_SINCE)) {
		return find_newest(f);
	}
	return option_number(inv, OPT_SINCE, 0, INT64_MAX, 0, &f->last_id) ? OUTCOME_OK
									   : OUTCOME_USAGE;
}

static enum outcome build_path(struct follow *f)
{
	const struct invocation *inv = &f->client->invocation;
	enum outcome outcome = OUTCOME_OK;
	int64_t feed;
	if (has_option(inv, OPT_CATEGORY)) {
		api_path_add(&f->path, "category", inv->option[OPT_CATEGORY]);
		outcome = category_check(f->client, inv->option[OPT_CATEGORY]);
	}
	if (outcome == OUTCOME_OK && has_option(inv, OPT_FEED)) {
		outcome = feed_resolve_existing(f->client, inv->option[OPT_FEED], &feed);
		if (outcome == OUTCOME_OK) {
			api_path_add_number(&f->path, "feed_id", feed);
		}
	}
	return outcome;
}

static enum outcome prepare(struct follow *f)
{
	enum outcome outcome = printer_init(&f->printer, f->client);
	f->printer.streaming = true;
	if (f->printer.format == FORMAT_JSON) {
		f->printer.format = FORMAT_JSONL;
	}
	if (outcome == OUTCOME_OK && !option_number(&f->client->invocation, OPT_LIMIT, 1, INT64_MAX,
					     INT64_MAX, &f->left)) {
		outcome = OUTCOME_USAGE;
	}
	if (outcome == OUTCOME_OK) {
		outcome = build_path(f);
	}
	return outcome == OUTCOME_OK ? choose_start(f) : outcome;
}

static void pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/* One connection, from where the last one ended. */
static enum http_end follow_once(struct follow *f, enum outcome *ret_outcome)
{
	struct http_request rq = {
		.method = "GET",
		.path = api_path_str(&f->path),
		.patient = true,
		.wanted = is_read,
		.sink = bytes_received,
		.sink_ctx = f,
		.last_event_id = f->last_id,
	};
	sse_init(&f->sse, entry_received, f);
	enum http_end end = call_stream(f->client, &rq, ret_outcome);
	sse_release(&f->sse);
	return end;
}

/* A daemon that was there comes back: it was restarted, or lost the connection. */
static enum outcome follow_on(struct follow *f)
{
	int64_t pause = FIRST_PAUSE_MS, before = f->last_id;
	bool first = true;
	for (;;) {
		enum outcome outcome;
		enum http_end end = follow_once(f, &outcome);
		if (end == HTTP_STOPPED) {
			return f->enough ? OUTCOME_OK : OUTCOME_FAILED;
		}
		if (outcome != OUTCOME_OK) {
			return outcome;
		}
		if (first && end == HTTP_NO_DAEMON) {
			return socket_path_explain(&f->client->socket);
		}
		if (first || f->last_id != before) {
			remark("courant: the stream ended; waiting for the daemon");
			pause = FIRST_PAUSE_MS;
		}
		first = false;
		before = f->last_id;
		pause_ms(pause);
		pause = 2 * pause < LIMIT_CLIENT_RETRY_MS ? 2 * pause : LIMIT_CLIENT_RETRY_MS;
	}
}

static enum outcome run(struct client *c)
{
	struct follow f = { .client = c };
	api_path_init(&f.path, "/v1/stream");
	enum outcome outcome = prepare(&f);
	if (outcome == OUTCOME_OK) {
		outcome = follow_on(&f);
	}
	api_path_release(&f.path);
	printer_release(&f.printer);
	return outcome;
}

const struct command cmd_follow = {
	.name = "follow",
	.synopsis = "",
	.summary = "print entries as they come",
	.about = "Goes on until it is interrupted. When the daemon restarts the stream is taken up "
		 "where it broke off: nothing is lost or "
		 "printed twice. --json prints one object a line.",
	.options = options,
	.columns = follow_columns,
	.run = run,
};
