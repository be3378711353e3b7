#include "db/entry_filter.h"

#include <string.h>

#define TEXT(number) #number
#define TEXT_OF(macro) TEXT(macro)

/* ---- status: a set of the three ---- */
#define BIT(status) (1u << (status))
#define UNREAD BIT(ENTRY_UNREAD)
#define READ BIT(ENTRY_READ)
#define REMOVED BIT(ENTRY_REMOVED)

/* Written out, not bound: the partial indexes are known to fit only that way. */
static const char *const status_conditions[8] = {
	[UNREAD] = "status = 0",
	[READ] = "status = 1",
	[UNREAD | READ] = "status IN (0, 1)",
	[REMOVED] = "status = 2",
	[UNREAD | REMOVED] = "status IN (0, 2)",
	[READ | REMOVED] = "status IN (1, 2)",
	[UNREAD | READ | REMOVED] = NULL,
};

static unsigned status_set(const struct entry_filter *f)
{
	unsigned set = 0;

	for (size_t i = 0; f->statuses != NULL && i < f->n_statuses; i++)
		set |= BIT(f->statuses[i]);
	return set != 0 ? set : UNREAD | READ; /* any but removed */
}

/* ---- conditions with a value ---- */
enum {
	C_FEED,
	C_CATEGORY,
	C_NO_CATEGORY,
	C_AFTER_ID,
	C_BEFORE_ID,
	C_AFTER,
	C_BEFORE,
	C_PUBLISHED_AFTER,
	C_PUBLISHED_BEFORE,
	C_OF_FEEDS,
	C_NOT_OF_FEEDS,
	C_COUNT
};

static const char *const conditions[C_COUNT] = {
	[C_FEED] = "feed_id = ?",
	[C_CATEGORY] = "feed_id IN (SELECT id FROM feeds WHERE category = ?)",
	[C_NO_CATEGORY] = "feed_id IN (SELECT id FROM feeds WHERE category IS NULL)",
	[C_AFTER_ID] = "id > ?",
	[C_BEFORE_ID] = "id < ?",
	[C_AFTER] = "published > ?",
	[C_BEFORE] = "published < ?",
	[C_PUBLISHED_AFTER] = "published > ?",
	[C_PUBLISHED_BEFORE] = "published < ?",
	[C_OF_FEEDS] = "feed_id IN (SELECT value FROM json_each(?))",
	[C_NOT_OF_FEEDS] = "feed_id NOT IN (SELECT value FROM json_each(?))",
};

/* In a search, so that the index begins and ends there. */
static const char *const match_conditions[C_COUNT] = {
	[C_AFTER_ID] = "search.rowid > ?",
	[C_BEFORE_ID] = "search.rowid < ?",
};

/* The text of a condition, NULL: it has none, or does not apply. */
static const char *condition_text(const struct entry_filter *f, int condition)
{
	switch (condition) {
	case C_CATEGORY:
		return f->category != NULL && *f->category != '\0' ? f->category : NULL;
	case C_OF_FEEDS:
		return f->of_feeds;
	case C_NOT_OF_FEEDS:
		return f->not_of_feeds;
	default:
		return NULL;
	}
}

/* The number of a condition, 0: it does not apply. */
static int64_t condition_value(const struct entry_filter *f, int condition)
{
	switch (condition) {
	case C_FEED:
		return f->feed_id;
	case C_AFTER_ID:
		return f->after_id;
	case C_BEFORE_ID:
		return f->before_id;
	case C_AFTER:
		return f->after;
	case C_BEFORE:
		return f->before;
	case C_PUBLISHED_AFTER:
		return f->published_after;
	case C_PUBLISHED_BEFORE:
		return f->published_before;
	default:
		return 0;
	}
}

static bool applies(const struct entry_filter *f, int condition)
{
	if (condition == C_NO_CATEGORY)
		return f->category != NULL && *f->category == '\0';
	return condition_text(f, condition) != NULL || condition_value(f, condition) != 0;
}

/* ---- order ---- */
/* Entries are created in the order of their ids. */
static const char *const orders[][2] = {
	[ENTRY_ORDER_ID] = { "id", "id DESC" },
	[ENTRY_ORDER_CREATED] = { "id", "id DESC" },
	[ENTRY_ORDER_PUBLISHED] = { "published, id", "published DESC, id DESC" },
	[ENTRY_ORDER_STATUS] = { "status, published, id", "status DESC, published DESC, id DESC" },
	[ENTRY_ORDER_FEED] = { "feed_id, published, id", "feed_id DESC, published DESC, id DESC" },
	[ENTRY_ORDER_RELEVANCE] = { "relevance DESC, id DESC", "relevance DESC, id DESC" },
};

