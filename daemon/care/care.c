#include "care/care.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/next_copy.h"
#include "db/upkeep.h"
#include "schedule/alarm.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct waiter {
	struct waiter *next;
	care_copied_fn *copied;
	void *arg;
};

struct care {
	struct ev_loop *loop;
	char *db_path, *folder;
	const struct conf *conf;
	void (*damaged)(void *arg);
	void *damaged_arg;
	bool told; /* that it is damaged */
	struct alarm due;
	ev_async finished;
	struct upkeep *job; /* under way; NULL: none */
	bool check_due, copy_due;
	struct waiter *waiting; /* for a copy that has not begun */
	struct waiter *served;  /* by the one under way */
	struct care_status status;
};

const char *care_check_name(enum care_check check)
{
	static const char *const names[] = {
#define X(id, name) [CARE_CHECK_##id] = name,
		CARE_CHECK_LIST(X)
#undef X
	};
	return names[check];
}

static void job_ended(void *arg) /* the job's thread */
{
	struct care *c = arg;
	ev_async_send(c->loop, &c->finished);
}

static void start_next(struct care *c)
{
	struct upkeep_order order = {
		.path = c->db_path, .folder = c->folder, .keep = c->conf->backup.keep
	};
	if (c->job != NULL || !(c->check_due || c->copy_due || c->waiting != NULL))
		return;
	/* What may be damaged is checked before a copy of it pushes out an older one. */
	order.copies = !c->check_due;
	order.now = clock_now();
	if (order.copies) {
		c->copy_due = false;
		c->served = c->waiting;
		c->waiting = NULL;
	} else {
		c->check_due = false;
		c->status.check = CARE_CHECK_RUNNING;
	}
	c->job = upkeep_start(&order, job_ended, c);
}

/* ---- what came of it ---- */

void care_damaged(struct care *c, const char *reason)
{
	if (c->told)
		return;
	c->told = true;
	c->status.check = CARE_CHECK_DAMAGED;
	recovery_mark(c->db_path, reason);
	log_err("the database %s is damaged: %s; courantd ends, and its next start sets the file "
		"aside and restores the newest copy",
		c->db_path, reason);
	c->damaged(c->damaged_arg);
}

/* Our own copies and checks hold it, too, but end. */
void care_log(struct care *c, int64_t bytes)
{
	c->status.log_bytes = bytes;
	if (c->status.log_held_since == 0 && bytes >= (int64_t)LIMIT_LOG_HELD && c->job == NULL) {
		c->status.log_held_since = clock_now();
		log_warning("%s-wal is %lld MiB long and cannot be cut, since another program "
			    "reads the database in one transaction (fuser -v %s names it); when "
			    "that ends, it shrinks by itself",
			c->db_path, (long long)(bytes >> 20), c->db_path);
	} else if (c->status.log_held_since != 0 && bytes < (int64_t)LIMIT_LOG_HELD / 2) {
		c->status.log_held_since = 0;
		log_notice("%s-wal is short again", c->db_path);
	}
}

static void checked(struct care *c, const struct upkeep_result *r)
{
	switch (r->soundness) {
	case DB_SOUND:
		c->status.check = CARE_CHECK_SOUND;
		log_notice("the database was checked after a stop that was not a clean one: it is "
			   "sound");
		break;
	case DB_DAMAGED:
		care_damaged(c, r->error);
		break;
	case DB_UNCHECKED:
		c->status.check = CARE_CHECK_FAILED;
		log_err("the database could not be checked: %s", r->error);
		break;
	}
}

static void answer(struct waiter *list, const struct care_copy *copy)
{
	for (struct waiter *w = list, *next; w != NULL; w = next) {
		next = w->next;
		w->copied(w->arg, copy);
		free(w);
	}
}

