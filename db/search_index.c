#include "db/search_index.h"

#include "base/clock.h"
#include "base/limits.h"

static bool read_upto(struct db *db, int64_t *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_UPTO);

	*ret = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

bool search_index_add(struct db *db, int64_t entry_id)
{
	return db_run_on(db, STATEMENT_SEARCH_ADD, entry_id);
}

bool search_index_remove(struct db *db, int64_t entry_id, bool *ret_indexed)
{
	int64_t upto_id;

	if (!read_upto(db, &upto_id))
		return false;
	bool indexed = entry_id <= upto_id;
	if (ret_indexed != NULL)
		*ret_indexed = indexed;
	return !indexed || db_run_on(db, STATEMENT_SEARCH_REMOVE, entry_id);
}

/* The first entry after *id; 0 when there is none. */
static bool read_next(struct db *db, int64_t *id)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_NEXT);

	stmt_int(&s, *id);
	*id = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

static bool index_some(struct db *db, bool *ret_behind)
{
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_SEARCH_STEP_MS;
	int64_t from_id, upto_id, id;

	if (!read_upto(db, &from_id))
		return false;
	for (id = upto_id = from_id; clock_monotonic_ms() < deadline_ms; upto_id = id) {
		if (!read_next(db, &id))
			return false;
		*ret_behind = id != 0;
		if (id == 0)
			break;
		if (!search_index_add(db, id))
			return false;
	}
	/* Nothing new: nothing is written, and the commit costs nothing. */
	return upto_id == from_id || db_run_on(db, STATEMENT_SEARCH_SET_UPTO, upto_id);
}

bool search_index_step(struct db *db, bool *ret_behind)
{
	*ret_behind = false;
	if (db_run(db, STATEMENT_BEGIN_WRITE) && index_some(db, ret_behind) &&
		db_run(db, STATEMENT_COMMIT))
		return true;
	*ret_behind = false;
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool search_index_renew(struct db *db)
{
	return db_run(db, STATEMENT_SEARCH_EMPTY) && db_run_on(db, STATEMENT_SEARCH_SET_UPTO, 0);
}
