#include "workers/workers.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "workers/worker.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define IDLE_MS (LIMIT_WORKER_IDLE_S * INT64_C(1000))

struct workers_job {
	struct workers_job *next;
	char *body;
	size_t len;
	char *content_type, *base_url;
	enum feed_task task;
	workers_done_fn *done;   /* of FEED_TASK_READ */
	workers_found_fn *found; /* of the others */
	void *arg;
	unsigned attempts; /* processes that it cost */
};

struct workers {
	struct ev_loop *loop;
	char *program;
	unsigned count;
	int64_t deadline_ms;
	struct workers_job *head,
		**tail; /* waiting, first come first served; a retry stands in front */
	struct worker *all;
	struct workers_stats stats;
	ev_timer idle;          /* runs while a worker is idle */
	ev_timer backoff;       /* runs while no worker is started */
	unsigned failed_starts; /* in a row */
	unsigned doomed;        /* jobs at the head that no worker will come for */
	struct failure start_failure;
	bool sandbox_told, closing;
};

/* ---- Jobs ---- */

static void job_free(struct workers_job *job)
{
	free(job->body);
	free(job->content_type);
	free(job->base_url);
	free(job);
}

static void job_push(struct workers *p, struct workers_job *job)
{
	job->next = NULL;
	*p->tail = job;
	p->tail = &job->next;
	p->stats.queued++;
}

static void job_push_front(struct workers *p, struct workers_job *job)
{
	job->next = p->head;
	p->head = job;
	if (job->next == NULL)
		p->tail = &job->next;
	p->stats.queued++;
}

static struct workers_job *job_pop(struct workers *p)
{
	struct workers_job *job = p->head;
	p->head = job->next;
	if (p->head == NULL)
		p->tail = &p->head;
	p->stats.queued--;
	p->doomed -= p->doomed > 0;
	return job;
}

/* The one place where a job ends. `done` may submit another. */
static void job_answer(struct workers_job *job, struct feed_doc *doc, struct listing *listing,
	const struct failure *fail)
{
	if (job->task == FEED_TASK_READ)
		job->done(job->arg, doc, fail);
	else
		job->found(job->arg, doc, listing, fail);
	job_free(job);
}

/* ---- Which worker does what ---- */

static struct worker *find_idle(const struct workers *p, bool fresh)
{
	struct worker *best = NULL;
	for (struct worker *w = p->all; w != NULL; w = w->next) {
		if (w->state != WORKER_IDLE || (fresh && w->served > 0))
			continue;
		/* The latest to become idle, so that those not needed get old and go. */
		if (best == NULL || w->idle_since_ms >= best->idle_since_ms)
			best = w;
	}
	return best;
}

static unsigned count_state(const struct workers *p, enum worker_state state)
{
	unsigned n = 0;
	for (const struct worker *w = p->all; w != NULL; w = w->next)
		n += w->state == state;
	return n;
}

static unsigned count_all(const struct workers *p)
{
	unsigned n = 0;
	for (const struct worker *w = p->all; w != NULL; w = w->next)
		n++;
	return n;
}

/* Whether one more can be dismissed; those that are already take a while to die. */
static bool has_too_many(const struct workers *p)
{
	return count_all(p) - count_state(p, WORKER_DYING) > p->count;
}

static void assign(struct workers *p, struct worker *w, struct workers_job *job)
{
	struct feed_input in = { job->body, job->len, job->content_type, job->base_url };
	bool fits = worker_assign(w, job, job->task, &in, p->deadline_ms);
	assert(fits); /* workers_submit() looked */
	(void)fits;
}

static bool any_ready(const struct workers *p)
{
	const struct worker *w = p->all;
	while (w != NULL && (!w->was_ready || w->state == WORKER_DYING))
		w = w->next;
	return w != NULL;
}

/* A worker that cannot start is tried again after a while. After three in a row what waits is
 * answered then, unless there are others to do it. */
