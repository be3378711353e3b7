#include "db/checkpoint.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

struct checkpoints {
	char *path;
	struct db *writer;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	bool busy, stop;              /* under the lock; busy: asked to work, or at it */
	atomic_int n_pages, n_copied; /* of the log: at the last commit, and in their places */
};

static void copy(struct db *db, struct checkpoints *c)
{
	int n_pages, n_copied;

	/* One that fails is tried again after the next commit. */
	if (sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &n_pages,
		    &n_copied) == SQLITE_OK)
		atomic_store(&c->n_copied, n_copied);
}

static void *checkpoints_main(void *arg)
{
	struct checkpoints *c = arg;
	struct db db = { 0 };

	pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		if (!c->busy) {
			pthread_cond_wait(&c->wanted, &c->lock);
			continue;
		}
		pthread_mutex_unlock(&c->lock);
		if (db.handle == NULL && !db_open(&db, c->path, DB_WRITER))
			db_close(&db);
		if (db.handle != NULL)
			copy(&db, c);
		pthread_mutex_lock(&c->lock);
		c->busy = false;
	}
	pthread_mutex_unlock(&c->lock);
	db_close(&db);
	return NULL;
}

static void ask(struct checkpoints *c)
{
	pthread_mutex_lock(&c->lock);
	c->busy = true;
	pthread_cond_signal(&c->wanted);
	pthread_mutex_unlock(&c->lock);
}

static bool is_busy(struct checkpoints *c)
{
	pthread_mutex_lock(&c->lock);
	bool busy = c->busy;
	pthread_mutex_unlock(&c->lock);
	return busy;
}

/* SQLite's, after each commit of the writer. */
static int committed(void *arg, sqlite3 *handle, const char *name, int n_pages)
{
	struct checkpoints *c = arg;

	(void)handle, (void)name;
	if (n_pages < atomic_exchange(&c->n_pages, n_pages))
		atomic_store(&c->n_copied, 0); /* it began anew */
	if (n_pages < LIMIT_LOG_PAGES || is_busy(c))
		return SQLITE_OK;
	int n_left = n_pages - atomic_load(&c->n_copied);
	/* Rather a longer commit than a log without end. */
	int n_most = n_pages < 8 * LIMIT_LOG_PAGES ? LIMIT_LOG_REST : n_pages / 4;
	if (n_pages >= 4 * LIMIT_LOG_PAGES && n_left <= n_most)
		copy(c->writer, c);
	else
		ask(c);
	return SQLITE_OK;
}

struct checkpoints *checkpoints_start(const char *path, struct db *writer)
{
	struct checkpoints *c = xcalloc(1, sizeof(*c));

	c->path = xstrdup(path);
	c->writer = writer;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wanted, NULL);
	sqlite3_wal_hook(writer->handle, committed, c);
	db_thread_start(&c->thread, "db-checkpoint", checkpoints_main, c);
	return c;
}

void checkpoints_stop(struct checkpoints *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->wanted);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	sqlite3_wal_hook(c->writer->handle, NULL, NULL);
	pthread_cond_destroy(&c->wanted);
	pthread_mutex_destroy(&c->lock);
	free(c->path);
	free(c);
}

int64_t checkpoints_log_bytes(struct checkpoints *c)
{
	return (int64_t)atomic_load(&c->n_pages) * (LIMIT_PAGE_SIZE + 24);
}
