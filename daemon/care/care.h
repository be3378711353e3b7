/*
 * Looks after the database while it is in use: copies of it at the configured time and on demand
 * (db/backup.h), and a check after a stop that was not a clean one (db/check.h). Both read the
 * whole file, which takes seconds when it is large, on a thread of their own with a connection of
 * their own, one after the other; nobody waits for them. Loop thread.
 *
 * A database that turns out to be damaged is marked (db/recovery.h), and whoever made the care is
 * told to end the program: the next start sets it aside.
 */
#ifndef COURANT_CARE_CARE_H
#define COURANT_CARE_CARE_H

#include "base/status.h"
#include "config/conf.h"
#include "db/recovery.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct care;

struct care_options {
	struct ev_loop *loop;
	const char *db_path;
	const struct conf *conf;
	bool unclean;               /* a check is due */
	void (*damaged)(void *arg); /* once; the mark is written and logged */
	void *arg;
};
struct care *care_new(const struct care_options *options);
/* Gives up what is under way, and answers who waits with CANCELLED. NULL is fine. */
void care_free(struct care *c);
void care_reload(struct care *c, const struct conf *conf);
/* The database was found to be damaged by somebody else: marks it, and tells `damaged`. */
void care_damaged(struct care *c, const char *reason);

/* How long the write-ahead log is (store_log_bytes()): one that somebody holds is told, once. */
void care_log(struct care *c, int64_t bytes);

/* A copy as it was made: path and bytes are unset unless fail is OK. */
struct care_copy {
	struct failure fail;
	char *path; /* valid during the call */
	int64_t bytes, taken;
};
typedef void care_copied_fn(void *arg, const struct care_copy *copy);
/* Makes a copy now, after what is under way. */
void care_copy(struct care *c, care_copied_fn *copied, void *arg);

#define CARE_CHECK_LIST(X)                                  \
	X(NONE, "none") /* the last stop was a clean one */ \
	X(RUNNING, "running")                               \
	X(SOUND, "sound")                                   \
	X(FAILED, "failed") /* it could not be found out */ \
	X(DAMAGED, "damaged")
enum care_check {
#define X(id, name) CARE_CHECK_##id,
	CARE_CHECK_LIST(X)
#undef X
};
const char *care_check_name(enum care_check check);

struct care_status {
	enum care_check check;
	int64_t last_copy;   /* UTC seconds, 0: there is none */
	int64_t failed_copy; /* when one failed last, 0: the last one did not */
	char error[512];     /* why */
	int64_t log_bytes;
	int64_t log_held_since; /* 0: nobody keeps it from being cut */
	bool recovered;         /* a damaged database lies set aside */
	struct recovery recovery;
};
/* NULL: nothing is known. */
void care_status(const struct care *c, struct care_status *ret);

#endif
