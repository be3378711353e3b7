#include "db/retention.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "db/search_index.h"
#include "db/writer.h"

#include <stdlib.h>

/* ---- the policy ---- */

struct retention *retention_new(const struct store_retention *policy)
{
	struct retention *r = xcalloc(1, sizeof(*r));

	r->policy = *policy;
	r->digests = xcalloc(policy->n_digests + 1, sizeof(*r->digests));
	for (size_t i = 0; i < policy->n_digests; i++)
		r->digests[i] = xstrdup(policy->digests[i]);
	r->policy.digests = (const char *const *)r->digests;
	r->n_references = 1;
	return r;
}

struct retention *retention_hold(struct retention *r)
{
	if (r != NULL)
		r->n_references++;
	return r;
}

void retention_release(struct retention *r)
{
	if (r == NULL || --r->n_references > 0)
		return;
	for (size_t i = 0; i < r->policy.n_digests; i++)
		free(r->digests[i]);
	free(r->digests);
	free(r);
}

/* ---- one entry goes ---- */

struct purge {
	struct db *db;
	const struct store_retention *policy;
	int64_t feed_id, now;
	int64_t upto_id;     /* what every digest has covered */
	int64_t left;        /* entries that may still be taken */
	int64_t deadline_ms; /* of the monotonic clock */
	struct counters counters;
	int64_t *n_purged;
};

struct candidate {
	int64_t id, gone;
};

/* Contents, tags and enclosures go with the entry; its keys do not. */
static bool purge_entry(struct purge *p, const struct candidate *c, enum entry_status status)
{
	struct counters by = { .feed_id = p->feed_id };
	struct stmt s = db_stmt(p->db, STATEMENT_TOMBSTONE_INSERT);

	stmt_int(&s, c->id);
	stmt_int(&s, p->feed_id);
	stmt_int(&s, c->gone);
	if (!stmt_run(&s) || !search_index_remove(p->db, c->id, NULL) ||
		!db_run_on(p->db, STATEMENT_ENTRY_DELETE, c->id))
		return false;
	by.n_entries = status == ENTRY_REMOVED ? 0 : -1;
	by.n_unread = status == ENTRY_UNREAD ? -1 : 0;
	p->left--;
	++*p->n_purged;
	return counters_add(p->db, &p->counters, &by);
}

/* Gathered before the first one goes, since that changes the index that is walked over. */
static bool find_candidates(struct purge *p, enum entry_status status, int64_t changed,
	int64_t gone, int64_t most, struct candidate **ret, size_t *ret_n)
{
	struct stmt s = db_stmt(p->db, STATEMENT_ENTRIES_RETAIN);
	struct candidate *found = NULL;
	size_t n = 0, cap = 0;

	stmt_int(&s, p->feed_id);
	stmt_int(&s, status);
	stmt_int(&s, changed);
	stmt_int(&s, gone);
	stmt_int(&s, p->upto_id);
	stmt_int(&s, most < p->left ? most : p->left);
	while (stmt_row(&s)) {
		found = xgrow(found, n, &cap, sizeof(*found));
		found[n].id = stmt_read_int(&s);
		found[n++].gone = stmt_read_int(&s);
	}
	*ret = found;
	*ret_n = n;
	return stmt_end(&s);
}

/* Takes at most `most` entries of this status that were last touched, and left the document, by
 * these times. */
static bool purge(
	struct purge *p, enum entry_status status, int64_t changed, int64_t gone, int64_t most)
{
	struct candidate *found;
	size_t n;
	bool ok = find_candidates(p, status, changed, gone, most, &found, &n);

	for (size_t i = 0; ok && i < n && p->left > 0; i++) {
		ok = purge_entry(p, &found[i], status);
		if (clock_monotonic_ms() >= p->deadline_ms)
			p->left = 0;
	}
	free(found);
	return ok;
}

/* ---- the rules ---- */

