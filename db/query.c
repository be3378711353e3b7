#include "db/query.h"

#include "base/clock.h"
#include "base/arena.h"
#include "base/mem.h"
#include "db/entry_filter.h"
#include "db/reader.h"
#include "db/rows.h"
#include "db/search_narrow.h"
#include "db/search_query.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Memory of the tags and enclosures of one entry: the most that the limits of a document let
 * through is 4 MiB. */
#define LISTS_MAX ((size_t)8 * MIB)
/* Steps of SQLite's machine from one look at the clock to the next: a fraction of a millisecond. */
#define PROGRESS_STEPS 10000

const char *query_error(struct query *q)
{
	return q->db.error;
}

bool query_hold(struct query *q)
{
	return q->n_holds++ > 0 || db_run(&q->db, STATEMENT_BEGIN_READ);
}

/* On a failure SQLite may have ended it already; what went wrong is noted by then. */
void query_settle(struct query *q)
{
	assert(q->n_holds > 0);
	if (--q->n_holds == 0 && !sqlite3_get_autocommit(q->db.handle))
		sqlite3_exec(q->db.handle, "COMMIT", NULL, NULL, NULL);
}

/* ---- entries ---- */
static int64_t pick(const int64_t counters[3], enum entry_count which)
{
	int64_t n_entries = counters[0], n_unread = counters[1], n_starred = counters[2];

	switch (which) {
	case ENTRY_COUNT_UNREAD:
		return n_unread;
	case ENTRY_COUNT_READ:
		return n_entries - n_unread;
	case ENTRY_COUNT_STARRED:
		return n_starred;
	case ENTRY_COUNT_UNSTARRED:
		return n_entries - n_starred;
	case ENTRY_COUNT_ALL:
	case ENTRY_COUNT_NONE:
		break;
	}
	return n_entries;
}

/* From the maintained counters of the feed, the category or all. */
static int64_t count_maintained(struct db *db, const struct entry_filter *f, enum entry_count which)
{
	struct stmt s = db_stmt(db, f->feed_id != 0       ? STATEMENT_COUNTERS_OF_FEED
				    : f->category != NULL ? STATEMENT_COUNTERS_OF_CATEGORY
							  : STATEMENT_TOTALS);
	int64_t counters[3] = { 0 };

	if (f->feed_id != 0)
		stmt_int(&s, f->feed_id);
	else if (f->category != NULL)
		stmt_text(&s, f->category);
	if (stmt_row(&s)) {
		for (int i = 0; i < 3; i++)
			counters[i] = stmt_read_int(&s);
	}
	return stmt_end(&s) ? pick(counters, which) : -1;
}

static int64_t count_matching(struct db *db, const struct entry_filter *f)
{
	enum entry_count which = entry_filter_counter(f);
	struct strbuf sql = STRBUF_INIT(ENTRY_FILTER_SQL);
	int64_t n = 0;

	if (which != ENTRY_COUNT_NONE)
		return count_maintained(db, f, which);
	entry_filter_sql(&sql, f, true);
	struct stmt s = db_stmt_composed(db, strbuf_str(&sql));
	strbuf_release(&sql);
	entry_filter_bind(&s, f, true);
	if (stmt_row(&s))
		n = stmt_read_int(&s);
	return stmt_end(&s) ? n : -1;
}

/* The ids of the page, in order, free() them, and in a search how many match; -1 when the database
 * failed. */
static int64_t find_ids(
	struct db *db, const struct entry_filter *f, int64_t **ret_ids, int64_t *ret_total)
{
	struct strbuf sql = STRBUF_INIT(ENTRY_FILTER_SQL);
	int64_t *ids = NULL;
	size_t n = 0, cap = 0;

	entry_filter_sql(&sql, f, false);
	struct stmt s = db_stmt_composed(db, strbuf_str(&sql));
	strbuf_release(&sql);
	entry_filter_bind(&s, f, false);
	while (stmt_row(&s)) {
		ids = xgrow(ids, n, &cap, sizeof(*ids));
		ids[n++] = stmt_read_int(&s);
		if (f->match != NULL)
			*ret_total = stmt_read_int(&s);
	}
	*ret_ids = ids;
	return stmt_end(&s) ? (int64_t)n : -1;
}

