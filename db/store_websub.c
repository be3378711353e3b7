#include "base/log.h"
#include "base/mem.h"
#include "db/writer.h"

#include <stdlib.h>

struct websub_request {
	struct write request;
	struct websub_record record; /* with strings of its own */
};

static void answer(struct write *r)
{
	const struct websub_request *w = (const struct websub_request *)r;

	if (r->fail.status != STATUS_OK)
		log_err("feed %lld: its hub was not noted: %s", (long long)w->record.feed_id,
			r->fail.detail);
}

static void release(struct write *r)
{
	struct websub_record *record = &((struct websub_request *)r)->record;

	free((void *)(uintptr_t)record->hub);
	free((void *)(uintptr_t)record->topic);
	free((void *)(uintptr_t)record->state);
	free((void *)(uintptr_t)record->callback);
	free((void *)(uintptr_t)record->secret);
	free((void *)(uintptr_t)record->detail);
}

/* 1 the feed is there, 0 it is not, -1 the database failed. */
static int has_feed(struct db *db, int64_t feed_id)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_BEFORE);

	stmt_int(&s, feed_id);
	bool found = stmt_row(&s);
	return stmt_end(&s) ? found : -1;
}

static bool set_run(struct db *db, struct write *r)
{
	const struct websub_record *record = &((struct websub_request *)r)->record;
	int found = has_feed(db, record->feed_id);

	if (found <= 0)
		return found == 0;
	struct stmt s = db_stmt(db, STATEMENT_WEBSUB_SET);
	stmt_int(&s, record->feed_id);
	stmt_text(&s, record->hub);
	stmt_text(&s, record->topic);
	stmt_text(&s, record->state);
	stmt_text(&s, record->callback);
	stmt_text(&s, record->secret);
	stmt_int(&s, record->lease_until);
	stmt_int(&s, record->next_try);
	stmt_int(&s, record->n_failures);
	stmt_text(&s, record->detail);
	return stmt_run(&s);
}

void store_websub_set(struct store *s, const struct websub_record *record)
{
	static const struct write_type type = { set_run, answer, release };
	struct websub_request *w = write_new(sizeof(*w), &type);

	w->record = *record;
	w->record.hub = xstrdup(record->hub);
	w->record.topic = xstrdup(record->topic);
	w->record.state = xstrdup(record->state);
	w->record.callback = xstrdup_or_null(record->callback);
	w->record.secret = xstrdup_or_null(record->secret);
	w->record.detail = xstrdup_or_null(record->detail);
	write_submit(s, &w->request);
}

static bool drop_run(struct db *db, struct write *r)
{
	struct stmt s = db_stmt(db, STATEMENT_WEBSUB_DELETE);

	stmt_int(&s, ((struct websub_request *)r)->record.feed_id);
	return stmt_run(&s);
}

void store_websub_drop(struct store *s, int64_t feed_id)
{
	static const struct write_type type = { drop_run, answer, release };
	struct websub_request *w = write_new(sizeof(*w), &type);

	w->record.feed_id = feed_id;
	write_submit(s, &w->request);
}