/* ---- index ---- */
/*
 * Chosen here and not by the planner, whose choice would depend on statistics that are out of date
 * as soon as somebody has read his news. The first line whose demands are met: what narrows most
 * comes first, then what gives the order without a sort.
 */
#define ANY (-1)
#define ORDER_NONE (ENTRY_ORDER_CREATED + 1) /* of a count without a range of ids */
#define SOME 0                               /* a set of statuses that is not all of them */
static const struct {
	int of_feed, of_category, starred; /* demanded of the filter: 1 given, ANY no matter */
	int status;                        /* the set must be exactly this, or SOME, or ANY */
	int order; /* ANY, or this order only; ENTRY_ORDER_ID stands for CREATED too */
	const char *index;
} indexes[] = {
	{ 1, ANY, ANY, ANY, ANY, " INDEXED BY entries_feed" },
	{ ANY, ANY, 1, ANY, ANY, " INDEXED BY entries_starred" },
	{ ANY, 1, ANY, ANY, ORDER_NONE, " INDEXED BY entries_feed" },
	{ ANY, ANY, ANY, UNREAD, ENTRY_ORDER_ID, " INDEXED BY entries_unread" },
	{ ANY, ANY, ANY, REMOVED, ANY, " INDEXED BY entries_status" },
	{ ANY, ANY, ANY, UNREAD, ENTRY_ORDER_PUBLISHED, " INDEXED BY entries_status" },
	{ ANY, ANY, ANY, READ, ENTRY_ORDER_PUBLISHED, " INDEXED BY entries_status" },
	{ ANY, ANY, ANY, SOME, ORDER_NONE, " INDEXED BY entries_status" },
	{ ANY, ANY, ANY, ANY, ORDER_NONE, " INDEXED BY entries_published" },
	{ ANY, ANY, ANY, ANY, ENTRY_ORDER_PUBLISHED, " INDEXED BY entries_published" },
	{ ANY, ANY, ANY, ANY, ENTRY_ORDER_STATUS, " INDEXED BY entries_status" },
	{ ANY, ANY, ANY, ANY, ENTRY_ORDER_FEED, " INDEXED BY entries_feed" },
	{ ANY, ANY, ANY, ANY, ANY, " NOT INDEXED" }, /* by id: the table itself is in this order */
};

/* The order that decides on the index: a count has none, but a range of ids is best read as one. */
static int index_order(const struct entry_filter *f, bool count)
{
	if (count)
		return f->after_id != 0 || f->before_id != 0 ? (int)ENTRY_ORDER_ID : ORDER_NONE;
	return f->order == ENTRY_ORDER_CREATED ? (int)ENTRY_ORDER_ID : (int)f->order;
}

static bool status_fits(int demanded, unsigned set)
{
	return demanded == ANY || (demanded == SOME && status_conditions[set] != NULL) ||
	       demanded == (int)set;
}

/* A category, or sets of feeds. */
static bool names_feeds(const struct entry_filter *f)
{
	return f->category != NULL || f->of_feeds != NULL || f->not_of_feeds != NULL;
}

static const char *choose_index(const struct entry_filter *f, bool count)
{
	int order = index_order(f, count);
	size_t i = 0;

	while ((indexes[i].of_feed != ANY && f->feed_id == 0) ||
		(indexes[i].of_category != ANY && !names_feeds(f)) ||
		(indexes[i].starred != ANY && f->starred != 1) ||
		!status_fits(indexes[i].status, status_set(f)) ||
		(indexes[i].order != ANY && indexes[i].order != order))
		i++;
	return indexes[i].index;
}

/* ---- the statement ---- */
static void add_condition(struct strbuf *out, int *n, const char *condition)
{
	if (condition == NULL)
		return;
	strbuf_addstr(out, (*n)++ == 0 ? " WHERE " : " AND ");
	strbuf_addstr(out, condition);
}

static const char *condition_of(const struct entry_filter *f, int condition)
{
	return f->match != NULL && match_conditions[condition] != NULL ? match_conditions[condition]
								       : conditions[condition];
}

static void add_conditions(struct strbuf *out, const struct entry_filter *f, int n)
{
	add_condition(out, &n, status_conditions[status_set(f)]);
	if (f->starred != 0)
		add_condition(out, &n, f->starred > 0 ? "starred = 1" : "starred = 0");
	if (f->news)
		add_condition(out, &n, "backfilled = 0");
	if (f->hides_removed)
		add_condition(out, &n, "feed_id NOT IN (SELECT feed_id FROM removals)");
	for (int i = 0; i < C_COUNT; i++)
		add_condition(out, &n, applies(f, i) ? condition_of(f, i) : NULL);
}

