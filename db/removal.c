#include "db/removal.h"

#include "base/clock.h"
#include "base/limits.h"
#include "db/search_index.h"

/* What the statement finds, 0: nothing. */
static bool find(struct db *db, enum statement which, int64_t feed_id, int64_t *ret)
{
	struct stmt s = db_stmt(db, which);

	if (feed_id != 0)
		stmt_int(&s, feed_id);
	*ret = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

static bool is_over(int64_t deadline_ms)
{
	return clock_monotonic_ms() >= deadline_ms;
}

/* *ret_left: the time was over first. */
static bool take_entries(struct db *db, int64_t feed_id, int64_t deadline_ms, bool *ret_left)
{
	int64_t id;

	do {
		if (!find(db, STATEMENT_REMOVAL_ENTRY, feed_id, &id))
			return false;
		*ret_left = id != 0;
		if (id == 0)
			return true;
		if (!search_index_remove(db, id, NULL) ||
			!db_run_on(db, STATEMENT_ENTRY_DELETE, id))
			return false;
	} while (!is_over(deadline_ms));
	return true;
}

/* Rows that a statement deletes some of at a time. */
static bool take_rows(
	struct db *db, enum statement which, int64_t feed_id, int64_t deadline_ms, bool *ret_left)
{
	do {
		if (!db_run_on(db, which, feed_id))
			return false;
		*ret_left = sqlite3_changes(db->handle) > 0;
	} while (*ret_left && !is_over(deadline_ms));
	return true;
}

static bool take(struct db *db, int64_t feed_id)
{
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_REMOVAL_MS;
	bool left = false;

	return take_entries(db, feed_id, deadline_ms, &left) &&
	       (left || take_rows(db, STATEMENT_REMOVAL_KEYS, feed_id, deadline_ms, &left)) &&
	       (left || take_rows(db, STATEMENT_REMOVAL_TOMBSTONES, feed_id, deadline_ms, &left)) &&
	       (left || db_run_on(db, STATEMENT_REMOVAL_DONE, feed_id));
}

bool removal_begin(struct db *db, int64_t feed_id)
{
	return db_run_on(db, STATEMENT_REMOVAL_BEGIN, feed_id) && take(db, feed_id);
}

bool removal_step(struct db *db, bool *ret_left)
{
	int64_t feed_id;

	*ret_left = false;
	if (!find(db, STATEMENT_REMOVAL_ANY, 0, &feed_id))
		return false;
	if (feed_id == 0)
		return true;
	*ret_left = db_run(db, STATEMENT_BEGIN_WRITE) && take(db, feed_id) &&
		    db_run(db, STATEMENT_COMMIT);
	if (!*ret_left && !sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return *ret_left;
}
