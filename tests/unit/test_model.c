/*
 * A random play against db/, held against the simple model of model.h: what is stored, counted,
 * kept, found and shown after each step is what the lists say. MODEL_SEED= repeats a play,
 * MODEL_STEPS= makes it longer (`make model`).
 */
#include "model_ask.h"

#include "db/connection.h"

/* ---- steps ---- */
static void file_doc(struct play *p, struct model_feed *f, struct feed_doc *doc)
{
	struct feed_fetch_state state = { .next_due = p->now + 3600,
		.ttl_minutes = -1,
		.update_interval_seconds = -1,
		.last_fetch = p->now,
		.last_success = f->last_success };

	store_refresh(p->rig.store, f->id, &state, doc, p->now, rig_refresh_done, &p->rig);
	rig_wait(&p->rig);
	if (p->rig.fail.status != STATUS_OK)
		fail_msg("%s: %s", status_name(p->rig.fail.status), p->rig.fail.detail);
}

static void file_items(
	struct play *p, struct model_feed *f, struct item **items, size_t n, bool partial)
{
	struct feed_doc *doc = publish(&p->rng, f, items, n);
	struct expected e = expect(p, f, items, n, partial);

	doc->partial = partial;
	file_doc(p, f, doc);
	if (p->rig.refresh.n_new != e.n_new || p->rig.refresh.n_changed != e.n_changed)
		fail_msg("manner %d: %d new and %d changed instead of %d and %d", f->manner,
			(int)p->rig.refresh.n_new, (int)p->rig.refresh.n_changed, (int)e.n_new,
			(int)e.n_changed);
	expect_purged(p, f, p->rig.refresh.n_purged);
	assert_int_equal(p->rig.refresh.n_entries, count(f, false));
	assert_int_equal(p->rig.refresh.n_unread, count(f, true));
}

static void step_fetch(struct play *p, struct model_feed *f)
{
	struct item *items[MODEL_ITEMS];
	unsigned n_new = f->last_success == 0 ? 3 : pick(&p->rng, chance(&p->rng, 5) ? 14 : 3);

	f->https = chance(&p->rng, 5) ? !f->https : f->https;
	for (unsigned i = 0; i < n_new && f->n_items < MODEL_ITEMS; i++)
		new_item(p, f);
	for (size_t i = 0; i < f->n_items; i++) {
		if (chance(&p->rng, 6))
			edit(p, f, &f->items[i]);
		else if (chance(&p->rng, 3) && f->manner != BY_TEXT)
			digit(&f->items[i]);
	}
	size_t n = choose_items(p, f, items);
	while (f->last_success == 0 && n < 2)
		n = choose_items(p, f, items);
	file_items(p, f, items, n, false);
	if (chance(&p->rng, 30)) {
		shuffle(p, items, n);
		p->now += pick(&p->rng, 600);
		file_items(p, f, items, n, false);
	}
}

/* An earlier page, or what a hub sends. */
static void step_push(struct play *p, struct model_feed *f)
{
	struct item *items[3];
	size_t n = 0;

	if (f->last_success == 0)
		return;
	if (f->n_items < MODEL_ITEMS)
		new_item(p, f);
	for (size_t i = f->n_items; i > 0 && n < 3; i--) {
		struct item *it = &f->items[i - 1];
		if (chance(&p->rng, 30) &&
			(it->last_seen == 0 || p->now - it->last_seen < 100 * DAY)) {
			if (chance(&p->rng, 30))
				edit(p, f, it);
			items[n++] = it;
		}
	}
	file_items(p, f, items, n, true);
}

static void settle(struct play *p, struct model_feed *f)
{
	do {
		file_doc(p, f, NULL);
		expect_purged(p, f, p->rig.refresh.n_purged);
	} while (p->rig.refresh.n_purged > 0);
	expect_settled(p, f);
}

