/*
 * One random play against db/: its feeds, and what must be there after each of its steps.
 */
#ifndef COURANT_TESTS_UNIT_MODEL_PLAY_H
#define COURANT_TESTS_UNIT_MODEL_PLAY_H

#include "model.h"

#define DAY INT64_C(86400)
#define WINDOW 12 /* entries that a document shows */

struct play {
	struct rig rig;
	struct rng rng;
	int64_t now, last_id;
	struct model_feed feeds[MODEL_FEEDS];
	unsigned n_names;
	struct store_retention policy;
	int64_t begun_id, covered_id; /* by the edition that was begun, by those published */
	bool begun;
	bool waits; /* entries do, for their edition */
	/* of a question */
	struct entry_filter filter;
	const char *query;
	struct failure fail;
	int64_t ids[3000], total;
	char snippets[3000][400];
	size_t n_ids;
};

/* ---- the publisher ---- */
static UNUSED int64_t some_date(struct play *p)
{
	return chance(&p->rng, 70) ? p->now - pick(&p->rng, chance(&p->rng, 20) ? 40 * 86400 : 9000)
				   : 0;
}

static UNUSED struct item *new_item(struct play *p, struct model_feed *f)
{
	struct item *it = &f->items[f->n_items++];

	memset(it, 0, sizeof(*it));
	it->number = (int)p->n_names++;
	write_version(&p->rng, it->number, true, &it->v);
	snprintf(it->v.url, sizeof(it->v.url), "https://g.example/%u", p->n_names);
	it->v.date = some_date(p);
	return it;
}

static UNUSED void edit(struct play *p, struct model_feed *f, struct item *it)
{
	if (f->manner == BY_TEXT) {
		it->v.date = some_date(p);
		return;
	}
	write_version(&p->rng, it->number, f->manner != BY_TITLE && chance(&p->rng, 50), &it->v);
	if (chance(&p->rng, 30))
		it->v.date = some_date(p);
	if (chance(&p->rng, 30))
		snprintf(it->v.url, sizeof(it->v.url), "https://g.example/%u", ++p->n_names);
}

static UNUSED void digit(struct item *it)
{
	for (char *c = it->v.content; *c != '\0'; c++) {
		if (*c == '7' && c[1] == '<')
			*c = '1';
	}
}

static UNUSED void shuffle(struct play *p, struct item **items, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = pick(&p->rng, (unsigned)i);
		struct item *it = items[k];
		items[k] = items[i - 1];
		items[i - 1] = it;
	}
}

/* The newest items, some older ones, fewer ones now and then. */
static UNUSED size_t choose_items(struct play *p, struct model_feed *f, struct item **ret)
{
	size_t n = 0;
	bool few = f->last_success != 0 && chance(&p->rng, 8);

	for (size_t i = f->n_items; i > 0 && n < WINDOW; i--) {
		struct item *it = &f->items[i - 1];
		if (it->last_seen != 0 && p->now - it->last_seen > 100 * DAY)
			continue;
		if (few ? chance(&p->rng, 80) : chance(&p->rng, 7))
			continue;
		ret[n++] = it;
	}
	for (size_t i = 0; i < f->n_items && n < WINDOW + 4; i++) {
		struct item *it = &f->items[i];
		bool in = false;
		for (size_t k = 0; k < n; k++)
			in = in || ret[k] == it;
		if (!in && chance(&p->rng, 2) && p->now - it->last_seen < 100 * DAY)
			ret[n++] = it;
	}
	if (chance(&p->rng, 30))
		shuffle(p, ret, n);
	return n;
}

/* ---- what must be stored ---- */
static UNUSED void expect_new(
	struct play *p, struct model_feed *f, struct item *it, bool backfilled)
{
	(void)f;
	it->id = ++p->last_id;
	it->stored = it->v;
	it->there = it->listed = true;
	it->gone = 0;
	it->status = ENTRY_UNREAD;
	it->starred = false;
	it->published = it->v.date != 0 ? it->v.date : p->now;
	it->created = it->changed = p->now;
	it->backfilled = backfilled;
	it->n_past = 0;
}

static UNUSED bool is_changed(const struct item *it)
{
	return strcmp(it->v.url, it->stored.url) != 0 ||
	       strcmp(it->v.title, it->stored.title) != 0 ||
	       strcmp(it->v.content, it->stored.content) != 0 ||
	       strcmp(it->v.author, it->stored.author) != 0;
}