static void copied(struct care *c, struct upkeep_result *r)
{
	struct care_copy copy = { .path = r->copy, .taken = r->taken };
	struct waiter *served = c->served;
	struct stat st;

	c->served = NULL;
	if (r->copy != NULL) {
		copy.bytes = stat(r->copy, &st) == 0 ? st.st_size : 0;
		c->status.last_copy = r->taken;
		c->status.failed_copy = 0;
		log_notice("the database was copied to %s", r->copy);
	} else {
		failure_set(&copy.fail, STAGE_STORE, STATUS_STORE_FAILED, 0, "%s", r->error);
		c->status.failed_copy = clock_now();
		snprintf(c->status.error, sizeof c->status.error, "%s", r->error);
		log_err("the database was not copied: %s", r->error);
		if (c->conf->backup.at_minutes >= 0)
			alarm_set(&c->due, clock_now() + LIMIT_BACKUP_RETRY);
	}
	answer(served, &copy);
	if (r->soundness == DB_DAMAGED)
		care_damaged(c, r->error);
}

static void finished(struct ev_loop *loop, ev_async *watcher, int events)
{
	(void)loop;
	(void)events;
	struct care *c = watcher->data;
	struct upkeep_result result;
	if (c->job == NULL)
		return;
	bool copies = upkeep_end(c->job, &result);
	c->job = NULL;
	if (copies)
		copied(c, &result);
	else
		checked(c, &result);
	free(result.copy);
	start_next(c);
}

/* ---- when ---- */

static void plan(struct care *c)
{
	int64_t now = clock_now();
	alarm_set(&c->due, next_copy(c->conf->backup.at_minutes, c->status.last_copy, now));
}

static void copy_due(void *arg, bool set_back)
{
	struct care *c = arg;
	if (!set_back) {
		c->copy_due = true;
		start_next(c);
	}
	if (c->conf->backup.at_minutes >= 0)
		alarm_set(&c->due, next_copy(c->conf->backup.at_minutes, clock_now(), clock_now()));
}

void care_copy(struct care *c, care_copied_fn *done, void *arg)
{
	struct waiter *w = xmalloc(sizeof *w);
	*w = (struct waiter){ .next = c->waiting, .copied = done, .arg = arg };
	c->waiting = w;
	start_next(c);
}

void care_status(const struct care *c, struct care_status *ret)
{
	*ret = (struct care_status){ 0 };
	if (c == NULL)
		return;
	*ret = c->status;
	ret->recovered = recovery_last(c->db_path, &ret->recovery);
}

/* ---- life ---- */

static int64_t newest_copy(const char *folder)
{
	struct backup *list;
	size_t n = backups_list(folder, &list);
	int64_t taken = n > 0 ? list[0].taken : 0;
	free(list);
	return taken;
}

struct care *care_new(const struct care_options *options)
{
	struct care *c = xcalloc(1, sizeof *c);
	*c = (struct care){ .loop = options->loop,
		.db_path = xstrdup(options->db_path),
		.folder = backups_folder(options->db_path),
		.conf = options->conf,
		.damaged = options->damaged,
		.damaged_arg = options->arg,
		.check_due = options->unclean };
	backups_sweep(c->folder);
	c->status.last_copy = newest_copy(c->folder);
	ev_async_init(&c->finished, finished);
	c->finished.data = c;
	ev_async_start(c->loop, &c->finished);
	alarm_init(&c->due, c->loop, copy_due, c);
	plan(c);
	start_next(c);
	return c;
}

void care_reload(struct care *c, const struct conf *conf)
{
	bool same = c->conf->backup.at_minutes == conf->backup.at_minutes;
	c->conf = conf;
	if (!same)
		plan(c);
}

void care_free(struct care *c)
{
	struct care_copy none = { 0 };
	struct upkeep_result result;
	if (c == NULL)
		return;
	if (c->job != NULL) {
		upkeep_stop(c->job);
		upkeep_end(c->job, &result);
		free(result.copy);
	}
	failure_set(&none.fail, STAGE_NONE, STATUS_CANCELLED, 0, "courantd is stopping");
	answer(c->served, &none);
	answer(c->waiting, &none);
	alarm_release(&c->due);
	ev_async_stop(c->loop, &c->finished);
	free(c->db_path);
	free(c->folder);
	free(c);
}
