/*
 * One parser process and what it is doing. Loop thread. The pool (workers.c) owns it and is told
 * what happens; it decides what becomes of a job.
 *
 * States: STARTING -> IDLE <-> BUSY, and from any of them DYING -> gone. A worker that breaks the
 * protocol, takes too long or hangs up is killed at once, and is gone when the kernel says so: the
 * loop never waits for a death.
 */
#ifndef COURANT_WORKERS_WORKER_H
#define COURANT_WORKERS_WORKER_H

#include "workers/channel.h"
#include "workers/spawn.h"

#include <ev.h>

enum worker_state { WORKER_STARTING, WORKER_IDLE, WORKER_BUSY, WORKER_DYING };

/* Why a worker had to go. */
enum worker_end {
	WORKER_CRASHED,   /* it died by itself, or hung up */
	WORKER_TIMED_OUT, /* the deadline, or its CPU time, ran out */
	WORKER_LIED,      /* it sent what is no valid frame */
	WORKER_DISMISSED, /* we needed it no longer */
};

struct listing;
struct workers_job;

struct worker {
	struct worker *next; /* in the pool's list */
	struct workers *pool;
	struct ev_loop *loop;
	struct process process;
	enum worker_state state;
	enum worker_end end;     /* while DYING */
	bool was_ready;          /* it closed its sandbox and said so */
	unsigned served;         /* jobs given to it */
	int64_t idle_since_ms;   /* while IDLE, monotonic */
	struct workers_job *job; /* while BUSY, and when it dies of it; the pool's */
	enum feed_task task;     /* of that job: a worker that answers another question lies */
	struct channel channel;
	ev_io readable, writable, dead;
	ev_timer deadline;
};

/* Starts a process that has `start_ms` to become ready. NULL with *ret_errno set when it cannot be
 * started. */
struct worker *worker_new(struct workers *pool, struct ev_loop *loop, const char *program,
	int64_t start_ms, int *ret_errno);
/* Kills the process if it lives, waits for its end and frees. */
void worker_free(struct worker *w);

/* Gives an idle worker a job whose bytes stay until it is answered. False, and nothing happens,
 * when it is larger than a frame. */
bool worker_assign(struct worker *w, struct workers_job *job, enum feed_task task,
	const struct feed_input *in, int64_t deadline_ms);
/* Kills it. pool_worker_gone() follows from the loop. */
void worker_kill(struct worker *w, enum worker_end end);

/* What the pool is told, by workers.c; each from the loop. */
void pool_worker_ready(struct workers *pool, struct worker *w, uint8_t landlock_abi, bool seccomp);
/* w is IDLE again. Exactly one of doc, listing and fail is given. */
void pool_worker_answered(struct workers *pool, struct worker *w, struct feed_doc *doc,
	struct listing *listing, const struct failure *fail);
/* The process is dead; status as of waitpid(2). w->end says why, w->job what it was doing. The pool
 * frees w. */
void pool_worker_gone(struct workers *pool, struct worker *w, int status);

#endif
