#include "db/steady.h"

#include "base/limits.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

#define HOUR 3600
#define DAY 86400

static bool write_watch(struct db *db, int64_t seen, int64_t since)
{
	struct stmt s = db_stmt(db, STATEMENT_CLOCK_SET);

	stmt_int(&s, seen);
	stmt_int(&s, since);
	return stmt_run(&s);
}

bool steady_look(struct db *db, int64_t now, bool *ret_steady)
{
	struct stmt s = db_stmt(db, STATEMENT_CLOCK);
	int64_t seen = 0, since = 0;

	if (stmt_row(&s)) {
		seen = stmt_read_int(&s);
		since = stmt_read_int(&s);
	}
	if (!stmt_end(&s))
		return false;
	int64_t jump = now - seen;
	bool writes = llabs(jump) >= HOUR;
	/* A new database has seen nothing. */
	if (seen != 0 && llabs(jump) > LIMIT_STEADY_JUMP) {
		since = now;
		log_warning("%" PRId64
			    " days lie between now and when a feed was refreshed last%s; "
			    "no entry goes for its age until the clock has gone on for a day",
			(int64_t)llabs(jump) / DAY, jump < 0 ? ", in the future" : "");
	}
	*ret_steady = now - since >= LIMIT_STEADY;
	return !writes || write_watch(db, now, since);
}
