#include "fetch/exec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/units.h"
#include "config/command.h"
#include "fetch/exec_child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_STEP (64 * KIB)
/* What one turn reads of a program that writes faster than it is read: others have their turn, too.
 */
#define STEPS_A_TURN 16

/* ANSWERED: killed, and kept until the process is gone, so that its number is not used again before
 * somebody waited for it. */
enum exec_state { EXEC_RUNNING, EXEC_ANSWERED };

struct exec_run {
	TAILQ_ENTRY(exec_run) link;
	struct execs *execs;
	enum exec_state state;
	exec_done_fn *done;
	void *arg;
	int64_t timeout_ms;
	char *program;
	pid_t pid;
	int pidfd, out, err, report; /* -1: closed */
	struct ev_io on_exit, on_out, on_err;
	struct ev_timer deadline;
	struct strbuf body, line; /* line: of stderr, the present one */
	char last[LIMIT_DETAIL];  /* the last complete line of stderr that was not empty */
	struct exec_answer answer;
};

struct execs {
	struct ev_loop *loop;
	TAILQ_HEAD(, exec_run) runs;
};

struct execs *execs_new(struct ev_loop *loop)
{
	struct execs *e = xcalloc(1, sizeof(*e));
	e->loop = loop;
	TAILQ_INIT(&e->runs);
	return e;
}

/* ---- ends ---- */

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void run_free(struct exec_run *run)
{
	struct ev_loop *loop = run->execs->loop;
	ev_io_stop(loop, &run->on_exit);
	ev_io_stop(loop, &run->on_out);
	ev_io_stop(loop, &run->on_err);
	ev_timer_stop(loop, &run->deadline);
	fd_close(&run->pidfd);
	fd_close(&run->out);
	fd_close(&run->err);
	fd_close(&run->report);
	TAILQ_REMOVE(&run->execs->runs, run, link);
	strbuf_release(&run->body);
	strbuf_release(&run->line);
	free(run->answer.body);
	free(run->program);
	free(run);
}

/* A process that SIGKILL cannot end at once (it hangs in the kernel) becomes init's. */
void execs_free(struct execs *e)
{
	if (!e)
		return;
	for (struct exec_run *next, *run = TAILQ_FIRST(&e->runs); run; run = next) {
		next = TAILQ_NEXT(run, link);
		assert(run->state == EXEC_ANSWERED);
		waitpid(run->pid, NULL, WNOHANG);
		run_free(run);
	}
	free(e);
}

static void run_kill(struct exec_run *run)
{
	struct ev_loop *loop = run->execs->loop;
	/* The group is there from setsid() on; before it there is the process only. */
	kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL);
	ev_io_stop(loop, &run->on_out);
	ev_io_stop(loop, &run->on_err);
	ev_timer_stop(loop, &run->deadline);
	fd_close(&run->out);
	fd_close(&run->err);
	run->state = EXEC_ANSWERED;
}

void exec_abandon(struct exec_run *run)
{
	assert(run->state == EXEC_RUNNING);
	if (run->pid > 0)
		run_kill(run);
	else
		run_free(run);
}

__attribute__((format(printf, 3, 4))) static void run_fail(
	struct exec_run *run, enum status status, const char *format, ...)
{
	char detail[LIMIT_DETAIL];
	va_list ap;
	va_start(ap, format);
	vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	failure_set(&run->answer.fail, STAGE_FETCH, status, 0, "%s%s%s", detail,
		*run->last ? ": " : "", run->last);
}

/* ---- what it writes ---- */

static void line_end(struct exec_run *run)
{
	if (run->line.len > 0)
		snprintf(run->last, sizeof(run->last), "%s", strbuf_str(&run->line));
	strbuf_clear(&run->line);
}

/* Of a line that is too long its beginning counts. */
static void err_take(struct exec_run *run, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			line_end(run);
		else if (run->line.len < LIMIT_DETAIL - 1)
			strbuf_addch(&run->line, bytes[i] != '\0' ? bytes[i] : '?');
	}
}

/* What is there, at most `steps` times READ_STEP. Closes the descriptor at its end. */
static void err_read(struct exec_run *run, int steps)
{
	char step[4 * KIB];
	ssize_t n = 1;
	while (run->err >= 0 && n > 0 && steps-- > 0) {
		n = read(run->err, step, sizeof(step));
		if (n > 0)
			err_take(run, step, (size_t)n);
	}
	if (n == 0) {
		ev_io_stop(run->execs->loop, &run->on_err);
		fd_close(&run->err);
	}
}

/* False when it was too much. */
static bool out_read(struct exec_run *run, int steps)
{
	char *step = xmalloc(READ_STEP);
	ssize_t n = 1;
	bool fits = true;
	while (run->out >= 0 && fits && n > 0 && steps-- > 0) {
		n = read(run->out, step, READ_STEP);
		fits = n <= 0 || strbuf_add(&run->body, step, (size_t)n);
	}
	free(step);
	if (n == 0) {
		ev_io_stop(run->execs->loop, &run->on_out);
		fd_close(&run->out);
	}
	if (!fits)
		run_fail(run, STATUS_TOO_LARGE, "%s wrote more than %llu KiB", run->program,
			(unsigned long long)(run->body.max / KIB));
	return fits;
}

/* ---- what happens ---- */

