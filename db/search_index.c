#include "db/search_index.h"

#include "base/clock.h"
#include "base/limits.h"
#include "db/check.h"

static bool read_upto(struct db *db, int64_t *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_UPTO);

	*ret = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

/* Adds or removes the words of the entry that stands in the row of `from`. */
static bool put_row(struct db *db, enum statement which, struct stmt *from, int64_t *ret_id)
{
	struct stmt s = db_stmt(db, which);

	*ret_id = stmt_read_int(from);
	stmt_int(&s, *ret_id);
	for (int column = 0; column < 4; column++)
		stmt_text(&s, stmt_read_text(from));
	return stmt_run(&s);
}

static bool put(struct db *db, enum statement which, int64_t entry_id)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_TEXT);
	bool ok = true;

	stmt_int(&s, entry_id);
	if (stmt_row(&s))
		ok = put_row(db, which, &s, &entry_id);
	return stmt_end(&s) && ok;
}

bool search_index_add(struct db *db, int64_t entry_id)
{
	return put(db, STATEMENT_SEARCH_ADD, entry_id);
}

bool search_index_remove(struct db *db, int64_t entry_id, bool *ret_indexed)
{
	int64_t upto_id;

	if (!read_upto(db, &upto_id))
		return false;
	bool indexed = entry_id <= upto_id;
	if (ret_indexed != NULL)
		*ret_indexed = indexed;
	return !indexed || put(db, STATEMENT_SEARCH_REMOVE, entry_id);
}

/* Entries after *upto_id, which follows, until the time is over. */
static bool add_some(struct db *db, int64_t deadline_ms, int64_t *upto_id)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_TEXTS);
	bool ok = true;

	stmt_int(&s, *upto_id);
	while (ok && stmt_row(&s)) {
		ok = put_row(db, STATEMENT_SEARCH_ADD, &s, upto_id);
		if (clock_monotonic_ms() >= deadline_ms)
			break;
	}
	return stmt_end(&s) && ok;
}

static bool index_some(struct db *db, int64_t deadline_ms, bool *ret_any)
{
	int64_t from_id, upto_id;

	if (!read_upto(db, &from_id))
		return false;
	upto_id = from_id;
	if (!add_some(db, deadline_ms, &upto_id))
		return false;
	*ret_any = upto_id != from_id;
	/* Nothing new: nothing is written, and the commit costs nothing. */
	return !*ret_any || db_run_on(db, STATEMENT_SEARCH_SET_UPTO, upto_id);
}

/* What `work` does until the deadline is committed, or nothing of it is there. */
static bool in_transaction(struct db *db, int64_t ms,
	bool (*work)(struct db *db, int64_t deadline_ms, bool *ret_left), bool *ret_left)
{
	int64_t deadline_ms = clock_monotonic_ms() + ms;

	*ret_left = false;
	if (db_run(db, STATEMENT_BEGIN_WRITE) && work(db, deadline_ms, ret_left) &&
		db_run(db, STATEMENT_COMMIT))
		return true;
	*ret_left = false;
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool search_index_step(struct db *db, bool *ret_any)
{
	return in_transaction(db, LIMIT_SEARCH_STEP_MS, index_some, ret_any);
}

/* "When there is nothing to merge, the number of changes grows by less than 2"
 * (sqlite.org/fts5.html, 6.9): the statement itself is one. */
static bool merge_some(struct db *db, bool *ret_left)
{
	int64_t before = sqlite3_total_changes64(db->handle);
	bool ok = db_run_on(db, STATEMENT_SEARCH_MERGE, LIMIT_SEARCH_MERGE_PAGES);

	*ret_left = ok && sqlite3_total_changes64(db->handle) - before >= 2;
	return ok;
}

static bool merge_until(struct db *db, int64_t deadline_ms, bool *ret_left)
{
	do {
		if (!merge_some(db, ret_left))
			return false;
	} while (*ret_left && clock_monotonic_ms() < deadline_ms);
	return true;
}

bool search_index_merge(struct db *db, bool *ret_left)
{
	return in_transaction(db, LIMIT_SEARCH_MERGE_MS, merge_until, ret_left);
}

/* One of SQLite's variable-length integers; 0 behind the end. */
static uint64_t read_varint(const unsigned char **p, const unsigned char *end)
{
	uint64_t value = 0;

	for (int i = 0; i < 8 && *p < end; i++) {
		value = value << 7 | (**p & 0x7f);
		if (*(*p)++ < 0x80)
			return value;
	}
	return 0;
}

/* FTS5's list of segments begins with a cookie of four bytes, the number of levels and that of
 * segments (fts5_index.c, "Structure Record Format"). What a damaged one says is harmless. */
bool search_index_is_crowded(struct db *db)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_SEGMENTS);
	uint64_t n_segments = 0;

	if (stmt_row(&s)) {
		size_t size;
		const unsigned char *p = stmt_read_blob(&s, &size), *end = p + size;
		if (size > 4) {
			p += 4;
			read_varint(&p, end);
			n_segments = read_varint(&p, end);
		}
	}
	return stmt_end(&s) && n_segments > LIMIT_SEARCH_SEGMENTS;
}

/* Every statement on the index reads its list of segments first, so that with a damaged one not
 * even "delete-all" can be prepared: then its tables are emptied beneath it, and given the list of
 * an index without any (fts5_index.c, "Structure Record Format": a cookie, no level, no segment,
 * nothing written). */
static bool empty_beneath(struct db *db)
{
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	bool ok = db_exec(db,
		"DELETE FROM search_data; DELETE FROM search_idx;"
		"INSERT INTO search_data (id, block) VALUES (1, x''), (10, x'00000000000000')");
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return ok;
}

bool search_index_renew(struct db *db)
{
	if (!db_run(db, STATEMENT_SEARCH_EMPTY) &&
		!(db_says_search_damaged(db) && empty_beneath(db)))
		return false;
	db->met_search_damage = false;
	return db_run_on(db, STATEMENT_SEARCH_SET_UPTO, 0);
}
