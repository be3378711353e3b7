#include "digest/digest.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "digest/make.h"
#include "schedule/alarm.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * A job makes one edition: begin (the store commits its range), make (a reader thread writes the
 * files), mark (the store notes that they are there). Jobs run one after the other. They own all
 * they need, so that a digester that is freed leaves them to end alone.
 */
struct job {
	struct job *next;
	struct digester *digester; /* NULL once it is freed */
	char *name;
	bool scheduled; /* by the clock: what it comes to is logged */
	digester_done_fn *done;
	void *arg;
	int64_t started; /* UTC seconds, when its turn came */
	struct digest_order *order;
	struct edition_record edition; /* strings: the order's */
};

/* When a digest is due. */
struct plan {
	struct digester *digester;
	char *name;
	int at_minutes;
	struct alarm due;
	bool retry; /* `due` is another try of an edition that failed */
};

/* What was made before this start. */
struct lookup {
	struct digester *digester; /* NULL once it is freed */
	int64_t now;               /* of the start: what comes later rings the alarms */
	size_t n;
	struct last_edition {
		char *name;
		int64_t created; /* 0: there is none */
		bool published;
	} * last;
};

struct digester {
	struct ev_loop *loop;
	struct store *store;
	struct readers *readers;
	const struct conf *conf;
	struct plan **plans;
	size_t n_plans;
	struct lookup *lookup; /* NULL: none under way */
	struct job *running;   /* NULL: none */
	struct job *waiting, **waiting_end;
};

static const struct conf_digest *find_digest(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_digests; i++)
		if (strcmp(conf->digests[i].name, name) == 0)
			return &conf->digests[i];
	return NULL;
}

static struct plan *find_plan(const struct digester *d, const char *name)
{
	for (size_t i = 0; i < d->n_plans; i++)
		if (strcmp(d->plans[i]->name, name) == 0)
			return d->plans[i];
	return NULL;
}

/* The next time of day; one that is made on demand has none. */
static void plan_next(struct plan *p, int64_t now)
{
	p->retry = false;
	alarm_set(&p->due, p->at_minutes >= 0 ? digest_next_time(p->at_minutes, now) : ALARM_NEVER);
}

static void plan_retry(struct plan *p)
{
	p->retry = true;
	alarm_set(&p->due, clock_now() + LIMIT_DIGEST_RETRY);
}

/* ---- one edition ---- */

static void start_next(struct digester *d);
static void enqueue(
	struct digester *d, const char *name, bool scheduled, digester_done_fn *done, void *arg);

static void job_free(struct job *job)
{
	digest_order_free(job->order);
	free(job->name);
	free(job);
}

static void job_log(const struct job *job, const struct failure *fail, bool retry)
{
	if (fail->status == STATUS_OK)
		log_notice("digest %s: edition %s, entries: %zu, of them stories: %zu", job->name,
			job->edition.label, job->order->n_entries, job->order->n_stories);
	else
		log_err("digest %s: %s: %s%s", job->name, status_text(fail->status), fail->detail,
			retry ? "; another try follows" : "");
}

static bool is_waiting(const struct digester *d, const char *name)
{
	for (const struct job *job = d->waiting; job != NULL; job = job->next)
		if (strcmp(job->name, name) == 0)
			return true;
	return false;
}

/* What was made may have been begun long ago, and failed until now: then it ends where it was to
 * end, and a time that came since has no edition yet. */
static void plan_made(struct plan *p, const struct job *job)
{
	if (p->retry)
		plan_next(p, clock_now());
	if (digest_missed(p->at_minutes, job->edition.created, true, job->started) &&
		!is_waiting(p->digester, p->name))
		enqueue(p->digester, p->name, true, NULL, NULL);
}

/* The end of every job whose digester is still there. */
static void job_finish(struct job *job, const struct failure *fail)
{
	struct digester *d = job->digester;
	struct plan *plan = find_plan(d, job->name);
	const bool made = fail->status == STATUS_OK,
		   retry = !made && job->scheduled && plan != NULL;

	assert(d->running == job);
	d->running = NULL;
	job_log(job, fail, retry);
	if (retry)
		plan_retry(plan);
	else if (made && plan != NULL)
		plan_made(plan, job);
	if (job->done != NULL)
		job->done(job->arg, fail, &job->edition);
	job_free(job);
	start_next(d);
}

