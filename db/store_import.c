#include "base/mem.h"
#include "db/writer.h"

/* Many feeds in one request, and so in one savepoint: all of them, or none. */
struct import_request {
	struct write request;
	struct store_import *feeds; /* the caller's */
	size_t n;
	int64_t now;
	store_done_fn *done;
	void *arg;
};

static void answer(struct write *r)
{
	struct import_request *i = (struct import_request *)r;
	int64_t n_added = 0;

	for (size_t k = 0; k < i->n; k++)
		n_added += i->feeds[k].fail.status == STATUS_OK;
	i->done(i->arg, &r->fail, n_added);
}

static bool describe(struct db *db, const struct store_import *feed)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_IMPORTED);

	stmt_text(&s, feed->title);
	stmt_text(&s, feed->site_url);
	stmt_int(&s, feed->feed_id);
	return stmt_run(&s);
}

/* A URL that is taken is no failure of the others. */
static bool add_one(struct db *db, struct import_request *i, struct store_import *feed)
{
	struct failure fail = { 0 };

	if (!feed_insert(db, &feed->config, i->now, i->now, &feed->feed_id, &fail)) {
		feed->fail = fail;
		return fail.status == STATUS_EXISTS;
	}
	return (feed->title == NULL && feed->site_url == NULL) || describe(db, feed);
}

static bool run(struct db *db, struct write *r)
{
	struct import_request *i = (struct import_request *)r;

	for (size_t k = 0; k < i->n; k++)
		if (i->feeds[k].fail.status == STATUS_OK && !add_one(db, i, &i->feeds[k]))
			return false;
	return true;
}

void store_feeds_import(struct store *s, struct store_import *feeds, size_t n, int64_t now,
	store_done_fn *done, void *arg)
{
	static const struct write_type type = { run, answer, NULL };
	struct import_request *i = write_new(sizeof(*i), &type);

	i->feeds = feeds;
	i->n = n;
	i->now = now;
	i->done = done;
	i->arg = arg;
	write_submit(s, &i->request);
}