static UNUSED void expect_change(struct play *p, struct item *it)
{
	keep_past(it, &it->v);
	it->stored = it->v;
	it->changed = p->now;
	if (it->v.date != 0)
		it->published = it->v.date;
}

static UNUSED size_t n_old(
	struct play *p, const struct model_feed *f, struct item **items, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += items[i]->id == 0 && items[i]->v.date != 0 &&
			 items[i]->v.date < f->last_success - LIMIT_BACKFILL_AGE;
	(void)p;
	return found;
}

static UNUSED int64_t count(const struct model_feed *f, bool unread)
{
	int64_t n = 0;

	for (size_t i = 0; i < f->n_items; i++)
		n += f->items[i].there && (unread ? f->items[i].status == ENTRY_UNREAD
						  : f->items[i].status != ENTRY_REMOVED);
	return n;
}

struct expected {
	int64_t n_new, n_changed;
};

static UNUSED struct expected expect(
	struct play *p, struct model_feed *f, struct item **items, size_t n, bool partial)
{
	struct expected e = { 0 };
	bool crowd = !partial && f->last_success != 0 && count(f, false) > 0 &&
		     n_old(p, f, items, n) >= LIMIT_BACKFILL_ENTRIES;
	int64_t since = f->last_success - LIMIT_BACKFILL_AGE;

	for (size_t i = n; i > 0; i--) {
		struct item *it = items[i - 1];
		it->last_seen = p->now;
		if (it->id == 0) {
			expect_new(p, f, it, crowd && it->v.date != 0 && it->v.date < since);
			e.n_new++;
			continue;
		}
		it->gone = 0;
		it->listed = true;
		if (it->there && is_changed(it)) {
			expect_change(p, it);
			e.n_changed++;
		}
	}
	for (size_t i = 0; i < f->n_items && !partial; i++) {
		struct item *it = &f->items[i];
		if (it->listed && it->last_seen != p->now) {
			it->listed = false;
			it->gone = p->now;
		}
	}
	if (!partial)
		f->last_success = p->now;
	return e;
}

/* ---- what retention may take ---- */
static UNUSED bool is_old_enough(struct play *p, const struct item *it)
{
	int64_t keep = it->status == ENTRY_UNREAD ? p->policy.unread : p->policy.read;
	int64_t grace = keep < LIMIT_RETAIN_GRACE ? keep : LIMIT_RETAIN_GRACE;

	return keep != 0 && it->changed <= p->now - keep && it->gone <= p->now - grace;
}

static UNUSED bool may_go(const struct play *p, const struct item *it)
{
	return it->there && it->gone != 0 && !it->starred && (!p->waits || it->id <= p->covered_id);
}

static UNUSED bool is_stored(struct play *p, int64_t id)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM entries WHERE id = %" PRId64, id);
	return sql_number(p->rig.path, sql) == 1;
}

/* Takes out of the lists what is not stored any more. */
static UNUSED void expect_purged(struct play *p, struct model_feed *f, int64_t n_purged)
{
	int64_t n_before = count(f, false), n_by_count = 0, n_gone = 0;

	for (size_t i = 0; i < f->n_items && n_purged > 0; i++) {
		struct item *it = &f->items[i];
		if (!it->there || is_stored(p, it->id))
			continue;
		if (!may_go(p, it))
			fail_msg("entry %" PRId64 " was not to go", it->id);
		if (!is_old_enough(p, it)) {
			assert_int_not_equal(it->status, ENTRY_REMOVED);
			n_by_count++;
		}
		it->there = false;
		n_gone++;
	}
	assert_int_equal(n_gone, n_purged);
	if (n_by_count > 0) {
		assert_true(p->policy.max_entries_per_feed > 0);
		assert_true(count(f, false) >= p->policy.max_entries_per_feed);
		assert_true(n_before > p->policy.max_entries_per_feed);
	}
}

/* Nothing is left that had to go. */
static UNUSED void expect_settled(struct play *p, const struct model_feed *f)
{
	int64_t most = p->policy.max_entries_per_feed;

	for (size_t i = 0; i < f->n_items; i++) {
		const struct item *it = &f->items[i];
		if (!may_go(p, it))
			continue;
		if (is_old_enough(p, it))
			fail_msg("entry %" PRId64 " is too old", it->id);
		if (most > 0 && count(f, false) > most && it->status != ENTRY_REMOVED)
			fail_msg("entry %" PRId64 " is one too many", it->id);
	}
}

#endif