/* One follows upon the other; what was begun and not published is begun again. */
static void step_edition(struct play *p)
{
	struct rig *rig = &p->rig;

	store_edition_begin(rig->store, "daily", "2023-11-14", p->now, rig_edition_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(rig->edition.after_id, p->covered_id);
	assert_int_equal(rig->edition.upto_id, p->begun ? p->begun_id : p->last_id);
	p->begun = chance(&p->rng, 30);
	p->begun_id = rig->edition.upto_id;
	if (p->begun)
		return;
	store_edition_published(rig->store, rig->edition.id, rig_done, rig);
	rig_wait(rig);
	p->covered_id = p->begun_id;
}

static void step_retain(struct play *p, struct model_feed *f)
{
	static const char *const digests[] = { "daily" };

	p->policy = (struct store_retention){ .read = pick(&p->rng, 4) * 12 * 3600,
		.unread = pick(&p->rng, 4) * 2 * DAY,
		.max_entries_per_feed = chance(&p->rng, 50) ? 0 : 3 + pick(&p->rng, 25) };
	p->waits = chance(&p->rng, 50);
	p->policy.digests = digests;
	p->policy.n_digests = p->waits;
	store_retain(p->rig.store, &p->policy);
	settle(p, f);
}

static struct item *some_item(struct play *p)
{
	for (int i = 0; i < 50; i++) {
		struct model_feed *f = &p->feeds[pick(&p->rng, MODEL_FEEDS)];
		if (f->id == 0 || f->n_items == 0)
			continue;
		struct item *it = &f->items[pick(&p->rng, (unsigned)f->n_items)];
		if (it->there)
			return it;
	}
	return NULL;
}

static void step_mark(struct play *p)
{
	struct item *it = some_item(p);
	enum entry_status status = (enum entry_status)pick(&p->rng, 3);
	int64_t ids[4] = { p->last_id + 100, 0, 0, -1 };

	if (it == NULL)
		return;
	ids[1] = ids[2] = it->id;
	int64_t n = it->status != status;
	if (n > 0)
		it->changed = p->now;
	it->status = status;
	store_entries_status(p->rig.store, ids, 4, status, p->now, rig_done, &p->rig);
	rig_wait(&p->rig);
	assert_int_equal(p->rig.n, n);
}

static void step_star(struct play *p)
{
	struct item *it = some_item(p);

	if (it == NULL)
		return;
	it->starred = !it->starred;
	it->changed = p->now;
	store_entry_toggle_star(p->rig.store, it->id, p->now, rig_done, &p->rig);
	rig_wait(&p->rig);
	assert_int_equal(p->rig.fail.status, STATUS_OK);
}

static void step_mark_all(struct play *p)
{
	unsigned which = pick(&p->rng, MODEL_FEEDS + 1);
	int64_t upto = p->last_id - pick(&p->rng, 30), n = 0;
	int64_t feed_id = which < MODEL_FEEDS ? p->feeds[which].id : 0;

	for (size_t i = 0; i < MODEL_FEEDS; i++) {
		struct model_feed *f = &p->feeds[i];
		for (size_t k = 0; f->id != 0 && k < f->n_items; k++) {
			struct item *it = &f->items[k];
			if ((feed_id != 0 && f->id != feed_id) || !it->there || it->id > upto ||
				it->status != ENTRY_UNREAD)
				continue;
			it->status = ENTRY_READ;
			it->changed = p->now;
			n++;
		}
	}
	store_feed_mark_read(p->rig.store, feed_id, upto, p->now, rig_done, &p->rig);
	rig_wait(&p->rig);
	assert_int_equal(p->rig.n, n);
}

static void step_feed(struct play *p, struct model_feed *f)
{
	if (f->id != 0) {
		store_feed_remove(p->rig.store, f->id, rig_feed_done, &p->rig);
		rig_wait(&p->rig);
		assert_int_equal(p->rig.fail.status, STATUS_OK);
	}
	memset(f, 0, sizeof(*f));
	f->manner = (enum manner)(f - p->feeds);
	snprintf(f->url, sizeof(f->url), "https://host%d.example/feed", (int)f->manner);
	snprintf(f->category, sizeof(f->category), "cat %d", (int)f->manner % 3);
	f->id = add_feed(&p->rig, f->url, f->category);
}

static void open_all(struct play *p)
{
	rig_open_store(&p->rig);
	rig_open_readers(&p->rig, 1 + pick(&p->rng, 2));
	store_retain(p->rig.store, &p->policy);
	store_begin(p->rig.store);
}

/* ---- comparing ---- */
struct past_check {
	struct play *p;
	const struct item *it;
	size_t n;
};

static void see_past(void *arg, const struct revision_record *r)
{
	struct past_check *c = arg;
	const struct past *past = &c->it->past[c->n++];

	assert_true(c->n <= c->it->n_past);
	assert_int_equal(r->number, past->number);
	assert_int_equal(r->n_alike, past->n_alike);
	assert_string_equal(some(r->title), past->v.title);
	assert_string_equal(some(r->content), past->v.content);
	assert_string_equal(some(r->author), past->v.author);
	assert_string_equal(some(r->url), past->v.url);
}

static void ask_past(struct query *q, void *arg)
{
	struct past_check *c = arg;

	assert_int_equal(query_revisions(q, c->it->id, see_past, c), c->it->n_past);
}

static void done_past(void *arg)
{
	((struct past_check *)arg)->p->rig.answered = true;
}

static void compare_all(struct play *p)
{
	static const enum entry_status all[] = { ENTRY_UNREAD, ENTRY_READ, ENTRY_REMOVED };
	size_t n = 0;

	p->filter = (struct entry_filter){ .statuses = all, .n_statuses = 3 };
	p->query = NULL;
	submit(p);
	for (size_t i = 0; i < MODEL_FEEDS; i++) {
		for (size_t k = 0; k < p->feeds[i].n_items; k++) {
			struct item *it = &p->feeds[i].items[k];
			n += it->there;
			if (it->there) {
				struct past_check c = { p, it, 0 };
				readers_submit(p->rig.readers, ask_past, done_past, &c);
				rig_wait(&p->rig);
			}
		}
	}
	assert_int_equal(p->n_ids, n);
	assert_int_equal(p->total, n);
	for (size_t i = 1; i < n; i++)
		assert_true(p->ids[i - 1] < p->ids[i]);
	assert_counters_right(&p->rig);
}

static void check_file(struct play *p)
{
	struct db db;

	assert_true(db_open(&db, p->rig.path, DB_WRITER));
	if (!db_exec(&db, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)"))
		fail_msg("the index: %s", db.error);
	db_close(&db);
	assert_int_equal(sql_number(p->rig.path, "SELECT COUNT(*) FROM pragma_integrity_check"
						 " WHERE integrity_check <> 'ok'"),
		0);
	assert_int_equal(
		sql_number(p->rig.path, "SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
}

static void restart(struct play *p)
{
	bool whole = chance(&p->rng, 30);
	if (whole)
		wait_for_index(p);
	rig_close(&p->rig);
	if (whole)
		check_file(p);
	open_all(p);
}

static void step(struct play *p)
{
	struct model_feed *f = &p->feeds[pick(&p->rng, MODEL_FEEDS)];
	unsigned what = pick(&p->rng, 1000);

	p->now += pick(&p->rng, chance(&p->rng, 10) ? 40000 : 3000);
	if (f->n_items == MODEL_ITEMS && chance(&p->rng, 3))
		step_feed(p, f);
	else if (what < 250)
		step_fetch(p, f);
	else if (what < 290)
		step_push(p, f);
	else if (what < 300)
		step_retain(p, f);
	else if (what < 310)
		settle(p, f);
	else if (what < 320)
		step_edition(p);
	else if (what < 400)
		step_mark(p);
	else if (what < 460)
		step_star(p);
	else if (what < 480)
		step_mark_all(p);
	else if (what < 484)
		step_feed(p, f);
	else if (what < 490)
		restart(p);
	else if (what < 530)
		compare_all(p);
	else
		step_ask(p);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void play(uint64_t seed, uint64_t n_steps)
{
	struct play *p = xcalloc(1, sizeof(*p));

	print_message("seed %" PRIu64 "\n", seed);
	rng_seed(&p->rng, seed);
	p->now = T0;
	rig_init(&p->rig);
	open_all(p);
	for (size_t i = 0; i < MODEL_FEEDS; i++) {
		p->feeds[i].manner = (enum manner)i;
		step_feed(p, &p->feeds[i]);
	}
	for (uint64_t i = 0; i < n_steps; i++)
		step(p);
	compare_all(p);
	wait_for_index(p);
	rig_close(&p->rig);
	check_file(p);
	rig_release(&p->rig);
	free(p);
}

static void a_play_with_a_fixed_seed(void **state)
{
	(void)state;
	play(number("MODEL_SEED", 1), number("MODEL_STEPS", 250));
}

static void a_play_with_another_seed(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed_random(&rng);
	play(number("MODEL_SEED", rng_next(&rng) % 1000000), number("MODEL_STEPS", 250));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_play_with_a_fixed_seed),
		cmocka_unit_test(a_play_with_another_seed),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
