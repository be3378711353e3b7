/* What the tests of the search share: some entries that are indexed, and a query asked of them. */
#ifndef COURANT_TESTS_UNIT_SEARCH_H
#define COURANT_TESTS_UNIT_SEARCH_H

#include "db.h"

#include "base/clock.h"
#include "db/connection.h"
#include "db/search_text.h"

static const UNUSED struct spec entries[] = {
	{ "g1", "/1", "Les États-Unis annoncent", "<p>Washington et l'<b>Éducation</b>.</p>", T0,
		0 },
	{ "g2", "/2", "東京で新しい鉄道が開業", "<p>日本の首都</p>", T0 + 1, 0 },
	{ "g3", "/3", "รถไฟฟ้าสายใหม่เปิดแล้ว", "<p>กรุงเทพมหานคร</p>", T0 + 2, 0 },
	{ "g4", "/4", "Linux kernel 7.1", "<p>The kernel of Linux. Linux &amp; friends.</p>",
		T0 + 3, 0 },
	{ "g5", "/5", "A walk in the park", "<p>Once Linux is mentioned.</p>", T0 + 4, 0 },
};

struct found {
	const char *query;
	int64_t match_ms; /* in */
	int64_t now;
	char titles[512], snippet[512];
	int64_t total;
	bool timed_out;
	struct failure fail;
};

static void see(void *arg, const struct entry_record *e)
{
	struct found *f = arg;
	size_t n = strlen(f->titles);

	if (n == 0 && e->snippet != NULL)
		snprintf(f->snippet, sizeof(f->snippet), "%s", e->snippet);
	snprintf(f->titles + n, sizeof(f->titles) - n, "%s%s", n == 0 ? "" : "|", e->url);
}

static void look(struct query *q, void *arg)
{
	struct found *f = arg;
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX);
	struct entry_filter filter = {
		.order = ENTRY_ORDER_RELEVANCE, .limit = 10, .match_ms = f->match_ms
	};

	f->total = -1;
	if (query_search(q, f->query, T0, &filter, &match, &f->fail)) {
		if (filter.match == NULL)
			filter.order = ENTRY_ORDER_ID;
		f->total = query_entries(q, &filter, see, f);
		f->timed_out = f->total < 0 && query_timed_out(q);
	}
	strbuf_release(&match);
}

static void answered(void *arg)
{
	((struct rig *)arg)->answered = true;
}

struct looking {
	struct rig *rig;
	struct found *found;
};

static void look_for(struct query *q, void *arg)
{
	look(q, ((struct looking *)arg)->found);
}

static void looked(void *arg)
{
	answered(((struct looking *)arg)->rig);
}

static UNUSED void try_search(struct rig *rig, const char *query, int64_t match_ms, struct found *f)
{
	struct looking l = { rig, f };

	*f = (struct found){ .query = query, .match_ms = match_ms };
	readers_submit(rig->readers, look_for, looked, &l);
	rig_wait(rig);
}

/* The links of what a query finds, joined by "|". */
static UNUSED const char *search(struct rig *rig, const char *query, struct found *f)
{
	try_search(rig, query, 0, f);
	if (f->total < 0)
		fail_msg("%s: %s", query, f->fail.detail);
	return f->titles;
}

static UNUSED bool behind(struct rig *rig)
{
	return sql_number(rig->path,
		       "SELECT (SELECT MAX(id) FROM entries) > upto_id FROM search_state") == 1;
}

/* The writer indexes behind the commits; a test waits for it. */
static UNUSED void wait_for_index(struct rig *rig)
{
	int64_t deadline_ms = clock_monotonic_ms() + 60000;

	while (behind(rig)) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		usleep(1000);
	}
}

static UNUSED int setup(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig_init(rig);
	rig_open_store(rig);
	rig_open_readers(rig, 1);
	refresh(rig, add_feed(rig, "https://example.org/feed", "tech"), entries,
		N_ELEMENTS(entries), T0);
	wait_for_index(rig);
	*state = rig;
	return 0;
}

static UNUSED int teardown(void **state)
{
	rig_release(*state);
	free(*state);
	return 0;
}

/* Checked by FTS5 itself: what the index holds is what the entries say. */
static UNUSED void assert_index_whole(struct rig *rig)
{
	struct db db;

	assert_true(db_open(&db, rig->path, DB_WRITER));
	if (!db_exec(&db, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)"))
		fail_msg("the index: %s", db.error);
	db_close(&db);
}

#endif
