/*
 * Feeds of scheme `file:`: read by one helper thread, so that the loop never waits on a disk.
 * Regular files only (symbolic links are followed: the user named the path), bounded, with
 * validators made of device, inode, size and times.
 *
 * A job belongs to the caller until file_submit(), then to the reader until `finished` is called
 * with it on the loop, then to the caller again. Every submitted job comes back exactly once.
 */
#ifndef COURANT_FETCH_FILE_H
#define COURANT_FETCH_FILE_H

#include "base/queue.h"
#include "base/status.h"

#include <ev.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct file_job {
	struct queue_node node; /* first: the queue gives it back */
	void *owner;            /* the caller's */
	char *path, *known_tag; /* known_tag NULL: read in any case */
	uint64_t max_body;
	atomic_bool abandoned; /* nobody waits any more: stop reading */
	/* the answer */
	struct failure fail;
	bool not_modified;
	char *tag; /* NULL when the file was changing: too fresh to tell the next change from this
		      one */
	char *body;
	size_t body_len;
};

struct file_job *file_job_new(
	const char *path, const char *known_tag, uint64_t max_body, void *owner);
void file_job_free(struct file_job *job);
/* Reads now, in this thread: the reader's work. */
void file_job_read(struct file_job *job);

struct file_reader;
struct file_reader *file_reader_new(
	struct ev_loop *loop, void (*finished)(void *arg, struct file_job *job), void *arg);
/* Waits for the job being read, drops the answers of all. NULL is fine. */
void file_reader_free(struct file_reader *r);
void file_submit(
	struct file_reader *r, struct file_job *job); /* the thread starts with the first one */

#endif
