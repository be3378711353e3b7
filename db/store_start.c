/* What the loop knows by heart: read once, before the first request, through the writer's
 * connection. */
#include "db/store.h"

#include "base/log.h"
#include "db/recovery.h"
#include "db/rows.h"
#include "db/writer.h"

/* At the start. A database that is damaged is set aside by the next one. */
static void cannot_read(struct store *s, const char *what)
{
	const struct db *db = store_db(s);

	if (db->met_damage)
		recovery_mark(store_path(s), db->error);
	log_fatal("cannot read %s from the database: %s (SQLite %d)%s", what, db->error, db->code,
		db->met_damage ? "; it is damaged, and the next start sets it aside" : "");
}

void store_each_feed(struct store *s, store_feed_fn *each, void *arg)
{
	struct stmt q = db_stmt(store_db(s), STATEMENT_FEEDS_BY_ID);
	struct feed_record feed;

	while (stmt_row(&q)) {
		feed_row_read(&q, &feed);
		each(arg, &feed);
	}
	if (!stmt_end(&q))
		cannot_read(s, "the feeds");
}

void store_each_https_host(struct store *s, store_https_host_fn *each, void *arg)
{
	struct stmt q = db_stmt(store_db(s), STATEMENT_HTTPS_HOSTS);

	while (stmt_row(&q)) {
		const char *host = stmt_read_text(&q);
		int64_t expires = stmt_read_int(&q);
		each(arg, host, expires, stmt_read_int(&q) != 0);
	}
	if (!stmt_end(&q))
		cannot_read(s, "the hosts");
}

void store_each_move(struct store *s, store_move_fn *each, void *arg)
{
	struct stmt q = db_stmt(store_db(s), STATEMENT_MOVES);
	struct move_record move;
	int64_t feed_id;

	while (stmt_row(&q)) {
		move_row_read(&q, &feed_id, &move);
		each(arg, feed_id, &move);
	}
	if (!stmt_end(&q))
		cannot_read(s, "the moves of feeds");
}

void store_each_websub(struct store *s, store_websub_fn *each, void *arg)
{
	struct stmt q = db_stmt(store_db(s), STATEMENT_WEBSUB_ALL);
	struct websub_record record;

	while (stmt_row(&q)) {
		websub_row_read(&q, &record);
		each(arg, &record);
	}
	if (!stmt_end(&q))
		cannot_read(s, "the hubs of feeds");
}

void store_each_rest(struct store *s, store_rest_fn *each, void *arg)
{
	struct stmt q = db_stmt(store_db(s), STATEMENT_RESTS);

	while (stmt_row(&q)) {
		const char *host = stmt_read_text(&q);
		int64_t since = stmt_read_int(&q), until = stmt_read_int(&q);
		each(arg, host, since, until, stmt_read_int(&q));
	}
	if (!stmt_end(&q))
		cannot_read(s, "the hosts");
}
