#include "db/tally.h"

#include "db/connection.h"

#define HOUR 3600

static bool tally(struct db *db, int64_t hour, const char *what, const char *word, int64_t n)
{
	if (n == 0)
		return true;
	struct stmt s = db_stmt(db, STATEMENT_TALLY_ADD);

	stmt_int(&s, hour);
	stmt_text(&s, what);
	stmt_text(&s, word);
	stmt_int(&s, n);
	return stmt_run(&s);
}

bool arrivals_add(struct db *db, struct arrivals *a, int64_t published, int64_t now)
{
	if (published < now - LIMIT_TALLY_LATE) {
		a->n_archive++;
		return true;
	}
	int64_t hour = (published < now ? published : now) / HOUR;
	if (hour != a->hour && !tally(db, a->hour, TALLY_ENTRIES, "new", a->n))
		return false;
	a->n = hour == a->hour ? a->n + 1 : 1;
	a->hour = hour;
	return true;
}

bool arrivals_flush(struct db *db, struct arrivals *a, int64_t n_changed, int64_t now)
{
	bool ok = tally(db, a->hour, TALLY_ENTRIES, "new", a->n) &&
		  tally(db, now / HOUR, TALLY_ENTRIES, "archive", a->n_archive) &&
		  tally(db, now / HOUR, TALLY_ENTRIES, "changed", n_changed);

	*a = (struct arrivals){ 0 };
	return ok;
}

bool tally_fetch(struct db *db, const struct failure *fail, bool with_document,
	const struct store_refresh_result *result, int64_t now)
{
	const char *word = "not_modified";

	if (fail->status != STATUS_OK)
		word = status_name(fail->status);
	else if (result->n_new > 0)
		word = "new";
	else if (result->n_changed > 0)
		word = "changed";
	else if (with_document)
		word = "unchanged";
	return tally(db, now / HOUR, TALLY_FETCHES, word, 1);
}
