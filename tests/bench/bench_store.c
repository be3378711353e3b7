/*
 * bench_store: how fast the store takes documents in, recognises unchanged ones, and answers what a
 * client asks first; against bare prepared INSERTs of the same rows in the same run. BENCH_ENTRIES
 * (200000) and BENCH_FEEDS (2000) set the size; arguments are ignored.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "db/query.h"
#include "db/store.h"

#include <semaphore.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOW INT64_C(1700000000)
#define PER_DOC 20 /* entries of one document */
#define QUERIES 2000

static sem_t awake;
static int64_t n_answered, n_new;

static void wake(void *arg)
{
	(void)arg;
	sem_post(&awake);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t setting(const char *name, int64_t otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : strtoll(value, NULL, 10);
}

/* ---- documents: entry `first` + i of feed `feed`, about 1 kB each ---- */
static struct hash key_of(const char *kind, int64_t feed, int64_t entry)
{
	char text[96];

	return hash_bytes(text, (size_t)snprintf(text, sizeof(text), "%s %lld %lld", kind,
					(long long)feed, (long long)entry));
}

static __attribute__((format(printf, 2, 3))) char *text_of(struct arena *a, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return arena_strdup(a, text);
}

static void make_entry(struct feed_doc *doc, struct feed_entry *e, int64_t feed, int64_t entry)
{
	static const char *const kinds[] = { "guid", "bare", "link", "link+title",
		"title+content" };
	struct arena *a = &doc->arena;
	char *content = arena_alloc(a, 701, 1);

	memset(content, 'x', 700);
	e->guid = text_of(a, "https://feed%lld.example.org/entries/2026/11/%lld", (long long)feed,
		(long long)entry);
	e->url = text_of(a, "https://feed%lld.example.org/entries/2026/11/%lld.html",
		(long long)feed, (long long)entry);
	e->title = text_of(a, "The news of feed %lld about matter %lld and what it means",
		(long long)feed, (long long)entry);
	e->summary = "A sentence or two that say what this entry is about, in plain text.";
	e->content_html = content;
	e->published = NOW - 3600 * (20000 - entry) - feed;
	e->updated = FEED_NO_DATE;
	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++)
		e->keys[kind] = key_of(kinds[kind], feed, entry);
	e->content_hash = key_of("content", feed, entry);
}

static struct feed_doc *make_doc(int64_t feed, int64_t first)
{
	struct feed_doc *doc = feed_doc_new();

	doc->title = text_of(&doc->arena, "Feed %lld", (long long)feed);
	doc->entries = arena_array(&doc->arena, struct feed_entry, PER_DOC);
	doc->n_entries = PER_DOC;
	for (int i = 0; i < PER_DOC; i++)
		make_entry(doc, &doc->entries[i], feed, first + PER_DOC - 1 - i);
	return doc;
}

/* ---- writing ---- */
/* Bytes that the program has handed to write(2) so far, and read; unlike time they do not depend on
 * what else the machine does. */
static void io_so_far(int64_t ret[2])
{
	FILE *f = fopen("/proc/self/io", "r");
	char line[64];

	ret[0] = ret[1] = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "wchar:", 6) == 0)
			ret[0] = strtoll(line + 6, NULL, 10);
		if (strncmp(line, "rchar:", 6) == 0)
			ret[1] = strtoll(line + 6, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
}

static void refreshed(void *arg, const struct store_refresh_result *result)
{
	(void)arg;
	n_answered++;
	n_new += result->n_new;
}

static void added(void *arg, const struct failure *fail, int64_t id)
{
	(void)arg, (void)fail, (void)id;
	n_answered++;
}

static void wait_until(struct store *s, int64_t n)
{
	while (n_answered < n) {
		sem_wait(&awake);
		store_dispatch(s);
	}
}

static void add_feeds(struct store *s, int64_t n_feeds)
{
	char url[64];

	n_answered = 0;
	for (int64_t f = 1; f <= n_feeds; f++) {
		snprintf(url, sizeof(url), "https://feed%lld.example.org/rss", (long long)f);
		struct feed_config config = { .url = url, .category = f % 10 == 0 ? "tech" : NULL };
		store_feed_add(s, &config, NOW, NOW, added, NULL);
	}
	wait_until(s, n_feeds);
}

/* Every feed gets documents with its entries from the given one until it has its share, each with
 * others than the one before. Documents are made outside of the time measured, a batch at a time.
 */
static double store_all(struct store *s, int64_t n_feeds, int64_t from, int64_t share)
{
	struct feed_fetch_state state = { .etag = "\"abc\"", .next_due = NOW };
	double took = 0;

	n_new = 0;
	for (int64_t done = from; done < share; done += PER_DOC) {
		struct feed_doc **docs = xcalloc((size_t)n_feeds, sizeof(*docs));
		for (int64_t f = 0; f < n_feeds; f++)
			docs[f] = make_doc(f + 1, done);
		n_answered = 0;
		double start = now_s();
		for (int64_t f = 0; f < n_feeds; f++)
			store_refresh(s, f + 1, &state, docs[f], NOW, refreshed, NULL);
		wait_until(s, n_feeds);
		took += now_s() - start;
		free(docs);
	}
	return took;
}

