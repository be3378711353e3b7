/*
 * Feeds that a program prints (`exec:`): started without a shell, its standard output is the
 * document, the last line of its standard error is for the failure's text. Loop thread only, which
 * never waits for a program: descriptors and the process' pidfd are watched, nobody needs SIGCHLD.
 *
 * The program is a session and process group of its own, with exec_child.c's limits and sandbox. A
 * run is over when that process ends, with what it has written until then; children that it leaves
 * behind in its group are killed with it. At the deadline, when it writes too much and when nobody
 * waits any more, the group is killed.
 *
 * Invariant: each run is answered once by `done`, from the loop, or abandoned.
 */
#ifndef COURANT_FETCH_EXEC_H
#define COURANT_FETCH_EXEC_H

#include "base/status.h"

#include <ev.h>
#include <stdint.h>

struct execs;
struct exec_run;

struct exec_answer {
	struct failure fail;
	char *body; /* the callee's to take (and set to NULL), else freed after `done` */
	size_t body_len;
};
typedef void exec_done_fn(void *arg, struct exec_answer *answer);

struct execs *execs_new(struct ev_loop *loop);
/* Every run must have been answered or abandoned. NULL is fine. */
void execs_free(struct execs *e);

/* Starts a command (config/command.h). The handle is valid until `done` is called. */
struct exec_run *exec_start(struct execs *e, const char *command, uint64_t max_body,
	int64_t timeout_ms, exec_done_fn *done, void *arg);
/* Kills it; `done` is not called. */
void exec_abandon(struct exec_run *run);

#endif
