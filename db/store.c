#include "db/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/limits.h"
#include "base/mem.h"
#include "db/behind.h"
#include "db/checkpoint.h"
#include "db/migrate.h"
#include "db/retention.h"
#include "db/writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store {
	struct db db; /* the writer's, once it runs */
	struct queue requests, answers;
	pthread_t writer;
	struct checkpoints *checkpoints;
	void (*wake)(void *arg);
	void *wake_arg;
	char *path;
	_Atomic int64_t last_entry_id;
	atomic_bool damaged;
	struct behind behind;        /* writer */
	bool search_renewed;         /* writer: a damaged search index is made anew once */
	struct retention *retention; /* loop thread; NULL: everything is kept */
	store_decide_fn *decide;     /* loop thread */
};

/* The requests of one transaction, in order. */
struct group {
	struct queue_node *first, **tail;
	size_t n;
};

void *write_new(size_t size, const struct write_type *type)
{
	struct write *r = xcalloc(1, size);

	r->type = type;
	return r;
}

bool write_fail(struct write *r, enum status status, const char *format, ...)
{
	char detail[LIMIT_DETAIL];
	va_list ap;

	va_start(ap, format);
	vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	failure_set(&r->fail, STAGE_STORE, status, 0, "%s", detail);
	return false;
}

static void answer_later(struct store *s, struct queue_node *node)
{
	bool open = queue_push(&s->answers, node);

	assert(open);
	(void)open;
}

void write_submit(struct store *s, struct write *r)
{
	if (queue_push(&s->requests, &r->node))
		return;
	write_fail(r, STATUS_CANCELLED, "the database is closing");
	answer_later(s, &r->node);
}

/* Runs one request in its savepoint. False when the whole transaction is gone: SQLite ends it by
 * itself on some failures. */
static bool run_request(struct db *db, struct write *r)
{
	bool ok = db_run(db, STATEMENT_SAVEPOINT) && r->type->run(db, r) &&
		  db_run(db, STATEMENT_RELEASE);

	if (ok)
		return true;
	if (r->fail.status == STATUS_OK)
		db_failure(db, &r->fail);
	return !sqlite3_get_autocommit(db->handle) && db_run(db, STATEMENT_ROLLBACK_TO) &&
	       db_run(db, STATEMENT_RELEASE);
}

/* Runs `node` and what has come meanwhile, for so long. Never waits for company: a lone request is
 * committed at once. */
static bool run_group(struct store *s, struct group *g, struct queue_node *node, int64_t ms)
{
	int64_t deadline_ms = clock_monotonic_ms() + ms;
	bool alive = db_run(&s->db, STATEMENT_BEGIN_WRITE);

	while (node != NULL) {
		*g->tail = node;
		g->tail = &node->next;
		node->next = NULL;
		g->n++;
		behind_turn(&s->behind, STORE_REQUEST);
		alive = alive && run_request(&s->db, (struct write *)node);
		if (!alive || g->n == LIMIT_GROUP_COMMIT_DOCS ||
			clock_monotonic_ms() >= deadline_ms)
			break;
		node = queue_try_pop(&s->requests);
	}
	return alive;
}

static int64_t read_last_entry_id(struct db *db)
{
	struct stmt s = db_stmt(db, STATEMENT_LAST_ENTRY_ID);
	int64_t id = stmt_row(&s) ? stmt_read_int(&s) : 0;

	return stmt_end(&s) ? id : -1;
}

/* Commits, or fails everybody in the group: nothing of it is in the database then. */
static void commit_group(struct store *s, struct group *g, bool alive)
{
	int64_t last_entry_id = alive ? read_last_entry_id(&s->db) : -1;
	struct failure fail;

	behind_look(&s->behind, alive);
	if (last_entry_id >= 0 && db_run(&s->db, STATEMENT_COMMIT)) {
		atomic_store(&s->last_entry_id, last_entry_id);
		return;
	}
	db_failure(&s->db, &fail);
	if (!sqlite3_get_autocommit(s->db.handle))
		sqlite3_exec(s->db.handle, "ROLLBACK", NULL, NULL, NULL);
	for (struct queue_node *node = g->first; node != NULL; node = node->next) {
		struct write *r = (struct write *)node;
		if (r->fail.status == STATUS_OK)
			r->fail = fail;
	}
}

/* Whether the request was put back into the queue, for the rest of its work. */
static bool goes_on(struct store *s, struct write *r)
{
	if (!r->again || r->fail.status != STATUS_OK)
		return false;
	r->again = false;
	if (queue_push(&s->requests, &r->node))
		return true;
	write_fail(r, STATUS_CANCELLED, "the database is closing");
	return false;
}

static void answer_group(struct store *s, const struct group *g)
{
	struct queue_node *next;

	for (struct queue_node *node = g->first; node != NULL; node = next) {
		next = node->next;
		if (!goes_on(s, (struct write *)node))
			answer_later(s, node);
	}
	s->wake(s->wake_arg);
}

/* What the connection met beside the answers: a damaged file is the loop's matter; a damaged search
 * index is made anew from the entries. Once: one that is damaged again has another cause. */
static void mind_damage(struct store *s)
{
	if (s->db.met_damage && !atomic_exchange(&s->damaged, true))
		s->wake(s->wake_arg);
	if (!s->db.met_search_damage || s->search_renewed)
		return;
	s->search_renewed = true;
	store_rebuild_search(s);
}

