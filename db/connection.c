#include "db/connection.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/check.h"
#include "db/packing.h"
#include "db/search_text.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(number) #number
#define TEXT_OF(macro) TEXT(macro)

/* Small caches: the system's page cache holds the file anyway. db_next_work() gives them back. */
static const char writer_setup[] =
	"PRAGMA synchronous = FULL;"
	"PRAGMA foreign_keys = ON;"
	"PRAGMA secure_delete = OFF;"
	"PRAGMA trusted_schema = OFF;"
	"PRAGMA temp_store = MEMORY;"
	"PRAGMA wal_autocheckpoint = 1000;" /* the store's is done by db/checkpoint.c */
	"PRAGMA journal_size_limit = 8388608;"
	"PRAGMA cache_size = -" TEXT_OF(LIMIT_WRITER_CACHE);
/* Takes effect in an empty file only, and would be written to any. */
static const char new_file_setup[] = "PRAGMA auto_vacuum = INCREMENTAL";
static const char reader_setup[] = "PRAGMA query_only = ON;"
				   "PRAGMA trusted_schema = OFF;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA cache_size = -2048;";

/* Longest wait for a lock that another program, say the sqlite3 shell, holds. */
#define BUSY_MS 5000

void db_note_failure(struct db *db)
{
	int code = sqlite3_extended_errcode(db->handle);

	db->code = code == SQLITE_OK ? SQLITE_ERROR : code;
	db->met_damage |= db_says_damaged(db);
	db->met_search_damage |= db_says_search_damaged(db);
	db->os_errno = sqlite3_system_errno(db->handle);
	snprintf(db->error, sizeof(db->error), "%s%s%s", sqlite3_errmsg(db->handle),
		db->os_errno != 0 ? ": " : "", db->os_errno != 0 ? strerror(db->os_errno) : "");
}

void db_failure(const struct db *db, struct failure *ret)
{
	bool full = (db->code & 0xff) == SQLITE_FULL || db->os_errno == ENOSPC ||
		    db->os_errno == EDQUOT;

	failure_set(ret, STAGE_STORE, full ? STATUS_DISK_FULL : STATUS_STORE_FAILED, 0,
		"SQLite %d: %s", db->code, db->error);
}

bool db_exec(struct db *db, const char *sql)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	db_note_failure(db);
	return false;
}

static bool set_up_if_new(struct db *db)
{
	struct stmt s = db_stmt(db, STATEMENT_PAGE_COUNT);
	bool empty = stmt_row(&s) && stmt_read_int(&s) == 0;

	return stmt_end(&s) && (!empty || db_exec(db, new_file_setup));
}

bool db_open(struct db *db, const char *path, enum db_mode mode)
{
	int flags = mode == DB_WRITER ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
				      : SQLITE_OPEN_READONLY;

	*db = (struct db){ .packing = packing_new() };
	if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		    NULL) != SQLITE_OK) {
		db_note_failure(db);
		return false;
	}
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!search_register(db)) {
		db_note_failure(db);
		return false;
	}
	if (mode == DB_READER)
		return db_exec(db, reader_setup);
	return db_exec(db, writer_setup) && set_up_if_new(db);
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(db->prepared[i]);
	for (size_t i = 0; i < DB_COMPOSED; i++) {
		sqlite3_finalize(db->composed[i].stmt);
		free(db->composed[i].sql);
	}
	int code = sqlite3_close(db->handle);
	assert(code == SQLITE_OK);
	(void)code;
	packing_free(db->packing);
	*db = (struct db){ 0 };
}

/* One at a time: where malloc() is not glibc's own (a sanitizer's, or one that is preloaded), the
 * first call makes glibc's heap, without a lock. */
static void trim_heap(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	malloc_trim(0);
	pthread_mutex_unlock(&lock);
}

struct queue_node *db_next_work(struct db *db, struct queue *work)
{
	struct queue_node *node = queue_pop_until(work, clock_monotonic_ms() + LIMIT_REST_MS);

	if (node != NULL)
		return node;
	if (!queue_is_closed(work)) {
		sqlite3_db_release_memory(db->handle);
		/* Pages, documents and answers lie in between what stays: free() alone keeps them.
		 */
		trim_heap();
	}
	return queue_pop(work);
}

static struct stmt use(struct db *db, sqlite3_stmt **prepared, const char *sql)
{
	struct stmt s = { .db = db };

	if (*prepared == NULL && sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
					 prepared, NULL) != SQLITE_OK) {
		db_note_failure(db);
		s.failed = true;
		return s;
	}
	assert(!sqlite3_stmt_busy(*prepared));
	s.handle = *prepared;
	return s;
}

