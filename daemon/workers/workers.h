/*
 * The pool of courant-parse worker processes. Loop thread only. Workers are spawned when first
 * needed, re-exec'ed, spoken to over a socketpair, killed (SIGKILL) at their deadline, replaced
 * when they die or have read LIMIT_WORKER_JOBS documents, and dismissed after a quiet minute.
 * SIGCHLD stays at its default: nobody else in the process waits for children.
 *
 * Invariant: every submitted job is answered exactly once, by `done`, from the loop; never from
 * inside workers_submit().
 */
#ifndef COURANT_WORKERS_WORKERS_H
#define COURANT_WORKERS_WORKERS_H

#include "base/status.h"
#include "feed/doc.h"
#include "feed/feed.h"
#include "feed/listing.h"

#include <ev.h>
#include <stdint.h>

struct workers;
struct workers_job;

struct workers_options {
	const char *program; /* path of courant-parse */
	unsigned count;      /* most processes at a time, at least 1 */
	int64_t deadline_ms; /* wall time of one parse, LIMIT_PARSE_MS */
};

/* `doc` is the callee's to free (feed_doc_free), NULL with `fail` set otherwise. A document that
 * killed two workers comes back as PARSER_CRASHED or PARSER_TIMEOUT: the caller remembers its hash
 * and does not submit it again. */
typedef void workers_done_fn(void *arg, struct feed_doc *doc, const struct failure *fail);

struct workers *workers_new(struct ev_loop *loop, const struct workers_options *options);
/* Kills all workers; jobs under way are answered with CANCELLED first. NULL is fine. */
void workers_free(struct workers *w);

/* Takes `body` (free()d when done). content_type and base_url are copied. */
void workers_submit(struct workers *w, char *body, size_t len, const char *content_type,
	const char *base_url, workers_done_fn *done, void *arg);

/* The same for a job that looks for feeds (feed/feed.h): exactly one of the three is given. `doc`
 * and `listing` are the callee's to free. */
typedef void workers_found_fn(
	void *arg, struct feed_doc *doc, struct listing *listing, const struct failure *fail);
void workers_find(struct workers *w, enum feed_task task, char *body, size_t len,
	const char *content_type, const char *base_url, workers_found_fn *found, void *arg);

/* Figures for `status`: processes alive, jobs waiting or under way, workers lost since start. */
struct workers_stats {
	unsigned alive, busy, queued;
	uint64_t parsed, crashed, timed_out;
};
void workers_stats(const struct workers *w, struct workers_stats *ret);
/* Changes the number of processes (reload). */
void workers_set_count(struct workers *w, unsigned count);

/* Where courant-parse is: beside this program, or where it was installed. For the caller to free.
 */
char *workers_program(void);

#endif