static bool purge_old(struct purge *p, enum entry_status status, int64_t seconds)
{
	int64_t grace = seconds < LIMIT_RETAIN_GRACE ? seconds : LIMIT_RETAIN_GRACE;

	return seconds == 0 || p->left == 0 ||
	       purge(p, status, p->now - seconds, p->now - grace, p->left);
}

/* Those beyond the most entries of a feed: read ones before unread ones. */
static bool purge_surplus(struct purge *p)
{
	struct stmt s = db_stmt(p->db, STATEMENT_COUNTERS_OF_FEED);
	int64_t purged_before = *p->n_purged, surplus = 0;

	stmt_int(&s, p->feed_id);
	if (stmt_row(&s))
		surplus = stmt_read_int(&s) - p->policy->max_entries_per_feed;
	if (!stmt_end(&s))
		return false;
	if (surplus > 0 && !purge(p, ENTRY_READ, p->now, p->now, surplus))
		return false;
	surplus -= *p->n_purged - purged_before;
	return surplus <= 0 || purge(p, ENTRY_UNREAD, p->now, p->now, surplus);
}

/* An entry waits for its edition of every digest. */
static bool read_covered(struct purge *p)
{
	p->upto_id = INT64_MAX;
	for (size_t i = 0; i < p->policy->n_digests; i++) {
		struct stmt s = db_stmt(p->db, STATEMENT_EDITION_COVERED);
		stmt_text(&s, p->policy->digests[i]);
		int64_t upto_id = stmt_row(&s) ? stmt_read_int(&s) : 0;
		if (!stmt_end(&s))
			return false;
		if (upto_id < p->upto_id)
			p->upto_id = upto_id;
	}
	return true;
}

bool retention_apply(struct db *db, const struct store_retention *policy, int64_t feed_id,
	int64_t n_new, int64_t now, bool steady, int64_t *n_purged)
{
	struct purge p = {
		.db = db,
		.policy = policy,
		.feed_id = feed_id,
		.now = now,
		/* Never less than what comes in, or the feed would grow for ever. */
		.left = LIMIT_RETAIN_STEP + n_new,
		.deadline_ms = clock_monotonic_ms() + LIMIT_RETAIN_MS,
		.n_purged = n_purged,
	};

	if (!read_covered(&p))
		return false;
	if (p.upto_id == 0)
		return true;
	bool ok = !steady || (purge_old(&p, ENTRY_READ, policy->read) &&
				     purge_old(&p, ENTRY_REMOVED, policy->read) &&
				     purge_old(&p, ENTRY_UNREAD, policy->unread));
	return ok && counters_flush(db, &p.counters) &&
	       (policy->max_entries_per_feed == 0 || p.left == 0 || purge_surplus(&p)) &&
	       counters_flush(db, &p.counters);
}

/* ---- the file ---- */

static int64_t number(struct db *db, enum statement which)
{
	struct stmt s = db_stmt(db, which);
	int64_t n = stmt_row(&s) ? stmt_read_int(&s) : 0;

	return stmt_end(&s) ? n : 0;
}

/* Some are left: the next entries want them. */
static bool are_many_free(struct db *db, int64_t n_free)
{
	return n_free > LIMIT_FREE_PAGES && n_free > number(db, STATEMENT_PAGE_COUNT) / 8;
}

/* In one transaction, since each waits for the disk. */
static bool give_back(struct db *db, int64_t *n_free)
{
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_SHRINK_MS;

	if (!db_run(db, STATEMENT_BEGIN_WRITE))
		return false;
	do {
		if (!db_run(db, STATEMENT_PAGES_GIVE_BACK))
			return false;
		*n_free = number(db, STATEMENT_PAGES_FREE);
	} while (are_many_free(db, *n_free) && clock_monotonic_ms() < deadline_ms);
	return db_run(db, STATEMENT_COMMIT);
}

bool retention_shrink(struct db *db)
{
	int64_t n_before = number(db, STATEMENT_PAGES_FREE), n_free = n_before;

	if (!are_many_free(db, n_before))
		return false;
	if (give_back(db, &n_free))
		return n_free < n_before; /* else the file is one that keeps its pages */
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
