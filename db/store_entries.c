#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "db/writer.h"

#include <stdlib.h>
#include <string.h>

struct mark {            /* how far marking all as read has come */
	int64_t feed_id; /* 0: not begun, or over */
	int64_t published, id;
};

struct entries_request {
	struct write request;
	int64_t *ids;
	size_t n;
	enum entry_status status;
	int64_t feed_id, upto; /* mark read */
	struct mark mark;
	int64_t now;
	int64_t n_changed;
	store_done_fn *done;
	void *arg;
};

struct flags { /* what the counters of a feed see of an entry */
	int64_t feed_id;
	enum entry_status status;
	bool starred;
};

static void answer(struct write *r)
{
	struct entries_request *e = (struct entries_request *)r;

	if (e->done != NULL)
		e->done(e->arg, &r->fail, r->fail.status == STATUS_OK ? e->n_changed : 0);
}

static void release(struct write *r)
{
	free(((struct entries_request *)r)->ids);
}

static struct entries_request *entries_request_new(
	const struct write_type *type, int64_t now, store_done_fn *done, void *arg)
{
	struct entries_request *e = write_new(sizeof(*e), type);

	e->now = now;
	e->done = done;
	e->arg = arg;
	return e;
}

/* 1 found, 0 no such entry, -1 the database failed. */
static int read_flags(struct db *db, int64_t id, struct flags *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_FLAGS);

	stmt_int(&s, id);
	bool found = stmt_row(&s);
	if (found) {
		ret->feed_id = stmt_read_int(&s);
		ret->status = (enum entry_status)stmt_read_int(&s);
		ret->starred = stmt_read_int(&s) != 0;
	}
	return stmt_end(&s) ? found : -1;
}

/* What one entry adds to the counters. */
static struct counters count_of(const struct flags *f)
{
	bool live = f->status != ENTRY_REMOVED;

	return (struct counters){ f->feed_id, live, f->status == ENTRY_UNREAD, live && f->starred };
}

static bool count_change(
	struct db *db, struct counters *c, const struct flags *before, const struct flags *after)
{
	struct counters by = count_of(after), was = count_of(before);

	by.n_entries -= was.n_entries;
	by.n_unread -= was.n_unread;
	by.n_starred -= was.n_starred;
	return counters_add(db, c, &by);
}

static bool set_flag(struct db *db, enum statement which, int64_t value, int64_t now, int64_t id)
{
	struct stmt s = db_stmt(db, which);

	stmt_int(&s, value);
	stmt_int(&s, now);
	stmt_int(&s, id);
	return stmt_run(&s);
}

static bool status_run(struct db *db, struct write *r)
{
	struct entries_request *e = (struct entries_request *)r;
	struct counters c = { 0 };

	for (size_t i = 0; i < e->n; i++) {
		struct flags before, after;
		int found = read_flags(db, e->ids[i], &before);
		if (found < 0)
			return false;
		if (found == 0 || before.status == e->status)
			continue;
		after = before;
		after.status = e->status;
		if (!set_flag(db, STATEMENT_ENTRY_SET_STATUS, e->status, e->now, e->ids[i]) ||
			!count_change(db, &c, &before, &after))
			return false;
		e->n_changed++;
	}
	return counters_flush(db, &c);
}

void store_entries_status(struct store *s, const int64_t *ids, size_t n, enum entry_status status,
	int64_t now, store_done_fn *done, void *arg)
{
	static const struct write_type type = { status_run, answer, release };
	struct entries_request *e = entries_request_new(&type, now, done, arg);

	e->ids = xmalloc(n * sizeof(*ids) + 1);
	if (n > 0)
		memcpy(e->ids, ids, n * sizeof(*ids));
	e->n = n;
	e->status = status;
	write_submit(s, &e->request);
}

