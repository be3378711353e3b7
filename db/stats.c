#include "db/stats.h"

#include "db/reader.h"

#include <string.h>
#include <sys/stat.h>

bool stats_tallies(struct query *q, int64_t since, stats_tally_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_TALLIES);

	stmt_int(&s, since / 3600);
	while (stmt_row(&s)) {
		struct tally t = { .at = stmt_read_int(&s) * 3600 };
		t.what = stmt_read_text(&s);
		t.word = stmt_read_text(&s);
		t.n = stmt_read_int(&s);
		each(arg, &t);
	}
	return stmt_end(&s);
}

bool stats_feeds(struct query *q, int64_t n, stats_feed_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_FEEDS_LARGEST);

	stmt_int(&s, n);
	while (stmt_row(&s)) {
		struct stats_feed feed = { .id = stmt_read_int(&s) };
		feed.title = stmt_read_text(&s);
		feed.n_entries = stmt_read_int(&s);
		feed.n_unread = stmt_read_int(&s);
		each(arg, &feed);
	}
	return stmt_end(&s);
}

bool stats_dates(struct query *q, int64_t feed_id, int64_t since, stats_date_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_FEED_DATES);

	stmt_int(&s, feed_id);
	stmt_int(&s, since);
	while (stmt_row(&s))
		each(arg, stmt_read_int(&s));
	return stmt_end(&s);
}

/* ---- sizes ---- */
static bool read_number(struct db *db, enum statement which, int64_t *ret)
{
	struct stmt s = db_stmt(db, which);

	if (stmt_row(&s))
		*ret = stmt_read_int(&s);
	return stmt_end(&s);
}

bool stats_size(struct query *q, struct stats_size *ret)
{
	int64_t page = 0, n = 0, n_free = 0;
	struct stat wal;

	if (!read_number(&q->db, STATEMENT_PAGE_SIZE, &page) ||
		!read_number(&q->db, STATEMENT_PAGE_COUNT, &n) ||
		!read_number(&q->db, STATEMENT_PAGES_FREE, &n_free))
		return false;
	const char *name = sqlite3_filename_wal(sqlite3_db_filename(q->db.handle, "main"));
	*ret = (struct stats_size){ page * n, page * n_free,
		stat(name, &wal) == 0 ? (int64_t)wal.st_size : 0 };
	return true;
}

/* Which part a table or index belongs to: the first line whose prefix its name has. */
static const struct {
	const char *prefix, *part;
} parts[] = {
	{ "contents", "texts" },
	{ "dictionaries", "texts" },
	{ "search", "search index" },
	{ "entry_keys", "keys of entries" },
	{ "entry_tags", "tags and enclosures" },
	{ "enclosures", "tags and enclosures" },
	{ "entries_", "indexes" },
	{ "entries", "entries" },
	{ "", "all else" },
};
#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

/* The first line of the same part, where its bytes are summed up. */
static size_t part_of(const char *name)
{
	size_t i = 0, first = 0;

	while (strncmp(name, parts[i].prefix, strlen(parts[i].prefix)) != 0)
		i++;
	while (strcmp(parts[first].part, parts[i].part) != 0)
		first++;
	return first;
}

static void give_parts(int64_t bytes[N_PARTS], stats_part_fn *each, void *arg)
{
	for (;;) {
		size_t most = 0;
		for (size_t i = 1; i < N_PARTS; i++) {
			if (bytes[i] > bytes[most])
				most = i;
		}
		if (bytes[most] == 0)
			return;
		each(arg, parts[most].part, bytes[most]);
		bytes[most] = 0;
	}
}

bool stats_parts(struct query *q, bool *ret_known, stats_part_fn *each, void *arg)
{
	int64_t bytes[N_PARTS] = { 0 };

	*ret_known = sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB");
	if (!*ret_known)
		return true;
	struct stmt s =
		db_stmt_composed(&q->db, "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE");
	while (stmt_row(&s)) {
		const char *name = stmt_read_text(&s);
		size_t part = part_of(name);
		bytes[part] += stmt_read_int(&s);
	}
	if (!stmt_end(&s))
		return false;
	give_parts(bytes, each, arg);
	return true;
}
