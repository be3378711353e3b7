/*
 * bench_store: how fast the store takes documents in, recognises unchanged ones, and answers what a
 * client asks first; against bare prepared INSERTs of the same rows in the same run. BENCH_ENTRIES
 * (200000) and BENCH_FEEDS (2000) set the size; arguments are ignored. BENCH_KEEP names a database
 * that is made when it is missing, only asked when it is there, and kept.
 */
#include "store_docs.h"
#include "store_questions.h"
#include "base/mem.h"
#include "db/packing.h"
#include "db/store.h"
#include "db/texts.h"

#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 2100; the feeds are such as are not declared any more, so that a daemon that is started on the
 * database fetches nothing. */
#define NEVER INT64_C(4102444800)

static sem_t awake;
static int64_t n_answered, n_new, n_text_bytes;

static void wake(void *arg)
{
	(void)arg;
	sem_post(&awake);
}

static int64_t setting(const char *name, int64_t otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : strtoll(value, NULL, 10);
}

static struct store *open_store(const char *path)
{
	char error[256];
	struct store *s =
		store_open(&(struct store_options){ path, wake, NULL }, error, sizeof(error));

	if (s == NULL) {
		fprintf(stderr, "bench_store: %s\n", error);
		exit(1);
	}
	return s;
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
		struct feed_config config = { .url = url,
			.category = f % 10 == 0 ? "tech" : NULL,
			.declared = true,
			.disabled = true };
		store_feed_add(s, &config, NEVER, NOW, added, NULL);
	}
	wait_until(s, n_feeds);
}

/* The same entries in another order: no document that was stored already, but nothing new. */
static void reverse(struct feed_doc *doc)
{
	for (size_t i = 0, j = doc->n_entries - 1; i < j; i++, j--) {
		struct feed_entry e = doc->entries[i];
		doc->entries[i] = doc->entries[j];
		doc->entries[j] = e;
	}
}

/* Every feed gets documents with its entries from the given one until it has its share, each with
 * others than the one before. Documents are made outside of the time measured, a batch at a time.
 */
static double store_all(
	struct store *s, int64_t n_feeds, int64_t from, int64_t share, bool reversed)
{
	struct feed_fetch_state state = { .etag = "\"abc\"", .next_due = NEVER, .last_fetch = NOW };
	double took = 0;

	n_new = 0;
	for (int64_t done = from; done < share; done += PER_DOC) {
		struct feed_doc **docs = xcalloc((size_t)n_feeds, sizeof(*docs));
		for (int64_t f = 0; f < n_feeds; f++) {
			docs[f] = make_doc(f + 1, done);
			n_text_bytes += doc_text_bytes(docs[f]);
			if (reversed)
				reverse(docs[f]);
		}
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

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench_store: %s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	return stmt;
}

/* ---- the search index, which the writer makes while nothing else is asked of it ---- */
static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = prepare(db, sql);
	int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;

	sqlite3_finalize(stmt);
	return n;
}

/* Called when the last entry was just stored: all that is left is indexed with nothing else to do.
 */
static void wait_for_index(const char *path, int64_t last_id)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_busy_timeout(db, 5000);
	double start = now_s();
	int64_t from = number(db, "SELECT upto_id FROM search_state"), upto = from;
	while (upto < last_id) {
		usleep(20000);
		upto = number(db, "SELECT upto_id FROM search_state");
	}
	printf("  %-42s %9.0f entries/s (%lld of them)\n", "search index",
		(double)(upto - from) / (now_s() - start), (long long)(upto - from));
	sqlite3_close(db);
}

/* ---- the bare rows: prepared INSERTs and nothing else, in groups as large as the store's: into
 * one table without an index, into the store's tables, and into these with the texts packed as the
 * store packs them, before the time is taken ---- */
#define GROUP_DOCS 64

struct bare {
	sqlite3 *db;
	sqlite3_stmt *entry, *content, *key; /* the last two: NULL */
	struct packing *packing;             /* NULL: the texts are stored as they are */
	int64_t id;
};

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