static bool star_run(struct db *db, struct write *r)
{
	struct entries_request *e = (struct entries_request *)r;
	struct counters c = { 0 };
	struct flags before, after;
	int found = read_flags(db, e->ids[0], &before);

	if (found < 0)
		return false;
	if (found == 0)
		return write_fail(
			r, STATUS_NOT_FOUND, "there is no entry %lld", (long long)e->ids[0]);
	after = before;
	after.starred = !before.starred;
	e->n_changed = 1;
	return set_flag(db, STATEMENT_ENTRY_SET_STARRED, after.starred, e->now, e->ids[0]) &&
	       count_change(db, &c, &before, &after) && counters_flush(db, &c);
}

void store_entry_toggle_star(
	struct store *s, int64_t id, int64_t now, store_done_fn *done, void *arg)
{
	static const struct write_type type = { star_run, answer, release };
	struct entries_request *e = entries_request_new(&type, now, done, arg);

	e->ids = xmalloc(sizeof(id));
	e->ids[0] = id;
	e->n = 1;
	write_submit(s, &e->request);
}

/* ---- marking all as read, in steps ---- */

struct unread {
	int64_t published, id;
};

/* The next unread entries of the feed at hand, after the place that was reached. */
static bool find_unread(
	struct db *db, const struct entries_request *e, struct unread *ret, size_t *ret_n)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRIES_UNREAD);
	size_t n = 0;

	stmt_int(&s, e->mark.feed_id);
	stmt_int(&s, e->mark.published);
	stmt_int(&s, e->mark.id);
	stmt_int(&s, e->upto);
	stmt_int(&s, LIMIT_MARK_STEP);
	while (n < LIMIT_MARK_STEP && stmt_row(&s)) {
		ret[n].published = stmt_read_int(&s);
		ret[n++].id = stmt_read_int(&s);
	}
	*ret_n = n;
	return stmt_end(&s);
}

/* The feed after the one at hand: the one that was asked for, or the next with unread entries. 0:
 * none is left. */
static bool next_feed(struct db *db, struct entries_request *e)
{
	int64_t after = e->mark.feed_id;
	struct stmt s;

	e->mark = (struct mark){ .published = INT64_MIN };
	if (e->feed_id != 0) {
		e->mark.feed_id = after == 0 ? e->feed_id : 0;
		return true;
	}
	s = db_stmt(db, STATEMENT_COUNTERS_UNREAD_NEXT);
	stmt_int(&s, after);
	if (stmt_row(&s))
		e->mark.feed_id = stmt_read_int(&s);
	return stmt_end(&s);
}

/* Some entries of the feed at hand; *ret_done: it has no more. */
static bool mark_some(struct db *db, struct entries_request *e, bool *ret_done)
{
	struct unread found[LIMIT_MARK_STEP];
	struct counters c = { .feed_id = e->mark.feed_id };
	size_t n;

	if (!find_unread(db, e, found, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!set_flag(db, STATEMENT_ENTRY_SET_STATUS, ENTRY_READ, e->now, found[i].id))
			return false;
		e->mark.published = found[i].published;
		e->mark.id = found[i].id;
	}
	c.n_unread = -(int64_t)n;
	e->n_changed += (int64_t)n;
	*ret_done = n < LIMIT_MARK_STEP;
	return counters_flush(db, &c);
}

static bool mark_run(struct db *db, struct write *r)
{
	struct entries_request *e = (struct entries_request *)r;
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_MARK_MS;
	bool done = e->mark.feed_id == 0;

	do {
		if (done && !next_feed(db, e))
			return false;
		if (e->mark.feed_id == 0)
			return true;
		if (!mark_some(db, e, &done))
			return false;
		r->again = clock_monotonic_ms() >= deadline_ms;
	} while (!r->again);
	/* Of a feed that has no more, the next step finds nothing, and goes on to the next one. */
	return true;
}

void store_feed_mark_read(
	struct store *s, int64_t feed_id, int64_t upto, int64_t now, store_done_fn *done, void *arg)
{
	static const struct write_type type = { mark_run, answer, release };
	struct entries_request *e = entries_request_new(&type, now, done, arg);

	e->feed_id = feed_id;
	e->upto = upto;
	write_submit(s, &e->request);
}
