#include "base/mem.h"
#include "base/prompt.h"
#include "base/queue.h"
#include "db/migrate.h"
#include "db/reader.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
	struct queue_node node;
	reader_work_fn *work;
	reader_done_fn *done;
	void *arg;
};

struct reader {
	struct query query;
	struct readers *readers;
	struct queue *jobs; /* one of the readers' */
	pthread_t thread;
};

struct readers {
	struct queue quick, lengthy, answers;
	void (*wake)(void *arg);
	void *wake_arg;
	atomic_bool damaged, search_damaged;
	size_t n;
	struct reader reader[];
};

static void answer_later(struct readers *r, struct job *job)
{
	bool open = queue_push(&r->answers, &job->node);

	assert(open);
	(void)open;
}

static void note_damage(struct readers *r, struct db *db)
{
	if (db->met_damage)
		atomic_store(&r->damaged, true);
	if (db->met_search_damage)
		atomic_store(&r->search_damaged, true);
	db->met_search_damage = false;
}

bool readers_are_damaged(struct readers *r)
{
	return atomic_load(&r->damaged);
}

bool readers_take_search_damage(struct readers *r)
{
	return atomic_exchange(&r->search_damaged, false);
}

static void *reader_main(void *arg)
{
	struct reader *reader = arg;
	struct readers *r = reader->readers;
	struct queue_node *node;

	prompt_thread();
	while ((node = db_next_work(&reader->query.db, reader->jobs)) != NULL) {
		struct job *job = (struct job *)node;
		job->work(&reader->query, job->arg);
		note_damage(r, &reader->query.db);
		answer_later(r, job);
		r->wake(r->wake_arg);
	}
	return NULL;
}

void readers_dispatch(struct readers *r)
{
	struct queue_node *node;

	while ((node = queue_try_pop(&r->answers)) != NULL) {
		struct job *job = (struct job *)node;
		if (job->done != NULL)
			job->done(job->arg);
		free(job);
	}
}

static void close_connections(struct readers *r)
{
	for (size_t i = 0; i < r->n; i++)
		db_close(&r->reader[i].query.db);
	free(r);
}

struct readers *readers_open(const struct readers_options *options, char *error, size_t size)
{
	struct readers *r = xcalloc(1, sizeof(*r) + options->count * sizeof(r->reader[0]));

	assert(options->count > 0);
	for (; r->n < options->count; r->n++) {
		struct db *db = &r->reader[r->n].query.db;
		if (!db_open(db, options->path, DB_READER)) {
			snprintf(error, size, "cannot open the database %s for reading: %s",
				options->path, db->error);
			db_close(db);
			close_connections(r);
			return NULL;
		}
		r->reader[r->n].readers = r;
		r->reader[r->n].jobs = r->n == 0 && options->count > 1 ? &r->lengthy : &r->quick;
	}
	r->wake = options->wake;
	r->wake_arg = options->wake_arg;
	queue_init(&r->quick);
	queue_init(&r->lengthy);
	queue_init(&r->answers);
	for (size_t i = 0; i < r->n; i++)
		db_thread_start(&r->reader[i].thread, "db-reader", reader_main, &r->reader[i]);
	return r;
}

static void submit(struct readers *r, struct queue *jobs, const struct job *given)
{
	struct job *job = xmalloc(sizeof(*job));

	*job = *given;
	if (queue_push(jobs, &job->node))
		return;
	/* From a `done` that readers_close() calls: the threads are gone, their connections are
	 * not. */
	job->work(&r->reader[0].query, job->arg);
	answer_later(r, job);
}

void readers_submit(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	submit(r, &r->quick, &(struct job){ .work = work, .done = done, .arg = arg });
}

void readers_submit_long(struct readers *r, reader_work_fn *work, reader_done_fn *done, void *arg)
{
	submit(r, r->reader[0].jobs, &(struct job){ .work = work, .done = done, .arg = arg });
}

void readers_close(struct readers *r)
{
	if (r == NULL)
		return;
	queue_close(&r->quick);
	queue_close(&r->lengthy);
	for (size_t i = 0; i < r->n; i++)
		pthread_join(r->reader[i].thread, NULL);
	readers_dispatch(r);
	queue_release(&r->quick);
	queue_release(&r->lengthy);
	queue_release(&r->answers);
	close_connections(r);
}
