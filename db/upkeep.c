#include "db/upkeep.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct upkeep {
	struct upkeep_order order;
	char *path, *folder;
	atomic_bool stop;
	pthread_t thread;
	void (*ended)(void *arg);
	void *arg;
	struct upkeep_result result;
};

static enum db_soundness check(struct upkeep *u)
{
	struct upkeep_result *r = &u->result;
	enum db_soundness soundness = DB_UNCHECKED;
	struct db db;

	if (db_open(&db, u->path, DB_READER))
		soundness = db_quick_check(&db, &u->stop, r->error, sizeof(r->error));
	else
		snprintf(r->error, sizeof(r->error), "%s (SQLite %d)", db.error, db.code);
	if (db.met_damage)
		soundness = DB_DAMAGED;
	db_close(&db);
	return soundness;
}

/* A copy that is not sound is no proof against what it was taken from, but a reason to look. */
static void copy(struct upkeep *u)
{
	struct upkeep_result *r = &u->result;
	char error[sizeof(r->error)];

	r->soundness = DB_SOUND;
	if (backup_make(u->path, u->folder, u->order.keep, u->order.now, &u->stop, &r->copy, error,
		    sizeof(error)))
		return;
	r->soundness = check(u);
	if (r->soundness != DB_DAMAGED)
		memcpy(r->error, error, sizeof(error));
}

static void *upkeep_main(void *arg)
{
	struct upkeep *u = arg;

	u->result.taken = u->order.now;
	if (u->order.copies)
		copy(u);
	else
		u->result.soundness = check(u);
	u->ended(u->arg);
	return NULL;
}

struct upkeep *upkeep_start(const struct upkeep_order *order, void (*ended)(void *arg), void *arg)
{
	struct upkeep *u = xcalloc(1, sizeof(*u));

	u->order = *order;
	u->path = xstrdup(order->path);
	u->folder = xstrdup(order->folder);
	u->ended = ended;
	u->arg = arg;
	db_thread_start(&u->thread, "db-upkeep", upkeep_main, u);
	return u;
}

void upkeep_stop(struct upkeep *u)
{
	atomic_store(&u->stop, true);
}

bool upkeep_end(struct upkeep *u, struct upkeep_result *ret)
{
	pthread_join(u->thread, NULL);
	*ret = u->result;
	bool copies = u->order.copies;
	free(u->path);
	free(u->folder);
	free(u);
	return copies;
}