/* The next request; while there is none, what waited behind is done. */
static struct queue_node *next_request(struct store *s)
{
	bool behind = true;

	behind_turn(&s->behind, STORE_READY);
	struct queue_node *node = queue_try_pop(&s->requests);

	while (node == NULL && behind && !queue_is_closed(&s->requests)) {
		behind = behind_step_idle(&s->behind);
		mind_damage(s);
		behind_turn(&s->behind, STORE_READY);
		node = queue_try_pop(&s->requests);
	}
	return node != NULL ? node : db_next_work(&s->db, &s->requests);
}

static void *writer_main(void *arg)
{
	struct store *s = arg;
	/* Until the first request the connection is the starting thread's, which reads through it.
	 */
	struct queue_node *node = queue_pop(&s->requests);

	for (; node != NULL; node = next_request(s)) {
		struct group g = { .tail = &g.first };
		bool behind = behind_is_due(&s->behind);
		bool alive = run_group(
			s, &g, node, behind ? LIMIT_GROUP_SHORT_MS : LIMIT_GROUP_COMMIT_MS);
		behind_turn(&s->behind, STORE_COMMIT);
		commit_group(s, &g, alive);
		/* Before the answer: who asks again meets an index that is whole. */
		mind_damage(s);
		answer_group(s, &g);
		behind_optimize(&s->behind);
		if (behind) {
			behind_step(&s->behind);
			mind_damage(s);
		}
	}
	return NULL;
}

void store_dispatch(struct store *s)
{
	struct queue_node *node;

	while ((node = queue_try_pop(&s->answers)) != NULL) {
		struct write *r = (struct write *)node;
		r->type->answer(r);
		if (r->type->release != NULL)
			r->type->release(r);
		free(r);
	}
}

/* A new file is for its owner alone: addresses of feeds may hold secrets. */
static bool create_private(const char *path, char *error, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		snprintf(error, size, "cannot open the database %s: %s; state_dir must be writable",
			path, strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

/* WAL: readers and the writer do not wait for each other, and a commit is one write and one fsync.
 */
static bool enter_wal(struct db *db)
{
	struct stmt s = db_stmt_composed(db, "PRAGMA journal_mode = WAL");
	const char *mode = stmt_row(&s) ? stmt_read_text(&s) : NULL;
	bool ok = mode != NULL && strcmp(mode, "wal") == 0;

	if (!stmt_end(&s))
		return false;
	if (!ok)
		snprintf(db->error, sizeof(db->error),
			"its file system cannot do write-ahead logging");
	return ok;
}

static bool open_database(struct store *s, const char *path, char *error, size_t size)
{
	if (!db_check_file(path, &db_migrations, error, size) || !create_private(path, error, size))
		return false;
	if (!db_open(&s->db, path, DB_WRITER) || !enter_wal(&s->db)) {
		snprintf(error, size, "cannot open the database %s: %s (SQLite %d)", path,
			s->db.error, s->db.code);
		return false;
	}
	if (!db_migrate(&s->db, path, &db_migrations, error, size))
		return false;
	int64_t last_entry_id = read_last_entry_id(&s->db);
	if (last_entry_id < 0) {
		snprintf(error, size, "cannot read the database %s: %s (SQLite %d)", path,
			s->db.error, s->db.code);
		return false;
	}
	atomic_store(&s->last_entry_id, last_entry_id);
	return true;
}

struct store *store_open(const struct store_options *options, char *error, size_t size)
{
	struct store *s = xcalloc(1, sizeof(*s));

	/* Nobody asks for SQLite's count of its memory, which takes a lock with each allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (!open_database(s, options->path, error, size)) {
		db_close(&s->db);
		free(s);
		return NULL;
	}
	s->path = xstrdup(options->path);
	behind_init(&s->behind, &s->db);
	s->wake = options->wake;
	s->wake_arg = options->wake_arg;
	queue_init(&s->requests);
	queue_init(&s->answers);
	s->checkpoints = checkpoints_start(s->path, &s->db);
	db_thread_start(&s->writer, "db-writer", writer_main, s);
	return s;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	queue_close(&s->requests);
	pthread_join(s->writer, NULL);
	store_dispatch(s);
	queue_release(&s->requests);
	queue_release(&s->answers);
	retention_release(s->retention);
	checkpoints_stop(s->checkpoints);
	behind_finish(&s->behind);
	db_close(&s->db);
	free(s->path);
	free(s);
}

void store_watch(struct store *s, store_turned_fn *turned, void *arg)
{
	s->behind.turned = turned;
	s->behind.turned_arg = arg;
}

void store_retain(struct store *s, const struct store_retention *policy)
{
	retention_release(s->retention);
	s->retention = retention_new(policy);
}

void store_decide(struct store *s, store_decide_fn *decide)
{
	s->decide = decide;
}

struct db *store_db(struct store *s)
{
	return &s->db;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

store_decide_fn *store_decider(const struct store *s)
{
	return s->decide;
}

struct retention *store_retention(struct store *s)
{
	return retention_hold(s->retention);
}

int64_t store_last_entry_id(struct store *s)
{
	return atomic_load(&s->last_entry_id);
}

int64_t store_log_bytes(struct store *s)
{
	return checkpoints_log_bytes(s->checkpoints);
}

bool store_is_damaged(struct store *s)
{
	return atomic_load(&s->damaged);
}