/* Whether a search needs more of an entry than that it is not removed. */
static bool asks_entries(const struct entry_filter *f)
{
	bool asks = status_set(f) != (UNREAD | READ) || f->starred != 0 || f->news ||
		    f->hides_removed ||
		    (f->order != ENTRY_ORDER_RELEVANCE && f->order != ENTRY_ORDER_ID &&
			    f->order != ENTRY_ORDER_CREATED);

	for (int i = 0; i < C_COUNT; i++)
		asks = asks || (applies(f, i) && match_conditions[i] == NULL);
	return asks;
}

/* What the page is taken from: the entries, or the newest matches of a search. */
static void add_source(struct strbuf *out, const struct entry_filter *f, bool count)
{
	if (f->match == NULL) {
		strbuf_addf(out, "entries%s", choose_index(f, count));
		add_conditions(out, f, 0);
		return;
	}
	const char *relevance =
		f->order == ENTRY_ORDER_RELEVANCE ? ", relevance(search) AS relevance" : "";
	if (asks_entries(f)) {
		/* CROSS JOIN: what stands first decides on the order, the other is looked up
		 * (sqlite.org, "Manual control of query plans using CROSS JOIN"). Entries with a
		 * star are few, so that they come first: a word that all have is not. */
		strbuf_addf(out,
			"(SELECT e.id AS id, published, status, feed_id%s FROM %s"
			" ON e.id = search.rowid WHERE search MATCH ?",
			relevance,
			f->starred == 1 ? "entries e INDEXED BY entries_starred CROSS JOIN search"
					: "search CROSS JOIN entries e");
		add_conditions(out, f, 1);
	} else {
		/* Each look at an entry reads another page of the table; the index has all that is
		 * asked. */
		strbuf_addf(out,
			"(SELECT search.rowid AS id%s FROM search WHERE search MATCH ?"
			" AND search.rowid NOT IN (SELECT id FROM entries INDEXED BY"
			" entries_status WHERE status = 2)",
			relevance);
		for (int i = 0, n = 1; i < C_COUNT; i++)
			add_condition(out, &n, applies(f, i) ? match_conditions[i] : NULL);
	}
	strbuf_addstr(out, " ORDER BY search.rowid DESC LIMIT " TEXT_OF(LIMIT_SEARCH_MATCHES) ")");
}

void entry_filter_sql(struct strbuf *out, const struct entry_filter *f, bool count)
{
	strbuf_clear(out);
	if (count)
		strbuf_addstr(out, "SELECT COUNT(*) FROM ");
	else
		strbuf_addstr(out,
			f->match == NULL ? "SELECT id FROM " : "SELECT id, COUNT(*) OVER () FROM ");
	add_source(out, f, count);
	if (!count) {
		strbuf_addstr(out, " ORDER BY ");
		strbuf_addstr(out, orders[f->order][f->descending]);
		strbuf_addstr(out, " LIMIT ? OFFSET ?");
	}
}

void entry_filter_bind(struct stmt *s, const struct entry_filter *f, bool count)
{
	if (f->match != NULL)
		stmt_text(s, f->match);
	for (int i = 0; i < C_COUNT; i++) {
		if (!applies(f, i) || i == C_NO_CATEGORY)
			continue;
		if (condition_text(f, i) != NULL)
			stmt_text(s, condition_text(f, i));
		else
			stmt_int(s, condition_value(f, i));
	}
	if (!count) {
		bool all = f->limit <= 0 || f->limit > LIMIT_API_ENTRIES;
		stmt_int(s, all ? LIMIT_API_ENTRIES : f->limit);
		stmt_int(s, f->offset > 0 ? f->offset : 0);
	}
}

static const struct {
	unsigned status;
	int starred;
	enum entry_count counter;
} counted[] = {
	{ UNREAD | READ, 0, ENTRY_COUNT_ALL },
	{ UNREAD, 0, ENTRY_COUNT_UNREAD },
	{ READ, 0, ENTRY_COUNT_READ },
	{ UNREAD | READ, 1, ENTRY_COUNT_STARRED },
	{ UNREAD | READ, -1, ENTRY_COUNT_UNSTARRED },
};

enum entry_count entry_filter_counter(const struct entry_filter *f)
{
	if (f->match != NULL || f->news)
		return ENTRY_COUNT_NONE;
	for (int i = 0; i < C_COUNT; i++) {
		if (i != C_FEED && i != C_CATEGORY && i != C_NO_CATEGORY && applies(f, i))
			return ENTRY_COUNT_NONE;
	}
	/* The counters know a feed or a category, not both. */
	if ((f->feed_id != 0 && f->category != NULL))
		return ENTRY_COUNT_NONE;
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		if (counted[i].status == status_set(f) && counted[i].starred == f->starred)
			return counted[i].counter;
	}
	return ENTRY_COUNT_NONE;
}
