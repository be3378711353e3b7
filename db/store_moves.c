#include "base/mem.h"
#include "db/writer.h"

#include <stdlib.h>

struct move_request {
	struct write request;
	int64_t feed_id;
	bool has_move;
	struct move_record move; /* with strings of its own */
	char *url;               /* of the feed from now on, NULL: as it is */
	store_feed_done_fn *done;
	void *arg;
};

static void answer(struct write *r)
{
	struct move_request *m = (struct move_request *)r;

	m->done(m->arg, &r->fail, m->feed_id);
}

static void release(struct write *r)
{
	struct move_request *m = (struct move_request *)r;

	free((void *)(uintptr_t)m->move.from_url);
	free((void *)(uintptr_t)m->move.to_url);
	free(m->url);
}

static bool put_move(struct db *db, const struct move_request *m)
{
	struct stmt s = db_stmt(db, STATEMENT_MOVE_PUT);

	stmt_int(&s, m->feed_id);
	stmt_int(&s, m->move.number);
	stmt_text(&s, m->move.from_url);
	stmt_text(&s, m->move.to_url);
	stmt_int(&s, m->move.n_seen);
	stmt_int(&s, m->move.first_seen);
	stmt_int(&s, m->move.adopted);
	stmt_int(&s, m->move.undone);
	return stmt_run(&s);
}

static bool put_url(struct db *db, struct write *r)
{
	struct move_request *m = (struct move_request *)r;
	struct stmt s = db_stmt(db, STATEMENT_FEED_BY_URL);

	stmt_text(&s, m->url);
	int64_t other = stmt_row(&s) ? stmt_read_int(&s) : 0;
	if (!stmt_end(&s))
		return false;
	if (other > 0 && other != m->feed_id) {
		m->feed_id = other;
		return write_fail(r, STATUS_EXISTS, "feed %lld has this URL", (long long)other);
	}
	s = db_stmt(db, STATEMENT_FEED_URL);
	stmt_text(&s, m->url);
	stmt_int(&s, m->feed_id);
	return stmt_run(&s);
}

/* 1 the feed is there, 0 it is not, -1 the database failed. */
static int feed_exists(struct db *db, int64_t feed_id)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_BEFORE);

	stmt_int(&s, feed_id);
	bool found = stmt_row(&s);
	return stmt_end(&s) ? found : -1;
}

static bool put_run(struct db *db, struct write *r)
{
	struct move_request *m = (struct move_request *)r;
	int found = feed_exists(db, m->feed_id);

	if (found < 0)
		return false;
	if (found == 0)
		return write_fail(
			r, STATUS_NOT_FOUND, "there is no feed %lld", (long long)m->feed_id);
	return (!m->has_move || put_move(db, m)) && (m->url == NULL || put_url(db, r));
}

static bool forget_run(struct db *db, struct write *r)
{
	struct move_request *m = (struct move_request *)r;
	struct stmt s = db_stmt(db, STATEMENT_MOVE_DELETE);

	stmt_int(&s, m->feed_id);
	stmt_int(&s, m->move.number);
	return stmt_run(&s);
}

void store_move_put(struct store *s, int64_t feed_id, const struct move_record *move,
	const char *url, store_feed_done_fn *done, void *arg)
{
	static const struct write_type type = { put_run, answer, release };
	struct move_request *m = write_new(sizeof(*m), &type);

	m->feed_id = feed_id;
	m->has_move = move != NULL;
	if (move != NULL) {
		m->move = *move;
		m->move.from_url = xstrdup(move->from_url);
		m->move.to_url = xstrdup(move->to_url);
	}
	m->url = xstrdup_or_null(url);
	m->done = done;
	m->arg = arg;
	write_submit(s, &m->request);
}

void store_move_forget(
	struct store *s, int64_t feed_id, int64_t number, store_feed_done_fn *done, void *arg)
{
	static const struct write_type type = { forget_run, answer, release };
	struct move_request *m = write_new(sizeof(*m), &type);

	m->feed_id = feed_id;
	m->move.number = number;
	m->done = done;
	m->arg = arg;
	write_submit(s, &m->request);
}