/* The place of an entry that matches, in memory of the arena. */
static bool read_snippet(
	struct db *db, const char *match, struct arena *arena, struct entry_record *entry)
{
	struct stmt s = db_stmt(db, STATEMENT_SEARCH_SNIPPET);

	stmt_text(&s, match);
	stmt_int(&s, entry->id);
	if (stmt_row(&s)) {
		const char *snippet = stmt_read_text(&s);
		entry->snippet = snippet == NULL ? NULL : arena_strdup(arena, snippet);
	}
	return stmt_end(&s);
}

/* Calls `each` for one entry; headline: without its content; match: of the search that found it, or
 * NULL. 1 done, 0 there is none, -1 the database failed. */
static int give_entry(struct db *db, bool headline, int64_t id, const char *match,
	query_entry_fn *each, void *arg)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY);
	struct unpacked texts = { 0 };
	struct entry_record entry;
	struct arena lists;
	char hex[ENTRY_HASH_HEX];
	int found = 0;

	arena_init(&lists, LISTS_MAX);
	stmt_int(&s, id);
	if (stmt_row(&s)) {
		entry_row_read(&s, &texts, &entry, hex);
		if (headline)
			entry.content = NULL;
		found = entry_lists_read(db, &lists, &entry) &&
					(match == NULL || read_snippet(db, match, &lists, &entry))
				? 1
				: -1;
		if (found > 0)
			each(arg, &entry);
	}
	arena_release(&lists);
	unpacked_release(&texts);
	return stmt_end(&s) ? found : -1;
}

/* Whether entries of feeds that were removed are left (removal.h). */
static bool hides_removed(struct db *db, bool *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_REMOVAL_ANY);

	*ret = stmt_row(&s);
	return stmt_end(&s);
}

static int64_t give_page(
	struct db *db, const struct entry_filter *f, query_entry_fn *each, void *arg)
{
	int64_t *ids = NULL;
	int64_t total = f->without_total || f->match != NULL ? 0 : count_matching(db, f);
	int64_t n = total < 0 ? -1 : find_ids(db, f, &ids, &total);

	/* A page behind the last one names no total. */
	if (n == 0 && f->match != NULL && f->offset > 0 && !f->without_total)
		total = count_matching(db, f);

	for (int64_t i = 0; i < n && total >= 0; i++) {
		if (give_entry(db, f->without_content, ids[i], f->match, each, arg) < 0)
			total = -1;
	}
	free(ids);
	if (n < 0 || total < 0)
		return -1;
	return f->without_total ? n : total;
}

/* Called by SQLite now and then; not 0 ends what runs. */
static int past(void *deadline_ms)
{
	return clock_monotonic_ms() > *(const int64_t *)deadline_ms;
}

bool query_timed_out(const struct query *q)
{
	return (q->db.code & 0xff) == SQLITE_INTERRUPT;
}

/* Count, ids and rows are of one moment: a transaction holds them together. */
int64_t query_entries(
	struct query *q, const struct entry_filter *filter, query_entry_fn *each, void *arg)
{
	int64_t deadline_ms =
		clock_monotonic_ms() + (filter->match_ms != 0 ? filter->match_ms : LIMIT_SEARCH_MS);

	struct entry_filter f = *filter;
	bool ok = query_hold(q);
	if (filter->match != NULL)
		sqlite3_progress_handler(q->db.handle, PROGRESS_STEPS, past, &deadline_ms);
	ok = ok && hides_removed(&q->db, &f.hides_removed) &&
	     (f.match == NULL || search_narrow(&q->db, &f, LIMIT_SEARCH_COMMON));
	int64_t total = ok ? give_page(&q->db, &f, each, arg) : -1;
	sqlite3_progress_handler(q->db.handle, 0, NULL, NULL);
	query_settle(q);
	return total;
}

int query_entry(struct query *q, int64_t id, query_entry_fn *each, void *arg)
{
	return give_entry(&q->db, false, id, NULL, each, arg);
}