/* With the dictionary that the store made of the same entries. */
static void pack_like(struct bare *b, const char *path)
{
	sqlite3 *db;

	b->packing = packing_new();
	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_stmt *stmt = prepare(db, "SELECT id, bytes FROM dictionaries ORDER BY id DESC");
	if (sqlite3_step(stmt) == SQLITE_ROW)
		packing_choose(b->packing, sqlite3_column_int64(stmt, 0),
			sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* The store's own tables and indexes. */
static void open_tables(struct bare *b, const char *path)
{
	store_close(open_store(path));
	if (sqlite3_open(path, &b->db) != SQLITE_OK ||
		sqlite3_exec(b->db, "PRAGMA synchronous = FULL;", NULL, NULL, NULL) != SQLITE_OK)
		abort();
	b->entry = prepare(b->db,
		"INSERT INTO entries (id, feed_id, url, title, published, created, changed, "
		"identity, content_hash, keys_hash, n_keys)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6, ?6, ?6, 3)");
	b->content = prepare(b->db, "INSERT INTO contents VALUES (?, ?)");
	b->key = prepare(b->db, "INSERT INTO entry_keys VALUES (?, ?, ?)");
}

static void bind_texts(sqlite3_stmt *stmt, int at, const char *const *texts, int n)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_text(stmt, at + i, texts[i], -1, SQLITE_STATIC);
}

struct packed {
	void *value;
	size_t size;
};

static void join(const char *const *texts, struct packed *ret)
{
	struct strbuf all = STRBUF_INIT(LIMIT_PACKED);

	for (size_t i = 0; i < ENTRY_TEXTS; i++)
		strbuf_addstr(&all, texts[i] == NULL ? "" : texts[i]);
	ret->size = all.len;
	ret->value = xstrdup(strbuf_str(&all));
	strbuf_release(&all);
}

/* What `contents` takes. */
static void pack_entry(struct bare *b, const struct feed_entry *e, struct packed *ret)
{
	const char *const texts[ENTRY_TEXTS] = {
		[TEXT_GUID] = e->guid, [TEXT_SUMMARY] = e->summary, [TEXT_CONTENT] = e->content_html
	};

	if (b->packing == NULL) {
		join(texts, ret);
		return;
	}
	const void *value = pack(b->packing, texts, ENTRY_TEXTS, &ret->size);
	ret->value = xmalloc(ret->size);
	memcpy(ret->value, value, ret->size);
}

static void insert_row(struct bare *b, int64_t feed, const struct feed_entry *e)
{
	const char *const texts[] = { e->guid, e->url, e->title };
	const char *const body[] = { e->summary, e->content_html };

	sqlite3_bind_int64(b->entry, 1, ++b->id);
	sqlite3_bind_int64(b->entry, 2, feed);
	bind_texts(b->entry, 3, texts, 3);
	sqlite3_bind_int64(b->entry, 6, e->published);
	bind_texts(b->entry, 7, body, 2);
	run_bare(b->entry);
}

static void insert_rows(
	struct bare *b, int64_t feed, const struct feed_entry *e, const struct packed *packed)
{
	const char *const texts[] = { e->url, e->title };

	sqlite3_bind_int64(b->entry, 1, ++b->id);
	sqlite3_bind_int64(b->entry, 2, feed);
	bind_texts(b->entry, 3, texts, 2);
	sqlite3_bind_int64(b->entry, 5, e->published);
	sqlite3_bind_int64(b->entry, 6, hash_short(&e->content_hash));
	run_bare(b->entry);
	sqlite3_bind_int64(b->content, 1, b->id);
	sqlite3_bind_blob(b->content, 2, packed->value, (int)packed->size, SQLITE_STATIC);
	run_bare(b->content);
	for (int kind = ENTRY_KEY_GUID; kind <= ENTRY_KEY_LINK; kind++) {
		sqlite3_bind_int64(b->key, 1, feed);
		sqlite3_bind_int64(b->key, 2, hash_short(&e->keys[kind]));
		sqlite3_bind_int64(b->key, 3, b->id);
		run_bare(b->key);
	}
}

/* Inserts the f-th document, and returns the seconds that it took. */
static double insert_doc(struct bare *b, int64_t f, int64_t n_feeds)
{
	int64_t feed = f % n_feeds + 1;
	struct feed_doc *doc = make_doc(feed, f / n_feeds * PER_DOC);
	struct packed packed[PER_DOC] = { 0 };

	for (size_t i = 0; b->content != NULL && i < PER_DOC; i++)
		pack_entry(b, &doc->entries[i], &packed[i]);
	double start = now_s();
	if (f % GROUP_DOCS == 0)
		sqlite3_exec(b->db, "BEGIN", NULL, NULL, NULL);
	for (size_t i = 0; i < PER_DOC; i++) {
		if (b->content != NULL)
			insert_rows(b, feed, &doc->entries[i], &packed[i]);
		else
			insert_row(b, feed, &doc->entries[i]);
	}
	if (f % GROUP_DOCS == GROUP_DOCS - 1)
		sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL);
	double took = now_s() - start;
	for (size_t i = 0; i < PER_DOC; i++)
		free(packed[i].value);
	feed_doc_free(doc);
	return took;
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

/* `like`: the store's database, or NULL. */
static void insert_bare(const char *path, const char *like,
	void (*opens)(struct bare *b, const char *path), const char *name, int64_t n_feeds,
	int64_t n_entries)
{
	struct bare b = { 0 };
	double took = 0;

	opens(&b, path);
	if (like != NULL)
		pack_like(&b, like);
	for (int64_t f = 0; f < n_entries / PER_DOC; f++)
		took += insert_doc(&b, f, n_feeds);
	sqlite3_finalize(b.entry);
	sqlite3_finalize(b.content);
	sqlite3_finalize(b.key);
	sqlite3_close(b.db);
	packing_free(b.packing);
	printf("  %-42s %9.0f entries/s\n", name, (double)n_entries / took);
	remove_database(path);
}

/* ---- marking every other entry as read ---- */
#define MARKED 1000

static void marked(void *arg, const struct failure *fail, int64_t n_changed)
{
	(void)arg, (void)fail, (void)n_changed;
	n_answered++;
}

static void mark_half(struct store *s, int64_t last_id)
{
	int64_t ids[MARKED], n_sent = 0;
	double start = now_s();

	n_answered = 0;
	for (int64_t id = 0; id < last_id; n_sent++) {
		size_t n = 0;
		for (; n < MARKED && id < last_id; id += 2)
			ids[n++] = id + 2;
		store_entries_status(s, ids, n, ENTRY_READ, NOW, marked, NULL);
	}
	wait_until(s, n_sent);
	printf("  %-42s %9.0f entries/s\n", "marking as read",
		(double)(last_id / 2) / (now_s() - start));
}

/* ---- size ---- */
static void show_size(const char *path, double text_bytes, int64_t n_entries)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_stmt *stmt = prepare(db,
		"SELECT name, SUM(pgsize) AS size FROM dbstat WHERE aggregate = TRUE GROUP BY name"
		" ORDER BY size DESC LIMIT 12");
	double all = (double)(number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size"));
	printf("  %-42s %9.0f bytes an entry, %.2f x its text of %.0f\n", "the database",
		all / (double)n_entries, all / text_bytes, text_bytes / (double)n_entries);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		printf("    %-40s %9.0f bytes an entry\n",
			(const char *)sqlite3_column_text(stmt, 0),
			sqlite3_column_double(stmt, 1) / (double)n_entries);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* ---- the run ---- */
static void insert_all(const char *path, struct store *s, int64_t n_feeds, int64_t share)
{
	char bare[300];
	int64_t before[2], after[2];

	snprintf(bare, sizeof(bare), "%s-bare", path);
	io_so_far(before);
	double took = store_all(s, n_feeds, 0, share, false);
	io_so_far(after);
	printf("  %lld entries in %lld feeds\n", (long long)n_new, (long long)n_feeds);
	wait_for_index(path, store_last_entry_id(s));
	insert_bare(bare, NULL, open_table, "bare INSERTs, one table, no index", n_feeds, n_new);
	insert_bare(bare, NULL, open_tables, "bare INSERTs, the same tables", n_feeds, n_new);
	insert_bare(bare, path, open_tables, "bare INSERTs, packed before", n_feeds, n_new);
	printf("  %-42s %9.0f entries/s\n", "new entries", (double)n_new / took);
	printf("  %-42s %9.0f bytes written, %.0f read, an entry\n", "",
		(double)(after[0] - before[0]) / (double)n_new,
		(double)(after[1] - before[1]) / (double)n_new);
}

static void make_database(const char *path, int64_t n_entries, int64_t n_feeds)
{
	struct store *s = open_store(path);
	int64_t share = n_entries / n_feeds, last = (share - 1) / PER_DOC * PER_DOC;

	add_feeds(s, n_feeds);
	insert_all(path, s, n_feeds, share);
	double text_bytes = (double)n_text_bytes;
	int64_t last_id = store_last_entry_id(s);
	double took = store_all(s, n_feeds, last, share, false);
	printf("  %-42s %9.0f entries/s (%lld new)\n", "unchanged entries",
		(double)(n_feeds * PER_DOC) / took, (long long)n_new);
	took = store_all(s, n_feeds, last, share, true);
	printf("  %-42s %9.0f entries/s (%lld new)\n", "unchanged entries, each looked up",
		(double)(n_feeds * PER_DOC) / took, (long long)n_new);
	took = store_all(s, n_feeds, 0, share, false);
	printf("  %-42s %9.0f entries/s (%lld new)\n", "entries that left and came back",
		(double)last_id / took, (long long)n_new);
	mark_half(s, last_id);
	store_close(s);
	show_size(path, text_bytes, last_id);
}

int main(void)
{
	const char *keep = getenv("BENCH_KEEP"), *dir = getenv("BENCH_DIR");
	char path[256];

	sem_init(&awake, 0, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (keep != NULL)
		snprintf(path, sizeof(path), "%s", keep);
	else
		snprintf(path, sizeof(path), "%s/bench-store-%d.db", dir == NULL ? "/tmp" : dir,
			(int)getpid());
	if (access(path, F_OK) != 0)
		make_database(path, setting("BENCH_ENTRIES", 200000), setting("BENCH_FEEDS", 2000));
	double start = now_s();
	struct store *s = open_store(path);
	printf("  %-42s %9.1f ms\n", "opening the store", (now_s() - start) * 1e3);
	ask_all(path);
	store_close(s);
	if (keep == NULL)
		remove_database(path);
	return 0;
}