/* The answer is out before anything of the run goes: `done` may start others. */
static void run_answer(struct exec_run *run)
{
	if (run->answer.fail.status == STATUS_OK)
		run->answer.body = strbuf_take(&run->body, &run->answer.body_len);
	run->done(run->arg, &run->answer);
}

/* Before its end. */
static void run_give_up(struct exec_run *run)
{
	run_kill(run);
	run_answer(run);
}

static void err_ready(struct ev_loop *loop, struct ev_io *io, int revents)
{
	(void)loop, (void)revents;
	err_read(io->data, STEPS_A_TURN);
}

static void out_ready(struct ev_loop *loop, struct ev_io *io, int revents)
{
	(void)loop, (void)revents;
	struct exec_run *run = io->data;
	if (!out_read(run, STEPS_A_TURN))
		run_give_up(run);
}

static void deadline_over(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)loop, (void)revents;
	struct exec_run *run = timer->data;
	char seconds[32];
	line_end(run);
	if (run->pid > 0)
		run_fail(run, STATUS_TIMEOUT, "%s was not done within %s", run->program,
			duration_format((run->timeout_ms + 999) / 1000, seconds));
	if (run->pid > 0) {
		run_give_up(run);
		return;
	}
	run_answer(run); /* it never began */
	run_free(run);
}

static void judge(struct exec_run *run, int status)
{
	int error = 0;
	line_end(run);
	if (read(run->report, &error, sizeof(error)) == sizeof(error))
		run_fail(run, STATUS_EXEC_FAILED, "%s cannot be run: %s", run->program,
			error == EISDIR ? "it is a directory" : strerrordesc_np(error));
	else if (WIFSIGNALED(status))
		run_fail(run, STATUS_EXEC_FAILED, "%s was ended by signal %d (%s)", run->program,
			WTERMSIG(status), sigdescr_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0)
		run_fail(run, STATUS_EXEC_FAILED, "%s exited with status %d", run->program,
			WEXITSTATUS(status));
}

/* It has ended: what is left in the pipes is all that will be taken, whoever may still hold their
 * other ends. */
static void process_ended(struct ev_loop *loop, struct ev_io *io, int revents)
{
	(void)loop, (void)revents;
	struct exec_run *run = io->data;
	int status = 0;
	kill(-run->pid, SIGKILL); /* before its number is free for others */
	pid_t ended = waitpid(run->pid, &status, WNOHANG);
	assert(ended == run->pid || (ended < 0 && errno == ECHILD));
	if (run->state == EXEC_RUNNING) {
		run->state = EXEC_ANSWERED;
		err_read(run, STEPS_A_TURN);
		if (out_read(run, (int)(run->body.max / READ_STEP) + STEPS_A_TURN))
			judge(run, status);
		run_answer(run);
	}
	run_free(run);
}

/* ---- start ---- */

static bool pipe_open(int *ret_read, int *ret_write)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	*ret_read = fds[0];
	*ret_write = fds[1];
	return fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0;
}

/* False with errno. */
static bool process_start(struct exec_run *run, char **words)
{
	struct exec_child child = {
		.words = words, .out = -1, .err = -1, .report = -1, .timeout_ms = run->timeout_ms
	};
	bool ok = pipe_open(&run->out, &child.out) && pipe_open(&run->err, &child.err) &&
		  pipe_open(&run->report, &child.report);
	pid_t pid = ok ? exec_child_start(&child) : -1;
	if (pid > 0 && (run->pidfd = pidfd_open(pid, 0)) >= 0) {
		run->pid = pid;
	} else if (pid > 0) {
		int error = errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		errno = error;
	}
	int error = errno;
	fd_close(&child.out);
	fd_close(&child.err);
	fd_close(&child.report);
	errno = error;
	return run->pid > 0;
}

static void run_watch(struct exec_run *run)
{
	struct ev_loop *loop = run->execs->loop;
	ev_io_init(&run->on_exit, process_ended, run->pidfd, EV_READ);
	ev_io_init(&run->on_out, out_ready, run->out, EV_READ);
	ev_io_init(&run->on_err, err_ready, run->err, EV_READ);
	run->on_exit.data = run->on_out.data = run->on_err.data = run;
	ev_io_start(loop, &run->on_exit);
	ev_io_start(loop, &run->on_out);
	ev_io_start(loop, &run->on_err);
}

struct exec_run *exec_start(struct execs *e, const char *command, uint64_t max_body,
	int64_t timeout_ms, exec_done_fn *done, void *arg)
{
	char **words = command_words(command);
	assert(words && "the URL was parsed");
	struct exec_run *run = xcalloc(1, sizeof(*run));
	run->execs = e;
	run->done = done;
	run->arg = arg;
	run->timeout_ms = timeout_ms;
	run->program = xstrdup(words[0]);
	run->pidfd = run->out = run->err = run->report = -1;
	strbuf_init(&run->body, max_body);
	strbuf_init(&run->line, LIMIT_DETAIL);
	TAILQ_INSERT_TAIL(&e->runs, run, link);
	double after_s = (double)timeout_ms / 1000.0;
	if (process_start(run, words)) {
		run_watch(run);
	} else {
		run_fail(run, STATUS_EXEC_FAILED, "%s cannot be started: %s", run->program,
			strerrordesc_np(errno));
		after_s = 0.0;
	}
	ev_timer_init(&run->deadline, deadline_over, after_s, 0.0);
	run->deadline.data = run;
	ev_timer_start(e->loop, &run->deadline);
	free(words);
	return run;
}
