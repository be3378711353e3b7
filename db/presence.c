#include "db/presence.h"

#include "base/mem.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

bool presence_set(struct db *db, int64_t entry_id, int64_t gone)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_GONE);

	stmt_int(&s, gone);
	stmt_int(&s, entry_id);
	return stmt_run(&s);
}

bool presence_leave(struct db *db, int64_t feed_id, int64_t *ids, size_t n, int64_t now)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRIES_PRESENT);
	int64_t *left = NULL;
	size_t n_left = 0, cap = 0, i = 0;

	qsort(ids, n, sizeof(*ids), compare_ids);
	stmt_int(&s, feed_id);
	while (stmt_row(&s)) {
		int64_t id = stmt_read_int(&s);
		while (i < n && ids[i] < id)
			i++;
		if (i < n && ids[i] == id)
			continue;
		left = xgrow(left, n_left, &cap, sizeof(*left));
		left[n_left++] = id;
	}
	bool ok = stmt_end(&s);
	for (i = 0; ok && i < n_left; i++)
		ok = presence_set(db, left[i], now);
	free(left);
	return ok;
}
