#include "base/mem.h"
#include "db/removal.h"
#include "db/writer.h"

#include <stdlib.h>

struct feed_request {
	struct write request;
	int64_t feed_id;
	struct feed_config config; /* with strings of its own */
	int64_t next_due, now;
	store_feed_done_fn *done;
	void *arg;
};

static void answer(struct write *r)
{
	struct feed_request *f = (struct feed_request *)r;

	if (f->done != NULL)
		f->done(f->arg, &r->fail, f->feed_id);
}

static void release(struct write *r)
{
	struct feed_request *f = (struct feed_request *)r;

	free((void *)(uintptr_t)f->config.url);
	free((void *)(uintptr_t)f->config.name);
	free((void *)(uintptr_t)f->config.category);
	free((void *)(uintptr_t)f->config.username);
	xfree_secret((void *)(uintptr_t)f->config.password);
	xfree_secret((void *)(uintptr_t)f->config.cookie);
	xfree_secret((void *)(uintptr_t)f->config.proxy);
}

static struct feed_request *feed_request_new(const struct write_type *type, int64_t feed_id,
	const struct feed_config *config, store_feed_done_fn *done, void *arg)
{
	struct feed_request *f = write_new(sizeof(*f), type);

	f->feed_id = feed_id;
	if (config != NULL) {
		f->config = *config;
		f->config.url = xstrdup_or_null(config->url);
		f->config.name = xstrdup_or_null(config->name);
		f->config.category = xstrdup_or_null(config->category);
		f->config.username = xstrdup_or_null(config->username);
		f->config.password = xstrdup_or_null(config->password);
		f->config.cookie = xstrdup_or_null(config->cookie);
		f->config.proxy = xstrdup_or_null(config->proxy);
	}
	f->done = done;
	f->arg = arg;
	return f;
}

/* The columns that a user sets, in the order FEED_INSERT and FEED_CONFIG share. */
static void bind_config(struct stmt *s, const struct feed_config *config)
{
	stmt_text(s, config->name);
	stmt_text(s, config->category);
	stmt_int(s, config->interval);
	stmt_int(s, config->allow_private);
	stmt_int(s, config->declared);
	stmt_int(s, config->disabled);
	stmt_text(s, config->username);
	stmt_text(s, config->password);
	stmt_text(s, config->cookie);
	stmt_text(s, config->proxy);
}

/* The feed that has this URL, 0 when none has, -1 when the database failed. */
static int64_t find_url(struct db *db, const char *url)
{
	struct stmt s = db_stmt(db, STATEMENT_FEED_BY_URL);

	stmt_text(&s, url);
	int64_t id = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s) ? id : -1;
}

bool feed_insert(struct db *db, const struct feed_config *config, int64_t next_due, int64_t now,
	int64_t *ret_id, struct failure *ret_fail)
{
	int64_t other = find_url(db, config->url);

	if (other < 0)
		return false;
	if (other > 0) {
		*ret_id = other;
		failure_set(ret_fail, STAGE_STORE, STATUS_EXISTS, 0, "feed %lld has this URL",
			(long long)other);
		return false;
	}
	struct stmt s = db_stmt(db, STATEMENT_FEED_INSERT);
	bind_config(&s, config);
	stmt_text(&s, config->url);
	stmt_int(&s, next_due);
	stmt_int(&s, now);
	if (!stmt_run(&s))
		return false;
	*ret_id = sqlite3_last_insert_rowid(db->handle);
	s = db_stmt(db, STATEMENT_COUNTERS_INSERT);
	stmt_int(&s, *ret_id);
	return stmt_run(&s);
}

static bool add_run(struct db *db, struct write *r)
{
	struct feed_request *f = (struct feed_request *)r;

	return feed_insert(db, &f->config, f->next_due, f->now, &f->feed_id, &r->fail);
}

void store_feed_add(struct store *s, const struct feed_config *config, int64_t next_due,
	int64_t now, store_feed_done_fn *done, void *arg)
{
	static const struct write_type type = { add_run, answer, release };
	struct feed_request *f = feed_request_new(&type, 0, config, done, arg);

	f->next_due = next_due;
	f->now = now;
	write_submit(s, &f->request);
}

static bool no_such_feed(struct write *r, int64_t feed_id)
{
	return write_fail(r, STATUS_NOT_FOUND, "there is no feed %lld", (long long)feed_id);
}

static bool update_run(struct db *db, struct write *r)
{
	struct feed_request *f = (struct feed_request *)r;
	struct stmt s = db_stmt(db, STATEMENT_FEED_CONFIG);

	bind_config(&s, &f->config);
	stmt_int(&s, f->feed_id);
	if (!stmt_run(&s))
		return false;
	return sqlite3_changes(db->handle) > 0 || no_such_feed(r, f->feed_id);
}

void store_feed_update(struct store *s, int64_t feed_id, const struct feed_config *config,
	store_feed_done_fn *done, void *arg)
{
	static const struct write_type type = { update_run, answer, release };

	write_submit(s, &feed_request_new(&type, feed_id, config, done, arg)->request);
}

/* Takes the feed's entries out of the totals; its own counters go with it. */
static bool uncount(struct db *db, struct write *r, int64_t feed_id)
{
	struct counters c = { .feed_id = feed_id };
	struct stmt s = db_stmt(db, STATEMENT_COUNTERS_OF_FEED);

	stmt_int(&s, feed_id);
	bool found = stmt_row(&s);
	if (found) {
		c.n_entries = -stmt_read_int(&s);
		c.n_unread = -stmt_read_int(&s);
		c.n_starred = -stmt_read_int(&s);
	}
	if (!stmt_end(&s))
		return false;
	return found ? counters_flush(db, &c) : no_such_feed(r, feed_id);
}

static bool remove_run(struct db *db, struct write *r)
{
	struct feed_request *f = (struct feed_request *)r;

	struct stmt s;

	if (!uncount(db, r, f->feed_id))
		return false;
	s = db_stmt(db, STATEMENT_FEED_DELETE);
	stmt_int(&s, f->feed_id);
	return stmt_run(&s) && removal_begin(db, f->feed_id);
}

void store_feed_remove(struct store *s, int64_t feed_id, store_feed_done_fn *done, void *arg)
{
	static const struct write_type type = { remove_run, answer, release };

	write_submit(s, &feed_request_new(&type, feed_id, NULL, done, arg)->request);
}
