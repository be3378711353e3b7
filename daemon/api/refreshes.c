#include "api/resources.h"

#include "api/server.h"
#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

static void write_report(struct json_writer *w, const struct refresh_report *report)
{
	jw_object(w, NULL);
	jw_int(w, "feed_id", report->feed_id);
	jw_int(w, "new", report->n_new);
	jw_int(w, "changed", report->n_changed);
	jw_bool(w, "not_modified", report->not_modified);
	failure_write(w, "error", &report->fail);
	jw_object_end(w);
}

/* ---- one feed ---- */

static void refuse_too_soon(struct request *rq, int64_t wait)
{
	request_refuse(rq, STATUS_TOO_SOON,
		"feed %" PRId64 " was fetched a short time ago, or its server asked for a rest: "
		"again in %" PRId64 " s",
		rq->id, wait);
	request_header(rq, MHD_HTTP_HEADER_RETRY_AFTER, "%" PRId64, wait);
}

/* Whether it was not even tried: a report without a stage, or one cut short. */
static bool was_refused(const struct failure *fail)
{
	return (fail->status != STATUS_OK && fail->stage == STAGE_NONE) ||
	       fail->status == STATUS_CANCELLED;
}

static void feed_refreshed(void *arg, const struct refresh_report *report)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	if (report->fail.status == STATUS_TOO_SOON) {
		refuse_too_soon(rq, report->wait);
	} else if (report->fail.status == STATUS_NOT_FOUND) {
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
	} else if (was_refused(&report->fail)) {
		request_fail(rq, &report->fail);
	} else if (rq->params.wait) {
		struct json_writer w = request_json(rq, MHD_HTTP_OK);
		write_report(&w, report);
	} else {
		request_no_content(rq);
	}
	request_send(rq);
}

void feed_refresh(struct request *rq)
{
	struct refresher *refresher = rq->api->options.refresher;
	refresher_now(refresher, rq->id, feed_refreshed, request_out(rq));
	/* What is not under way now was refused, and its report will say why. */
	if (!rq->params.wait && refresher_feed_state(refresher, rq->id) != REFRESH_IDLE)
		request_no_content(rq);
}

/* ---- all feeds ---- */

struct tally {
	int64_t n_refreshed, n_too_soon, n_new, n_changed;
	struct strbuf failed; /* reports, with commas */
	struct json_writer w; /* on it */
};

static void tally_free(void *data)
{
	struct tally *tally = data;
	strbuf_release(&tally->failed);
	free(tally);
}

static void one_refreshed(void *arg, const struct refresh_report *report)
{
	struct request *rq = arg; /* it lives until all_refreshed() has come back */
	struct tally *tally = rq->data;
	tally->n_new += report->n_new;
	tally->n_changed += report->n_changed;
	if (report->fail.status == STATUS_OK)
		tally->n_refreshed++;
	else if (report->fail.status == STATUS_TOO_SOON)
		tally->n_too_soon++;
	else
		write_report(&tally->w, report);
}

static void all_refreshed(void *arg, int64_t n_feeds)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	struct tally *tally = rq->data;
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_object(&w, NULL);
	jw_int(&w, "feeds", n_feeds);
	jw_int(&w, "refreshed", tally->n_refreshed);
	jw_int(&w, "too_soon", tally->n_too_soon);
	jw_int(&w, "new", tally->n_new);
	jw_int(&w, "changed", tally->n_changed);
	jw_array(&w, "failed");
	strbuf_add(&rq->answer.body, strbuf_str(&tally->failed), tally->failed.len);
	jw_array_end(&w);
	jw_object_end(&w);
	request_send(rq);
}

void feeds_refresh(struct request *rq)
{
	struct refresher *refresher = rq->api->options.refresher;
	if (!rq->params.wait) {
		refresher_all_now(refresher, NULL, NULL, NULL);
		request_no_content(rq);
		return;
	}
	struct tally *tally = xcalloc(1, sizeof *tally);
	strbuf_init(&tally->failed, LIMIT_API_ANSWER);
	tally->w = (struct json_writer)JSON_WRITER(&tally->failed);
	rq->data = tally;
	rq->data_free = tally_free;
	refresher_all_now(refresher, one_refreshed, all_refreshed, request_out(rq));
}
