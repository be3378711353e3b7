#include "base/mem.h"
#include "db/filing.h"
#include "db/retention.h"
#include "db/steady.h"
#include "db/tally.h"
#include "db/tombstones.h"
#include "db/writer.h"

#include <stdlib.h>

struct refresh_request {
	struct write request;
	int64_t feed_id, now;
	struct feed_fetch_state state; /* with strings of its own */
	struct feed_doc *doc;
	struct retention *retention; /* NULL: everything is kept */
	struct store_refresh_result result;
	store_decide_fn *decide; /* NULL: the state says it all */
	store_refresh_done_fn *done;
	void *arg;
};

static void bind_failure(struct stmt *s, const struct failure *fail)
{
	if (fail->status == STATUS_OK) {
		for (int i = 0; i < 4; i++)
			stmt_null(s);
		return;
	}
	stmt_text(s, stage_name(fail->stage));
	stmt_text(s, status_name(fail->status));
	stmt_int(s, fail->http_code);
	stmt_text(s, fail->detail);
}

static bool file_state(struct db *db, int64_t feed_id, const struct feed_fetch_state *state)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_STATE);

	stmt_text(&s, state->etag);
	stmt_text(&s, state->last_modified);
	stmt_text(&s, state->validators_url);
	stmt_hash(&s, &state->body_hash);
	stmt_hash(&s, &state->quarantine_hash);
	stmt_int(&s, state->next_due);
	stmt_text(&s, due_reason_name(state->due_reason));
	stmt_int(&s, state->due_wait);
	stmt_real(&s, state->rhythm.entries);
	stmt_real(&s, state->rhythm.days);
	stmt_int(&s, state->rhythm.at);
	stmt_int(&s, state->rhythm.window);
	stmt_int(&s, state->retry_at);
	stmt_int(&s, state->last_fetch);
	stmt_int(&s, state->last_success);
	stmt_int(&s, state->n_failures);
	stmt_int(&s, state->failing_since);
	bind_failure(&s, &state->failure);
	stmt_int(&s, state->ttl_minutes);
	stmt_int(&s, state->update_interval_seconds);
	stmt_int(&s, state->skip_hours);
	stmt_int(&s, state->skip_days);
	stmt_int(&s, state->gap_at);
	stmt_text(&s, state->mended);
	stmt_int(&s, feed_id);
	return stmt_run(&s);
}

/* 1 the feed is there, 0 it is not, -1 the database failed. */
static int read_before(struct db *db, struct filed_feed *feed)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_BEFORE);

	stmt_int(&s, feed->id);
	bool found = stmt_row(&s);
	if (found) {
		feed->distrusted = (unsigned)stmt_read_int(&s);
		feed->last_success = stmt_read_int(&s);
		feed->n_entries = stmt_read_int(&s);
		feed->document = stmt_read_int(&s);
	}
	return stmt_end(&s) ? found : -1;
}

static bool read_counts(struct db *db, struct refresh_request *r)
{
	struct stmt s = db_stmt(db, STATEMENT_COUNTERS_OF_FEED);

	stmt_int(&s, r->feed_id);
	if (stmt_row(&s)) {
		r->result.n_entries = stmt_read_int(&s);
		r->result.n_unread = stmt_read_int(&s);
	}
	return stmt_end(&s);
}

/* What the document brought, and then what has to go for it. */
static bool file(struct db *db, struct refresh_request *r, const struct filed_feed *feed)
{
	bool steady;

	if (!steady_look(db, r->now, &steady))
		return false;
	if (r->doc != NULL && (!file_document(db, feed, r->doc, r->now, &r->result) ||
				      (steady && !tombstones_forget(db, r->feed_id, r->now))))
		return false;
	return r->retention == NULL ||
	       retention_apply(db, &r->retention->policy, r->feed_id, r->result.n_new, r->now,
		       steady, &r->result.n_purged);
}

static bool refresh_run(struct db *db, struct write *request)
{
	struct refresh_request *r = (struct refresh_request *)request;
	struct filed_feed feed = { .id = r->feed_id, .etag = r->state.etag };
	/* Pages, what hubs send, and new due times come here too, but end no fetch. */
	bool fetched = r->state.last_fetch == r->now && (r->doc == NULL || !r->doc->partial);
	int found = read_before(db, &feed);

	if (found < 0)
		return false;
	if (found == 0)
		return write_fail(
			request, STATUS_NOT_FOUND, "feed %lld was removed", (long long)r->feed_id);
	bool ok = file(db, r, &feed) && read_counts(db, r);
	if (ok && r->decide != NULL)
		r->decide(r->arg, &r->result, &r->state);
	ok = ok && file_state(db, r->feed_id, &r->state) &&
	     (!fetched || tally_fetch(db, &r->state.failure, r->doc != NULL, &r->result, r->now));
	/* Freed here rather than on the loop thread, which has more urgent things to do. */
	feed_doc_free(r->doc);
	r->doc = NULL;
	return ok;
}

static void refresh_answer(struct write *request)
{
	struct refresh_request *r = (struct refresh_request *)request;

	if (request->fail.status != STATUS_OK)
		r->result = (struct store_refresh_result){ .fail = request->fail };
	r->result.state = &r->state;
	if (r->done != NULL)
		r->done(r->arg, &r->result);
}

static void refresh_release(struct write *request)
{
	struct refresh_request *r = (struct refresh_request *)request;

	feed_doc_free(r->doc);
	retention_release(r->retention);
	free((void *)(uintptr_t)r->state.etag);
	free((void *)(uintptr_t)r->state.last_modified);
	free((void *)(uintptr_t)r->state.validators_url);
	free((void *)(uintptr_t)r->state.mended);
}

void store_refresh(struct store *s, int64_t feed_id, const struct feed_fetch_state *state,
	struct feed_doc *doc, int64_t now, store_refresh_done_fn *done, void *arg)
{
	static const struct write_type type = { refresh_run, refresh_answer, refresh_release };
	struct refresh_request *r = write_new(sizeof(*r), &type);

	r->feed_id = feed_id;
	r->now = now;
	r->state = *state;
	r->state.etag = xstrdup_or_null(state->etag);
	r->state.last_modified = xstrdup_or_null(state->last_modified);
	r->state.validators_url = xstrdup_or_null(state->validators_url);
	r->state.mended = xstrdup_or_null(state->mended);
	r->doc = doc;
	r->retention = store_retention(s);
	r->decide = store_decider(s);
	r->done = done;
	r->arg = arg;
	write_submit(s, &r->request);
}