/* ---- the bare rows: prepared INSERTs and nothing else, in groups as large as the store's ---- */
#define GROUP_DOCS 64

struct bare {
	sqlite3 *db;
	sqlite3_stmt *entry, *content, *key; /* the last two: NULL */
	int64_t id;
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench_store: %s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	return stmt;
}

static void run_bare(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		abort();
	sqlite3_reset(stmt);
}

/* One table without an index. */
static void open_table(struct bare *b, const char *path)
{
	if (sqlite3_open(path, &b->db) != SQLITE_OK ||
		sqlite3_exec(b->db,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			"CREATE TABLE bare (id INTEGER PRIMARY KEY, feed_id, guid, url, title, "
			"published, summary, content)",
			NULL, NULL, NULL) != SQLITE_OK)
		abort();
	b->entry = prepare(b->db, "INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
}

/* The store's own tables and indexes. */
static void open_tables(struct bare *b, const char *path)
{
	char error[256];

	store_close(store_open(&(struct store_options){ path, wake, NULL }, error, sizeof(error)));
	if (sqlite3_open(path, &b->db) != SQLITE_OK ||
		sqlite3_exec(b->db, "PRAGMA synchronous = FULL;", NULL, NULL, NULL) != SQLITE_OK)
		abort();
	b->entry = prepare(b->db,
		"INSERT INTO entries (id, feed_id, guid, url, title, published, created, changed, "
		"identity, content_hash, keys_hash, n_keys)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7, ?7, ?7, 3)");
	b->content = prepare(b->db, "INSERT INTO contents VALUES (?, ?, ?)");
	b->key = prepare(b->db, "INSERT INTO entry_keys VALUES (?, ?, ?)");
}

static void bind_texts(sqlite3_stmt *stmt, int at, const char *const *texts, int n)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_text(stmt, at + i, texts[i], -1, SQLITE_STATIC);
}

static void insert_rows(struct bare *b, int64_t feed, const struct feed_entry *e)
{
	const char *const head[] = { e->guid, e->url, e->title };
	const char *const body[] = { e->summary, e->content_html };

	sqlite3_bind_int64(b->entry, 1, ++b->id);
	sqlite3_bind_int64(b->entry, 2, feed);
	bind_texts(b->entry, 3, head, 3);
	sqlite3_bind_int64(b->entry, 6, e->published);
	if (b->content == NULL) {
		bind_texts(b->entry, 7, body, 2);
		run_bare(b->entry);
		return;
	}
	sqlite3_bind_blob(b->entry, 7, e->content_hash.bytes, HASH_SIZE, SQLITE_STATIC);
	run_bare(b->entry);
	sqlite3_bind_int64(b->content, 1, b->id);
	bind_texts(b->content, 2, body, 2);
	run_bare(b->content);
	for (int kind = ENTRY_KEY_GUID; kind <= ENTRY_KEY_LINK; kind++) {
		sqlite3_bind_int64(b->key, 1, feed);
		sqlite3_bind_blob(b->key, 2, e->keys[kind].bytes, HASH_SIZE, SQLITE_STATIC);
		sqlite3_bind_int64(b->key, 3, b->id);
		run_bare(b->key);
	}
}

static void insert_bare(const char *path, void (*opens)(struct bare *b, const char *path),
	const char *name, int64_t n_feeds, int64_t n_entries)
{
	struct bare b = { 0 };
	double took = 0;

	opens(&b, path);
	for (int64_t f = 0; f < n_entries / PER_DOC; f++) {
		int64_t feed = f % n_feeds + 1;
		struct feed_doc *doc = make_doc(feed, f / n_feeds * PER_DOC);
		double start = now_s();
		if (f % GROUP_DOCS == 0)
			sqlite3_exec(b.db, "BEGIN", NULL, NULL, NULL);
		for (size_t i = 0; i < PER_DOC; i++)
			insert_rows(&b, feed, &doc->entries[i]);
		if (f % GROUP_DOCS == GROUP_DOCS - 1)
			sqlite3_exec(b.db, "COMMIT", NULL, NULL, NULL);
		took += now_s() - start;
		feed_doc_free(doc);
	}
	sqlite3_finalize(b.entry);
	sqlite3_finalize(b.content);
	sqlite3_finalize(b.key);
	sqlite3_close(b.db);
	printf("  %-42s %9.0f entries/s\n", name, (double)n_entries / took);
}

/* ---- reading ---- */
struct question {
	const char *name;
	struct entry_filter filter;
	double took[QUERIES];
	int n;
	bool answered;
};

static void see(void *arg, const struct entry_record *e)
{
	(void)arg, (void)e;
}

static void see_feed(void *arg, const struct feed_record *f)
{
	(void)arg, (void)f;
}