/* ---- search ---- */
static int64_t find_feeds(void *arg, bool category, const char *name, int64_t *ids, size_t max)
{
	struct stmt s = db_stmt(
		arg, category ? STATEMENT_SEARCH_FEEDS_OF_CATEGORY : STATEMENT_SEARCH_FEEDS_NAMED);
	size_t n = 0;

	if (!category)
		stmt_int(&s,
			strspn(name, "0123456789") == strlen(name) ? strtoll(name, NULL, 10) : 0);
	stmt_text(&s, name);
	while (n < max && stmt_row(&s))
		ids[n++] = stmt_read_int(&s);
	return stmt_end(&s) ? (int64_t)n : -1;
}

/* Appends a set as a JSON array behind what `out` holds, a text of its own; where it begins, 0:
 * there is none. */
static size_t add_set(struct strbuf *out, const struct feed_set *set)
{
	if (!set->given)
		return 0;
	strbuf_addch(out, '\0');
	size_t at = out->len;
	strbuf_addch(out, '[');
	for (size_t i = 0; i < set->n; i++)
		strbuf_addf(out, "%s%" PRId64, i == 0 ? "" : ",", set->ids[i]);
	strbuf_addch(out, ']');
	return at;
}

/* What is: asked for, beside what the filter has asked for already. */
static void add_states(const struct search_query *parsed, struct entry_filter *f)
{
	static const enum entry_status statuses[] = { ENTRY_UNREAD, ENTRY_READ };
	const enum entry_status *status = &statuses[parsed->read];
	bool fits = f->n_statuses == 0 && !(parsed->unread && parsed->read);

	if (parsed->unread != parsed->read) {
		for (size_t i = 0; i < f->n_statuses; i++)
			fits = fits || f->statuses[i] == *status;
		f->statuses = status;
		f->n_statuses = 1;
	} else if (!parsed->unread) {
		fits = true;
	}
	if (!fits || (parsed->starred && f->starred < 0))
		f->before_id = 1; /* ids begin with it: no entry fits both */
	if (parsed->starred)
		f->starred = 1;
}

static void add_dates(const struct search_query *parsed, struct entry_filter *f)
{
	int64_t before = parsed->before, after = parsed->after - 1;

	if (before != 0 && (f->published_before == 0 || before < f->published_before))
		f->published_before = before;
	if (parsed->after != 0 && (f->published_after == 0 || after > f->published_after))
		f->published_after = after;
}

static void add_conditions(
	const struct search_query *parsed, struct entry_filter *filter, struct strbuf *match)
{
	/* The index knows the feed of an entry, too. */
	if (filter->feed_id != 0 && parsed->match.len > 0)
		strbuf_addf(match, "feed : (\"%" PRId64 "\") AND ", filter->feed_id);
	strbuf_addstr(match, strbuf_str(&parsed->match));
	bool words = match->len > 0;
	size_t of = add_set(match, &parsed->of_feeds),
	       without = add_set(match, &parsed->not_of_feeds);
	filter->match = words ? strbuf_str(match) : NULL;
	filter->of_feeds = of > 0 ? strbuf_str(match) + of : NULL;
	filter->not_of_feeds = without > 0 ? strbuf_str(match) + without : NULL;
	add_states(parsed, filter);
	add_dates(parsed, filter);
}

bool query_search(struct query *q, const char *text, int64_t now, struct entry_filter *filter,
	struct strbuf *match, struct failure *ret_fail)
{
	struct search_query parsed;
	bool ok = search_query_parse(text, now, find_feeds, &q->db, &parsed, ret_fail);

	strbuf_clear(match);
	if (ok)
		add_conditions(&parsed, filter, match);
	search_query_release(&parsed);
	return ok;
}

/* ---- feeds, editions, totals ---- */
int64_t query_feeds(struct query *q, int64_t feed_id, query_feed_fn *each, void *arg)
{
	struct stmt s =
		db_stmt(&q->db, feed_id == 0 ? STATEMENT_FEEDS_BY_NAME : STATEMENT_FEED_BY_ID);
	struct feed_record feed;
	int64_t n = 0;

	if (feed_id != 0)
		stmt_int(&s, feed_id);
	for (; stmt_row(&s); n++) {
		feed_row_read(&s, &feed);
		each(arg, &feed);
	}
	return stmt_end(&s) ? n : -1;
}