static void start_failed(struct workers *p)
{
	static const ev_tstamp first_s = 0.1;
	unsigned doublings = p->failed_starts++;
	ev_tstamp wait_s = first_s * (ev_tstamp)(1u << (doublings < 16 ? doublings : 16));
	if (wait_s > LIMIT_WORKER_BACKOFF_S)
		wait_s = LIMIT_WORKER_BACKOFF_S;
	if (p->failed_starts == LIMIT_WORKER_STARTS)
		log_err("%s does not start: %s", p->program, p->start_failure.detail);
	if (p->failed_starts >= LIMIT_WORKER_STARTS && !any_ready(p))
		p->doomed = p->stats.queued;
	ev_timer_stop(p->loop, &p->backoff);
	ev_timer_set(&p->backoff, wait_s, 0);
	ev_timer_start(p->loop, &p->backoff);
}

static bool start_one(struct workers *p)
{
	int err;
	struct worker *w = worker_new(p, p->loop, p->program, LIMIT_WORKER_START_MS, &err);
	if (w == NULL) {
		failure_set(&p->start_failure, STAGE_PARSE, STATUS_INTERNAL, 0,
			"the parser cannot be started: %s", strerror(err));
		start_failed(p);
		return false;
	}
	w->next = p->all;
	p->all = w;
	return true;
}

/* As many as there are jobs for, within the count; one at a time while it is unsure that they start
 * at all. */
static void start_missing(struct workers *p)
{
	unsigned starting = count_state(p, WORKER_STARTING), all = count_all(p);
	unsigned want = p->failed_starts > 0 && p->stats.queued > 1 ? 1 : p->stats.queued;
	while (!p->closing && !ev_is_active(&p->backoff) && starting < want && all < p->count &&
		start_one(p)) {
		starting++;
		all++;
	}
}

/* A retry is for a worker that no other document has touched; an idle one makes room for it. */
static void make_room_for_fresh(struct workers *p)
{
	bool coming = count_state(p, WORKER_STARTING) + count_state(p, WORKER_DYING) > 0;
	struct worker *used = find_idle(p, false);
	if (!coming && used != NULL && count_all(p) >= p->count)
		worker_kill(used, WORKER_DISMISSED);
}

/* One timer, for the worker that has been idle longest; none while nobody is. */
static void run_idle_timer(struct workers *p)
{
	const struct worker *oldest = NULL;
	for (const struct worker *w = p->all; w != NULL; w = w->next) {
		if (w->state == WORKER_IDLE &&
			(oldest == NULL || w->idle_since_ms < oldest->idle_since_ms))
			oldest = w;
	}
	if (oldest == NULL) {
		ev_timer_stop(p->loop, &p->idle);
	} else if (!ev_is_active(&p->idle)) {
		int64_t left_ms = oldest->idle_since_ms + IDLE_MS - clock_monotonic_ms();
		ev_timer_set(&p->idle, left_ms > 0 ? (ev_tstamp)left_ms / 1000 : 0, 0);
		ev_timer_start(p->loop, &p->idle);
	}
}

/* Brings jobs and workers together: after every change of either. */
static void pump(struct workers *p)
{
	while (!p->closing && p->head != NULL) {
		bool retry = p->head->attempts > 0;
		struct worker *w = find_idle(p, retry);
		if (w == NULL) {
			if (retry)
				make_room_for_fresh(p);
			break;
		}
		assign(p, w, job_pop(p));
	}
	start_missing(p);
	run_idle_timer(p);
}

static void idle_passed(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop;
	(void)events;
	struct workers *p = watcher->data;
	int64_t latest_ms = clock_monotonic_ms() - IDLE_MS;
	for (struct worker *w = p->all; w != NULL; w = w->next) {
		if (w->state == WORKER_IDLE && w->idle_since_ms <= latest_ms)
			worker_kill(w, WORKER_DISMISSED);
	}
	run_idle_timer(p);
}

