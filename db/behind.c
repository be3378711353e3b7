#include "db/behind.h"

#include "base/clock.h"
#include "base/limits.h"
#include "db/removal.h"
#include "db/retention.h"
#include "db/search_index.h"

void behind_init(struct behind *b, struct db *db)
{
	*b = (struct behind){
		.db = db,
		.n_unmerged = LIMIT_SEARCH_UNMERGED, /* who knows what the last run left */
		.optimized_ms = clock_monotonic_ms(),
	};
}

void behind_turn(struct behind *b, enum store_work to)
{
	if (b->turned != NULL)
		b->turned(b->turned_arg, to);
}

/* ---- the planner's statistics ---- */

/* A failure costs nothing but them. */
static void optimize(struct db *db)
{
	sqlite3_exec(db->handle, "PRAGMA analysis_limit = 400; PRAGMA optimize", NULL, NULL, NULL);
}

void behind_optimize(struct behind *b)
{
	int64_t now_ms = clock_monotonic_ms();

	behind_turn(b, STORE_OPTIMIZE);
	if (now_ms - b->optimized_ms < LIMIT_OPTIMIZE_S * INT64_C(1000))
		return;
	b->optimized_ms = now_ms;
	optimize(b->db);
}

void behind_finish(struct behind *b)
{
	optimize(b->db);
	dictionary_release(&b->dictionary);
}

/* ---- the kinds of work, a step of each: whether more may be left ---- */

static bool learn(struct behind *b)
{
	behind_turn(b, STORE_DICTIONARY);
	return dictionary_step(b->db, &b->dictionary);
}

static bool index_new(struct behind *b)
{
	bool any;

	behind_turn(b, STORE_INDEX);
	b->n_unmerged++;
	return search_index_step(b->db, &any) && any;
}

static bool remove_feeds(struct behind *b)
{
	bool left;

	behind_turn(b, STORE_REMOVE);
	return removal_step(b->db, &left) && left;
}

static bool shrink(struct behind *b)
{
	behind_turn(b, STORE_SHRINK);
	return retention_shrink(b->db);
}

static bool merge(struct behind *b)
{
	bool left;

	behind_turn(b, STORE_MERGE);
	if (!search_index_merge(b->db, &left))
		return false;
	if (!left)
		b->n_unmerged = 0;
	return left;
}

/* ---- turns ---- */

static bool step(struct behind *b)
{
	static bool (*const kinds[])(struct behind *) = { learn, index_new, remove_feeds, shrink };
	size_t n = sizeof(kinds) / sizeof(*kinds);

	/* Before what writes more segments. */
	bool done = b->crowded && merge(b);
	for (size_t i = 0; i < n && !done; i++) {
		b->next = (b->next + 1) % n;
		done = kinds[b->next](b);
	}
	b->crowded = done && search_index_is_crowded(b->db);
	return done;
}

void behind_look(struct behind *b, bool alive)
{
	b->crowded = alive && search_index_is_crowded(b->db);
}

bool behind_is_due(const struct behind *b)
{
	return clock_monotonic_ms() - b->turn_ms >= LIMIT_BEHIND_MS || b->crowded;
}

void behind_step(struct behind *b)
{
	step(b);
	b->turn_ms = clock_monotonic_ms();
}

/* Merging comes once nothing else is left to do. */
bool behind_step_idle(struct behind *b)
{
	return step(b) || (b->n_unmerged >= LIMIT_SEARCH_UNMERGED && merge(b));
}
