#include "api/resources.h"

#include "api/server.h"
#include "base/mem.h"
#include "schedule/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- reading ---- */

/* A feed's row comes from a reader thread; whether it is declared, what it is doing and the default
 * interval are known on the loop only, which fills them in at the end of each object. */
struct gap {
	size_t offset; /* in the answer, before the object's end */
	int64_t feed_id;
	int64_t interval; /* seconds, 0: the default */
	int64_t next_due; /* UTC seconds, SCHEDULE_NEVER */
	struct health_facts facts;
};

struct gaps {
	struct strbuf *out;
	bool one; /* one feed is asked for, not a list */
	struct gap *at;
	size_t n, cap;
};

static void gaps_free(void *data)
{
	struct gaps *gaps = data;
	free(gaps->at);
	free(gaps);
}

static void write_one(void *arg, const struct feed_record *feed)
{
	struct gaps *gaps = arg;
	struct json_writer w = JSON_WRITER(gaps->out);
	w.comma = gaps->n > 0;
	feed_write(&w, feed);
	gaps->at = xgrow(gaps->at, gaps->n, &gaps->cap, sizeof *gaps->at);
	gaps->at[gaps->n++] = (struct gap){
		.offset = gaps->out->len,
		.feed_id = feed->id,
		.interval = feed->config.interval,
		.next_due = feed->config.disabled ? SCHEDULE_NEVER : feed->state.next_due,
	};
	facts_read(&gaps->at[gaps->n - 1].facts, feed);
	jw_object_end(&w);
}

void feeds_read(struct request *rq, struct query *q)
{
	struct gaps *gaps = xcalloc(1, sizeof *gaps);
	rq->data = gaps;
	rq->data_free = gaps_free;
	gaps->out = &rq->answer.body;
	gaps->one = rq->id != 0;
	int64_t n = query_feeds(q, rq->id, write_one, gaps);
	bool ok = n >= 0;
	for (size_t i = 0; i < gaps->n && ok; i++)
		ok = facts_read_pulse(&gaps->at[i].facts, gaps->at[i].feed_id, q);
	if (!ok)
		request_query_failed(rq, q);
	else if (n == 0 && gaps->one)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
}

/* Null for a feed that names no hub. */
static void websub_write(struct json_writer *w, const struct websub *websub, int64_t feed_id)
{
	struct websub_view view;
	if (!websub_look(websub, feed_id, &view)) {
		jw_null(w, "websub");
		return;
	}
	jw_object(w, "websub");
	jw_string(w, "state", websub_state_name(view.state));
	jw_string(w, "hub", view.hub);
	jw_string(w, "topic", view.topic);
	jw_time(w, "lease_until", view.lease_until);
	jw_time(w, "next_try", view.next_try);
	jw_string_or_null(w, "detail", view.detail);
	jw_object_end(w);
}

static void next_check_write(
	struct json_writer *w, const struct refresher *refresher, const struct gap *gap)
{
	int64_t due = gap->next_due;
	if (due != SCHEDULE_NEVER)
		due = refresher_next_due(refresher, gap->feed_id, due);
	jw_time(w, "next_check_at", due == SCHEDULE_NEVER ? 0 : due);
}

static void fill_gap(const struct api_options *options, struct gap *gap, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	w.comma = true;
	next_check_write(&w, options->refresher, gap);
	facts_complete(&gap->facts, options->refresher, gap->feed_id);
	health_write(&w, &gap->facts);
	jw_string_or_null(&w, "moved_to", refresher_moved_to(options->refresher, gap->feed_id));
	lead_write(&w, "redirected", options->refresher, gap->feed_id);
	websub_write(&w, options->websub, gap->feed_id);
	jw_string_or_null(&w, "declared", refresher_declared_at(options->refresher, gap->feed_id));
	jw_int(&w, "interval", gap->interval > 0 ? gap->interval : options->conf->poll.interval);
	jw_string(&w, "state",
		refresh_state_name(refresher_feed_state(options->refresher, gap->feed_id)));
	jw_time(&w, "starts_at", refresher_starts_at(options->refresher, gap->feed_id));
}

void feeds_end(struct request *rq)
{
	struct gaps *gaps = rq->data;
	struct strbuf whole = STRBUF_INIT(LIMIT_API_ANSWER);
	const char *rows = strbuf_str(&rq->answer.body);
	size_t done = 0;
	if (rq->answer.body.overflow)
		gaps->n = 0; /* offsets mean nothing; the server says what is wrong */
	whole.overflow = rq->answer.body.overflow;
	if (!gaps->one)
		strbuf_addch(&whole, '[');
	for (size_t i = 0; i < gaps->n; i++) {
		struct gap *gap = &gaps->at[i];
		strbuf_add(&whole, rows + done, gap->offset - done);
		fill_gap(&rq->api->options, gap, &whole);
		done = gap->offset;
	}
	strbuf_add(&whole, rows + done, rq->answer.body.len - done);
	if (!gaps->one)
		strbuf_addch(&whole, ']');
	strbuf_release(&rq->answer.body);
	rq->answer.body = whole;
	rq->answer.code = MHD_HTTP_OK;
}

/* All of them. */
void feeds_begin(struct request *rq)
{
	request_read_long(rq, feeds_read, feeds_end);
}

static void pass_over(void *arg, const struct feed_record *feed)
{
	(void)arg, (void)feed;
}

void feed_exists_read(struct request *rq, struct query *q)
{
	int64_t n = query_feeds(q, rq->id, pass_over, NULL);
	if (n < 0)
		request_query_failed(rq, q);
	else if (n == 0)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
}

struct counters {
	struct json_writer reads, unreads;
};

static void count(struct json_writer *w, int64_t feed_id, int64_t n)
{
	char key[24];
	snprintf(key, sizeof key, "%" PRId64, feed_id);
	if (n > 0)
		jw_int(w, key, n);
}

static void count_one(void *arg, int64_t feed_id, int64_t n_entries, int64_t n_unread)
{
	struct counters *counters = arg;
	count(&counters->reads, feed_id, n_entries - n_unread);
	count(&counters->unreads, feed_id, n_unread);
}

void counters_read(struct request *rq, struct query *q)
{
	struct strbuf unreads = STRBUF_INIT(LIMIT_API_ANSWER);
	struct counters counters = { request_json(rq, MHD_HTTP_OK), JSON_WRITER(&unreads) };
	jw_object(&counters.reads, NULL);
	jw_object(&counters.reads, "reads");
	bool ok = query_counters(q, count_one, &counters);
	jw_object_end(&counters.reads);
	jw_object(&counters.reads, "unreads");
	strbuf_add(&rq->answer.body, strbuf_str(&unreads), unreads.len);
	jw_object_end(&counters.reads);
	jw_object_end(&counters.reads);
	if (!ok)
		request_query_failed(rq, q);
	strbuf_release(&unreads);
}

/* ---- changes ---- */

static void feed_removed(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct request *rq = request_back(arg);
	(void)feed_id;
	if (rq == NULL)
		return;
	if (fail->status == STATUS_NOT_FOUND)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
	else if (fail->status == STATUS_DECLARED) /* the detail says it all */
		request_refuse(rq, STATUS_DECLARED, "%s", fail->detail);
	else if (fail->status != STATUS_OK)
		request_fail(rq, fail);
	else
		request_no_content(rq);
	request_send(rq);
}

void feed_remove(struct request *rq)
{
	refresher_remove(rq->api->options.refresher, rq->id, feed_removed, request_out(rq));
}