static void backoff_passed(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop;
	(void)events;
	struct workers *p = watcher->data;
	for (unsigned n = p->doomed; n > 0; n--)
		job_answer(job_pop(p), NULL, NULL, &p->start_failure);
	pump(p);
}

/* ---- What workers tell ---- */

void pool_worker_ready(struct workers *p, struct worker *w, uint8_t landlock_abi, bool seccomp)
{
	(void)w;
	if (p->failed_starts >= LIMIT_WORKER_STARTS)
		log_notice("%s starts again", p->program);
	p->failed_starts = 0;
	if (!p->sandbox_told) {
		enum log_level level =
			landlock_abi > 0 && seccomp ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING;
		log_line(level, "parser sandbox: Landlock %s (ABI %u), seccomp %s",
			landlock_abi > 0 ? "on" : "missing", (unsigned)landlock_abi,
			seccomp ? "on" : "missing");
		p->sandbox_told = true;
	}
	pump(p);
}

void pool_worker_answered(struct workers *p, struct worker *w, struct feed_doc *doc,
	struct listing *listing, const struct failure *fail)
{
	struct workers_job *job = w->job;
	w->job = NULL;
	p->stats.parsed++;
	if (has_too_many(p) || w->served >= LIMIT_WORKER_JOBS)
		worker_kill(w, WORKER_DISMISSED);
	job_answer(job, doc, listing, fail);
	pump(p);
}

static void describe_end(
	const struct workers *p, const struct worker *w, int status, struct failure *ret_fail)
{
	static const enum status statuses[] = {
		[WORKER_CRASHED] = STATUS_PARSER_CRASHED,
		[WORKER_TIMED_OUT] = STATUS_PARSER_TIMEOUT,
		[WORKER_LIED] = STATUS_PARSER_LIED,
		[WORKER_DISMISSED] = STATUS_CANCELLED,
	};
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	const char *name = signal != 0 ? sigabbrev_np(signal) : NULL;
	if (signal == SIGXCPU)
		failure_set(ret_fail, STAGE_PARSE, statuses[w->end], 0,
			"%d s of CPU time were not enough", LIMIT_PARSE_CPU_S);
	else if (w->end == WORKER_TIMED_OUT)
		failure_set(ret_fail, STAGE_PARSE, statuses[w->end], 0, "no answer within %lld ms",
			(long long)(w->was_ready ? p->deadline_ms : LIMIT_WORKER_START_MS));
	else if (w->end == WORKER_LIED)
		failure_set(ret_fail, STAGE_PARSE, statuses[w->end], 0, "a frame was not valid");
	else if (signal != 0)
		failure_set(ret_fail, STAGE_PARSE, statuses[w->end], 0,
			"killed by signal %d (SIG%s)", signal, name != NULL ? name : "?");
	else
		failure_set(ret_fail, STAGE_PARSE, statuses[w->end], 0, "ended with exit status %d",
			WEXITSTATUS(status));
}

/* Its second worker, or a lie, ends a job; otherwise it is the next to run, on a worker of its own.
 */
static void job_lost_worker(struct workers *p, struct workers_job *job, const struct worker *w,
	const struct failure *fail)
{
	log_warning("the parser of %s was lost: %s: %s",
		job->base_url != NULL ? job->base_url : "a document", status_text(fail->status),
		fail->detail);
	p->stats.crashed += w->end != WORKER_TIMED_OUT;
	p->stats.timed_out += w->end == WORKER_TIMED_OUT;
	job->attempts++;
	if (w->end != WORKER_LIED && job->attempts < LIMIT_PARSE_ATTEMPTS)
		job_push_front(p, job);
	else
		job_answer(job, NULL, NULL, fail);
}