static void edition_marked(void *arg, const struct failure *fail, int64_t n_changed)
{
	struct job *job = arg;

	(void)n_changed;
	if (job->digester == NULL) {
		job_free(job);
		return;
	}
	job->edition.published = fail->status == STATUS_OK;
	job_finish(job, fail);
}

static void edition_work(struct query *q, void *arg)
{
	struct job *job = arg;

	digest_order_carry_out(job->order, q);
}

static void edition_made(void *arg)
{
	struct job *job = arg;

	if (job->digester == NULL)
		job_free(job); /* it is not marked: the next start makes the same edition again */
	else if (job->order->fail.status != STATUS_OK)
		job_finish(job, &job->order->fail);
	else
		store_edition_published(job->digester->store, job->edition.id, edition_marked, job);
}

static void edition_begun(
	void *arg, const struct failure *fail, const struct edition_record *edition)
{
	struct job *job = arg;
	struct digest_order *order = job->order;

	if (job->digester == NULL) {
		job_free(job);
		return;
	}
	if (fail->status != STATUS_OK) {
		job_finish(job, fail);
		return;
	}
	order->label = xstrdup(edition->label);
	order->after_id = edition->after_id;
	order->upto_id = edition->upto_id;
	order->created = edition->created;
	job->edition = *edition;
	job->edition.name = order->name;
	job->edition.label = order->label;
	readers_submit_long(job->digester->readers, edition_work, edition_made, job);
}

static const char *local_date(int64_t now, char buf[32])
{
	time_t t = (time_t)now;
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(buf, 32, "%Y-%m-%d", &tm);
	return buf;
}

static void start_next(struct digester *d)
{
	struct job *job = d->waiting;
	char label[32];

	if (d->running != NULL || job == NULL)
		return;
	d->waiting = job->next;
	if (d->waiting == NULL)
		d->waiting_end = &d->waiting;
	d->running = job;
	const struct conf_digest *digest = find_digest(d->conf, job->name);
	if (digest == NULL) { /* a reload took it away meanwhile */
		struct failure gone = { 0 };
		failure_set(
			&gone, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no digest %s", job->name);
		job_finish(job, &gone);
		return;
	}
	job->started = clock_now();
	job->order = digest_order_new(d->conf->state_dir, digest);
	store_edition_begin(d->store, job->name, local_date(job->started, label), job->started,
		edition_begun, job);
}

static void enqueue(
	struct digester *d, const char *name, bool scheduled, digester_done_fn *done, void *arg)
{
	struct job *job = xcalloc(1, sizeof(*job));

	*job = (struct job){ .digester = d,
		.name = xstrdup(name),
		.scheduled = scheduled,
		.done = done,
		.arg = arg };
	*d->waiting_end = job;
	d->waiting_end = &job->next;
	start_next(d);
}

void digester_now(struct digester *d, const char *name, digester_done_fn *done, void *arg)
{
	struct failure fail = { 0 };

	if (find_digest(d->conf, name) != NULL) {
		enqueue(d, name, false, done, arg);
		return;
	}
	failure_set(&fail, STAGE_NONE, STATUS_NOT_FOUND, 0, "there is no digest %s", name);
	done(arg, &fail, &(struct edition_record){ 0 });
}

bool digester_busy(const struct digester *d)
{
	return d->running != NULL || d->waiting != NULL;
}

/* ---- when ---- */

static void plan_due(void *arg, bool set_back)
{
	struct plan *p = arg;

	/* A clock that is put right by seconds must not make the same edition twice. */
	if (set_back && p->due.at - clock_now() <= LIMIT_DIGEST_AHEAD)
		return;
	if (set_back && p->retry)
		plan_retry(p);
	else
		plan_next(p, clock_now());
	if (!set_back)
		enqueue(p->digester, p->name, true, NULL, NULL);
}

static struct plan *plan_new(struct digester *d, const struct conf_digest *digest, int64_t now)
{
	struct plan *p = xcalloc(1, sizeof(*p));

	*p = (struct plan){
		.digester = d, .name = xstrdup(digest->name), .at_minutes = digest->at_minutes
	};
	alarm_init(&p->due, d->loop, plan_due, p);
	plan_next(p, now);
	return p;
}

static void plan_free(struct plan *p)
{
	alarm_release(&p->due);
	free(p->name);
	free(p);
}

static void plans_free(struct plan **plans, size_t n)
{
	for (size_t i = 0; i < n; i++)
		plan_free(plans[i]);
	free(plans);
}

static void plans_make(struct digester *d, int64_t now)
{
	d->plans = xcalloc(d->conf->n_digests, sizeof(struct plan *));
	d->n_plans = d->conf->n_digests;
	for (size_t i = 0; i < d->n_plans; i++)
		d->plans[i] = plan_new(d, &d->conf->digests[i], now);
}

void digester_reload(struct digester *d, const struct conf *conf)
{
	struct plan **old = d->plans;
	const size_t n_old = d->n_plans;

	d->conf = conf;
	plans_make(d, clock_now());
	/* Neither a time that has just come nor a second try is lost. */
	for (size_t i = 0; i < n_old; i++) {
		struct plan *p = find_plan(d, old[i]->name);
		if (p != NULL && (p->at_minutes == old[i]->at_minutes || old[i]->retry)) {
			p->retry = old[i]->retry;
			alarm_set(&p->due, old[i]->due.at);
		}
	}
	plans_free(old, n_old);
}

/* ---- what was missed ---- */

static void lookup_free(struct lookup *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->last[i].name);
	free(l->last);
	free(l);
}

