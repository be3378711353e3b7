#include "base/log.h"
#include "db/search_index.h"
#include "db/writer.h"

/* ---- the beginning ---- */

/* Any first request lets the writer begin; this one changes nothing, so that nothing is written. */
static bool begin_run(struct db *db, struct write *r)
{
	(void)db;
	(void)r;
	return true;
}

static void begin_answer(struct write *r)
{
	(void)r;
}

void store_begin(struct store *s)
{
	static const struct write_type type = { begin_run, begin_answer, NULL };

	write_submit(s, write_new(sizeof(struct write), &type));
}

/* ---- the search index anew ---- */

static bool rebuild_run(struct db *db, struct write *r)
{
	(void)r;
	return search_index_renew(db);
}

static void rebuild_answer(struct write *r)
{
	if (r->fail.status == STATUS_OK)
		log_warning(
			"the search index was damaged; it is being made anew from the entries, and "
			"until then a search does not find all");
	else if (r->fail.status != STATUS_CANCELLED)
		log_err("the search index is damaged and cannot be made anew: %s", r->fail.detail);
}

void store_rebuild_search(struct store *s)
{
	static const struct write_type type = { rebuild_run, rebuild_answer, NULL };

	write_submit(s, write_new(sizeof(struct write), &type));
}

/* ---- a full disk ---- */

struct probe_request {
	struct write request;
	store_done_fn *done;
	void *arg;
};

static bool probe_run(struct db *db, struct write *r)
{
	(void)r;
	return db_run(db, STATEMENT_ROOM_PROBE);
}

static void probe_answer(struct write *r)
{
	struct probe_request *probe = (struct probe_request *)r;

	probe->done(probe->arg, &r->fail, 0);
}

void store_probe(struct store *s, store_done_fn *done, void *arg)
{
	static const struct write_type type = { probe_run, probe_answer, NULL };
	struct probe_request *probe = write_new(sizeof(*probe), &type);

	probe->done = done;
	probe->arg = arg;
	write_submit(s, &probe->request);
}
