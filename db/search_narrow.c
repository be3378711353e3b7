#include "db/search_narrow.h"

#include "base/limits.h"

static void bound(struct entry_filter *f, int64_t first_id, int64_t last_id)
{
	if (f->after_id < first_id - 1)
		f->after_id = first_id - 1;
	if (f->before_id == 0 || f->before_id > last_id + 1)
		f->before_id = last_id + 1;
}

/* Ids begin with 1. */
static void bound_to_none(struct entry_filter *f)
{
	f->before_id = 1;
}

static bool asks_for_range(const struct entry_filter *f)
{
	return f->after != 0 || f->before != 0 || f->published_after != 0 ||
	       f->published_before != 0;
}

static bool narrow_by_date(struct db *db, struct entry_filter *f)
{
	int64_t after = f->after > f->published_after ? f->after : f->published_after;
	int64_t before = f->before != 0 ? f->before : INT64_MAX;
	struct stmt s;

	if (f->published_before != 0 && f->published_before < before)
		before = f->published_before;
	if (!asks_for_range(f))
		return true;
	s = db_stmt(db, STATEMENT_SEARCH_RANGE);
	stmt_int(&s, after != 0 ? after : INT64_MIN);
	stmt_int(&s, before);
	stmt_int(&s, LIMIT_SEARCH_RANGE + 1);
	if (stmt_row(&s)) {
		int64_t n = stmt_read_int(&s), first_id = stmt_read_int(&s);
		if (n == 0)
			bound_to_none(f);
		else if (n <= LIMIT_SEARCH_RANGE)
			bound(f, first_id, stmt_read_int(&s));
	}
	return stmt_end(&s);
}

static bool asks_for_unread(const struct entry_filter *f)
{
	return f->n_statuses == 1 && f->statuses[0] == ENTRY_UNREAD;
}

static bool narrow_by_status(struct db *db, struct entry_filter *f)
{
	struct stmt s;

	if (!asks_for_unread(f))
		return true;
	s = db_stmt(db, STATEMENT_SEARCH_UNREAD_FIRST);
	if (stmt_row(&s))
		bound(f, stmt_read_int(&s), INT64_MAX - 1);
	else
		bound_to_none(f);
	return stmt_end(&s);
}

/* Whether very many entries have the words. */
static bool is_common(struct db *db, const struct entry_filter *f, int64_t common, bool *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_COMMON);

	stmt_text(&s, f->match);
	stmt_int(&s, common);
	*ret = stmt_row(&s) && stmt_read_int(&s) == common;
	return stmt_end(&s);
}

bool search_narrow(struct db *db, struct entry_filter *f, int64_t common)
{
	bool is = false;

	if (!asks_for_range(f) && !asks_for_unread(f))
		return true;
	return is_common(db, f, common, &is) &&
	       (!is || (narrow_by_date(db, f) && narrow_by_status(db, f)));
}