void pool_worker_gone(struct workers *p, struct worker *w, int status)
{
	struct worker **link = &p->all;
	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
	struct failure fail;
	describe_end(p, w, status, &fail);
	if (w->job != NULL) {
		job_lost_worker(p, w->job, w, &fail);
	} else if (!w->was_ready && w->end != WORKER_DISMISSED) {
		failure_set(&p->start_failure, STAGE_PARSE, STATUS_INTERNAL, 0,
			"the parser does not become ready: %s", fail.detail);
		start_failed(p);
	} else if (w->end != WORKER_DISMISSED) {
		log_warning("an idle parser was lost: %s", fail.detail);
		p->stats.crashed++;
	}
	worker_free(w);
	pump(p);
}

/* ---- The pool ---- */

struct workers *workers_new(struct ev_loop *loop, const struct workers_options *options)
{
	assert(options->count >= 1 && options->deadline_ms > 0);
	/* libev's default loop would wait for every child and lose our statuses; pidfds need no
	 * SIGCHLD. */
	const struct sigaction quiet = { .sa_handler = SIG_DFL };
	sigaction(SIGCHLD, &quiet, NULL);
	struct workers *p = xcalloc(1, sizeof *p);
	p->loop = loop;
	p->program = xstrdup(options->program);
	p->count = options->count;
	p->deadline_ms = options->deadline_ms;
	p->tail = &p->head;
	ev_timer_init(&p->idle, idle_passed, 0, 0);
	ev_timer_init(&p->backoff, backoff_passed, 0, 0);
	p->idle.data = p->backoff.data = p;
	return p;
}

void workers_free(struct workers *p)
{
	if (p == NULL)
		return;
	struct failure cancelled;
	failure_set(&cancelled, STAGE_PARSE, STATUS_CANCELLED, 0, "%s", "");
	p->closing = true;
	for (struct worker *w = p->all; w != NULL; w = w->next) {
		worker_kill(w, WORKER_DISMISSED);
		if (w->job != NULL)
			job_answer(w->job, NULL, NULL, &cancelled);
		w->job = NULL;
	}
	while (p->head != NULL)
		job_answer(job_pop(p), NULL, NULL, &cancelled);
	for (struct worker *next, *w = p->all; w != NULL; w = next) {
		next = w->next;
		worker_free(w);
	}
	ev_timer_stop(p->loop, &p->idle);
	ev_timer_stop(p->loop, &p->backoff);
	free(p->program);
	free(p);
}

static struct workers_job *job_new(
	char *body, size_t len, const char *content_type, const char *base_url, void *arg)
{
	assert(len <= LIMIT_BODY_MAX); /* fetch stops before */
	struct workers_job *job = xcalloc(1, sizeof *job);
	job->body = body;
	job->len = len;
	job->content_type = xstrdup_or_null(content_type);
	job->base_url = xstrdup_or_null(base_url);
	job->arg = arg;
	return job;
}

void workers_submit(struct workers *p, char *body, size_t len, const char *content_type,
	const char *base_url, workers_done_fn *done, void *arg)
{
	struct workers_job *job = job_new(body, len, content_type, base_url, arg);
	job->done = done;
	job_push(p, job);
	pump(p);
}

void workers_find(struct workers *p, enum feed_task task, char *body, size_t len,
	const char *content_type, const char *base_url, workers_found_fn *found, void *arg)
{
	struct workers_job *job = job_new(body, len, content_type, base_url, arg);
	assert(task != FEED_TASK_READ);
	job->task = task;
	job->found = found;
	job_push(p, job);
	pump(p);
}

void workers_stats(const struct workers *p, struct workers_stats *ret)
{
	*ret = p->stats;
	ret->alive = count_all(p);
	ret->busy = count_state(p, WORKER_BUSY);
}

void workers_set_count(struct workers *p, unsigned count)
{
	assert(count >= 1);
	p->count = count;
	for (struct worker *w = p->all; w != NULL && has_too_many(p); w = w->next) {
		if (w->state == WORKER_IDLE)
			worker_kill(w, WORKER_DISMISSED);
	}
	pump(p);
}
