#include "workers/worker.h"
#include "base/clock.h"
#include "base/mem.h"
#include "wire/listing.h"
#include "wire/parse.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void arm_deadline(struct worker *w, int64_t ms)
{
	ev_now_update(w->loop); /* a loop that was busy must not shorten it */
	w->deadline.repeat = (ev_tstamp)ms / 1000;
	ev_timer_again(w->loop, &w->deadline);
}

static void become_idle(struct worker *w)
{
	ev_timer_stop(w->loop, &w->deadline);
	w->state = WORKER_IDLE;
	w->idle_since_ms = clock_monotonic_ms();
}

void worker_kill(struct worker *w, enum worker_end end)
{
	if (w->state == WORKER_DYING)
		return;
	w->state = WORKER_DYING;
	w->end = end;
	ev_timer_stop(w->loop, &w->deadline);
	ev_io_stop(w->loop, &w->readable);
	ev_io_stop(w->loop, &w->writable);
	kill(w->process.pid, SIGKILL);
}

static void frame_received_starting(struct worker *w)
{
	const unsigned char *payload = (const unsigned char *)w->channel.payload;
	if (w->channel.type != FRAME_READY || payload[1] > 1) {
		worker_kill(w, WORKER_LIED);
		return;
	}
	uint8_t landlock_abi = payload[0];
	bool seccomp = payload[1] != 0;
	channel_next(&w->channel);
	w->was_ready = true;
	become_idle(w);
	pool_worker_ready(w->pool, w, landlock_abi, seccomp);
}

/* The answer to a job; before all of the job was sent it cannot be one. */
static void frame_received_busy(struct worker *w)
{
	struct feed_doc *doc = NULL;
	struct listing *listing = NULL;
	struct failure fail;
	bool valid = channel_is_sent(&w->channel);
	if (valid && w->channel.type == FRAME_PARSE_DOC && w->task != FEED_TASK_OPML) {
		doc = parse_doc_decode(w->channel.payload, w->channel.len);
		valid = doc != NULL;
	} else if (valid && w->channel.type == FRAME_LISTING && w->task != FEED_TASK_READ) {
		listing = listing_decode(w->channel.payload, w->channel.len);
		valid = listing != NULL;
	} else if (valid) {
		valid = w->channel.type == FRAME_PARSE_FAIL &&
			parse_fail_decode(w->channel.payload, w->channel.len, &fail);
	}
	channel_next(&w->channel);
	if (!valid) {
		worker_kill(w, WORKER_LIED);
		return;
	}
	become_idle(w);
	bool failed = doc == NULL && listing == NULL;
	pool_worker_answered(w->pool, w, doc, listing, failed ? &fail : NULL);
}

static void frame_received(struct worker *w)
{
	if (w->state == WORKER_STARTING)
		frame_received_starting(w);
	else if (w->state == WORKER_BUSY)
		frame_received_busy(w);
	else
		worker_kill(w, WORKER_LIED); /* nobody asked */
}

static void socket_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)loop;
	(void)events;
	struct worker *w = watcher->data;
	switch (channel_receive(&w->channel)) {
	case CHANNEL_DONE:
		frame_received(w);
		break;
	case CHANNEL_AGAIN:
		break;
	case CHANNEL_BROKEN:
		/* Most likely it is dead already, and the kernel has its status. */
		worker_kill(w, WORKER_CRASHED);
		break;
	case CHANNEL_LIE:
		worker_kill(w, WORKER_LIED);
		break;
	}
}

static void send_on(struct worker *w)
{
	switch (channel_send(&w->channel)) {
	case CHANNEL_DONE:
		ev_io_stop(w->loop, &w->writable);
		break;
	case CHANNEL_AGAIN:
		ev_io_start(w->loop, &w->writable);
		break;
	case CHANNEL_BROKEN:
	case CHANNEL_LIE:
		worker_kill(w, WORKER_CRASHED);
		break;
	}
}

static void socket_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)loop;
	(void)events;
	send_on(watcher->data);
}

static void deadline_passed(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop;
	(void)events;
	worker_kill(watcher->data, WORKER_TIMED_OUT);
}

/* Waits for a process that is dead or about to be; its descriptors go with it. */
static int reap(struct worker *w)
{
	int status = 0;
	while (waitpid(w->process.pid, &status, 0) < 0 && errno == EINTR)
		;
	close(w->process.pidfd);
	close(w->process.fd);
	w->process.pid = 0;
	return status;
}

static void process_died(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)events;
	struct worker *w = watcher->data;
	worker_kill(w, WORKER_CRASHED); /* unless we did it; the watchers stop */
	ev_io_stop(loop, &w->dead);
	int status = reap(w);
	if (w->end == WORKER_CRASHED && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		w->end = WORKER_TIMED_OUT;
	pool_worker_gone(w->pool, w, status);
}

struct worker *worker_new(struct workers *pool, struct ev_loop *loop, const char *program,
	int64_t start_ms, int *ret_errno)
{
	struct process process;
	int err = spawn_parser(program, &process);
	if (err != 0) {
		*ret_errno = err;
		return NULL;
	}
	struct worker *w = xcalloc(1, sizeof *w);
	w->pool = pool;
	w->loop = loop;
	w->process = process;
	w->state = WORKER_STARTING;
	channel_init(&w->channel, process.fd);
	ev_io_init(&w->readable, socket_readable, process.fd, EV_READ);
	ev_io_init(&w->writable, socket_writable, process.fd, EV_WRITE);
	ev_io_init(&w->dead, process_died, process.pidfd, EV_READ);
	ev_timer_init(&w->deadline, deadline_passed, 0, 0);
	w->readable.data = w->writable.data = w->dead.data = w->deadline.data = w;
	ev_io_start(loop, &w->readable);
	ev_io_start(loop, &w->dead);
	arm_deadline(w, start_ms);
	return w;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->process.pid != 0) {
		worker_kill(w, WORKER_DISMISSED);
		ev_io_stop(w->loop, &w->dead);
		reap(w);
	}
	channel_release(&w->channel);
	free(w);
}

bool worker_assign(struct worker *w, struct workers_job *job, enum feed_task task,
	const struct feed_input *in, int64_t deadline_ms)
{
	assert(w->state == WORKER_IDLE);
	if (!channel_begin_job(&w->channel, task, in))
		return false;
	w->state = WORKER_BUSY;
	w->job = job;
	w->task = task;
	w->served++;
	arm_deadline(w, deadline_ms);
	send_on(w);
	return true;
}
