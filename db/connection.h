/*
 * One SQLite connection with its prepared statements, and the few verbs by which the rest of db/
 * binds, runs and reads them. A connection belongs to one thread at a time (it is opened without
 * SQLite's own mutex).
 *
 * A statement is used in one go: taken, bound in the order of its placeholders, run, its columns
 * read in the order of the SELECT, ended. The first failure is kept in `code` and `error`; what
 * follows it does nothing, so that a caller checks once, at the end.
 */
#ifndef COURANT_DB_CONNECTION_H
#define COURANT_DB_CONNECTION_H

#include "base/hash.h"
#include "base/queue.h"
#include "base/status.h"
#include "db/statements.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_COMPOSED 8 /* statements composed at run time that are kept prepared, last used stay */

struct packing;

struct db {
	sqlite3 *handle;
	sqlite3_stmt *prepared[STATEMENT_COUNT];
	struct {
		char *sql;
		sqlite3_stmt *stmt;
		uint64_t used;
	} composed[DB_COMPOSED];
	uint64_t clock;  /* orders the use of composed statements */
	int code;        /* of the last failure: an extended SQLite result code */
	int os_errno;    /* what the system said with it, or 0 */
	char error[256]; /* what SQLite said */
	/* Set when a statement meets a damaged file, or only a damaged search index. */
	bool met_damage, met_search_damage;
	struct packing *packing; /* of texts.h, as are the next two */
	bool packs;              /* the newest dictionary was looked for */
	bool met_text_damage;    /* and told of */
};

enum db_mode { DB_WRITER, DB_READER };

/* Opens the file (a writer creates it) and sets the connection up. False with `error` filled;
 * db_close() is needed either way. */
bool db_open(struct db *db, const char *path, enum db_mode mode);
void db_close(struct db *db);
/* The next piece of the connection's work: waits for it, and NULL once the queue is closed and
 * empty. A connection that waits for longer (LIMIT_REST_MS) gives back its pages, and with them
 * what the whole program has freed since. */
struct queue_node *db_next_work(struct db *db, struct queue *work);
/* Runs statements without results. */
bool db_exec(struct db *db, const char *sql);
/* The last failure as a value: DISK_FULL or STORE_FAILED, with SQLite's words. */
void db_failure(const struct db *db, struct failure *ret);
/* Notes what the connection says went wrong; for calls of SQLite made directly. */
void db_note_failure(struct db *db);

struct stmt {
	struct db *db;
	sqlite3_stmt *handle; /* NULL: could not be prepared */
	int n_bound, n_read;
	bool failed;
};

struct stmt db_stmt(struct db *db, enum statement which);
/* As db_stmt, of SQL that is composed at run time; a few are kept prepared. */
struct stmt db_stmt_composed(struct db *db, const char *sql);
/* Bind the next placeholder. Texts, hashes and blobs must live until the statement ends; NULL and
 * "" are NULL, and so is an unset hash. */
void stmt_int(struct stmt *s, int64_t value);
void stmt_real(struct stmt *s, double value);
void stmt_text(struct stmt *s, const char *text);
void stmt_hash(struct stmt *s, const struct hash *hash);
void stmt_blob(struct stmt *s, const void *bytes, size_t n);
void stmt_null(struct stmt *s);
/* The next row: true while there is one. */
bool stmt_row(struct stmt *s);
/* Read the next column of the row; the text lives until the next row or the end, NULL when it is
 * NULL. */
int64_t stmt_read_int(struct stmt *s);
double stmt_read_real(struct stmt *s);
const char *stmt_read_text(struct stmt *s);
void stmt_read_hash(struct stmt *s, struct hash *ret);
/* The bytes of a blob and their number, until the next row or the end. */
const void *stmt_read_blob(struct stmt *s, size_t *n);
/* Ends the use: no statement stays open. False when anything failed since it was taken. */
bool stmt_end(struct stmt *s);
/* Runs a statement without rows to its end. */
bool stmt_run(struct stmt *s);
/* db_stmt and stmt_run of a statement without placeholders. */
bool db_run(struct db *db, enum statement which);
/* The same of a statement whose only placeholder is an id. */
bool db_run_on(struct db *db, enum statement which, int64_t id);

/* Starts a thread with all signals blocked: they belong to the loop. Ends the program when the host
 * has no thread for us. */
void db_thread_start(pthread_t *thread, const char *name, void *(*main)(void *), void *arg);

#endif
