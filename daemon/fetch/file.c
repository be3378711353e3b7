#include "fetch/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_STEP (256 * KIB)
/* A change within a time stamp's grain leaves the stamp as it is. The coarsest grain in use is
 * FAT's. */
#define SETTLED_AFTER_S 2

struct file_reader {
	struct ev_loop *loop;
	struct ev_async wake;
	struct queue wanted, finished;
	pthread_t thread;
	bool started;
	void (*done)(void *arg, struct file_job *job);
	void *arg;
};

struct file_job *file_job_new(
	const char *path, const char *known_tag, uint64_t max_body, void *owner)
{
	struct file_job *job = xcalloc(1, sizeof(*job));
	job->path = xstrdup(path);
	job->known_tag = xstrdup_or_null(known_tag);
	job->max_body = max_body;
	job->owner = owner;
	return job;
}

void file_job_free(struct file_job *job)
{
	if (!job)
		return;
	free(job->path);
	free(job->known_tag);
	free(job->tag);
	free(job->body);
	free(job);
}

static char *tag_of(const struct stat *st)
{
	return xasprintf("%llx-%llx-%llx-%llx.%lx-%llx.%lx", (unsigned long long)st->st_dev,
		(unsigned long long)st->st_ino, (unsigned long long)st->st_size,
		(unsigned long long)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec,
		(unsigned long long)st->st_ctim.tv_sec, (unsigned long)st->st_ctim.tv_nsec);
}

static void fail_errno(struct file_job *job, int error)
{
	failure_set(&job->fail, STAGE_FETCH, STATUS_FILE_UNREADABLE, 0, "%s: %s", job->path,
		strerrordesc_np(error));
}

static void fail_size(struct file_job *job)
{
	failure_set(&job->fail, STAGE_FETCH, STATUS_TOO_LARGE, 0, "the document exceeded %llu KiB",
		(unsigned long long)(job->max_body / KIB));
}

static bool body_read(struct file_job *job, int fd, struct strbuf *body)
{
	char *step = xmalloc(READ_STEP);
	ssize_t n = 1;
	while (n > 0 && !atomic_load(&job->abandoned)) {
		n = read(fd, step, READ_STEP);
		if (n > 0 && !strbuf_add(body, step, (size_t)n)) {
			fail_size(job);
			break;
		}
		if (n < 0)
			fail_errno(job, errno);
	}
	free(step);
	return n == 0;
}

/* The tag, unless a writer may be at work: then the next fetch reads the file again. */
static char *settled_tag(int fd, const struct stat *before)
{
	struct stat after;
	char *tag = tag_of(before);
	if (fstat(fd, &after) == 0 && time(NULL) - after.st_ctim.tv_sec > SETTLED_AFTER_S) {
		char *tag_after = tag_of(&after);
		bool same = strcmp(tag, tag_after) == 0;
		free(tag_after);
		if (same)
			return tag;
	}
	free(tag);
	return NULL;
}

static void opened_read(struct file_job *job, int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		fail_errno(job, errno);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		failure_set(&job->fail, STAGE_FETCH, STATUS_FILE_UNREADABLE, 0, "%s is %s",
			job->path, S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
		return;
	}
	char *tag = tag_of(&st);
	job->not_modified = job->known_tag && strcmp(tag, job->known_tag) == 0;
	if (job->not_modified) {
		job->tag = tag;
		return;
	}
	free(tag);
	if ((uint64_t)st.st_size > job->max_body) {
		fail_size(job);
		return;
	}
	struct strbuf body = STRBUF_INIT(job->max_body);
	if (body_read(job, fd, &body)) {
		job->tag = settled_tag(fd, &st);
		job->body = strbuf_take(&body, &job->body_len);
	}
	strbuf_release(&body);
}

void file_job_read(struct file_job *job)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(job->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		fail_errno(job, errno);
		return;
	}
	opened_read(job, fd);
	close(fd);
}

static void *read_all(void *arg)
{
	struct file_reader *r = arg;
	struct queue_node *node;
	while ((node = queue_pop(&r->wanted))) {
		struct file_job *job = (struct file_job *)node;
		if (!atomic_load(&job->abandoned))
			file_job_read(job);
		bool pushed = queue_push(&r->finished, node);
		assert(pushed);
		(void)pushed;
		ev_async_send(r->loop, &r->wake);
	}
	return NULL;
}

static void woken(struct ev_loop *loop, struct ev_async *wake, int revents)
{
	(void)loop, (void)revents;
	struct file_reader *r = wake->data;
	struct queue_node *node;
	while ((node = queue_try_pop(&r->finished)))
		r->done(r->arg, (struct file_job *)node);
}

struct file_reader *file_reader_new(
	struct ev_loop *loop, void (*finished)(void *arg, struct file_job *job), void *arg)
{
	struct file_reader *r = xcalloc(1, sizeof(*r));
	r->loop = loop;
	r->done = finished;
	r->arg = arg;
	queue_init(&r->wanted);
	queue_init(&r->finished);
	ev_init(&r->wake, woken);
	r->wake.data = r;
	ev_async_start(loop, &r->wake);
	ev_unref(loop); /* it waits for ever: alone it keeps no loop running */
	return r;
}

static void start(struct file_reader *r)
{
	int error = pthread_create(&r->thread, NULL, read_all, r);
	if (error)
		log_fatal("no thread to read files: %s", strerrordesc_np(error));
	pthread_setname_np(r->thread, "files");
	r->started = true;
}

void file_submit(struct file_reader *r, struct file_job *job)
{
	if (!r->started)
		start(r);
	bool pushed = queue_push(&r->wanted, &job->node);
	assert(pushed);
	(void)pushed;
}

void file_reader_free(struct file_reader *r)
{
	struct queue_node *node;
	if (!r)
		return;
	queue_close(&r->wanted);
	if (r->started)
		pthread_join(r->thread, NULL);
	while ((node = queue_try_pop(&r->finished)))
		file_job_free((struct file_job *)node);
	ev_ref(r->loop);
	ev_async_stop(r->loop, &r->wake);
	queue_release(&r->wanted);
	queue_release(&r->finished);
	free(r);
}