bool query_pulse(struct query *q, int64_t feed_id, int64_t silent_since, struct query_pulse *ret)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_ENTRIES_PUBLISHED);
	struct query_pulse pulse = { 0 };

	stmt_int(&s, feed_id);
	stmt_int(&s, LIMIT_PULSE);
	while (stmt_row(&s)) {
		int64_t published = stmt_read_int(&s);
		if (pulse.n_days == 0)
			pulse.newest = published;
		pulse.n_days += pulse.n_days == 0 || published / 86400 != pulse.oldest / 86400;
		pulse.oldest = published;
		if (pulse.newest >= silent_since)
			break;
	}
	*ret = pulse;
	return stmt_end(&s);
}

bool query_counters(struct query *q, query_counter_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_COUNTERS);

	while (stmt_row(&s)) {
		int64_t feed_id = stmt_read_int(&s), n_entries = stmt_read_int(&s);
		each(arg, feed_id, n_entries, stmt_read_int(&s));
	}
	return stmt_end(&s);
}

int64_t query_moves(struct query *q, int64_t feed_id, query_move_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_MOVES_OF_FEED);
	struct move_record move;
	int64_t n = 0;

	stmt_int(&s, feed_id);
	for (; stmt_row(&s); n++) {
		move_row_read(&s, &feed_id, &move);
		each(arg, &move);
	}
	return stmt_end(&s) ? n : -1;
}

int64_t query_revisions(struct query *q, int64_t entry_id, query_revision_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, STATEMENT_REVISIONS);
	struct revision_record revision;
	struct unpacked texts = { 0 };
	int64_t n = 0;

	stmt_int(&s, entry_id);
	for (; stmt_row(&s); n++) {
		revision_row_read(&s, &texts, &revision);
		each(arg, &revision);
	}
	unpacked_release(&texts);
	return stmt_end(&s) ? n : -1;
}

int64_t query_editions(struct query *q, const char *name, bool published, int64_t limit,
	query_edition_fn *each, void *arg)
{
	struct stmt s = db_stmt(&q->db, name == NULL ? STATEMENT_EDITIONS : STATEMENT_EDITIONS_OF);
	struct edition_record edition;
	int64_t n = 0;

	if (name != NULL)
		stmt_text(&s, name);
	stmt_int(&s, published);
	stmt_int(&s, limit);
	for (; stmt_row(&s); n++) {
		edition_row_read(&s, &edition);
		each(arg, &edition);
	}
	return stmt_end(&s) ? n : -1;
}

/* Reads the n columns of a statement's only row; a statement without a row leaves zeros. */
static bool read_numbers(struct db *db, enum statement which, int64_t *const *ret, size_t n)
{
	struct stmt s = db_stmt(db, which);

	if (stmt_row(&s)) {
		for (size_t i = 0; i < n; i++)
			*ret[i] = stmt_read_int(&s);
	}
	return stmt_end(&s);
}

static bool read_totals(struct db *db, struct query_totals *t)
{
	int64_t n_pages = 0, page_bytes = 0;
	bool ok =
		read_numbers(db, STATEMENT_TOTALS,
			(int64_t *[]){ &t->n_entries, &t->n_unread, &t->n_starred }, 3) &&
		read_numbers(db, STATEMENT_TOTAL_FEEDS, (int64_t *[]){ &t->n_feeds, &t->n_failing },
			2) &&
		read_numbers(db, STATEMENT_LAST_ENTRY_ID, (int64_t *[]){ &t->last_entry_id }, 1) &&
		read_numbers(db, STATEMENT_PAGE_COUNT, (int64_t *[]){ &n_pages }, 1) &&
		read_numbers(db, STATEMENT_PAGE_SIZE, (int64_t *[]){ &page_bytes }, 1);

	t->db_bytes = n_pages * page_bytes;
	return ok;
}

bool query_totals(struct query *q, struct query_totals *ret)
{
	struct query_totals totals = { 0 };

	bool ok = query_hold(q) && read_totals(&q->db, &totals);
	query_settle(q);
	if (ok)
		*ret = totals;
	return ok;
}
