/* Where permanent redirects led feeds, and the way back. */
#include "api/resources.h"

#include "api/server.h"
#include "base/limits.h"

#include <inttypes.h>

void lead_write(
	struct json_writer *w, const char *key, const struct refresher *refresher, int64_t feed_id)
{
	struct refresh_lead lead;
	if (!refresher_lead(refresher, feed_id, &lead)) {
		jw_null(w, key);
		return;
	}
	jw_object(w, key);
	jw_string(w, "to", lead.to);
	jw_int(w, "times", lead.n_seen);
	jw_time(w, "since", lead.first_seen);
	jw_string(w, "code", move_verdict_name(lead.verdict));
	jw_string(w, "message", move_verdict_text(lead.verdict));
	if (lead.other_feed > 0)
		jw_int(w, "feed_id", lead.other_feed);
	if (lead.verdict == MOVE_UNDONE)
		jw_time(w, "until", lead.refused_until);
	jw_object_end(w);
}

static void write_move(void *arg, const struct move_record *move)
{
	struct json_writer *w = arg;
	jw_object(w, NULL);
	jw_string(w, "from", move->from_url);
	jw_string(w, "to", move->to_url);
	jw_string(w, "why", "permanent_redirect");
	jw_int(w, "times", move->n_seen);
	jw_time(w, "first_seen_at", move->first_seen);
	jw_time(w, "adopted_at", move->adopted);
	jw_time(w, "undone_at", move->undone);
	jw_object_end(w);
}

static void pass_over(void *arg, const struct feed_record *feed)
{
	(void)arg, (void)feed;
}

void moves_read(struct request *rq, struct query *q)
{
	int64_t n_feeds = query_feeds(q, rq->id, pass_over, NULL);
	if (n_feeds == 0) {
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, rq->id);
		return;
	}
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_array(&w, NULL);
	int64_t n_moves = query_moves(q, rq->id, write_move, &w);
	jw_array_end(&w);
	if (n_feeds < 0 || n_moves < 0)
		request_query_failed(rq, q);
}

static void move_undone(void *arg, const struct failure *fail, int64_t feed_id)
{
	struct request *rq = request_back(arg);
	(void)feed_id;
	if (rq == NULL)
		return;
	if (fail->status == STATUS_OK)
		request_no_content(rq);
	else if (fail->stage == STAGE_NONE) /* the detail says it all */
		request_refuse(rq, fail->status, "%s", fail->detail);
	else
		request_fail(rq, fail);
	request_send(rq);
}

void move_undo(struct request *rq)
{
	refresher_undo_move(rq->api->options.refresher, rq->id, move_undone, request_out(rq));
}
