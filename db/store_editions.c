#include "base/mem.h"
#include "db/rows.h"
#include "db/writer.h"

#include <stdio.h>
#include <stdlib.h>

struct edition_request {
	struct write request;
	char *name, *label;            /* as asked for; label becomes that of the edition */
	struct edition_record edition; /* name and label point to the above */
	int64_t now, n_changed;
	store_edition_done_fn *begun;
	store_done_fn *published;
	void *arg;
};

static void release(struct write *r)
{
	struct edition_request *e = (struct edition_request *)r;

	free(e->name);
	free(e->label);
}

static void begin_answer(struct write *r)
{
	struct edition_request *e = (struct edition_request *)r;

	e->edition.name = e->name;
	e->edition.label = e->label;
	if (e->begun != NULL)
		e->begun(e->arg, &r->fail, &e->edition);
}

/* The last edition of the digest, or the first that was never published. 1 found, 0 none, -1 the
 * database failed. */
static int find_edition(struct db *db, enum statement which, struct edition_request *e)
{
	struct stmt s = db_stmt(db, which);

	stmt_text(&s, e->name);
	bool found = stmt_row(&s);
	if (found) {
		edition_row_read(&s, &e->edition);
		if (which == STATEMENT_EDITION_UNPUBLISHED) {
			free(e->label);
			e->label = xstrdup_or_null(e->edition.label);
		}
	}
	return stmt_end(&s) ? found : -1;
}

/* 1 taken, 0 free, -1 the database failed. */
static int label_taken(struct db *db, const char *name, const char *label)
{
	struct stmt s = db_stmt(db, STATEMENT_EDITION_LABEL);

	stmt_text(&s, name);
	stmt_text(&s, label);
	bool taken = stmt_row(&s);
	return stmt_end(&s) ? taken : -1;
}

/* The day, or the day with the first free number from 2 on. */
static bool choose_label(struct db *db, struct edition_request *e)
{
	char *day = e->label;
	int taken = label_taken(db, e->name, e->label);

	for (int i = 2; taken > 0; i++) {
		if (e->label != day)
			free(e->label);
		e->label = xasprintf("%s-%d", day, i);
		taken = label_taken(db, e->name, e->label);
	}
	if (e->label != day)
		free(day);
	return taken == 0;
}

static int64_t last_entry_id(struct db *db)
{
	struct stmt s = db_stmt(db, STATEMENT_LAST_ENTRY_ID);
	int64_t id = stmt_row(&s) ? stmt_read_int(&s) : 0;

	return stmt_end(&s) ? id : -1;
}

static bool insert_edition(struct db *db, struct edition_request *e, int64_t after_id)
{
	int64_t upto_id = last_entry_id(db);

	if (upto_id < 0 || !choose_label(db, e))
		return false;
	e->edition = (struct edition_record){
		.after_id = after_id, .upto_id = upto_id, .created = e->now
	};
	struct stmt s = db_stmt(db, STATEMENT_EDITION_INSERT);
	stmt_text(&s, e->name);
	stmt_text(&s, e->label);
	stmt_int(&s, after_id);
	stmt_int(&s, upto_id);
	stmt_int(&s, e->now);
	if (!stmt_run(&s))
		return false;
	e->edition.id = sqlite3_last_insert_rowid(db->handle);
	return true;
}

static bool begin_run(struct db *db, struct write *r)
{
	struct edition_request *e = (struct edition_request *)r;
	int found = find_edition(db, STATEMENT_EDITION_UNPUBLISHED, e);

	if (found != 0)
		return found > 0;
	found = find_edition(db, STATEMENT_EDITION_LAST, e);
	return found >= 0 && insert_edition(db, e, found > 0 ? e->edition.upto_id : 0);
}

void store_edition_begin(struct store *s, const char *name, const char *label, int64_t now,
	store_edition_done_fn *done, void *arg)
{
	static const struct write_type type = { begin_run, begin_answer, release };
	struct edition_request *e = write_new(sizeof(*e), &type);

	e->name = xstrdup(name);
	e->label = xstrdup(label);
	e->now = now;
	e->begun = done;
	e->arg = arg;
	write_submit(s, &e->request);
}

static bool published_run(struct db *db, struct write *r)
{
	struct edition_request *e = (struct edition_request *)r;
	struct stmt s = db_stmt(db, STATEMENT_EDITION_PUBLISHED);

	stmt_int(&s, e->edition.id);
	if (!stmt_run(&s))
		return false;
	e->n_changed = sqlite3_changes64(db->handle);
	return e->n_changed > 0 || write_fail(r, STATUS_NOT_FOUND, "there is no edition %lld",
					   (long long)e->edition.id);
}

static void published_answer(struct write *r)
{
	struct edition_request *e = (struct edition_request *)r;

	if (e->published != NULL)
		e->published(e->arg, &r->fail, e->n_changed);
}

void store_edition_published(struct store *s, int64_t edition_id, store_done_fn *done, void *arg)
{
	static const struct write_type type = { published_run, published_answer, release };
	struct edition_request *e = write_new(sizeof(*e), &type);

	e->edition.id = edition_id;
	e->published = done;
	e->arg = arg;
	write_submit(s, &e->request);
}
