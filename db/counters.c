#include "db/writer.h"

static bool add(struct db *db, enum statement which, const struct counters *c)
{
	struct stmt s = db_stmt(db, which);

	stmt_int(&s, c->n_entries);
	stmt_int(&s, c->n_unread);
	stmt_int(&s, c->n_starred);
	if (which == STATEMENT_COUNTERS_ADD)
		stmt_int(&s, c->feed_id);
	return stmt_run(&s);
}

bool counters_flush(struct db *db, struct counters *c)
{
	bool ok = (c->n_entries == 0 && c->n_unread == 0 && c->n_starred == 0) ||
		  (add(db, STATEMENT_COUNTERS_ADD, c) && add(db, STATEMENT_TOTALS_ADD, c));

	*c = (struct counters){ 0 };
	return ok;
}

bool counters_add(struct db *db, struct counters *c, const struct counters *by)
{
	if (c->feed_id != by->feed_id && !counters_flush(db, c))
		return false;
	c->feed_id = by->feed_id;
	c->n_entries += by->n_entries;
	c->n_unread += by->n_unread;
	c->n_starred += by->n_starred;
	return true;
}