static void work(struct query *q, void *arg)
{
	struct question *question = arg;

	for (int i = 0; i < question->n; i++) {
		double start = now_s();
		if (question->filter.limit == 0)
			query_feeds(q, 0, see_feed, NULL);
		else if (query_entries(q, &question->filter, see, NULL) < 0)
			abort();
		question->took[i] = now_s() - start;
	}
}

static void answered(void *arg)
{
	((struct question *)arg)->answered = true;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void ask(struct readers *r, struct question *q)
{
	readers_submit(r, work, answered, q);
	while (!q->answered) {
		sem_wait(&awake);
		readers_dispatch(r);
	}
	qsort(q->took, (size_t)q->n, sizeof(q->took[0]), compare);
	printf("  %-42s p50 %7.3f ms  p99 %7.3f ms\n", q->name, q->took[q->n / 2] * 1e3,
		q->took[q->n * 99 / 100] * 1e3);
}

static void ask_all(const char *path)
{
	static const enum entry_status unread[] = { ENTRY_UNREAD };
#define PAGE .limit = 50, .descending = true
#define UNREAD .statuses = unread, .n_statuses = 1
	static struct question questions[] = {
		{ .name = "latest 50", .filter = { PAGE, .order = ENTRY_ORDER_PUBLISHED } },
		{ .name = "latest 50 unread",
			.filter = { PAGE, UNREAD, .order = ENTRY_ORDER_PUBLISHED } },
		{ .name = "latest 50 unread, headlines",
			.filter = { PAGE, UNREAD, .order = ENTRY_ORDER_PUBLISHED,
				.without_content = true } },
		{ .name = "last 50 unread by id", .filter = { PAGE, UNREAD } },
		{ .name = "50 after an id", .filter = { .limit = 50, .after_id = 5000 } },
		{ .name = "latest 50 of a feed",
			.filter = { PAGE, .feed_id = 7, .order = ENTRY_ORDER_PUBLISHED } },
		{ .name = "latest 50 of a category",
			.filter = { PAGE, .category = "tech", .order = ENTRY_ORDER_PUBLISHED } },
		{ .name = "latest 50 starred (none)",
			.filter = { PAGE, .starred = 1, .order = ENTRY_ORDER_PUBLISHED } },
		{ .name = "all feeds", .n = 20 },
	};
	char error[256];
	struct readers *r = readers_open(
		&(struct readers_options){ path, 1, wake, NULL }, error, sizeof(error));

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (questions[i].n == 0)
			questions[i].n = QUERIES;
		ask(r, &questions[i]);
	}
	readers_close(r);
}

static void remove_database(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[300];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

int main(void)
{
	int64_t n_entries = setting("BENCH_ENTRIES", 200000),
		n_feeds = setting("BENCH_FEEDS", 2000);
	char path[256], bare[256], error[256];
	const char *dir = getenv("BENCH_DIR") == NULL ? "/tmp" : getenv("BENCH_DIR");

	sem_init(&awake, 0, 0);
	snprintf(path, sizeof(path), "%s/bench-store-%d.db", dir, (int)getpid());
	snprintf(bare, sizeof(bare), "%s/bench-bare-%d.db", dir, (int)getpid());
	double start = now_s();
	struct store *s =
		store_open(&(struct store_options){ path, wake, NULL }, error, sizeof(error));
	if (s == NULL)
		return fprintf(stderr, "bench_store: %s\n", error), 1;
	add_feeds(s, n_feeds);
	int64_t before[2], after[2];
	io_so_far(before);
	int64_t share = n_entries / n_feeds, last = (share - 1) / PER_DOC * PER_DOC;
	double took = store_all(s, n_feeds, 0, share);
	io_so_far(after);
	printf("  %lld entries in %lld feeds\n", (long long)n_new, (long long)n_feeds);
	insert_bare(bare, open_table, "bare INSERTs, one table, no index", n_feeds, n_entries);
	remove_database(bare);
	insert_bare(bare, open_tables, "bare INSERTs, the same tables", n_feeds, n_entries);
	printf("  %-42s %9.0f entries/s\n", "new entries", (double)n_new / took);
	printf("  %-42s %9.0f bytes written, %.0f read, an entry\n", "",
		(double)(after[0] - before[0]) / (double)n_new,
		(double)(after[1] - before[1]) / (double)n_new);
	took = store_all(s, n_feeds, last, share);
	printf("  %-42s %9.0f entries/s (%lld new)\n", "unchanged entries",
		(double)(n_feeds * PER_DOC) / took, (long long)n_new);
	took = store_all(s, n_feeds, 0, share);
	printf("  %-42s %9.0f entries/s (%lld new)\n", "entries that left and came back",
		(double)n_entries / took, (long long)n_new);
	store_close(s);
	start = now_s();
	s = store_open(&(struct store_options){ path, wake, NULL }, error, sizeof(error));
	printf("  %-42s %9.1f ms\n", "opening the store", (now_s() - start) * 1e3);
	ask_all(path);
	store_close(s);
	remove_database(path);
	remove_database(bare);
	return 0;
}
