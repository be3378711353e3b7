#include "db/tombstones.h"

#include "base/clock.h"
#include "base/limits.h"

bool tombstone_seen(struct db *db, int64_t entry_id, int64_t now)
{
	struct stmt s = db_stmt(db, STATEMENT_TOMBSTONE_SEEN);

	stmt_int(&s, now);
	stmt_int(&s, entry_id);
	/* Once a day will do; a document that shows hundreds is not to rewrite them each time. */
	stmt_int(&s, now - 86400);
	return stmt_run(&s);
}

enum forgetting { FORGETTING_NOTHING, FORGETTING_KEYS, FORGETTING_TOMBSTONES };

/* How far it has come. */
static bool read_forgetting(struct db *db, int64_t feed_id, enum forgetting *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_FORGETTING);

	*ret = FORGETTING_NOTHING;
	stmt_int(&s, feed_id);
	if (stmt_row(&s))
		*ret = stmt_read_int(&s) != 0 ? FORGETTING_TOMBSTONES : FORGETTING_KEYS;
	return stmt_end(&s);
}

/* Begins when there are old ones. */
static bool begin(struct db *db, int64_t feed_id, int64_t seen_before)
{
	struct stmt s = db_stmt(db, STATEMENT_TOMBSTONES_OLD);

	stmt_int(&s, feed_id);
	stmt_int(&s, seen_before);
	bool any = stmt_row(&s);
	if (!stmt_end(&s))
		return false;
	if (!any)
		return true;
	s = db_stmt(db, STATEMENT_FORGETTING_BEGIN);
	stmt_int(&s, feed_id);
	stmt_int(&s, seen_before);
	return stmt_run(&s);
}

/* Some hundred keys, or, when all were walked over, some hundred tombstones. */
static bool forget_some(struct db *db, int64_t feed_id, enum forgetting at)
{
	if (at == FORGETTING_KEYS)
		return db_run_on(db, STATEMENT_FORGETTING_NEXT, feed_id) &&
		       db_run_on(db, STATEMENT_FORGETTING_KEYS, feed_id) &&
		       db_run_on(db, STATEMENT_FORGETTING_MOVE, feed_id);
	return db_run_on(db, STATEMENT_FORGETTING_TOMBSTONES, feed_id) &&
	       (sqlite3_changes(db->handle) > 0 ||
		       db_run_on(db, STATEMENT_FORGETTING_DONE, feed_id));
}

bool tombstones_forget(struct db *db, int64_t feed_id, int64_t now)
{
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_FORGET_MS;
	enum forgetting at;

	if (!read_forgetting(db, feed_id, &at))
		return false;
	if (at == FORGETTING_NOTHING &&
		(!begin(db, feed_id, now - LIMIT_TOMBSTONE) || !read_forgetting(db, feed_id, &at)))
		return false;
	while (at != FORGETTING_NOTHING && clock_monotonic_ms() < deadline_ms) {
		if (!forget_some(db, feed_id, at) || !read_forgetting(db, feed_id, &at))
			return false;
	}
	return true;
}