struct stmt db_stmt(struct db *db, enum statement which)
{
	assert(which < STATEMENT_COUNT);
	return use(db, &db->prepared[which], statement_sql(which));
}

struct stmt db_stmt_composed(struct db *db, const char *sql)
{
	size_t oldest = 0;

	for (size_t i = 0; i < DB_COMPOSED; i++) {
		if (db->composed[i].sql != NULL && strcmp(db->composed[i].sql, sql) == 0) {
			db->composed[i].used = ++db->clock;
			return use(db, &db->composed[i].stmt, sql);
		}
		if (db->composed[i].used < db->composed[oldest].used)
			oldest = i;
	}
	sqlite3_finalize(db->composed[oldest].stmt);
	free(db->composed[oldest].sql);
	db->composed[oldest].stmt = NULL;
	db->composed[oldest].sql = xstrdup(sql);
	db->composed[oldest].used = ++db->clock;
	return use(db, &db->composed[oldest].stmt, sql);
}

static void bound(struct stmt *s, int code)
{
	if (code != SQLITE_OK) {
		db_note_failure(s->db);
		s->failed = true;
	}
}

void stmt_int(struct stmt *s, int64_t value)
{
	if (!s->failed)
		bound(s, sqlite3_bind_int64(s->handle, ++s->n_bound, value));
}

void stmt_real(struct stmt *s, double value)
{
	if (!s->failed)
		bound(s, sqlite3_bind_double(s->handle, ++s->n_bound, value));
}

void stmt_null(struct stmt *s)
{
	if (!s->failed)
		bound(s, sqlite3_bind_null(s->handle, ++s->n_bound));
}

void stmt_text(struct stmt *s, const char *text)
{
	if (text == NULL || *text == '\0')
		stmt_null(s);
	else if (!s->failed)
		bound(s, sqlite3_bind_text(s->handle, ++s->n_bound, text, -1, SQLITE_STATIC));
}

void stmt_hash(struct stmt *s, const struct hash *hash)
{
	if (!hash_is_set(hash))
		stmt_null(s);
	else if (!s->failed)
		bound(s, sqlite3_bind_blob(
				 s->handle, ++s->n_bound, hash->bytes, HASH_SIZE, SQLITE_STATIC));
}

void stmt_blob(struct stmt *s, const void *bytes, size_t n)
{
	if (!s->failed)
		bound(s, sqlite3_bind_blob64(s->handle, ++s->n_bound, bytes, n, SQLITE_STATIC));
}

bool stmt_row(struct stmt *s)
{
	if (s->failed)
		return false;
	assert(s->n_bound == sqlite3_bind_parameter_count(s->handle));
	int code = sqlite3_step(s->handle);
	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		db_note_failure(s->db);
		s->failed = true;
	}
	s->n_read = 0;
	return code == SQLITE_ROW;
}

int64_t stmt_read_int(struct stmt *s)
{
	return sqlite3_column_int64(s->handle, s->n_read++);
}

double stmt_read_real(struct stmt *s)
{
	return sqlite3_column_double(s->handle, s->n_read++);
}

const char *stmt_read_text(struct stmt *s)
{
	return (const char *)sqlite3_column_text(s->handle, s->n_read++);
}

void stmt_read_hash(struct stmt *s, struct hash *ret)
{
	const void *bytes = sqlite3_column_blob(s->handle, s->n_read);

	*ret = (struct hash){ 0 };
	if (bytes != NULL && sqlite3_column_bytes(s->handle, s->n_read) == HASH_SIZE)
		memcpy(ret->bytes, bytes, HASH_SIZE);
	s->n_read++;
}

const void *stmt_read_blob(struct stmt *s, size_t *n)
{
	const void *bytes = sqlite3_column_blob(s->handle, s->n_read);

	*n = (size_t)sqlite3_column_bytes(s->handle, s->n_read++);
	return bytes;
}

bool stmt_end(struct stmt *s)
{
	if (s->handle != NULL) {
		sqlite3_reset(s->handle);
		sqlite3_clear_bindings(s->handle);
	}
	s->handle = NULL;
	return !s->failed;
}

bool stmt_run(struct stmt *s)
{
	while (stmt_row(s))
		;
	return stmt_end(s);
}

bool db_run(struct db *db, enum statement which)
{
	struct stmt s = db_stmt(db, which);

	return stmt_run(&s);
}

bool db_run_on(struct db *db, enum statement which, int64_t id)
{
	struct stmt s = db_stmt(db, which);

	stmt_int(&s, id);
	return stmt_run(&s);
}

void db_thread_start(pthread_t *thread, const char *name, void *(*main)(void *), void *arg)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(thread, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed != 0)
		log_fatal("cannot start the %s thread: %s", name, strerror(failed));
	pthread_setname_np(*thread, name);
}
