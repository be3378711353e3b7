/*
 * Editions: every day at the configured local time, and on demand, the entries first stored since
 * the last edition become HTML, Markdown and text files in <state_dir>/digests/<name>/. Loop
 * thread; selecting, rendering and writing run on a reader thread.
 *
 * Invariant: an edition's range of entry ids is committed before its files are written, and marked
 * published after they are renamed into place, so that a crash at any point repeats the same
 * edition and every entry is in exactly one.
 * When one that failed is made at last after its digest's next time has come, that time's own
 * follows it.
 */
#ifndef COURANT_DIGEST_DIGEST_H
#define COURANT_DIGEST_DIGEST_H

#include "config/conf.h"
#include "db/query.h"
#include "db/store.h"

#include <ev.h>
#include <stdint.h>

struct digester;

struct digester_options {
	struct ev_loop *loop;
	struct store *store;
	struct readers *readers;
	const struct conf *conf;
};

/* Arms the timers, and looks for what was missed: a digest whose last edition was begun but not
 * published, or whose time came since then while nobody was here, is made at once. One that never
 * had an edition waits for its time. */
struct digester *digester_new(const struct digester_options *options);
/* What still runs or waits is answered with CANCELLED; a running edition ends alone, before store
 * and readers close, and is made again at the next start. NULL is fine. */
void digester_free(struct digester *d);
void digester_reload(struct digester *d, const struct conf *conf);
/* Makes an edition of the named digest now, after those that are being made. NOT_FOUND, from within
 * the call, when no digest has that name. The edition is valid during `done`, zeroed when there is
 * none. */
typedef void digester_done_fn(
	void *arg, const struct failure *fail, const struct edition_record *edition);
void digester_now(struct digester *d, const char *name, digester_done_fn *done, void *arg);
/* Whether an edition is being made (stopping waits for it). */
bool digester_busy(const struct digester *d);

/* UTC seconds of the first time after `after` at which the local clock shows at_minutes; a time
 * that DST skips is taken at the first minute after the gap, one that comes twice at its first.
 * Pure but for the time zone. */
int64_t digest_next_time(int at_minutes, int64_t after);
/* Whether an edition is to be made at once after a start at `now`, given the digest's last one. */
bool digest_missed(int at_minutes, int64_t last_created, bool last_published, int64_t now);

#endif