static void last_seen(void *arg, const struct edition_record *edition)
{
	struct last_edition *last = arg;

	last->created = edition->created;
	last->published = edition->published;
}

static void lookup_work(struct query *q, void *arg)
{
	struct lookup *l = arg;

	for (size_t i = 0; i < l->n; i++)
		if (query_editions(q, l->last[i].name, false, 1, last_seen, &l->last[i]) < 0)
			log_err("digest %s: its last edition is not known: %s", l->last[i].name,
				query_error(q));
}

static void lookup_done(void *arg)
{
	struct lookup *l = arg;
	struct digester *d = l->digester;

	if (d != NULL) {
		d->lookup = NULL;
		for (size_t i = 0; i < l->n; i++) {
			const struct last_edition *last = &l->last[i];
			const struct plan *p = find_plan(d, last->name);
			if (p != NULL && last->created != 0 &&
				digest_missed(
					p->at_minutes, last->created, last->published, l->now))
				enqueue(d, last->name, true, NULL, NULL);
		}
	}
	lookup_free(l);
}

static void lookup_start(struct digester *d, int64_t now)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	l->digester = d;
	l->now = now;
	l->last = xcalloc(d->n_plans, sizeof(*l->last));
	for (; l->n < d->n_plans; l->n++)
		l->last[l->n].name = xstrdup(d->plans[l->n]->name);
	d->lookup = l;
	readers_submit(d->readers, lookup_work, lookup_done, l);
}

struct digester *digester_new(const struct digester_options *options)
{
	struct digester *d = xcalloc(1, sizeof(*d));
	const int64_t now = clock_now();

	d->loop = options->loop;
	d->store = options->store;
	d->readers = options->readers;
	d->conf = options->conf;
	d->waiting_end = &d->waiting;
	plans_make(d, now);
	lookup_start(d, now);
	return d;
}

void digester_free(struct digester *d)
{
	struct failure stopped = { 0 };

	if (d == NULL)
		return;
	plans_free(d->plans, d->n_plans);
	if (d->lookup != NULL)
		d->lookup->digester = NULL;
	failure_set(&stopped, STAGE_NONE, STATUS_CANCELLED, 0, "courantd is stopping");
	if (d->running != NULL) {
		if (d->running->done != NULL)
			d->running->done(d->running->arg, &stopped, &(struct edition_record){ 0 });
		d->running->digester = NULL;
	}
	for (struct job *job = d->waiting, *next; job != NULL; job = next) {
		next = job->next;
		if (job->done != NULL)
			job->done(job->arg, &stopped, &(struct edition_record){ 0 });
		job_free(job);
	}
	free(d);
}
