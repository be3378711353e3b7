/* What goes, what stays whatever its age, and what is left of an entry that went. */
#include "db.h"

#include "base/clock.h"
#include "db/retention.h"

#define DAY INT64_C(86400)
#define FEED_URL "https://example.org/feed"

static void keep(struct rig *rig, int64_t read, int64_t unread, int64_t max_entries)
{
	struct store_retention policy = {
		.read = read, .unread = unread, .max_entries_per_feed = max_entries
	};

	store_retain(rig->store, &policy);
}

/* Time that passed, rather than a clock that jumped (db/steady.h). */
static void pass_until(struct rig *rig, int64_t now)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "UPDATE clock_watch SET seen = %lld, since = 0", (long long)now);
	sql_run(rig->path, sql);
}

static void mark(struct rig *rig, int64_t id, enum entry_status status, int64_t now)
{
	store_entries_status(rig->store, &id, 1, status, now, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->n, 1);
}

static void star(struct rig *rig, int64_t id, int64_t now)
{
	store_entry_toggle_star(rig->store, id, now, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

/* A fetch that brought nothing: a 304, or a failure. */
static void poll_without_document(struct rig *rig, int64_t feed, int64_t now)
{
	refresh_doc(rig, feed, NULL, now);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

/* As many of them as it takes: on a slow machine the clock cuts a step short. Returns how many
 * entries went. */
static int64_t settle(struct rig *rig, int64_t feed, int64_t now)
{
	int64_t n = 0;

	do {
		poll_without_document(rig, feed, now);
		n += rig->refresh.n_purged;
	} while (rig->refresh.n_purged > 0);
	return n;
}

static int64_t count(struct rig *rig, const char *table)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", table);
	return sql_number(rig->path, sql);
}

static bool stored(struct rig *rig, int64_t id)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM entries WHERE id = %lld", (long long)id);
	return sql_number(rig->path, sql) > 0;
}

static const struct spec four[] = { { .guid = "d", .title = "D", .content = "<p>d</p>" },
	{ .guid = "c", .title = "C", .content = "<p>c</p>" },
	{ .guid = "b", .title = "B", .content = "<p>b</p>" },
	{ .guid = "a", .title = "A", .content = "<p>a</p>" } };
static const struct spec other[] = { { .guid = "z", .title = "Z" } };

/* A feed with entries 1 to 4, stored at T0, which left the document a day later for entry 5. */
static int64_t left_feed(struct rig *rig)
{
	int64_t feed = add_feed(rig, FEED_URL, NULL);

	refresh(rig, feed, four, 4, T0);
	refresh(rig, feed, other, 1, T0 + DAY);
	return feed;
}

static void without_a_policy_everything_is_kept(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig);

	assert_int_equal(settle(rig, feed, T0 + 10000 * DAY), 0);
	keep(rig, 0, 0, 0);
	assert_int_equal(settle(rig, feed, T0 + 10000 * DAY), 0);
	assert_int_equal(count(rig, "entries"), 5);
}

struct rule {
	const char *name;
	enum entry_status status;
	int64_t marked_after; /* seconds after T0; of unread entries, their age counts from T0 */
	int64_t read, unread;
	int64_t poll_after;
	bool goes;
};

static const struct rule rules[] = {
	{ "read, and a second too young", ENTRY_READ, 100, 60 * DAY, 0, 60 * DAY + 99, false },
	{ "read long ago", ENTRY_READ, 100, 60 * DAY, 0, 60 * DAY + 100, true },
	{ "stored long ago, but read today", ENTRY_READ, 90 * DAY, 60 * DAY, 0, 91 * DAY, false },
	{ "read, and read ones stay for ever", ENTRY_READ, 100, 0, 10 * DAY, 9000 * DAY, false },
	{ "unread, and too young", ENTRY_UNREAD, 0, DAY, 365 * DAY, 365 * DAY - 1, false },
	{ "unread for long", ENTRY_UNREAD, 0, DAY, 365 * DAY, 365 * DAY, true },
	{ "unread, and unread ones stay for ever", ENTRY_UNREAD, 0, DAY, 0, 9000 * DAY, false },
	{ "removed", ENTRY_REMOVED, 100, 60 * DAY, 0, 60 * DAY + 100, true },
	{ "old, but in the document until now", ENTRY_READ, 0, DAY, DAY, 2 * DAY - 1, false },
	{ "old, and a day out of the document", ENTRY_READ, 0, DAY, DAY, 2 * DAY, true },
	{ "a policy of seconds has a grace of seconds", ENTRY_UNREAD, 0, 1, 5, DAY + 5, true },
	{ "a policy of seconds, too young", ENTRY_UNREAD, 0, 1, 5, DAY + 4, false },
};

static void play(struct rig *rig, const struct rule *r, size_t i)
{
	static const struct spec entry[] = { { .guid = "a", .title = "A", .content = "<p>x</p>" } };
	char url[64];

	snprintf(url, sizeof(url), "https://example.org/%zu", i);
	int64_t feed = add_feed(rig, url, NULL);
	keep(rig, 0, 0, 0);
	pass_until(rig, T0);
	refresh(rig, feed, entry, 1, T0);
	int64_t id = rig->refresh.first_id;
	refresh(rig, feed, other, 1, T0 + DAY);
	if (r->status != ENTRY_UNREAD)
		mark(rig, id, r->status, T0 + r->marked_after);
	keep(rig, r->read, r->unread, 0);
	pass_until(rig, T0 + r->poll_after);
	int64_t n = settle(rig, feed, T0 + r->poll_after);
	if (n != r->goes || stored(rig, id) == r->goes)
		fail_msg("%s: %d went", r->name, (int)n);
	assert_int_equal(rig->refresh.n_entries, 1 + (!r->goes && r->status != ENTRY_REMOVED));
	assert_counters_right(rig);
}

static void entries_go_by_age(void **state)
{
	for (size_t i = 0; i < N_ELEMENTS(rules); i++)
		play(*state, &rules[i], i);
}

static void what_hangs_on_an_entry_goes_with_it(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL);
	struct feed_doc *doc = make_doc(four, 4);
	struct feed_tag tag = { .term = "x" };
	struct feed_attachment attachment = { .url = "https://example.org/a.mp3" };

	doc->entries[0].tags = &tag;
	doc->entries[0].n_tags = 1;
	doc->entries[0].attachments = &attachment;
	doc->entries[0].n_attachments = 1;
	refresh_doc(rig, feed, doc, T0);
	assert_int_equal(count(rig, "entry_tags") + count(rig, "enclosures"), 2);
	int64_t n_keys = count(rig, "entry_keys");
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, NULL, 0, T0 + DAY);
	assert_int_equal(settle(rig, feed, T0 + 2 * DAY), 4);
	assert_int_equal(count(rig, "entries"), 0);
	assert_int_equal(count(rig, "contents"), 0);
	assert_int_equal(count(rig, "entry_tags") + count(rig, "enclosures"), 0);
	assert_int_equal(count(rig, "entry_keys"), n_keys);
	assert_int_equal(count(rig, "tombstones"), 4);
	assert_counters_right(rig);
	/* And with the feed its tombstones. */
	store_feed_remove(rig->store, feed, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	assert_int_equal(count(rig, "entry_keys") + count(rig, "tombstones"), 0);
}

static void starred_entries_stay(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig);

	mark(rig, 2, ENTRY_READ, T0);
	star(rig, 2, T0);
	star(rig, 3, T0);
	keep(rig, DAY, DAY, 1);
	assert_int_equal(settle(rig, feed, T0 + 900 * DAY), 2);
	assert_true(stored(rig, 2) && stored(rig, 3) && stored(rig, 5));
	assert_counters_right(rig);
	/* Without its star it is as old as that change. */
	keep(rig, DAY, DAY, 0);
	star(rig, 2, T0 + 900 * DAY);
	settle(rig, feed, T0 + 901 * DAY - 1);
	assert_true(stored(rig, 2));
	settle(rig, feed, T0 + 901 * DAY);
	assert_false(stored(rig, 2));
	assert_counters_right(rig);
}

static void what_stands_in_the_document_stays(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL);

	keep(rig, DAY, DAY, 1);
	refresh(rig, feed, four, 4, T0);
	mark(rig, 1, ENTRY_READ, T0);
	settle(rig, feed, T0 + 900 * DAY);
	refresh(rig, feed, four, 4, T0 + 901 * DAY);
	assert_int_equal(count(rig, "entries"), 4);
	/* One left and came back within its day: it was an accident. */
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, four, 3, T0 + 902 * DAY);
	assert_int_equal(sql_number(rig->path, "SELECT id FROM entries WHERE gone > 0"), 1);
	refresh(rig, feed, four, 4, T0 + 903 * DAY - 1);
	assert_int_equal(rig->refresh.n_new + rig->refresh.n_purged, 0);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE gone > 0"), 0);
	settle(rig, feed, T0 + 950 * DAY);
	assert_int_equal(count(rig, "entries"), 4);
}

/* The same entry twice in a document, and one that is known by another key today. */
static void presence_follows_the_entry_not_its_keys(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL);
	static const struct spec before[] = { { .guid = "a", .url = "/a", .title = "A" },
		{ .guid = "b", .url = "/b", .title = "B" } };
	static const struct spec after[] = { { .guid = "a2", .url = "/a", .title = "A" },
		{ .guid = "b", .url = "/b", .title = "B" },
		{ .guid = "b", .url = "/b", .title = "B" } };

	refresh(rig, feed, before, 2, T0);
	refresh(rig, feed, after, 3, T0 + DAY);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE gone > 0"), 0);
	refresh(rig, feed, NULL, 0, T0 + 2 * DAY);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entries WHERE gone = 1700172800"), 2);
}

static void a_feed_has_its_most_entries(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig), quiet = add_feed(rig, "https://example.org/quiet", NULL);

	refresh(rig, quiet, four, 4, T0);
	refresh(rig, quiet, other, 1, T0 + DAY);
	mark(rig, 3, ENTRY_READ, T0 + 20);
	mark(rig, 4, ENTRY_READ, T0 + 10);
	mark(rig, 2, ENTRY_REMOVED, T0 + 10); /* counts nowhere, and waits for its age */
	keep(rig, 0, 0, 3);
	assert_int_equal(settle(rig, feed, T0 + 2 * DAY), 1);
	assert_int_equal(rig->refresh.n_entries, 3);
	assert_false(stored(rig, 4)); /* read before 3 was */
	keep(rig, 0, 0, 1);
	assert_int_equal(settle(rig, feed, T0 + 2 * DAY), 2);
	assert_true(!stored(rig, 1) && !stored(rig, 3) && stored(rig, 2) && stored(rig, 5));
	assert_int_equal(settle(rig, feed, T0 + 2 * DAY), 0);
	assert_int_equal(count(rig, "entries WHERE feed_id = 2"), 5); /* the other feed's stay */
	assert_counters_right(rig);
}

static void unread_entries_go_after_all_read_ones(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig);

	mark(rig, 4, ENTRY_READ, T0 + 5 * DAY);
	keep(rig, 0, 0, 3);
	settle(rig, feed, T0 + 6 * DAY);
	assert_true(!stored(rig, 4) && !stored(rig, 1)); /* then the oldest unread one */
	assert_true(stored(rig, 2) && stored(rig, 3));
	assert_counters_right(rig);
}

static void steps_are_small_and_come_to_an_end(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL), left = 3 * LIMIT_RETAIN_STEP + 50;
	int steps = 0;

	refresh_doc(rig, feed, make_numbered((size_t)left, "x"), T0);
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, NULL, 0, T0 + DAY);
	/* A slow machine is stopped by the clock instead; it goes on with the next refresh. */
	for (; left > 0; left -= rig->refresh.n_purged, steps++) {
		poll_without_document(rig, feed, T0 + 2 * DAY + steps);
		assert_in_range(rig->refresh.n_purged, 1, LIMIT_RETAIN_STEP);
		assert_counters_right(rig);
	}
	assert_true(steps >= 4);
	assert_int_equal(count(rig, "entries"), 0);
}

/* More keys than are walked over at a time. */
static void many_tombstones_are_forgotten(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL), now = T0 + 2 * DAY;
	size_t n = 700;

	refresh_doc(rig, feed, make_numbered(n, "x"), T0);
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, NULL, 0, T0 + DAY);
	assert_int_equal(settle(rig, feed, now), (int64_t)n);
	assert_true(count(rig, "entry_keys") > 1400);
	now += LIMIT_TOMBSTONE + 1;
	pass_until(rig, now);
	for (int i = 0; i < 10000 && count(rig, "tombstones") > 1; i++)
		refresh_doc(rig, feed, make_numbered(1, "x"), now);
	/* The one that is shown is known on. */
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(count(rig, "tombstones"), 1);
	refresh_doc(rig, feed, make_numbered(1, "x"), now);
	assert_int_equal(count(rig, "forgetting"), 0);
	assert_int_equal(count(rig, "entry_keys"),
		sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys WHERE entry_id IN (SELECT "
				      "entry_id FROM tombstones)"));
	assert_in_range(count(rig, "entry_keys"), 1, ENTRY_KEY_COUNT);
	refresh_doc(rig, feed, make_numbered(3, "x"), now + 1);
	assert_int_equal(rig->refresh.n_new, 2);
}

/* A feed whose every document is another one must not grow faster than it is emptied. */
static void what_comes_in_may_go_out(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL), n = 2 * LIMIT_RETAIN_STEP;
	int64_t n_purged = 0;

	keep(rig, 0, 0, 1);
	refresh_doc(rig, feed, make_numbered((size_t)n, "x"), T0);
	assert_int_equal(rig->refresh.n_purged, 0);
	struct feed_doc *doc = make_numbered((size_t)n, "y");
	for (int64_t i = 0; i < n; i++) {
		for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++)
			doc->entries[i].keys[kind].bytes[0] ^= 0xff;
	}
	refresh_doc(rig, feed, doc, T0 + DAY);
	assert_int_equal(rig->refresh.n_new, n);
	n_purged = rig->refresh.n_purged;
	assert_in_range(n_purged, 1, n);
	for (int i = 0; i < 100 && n_purged < n; i++) {
		poll_without_document(rig, feed, T0 + DAY + i);
		n_purged += rig->refresh.n_purged;
	}
	assert_int_equal(n_purged, n);
	assert_counters_right(rig);
}

static void a_purged_entry_does_not_come_back_until_it_is_forgotten(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig), now = T0 + 3 * DAY;

	keep(rig, DAY, DAY, 0);
	assert_int_equal(settle(rig, feed, now), 4);
	/* It is shown again, again within the day, and for long: that keeps the tombstone. */
	for (int i = 0; i < 5; i++, now += LIMIT_TOMBSTONE - DAY) {
		pass_until(rig, now);
		refresh(rig, feed, four, 2, now);
		assert_int_equal(rig->refresh.n_new, 0);
		refresh(rig, feed, four, 2, now + 60);
		assert_int_equal(rig->refresh.n_new, 0);
	}
	assert_int_equal(count(rig, "entries WHERE id <= 4"), 0);
	/* The two that nobody has shown are forgotten by then, those shown are not. */
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM tombstones WHERE entry_id < 3"), 0);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM entry_keys WHERE entry_id < 3"), 0);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM tombstones WHERE entry_id < 5"), 2);
	/* Without a document nothing is forgotten: they may still stand in the last one. */
	now += 10 * (int64_t)LIMIT_TOMBSTONE;
	pass_until(rig, now);
	settle(rig, feed, now);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM tombstones WHERE entry_id < 5"), 2);
	refresh(rig, feed, four, 1, now);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(
		sql_number(rig->path, "SELECT COUNT(*) FROM tombstones WHERE entry_id < 5"), 1);
	/* A forgotten one is new. */
	refresh(rig, feed, four, 4, now + 1);
	assert_int_equal(rig->refresh.n_new, 3);
	assert_counters_right(rig);
}

/* A clock that is wrong for an hour, or for a night with restarts, takes nothing for its age; one
 * that stays is believed after a day. Surplus goes all the same: it is not counted by the clock. */
static void a_clock_that_jumps(void **state)
{
	static const int64_t jumps[] = { 366 * DAY, 40 * 366 * DAY, -366 * DAY, 31 * DAY };
	struct rig *rig = *state;
	int64_t feed = left_feed(rig), now = T0 + 3 * DAY;

	keep(rig, 40 * DAY, 40 * DAY, 0);
	assert_int_equal(settle(rig, feed, now), 0);
	for (size_t i = 0; i < N_ELEMENTS(jumps); i++) {
		for (int64_t later = 0; later < DAY; later += DAY / 6) {
			assert_int_equal(settle(rig, feed, now + jumps[i] + later), 0);
			rig_close(rig);
			rig_open_store(rig);
			keep(rig, 40 * DAY, 40 * DAY, 0);
		}
		/* It is set right. */
		now += DAY;
		assert_int_equal(settle(rig, feed, now), 0);
	}
	int64_t had = count(rig, "entries");
	/* Nor are tombstones forgotten that are not as old as the clock says. */
	keep(rig, 40 * DAY, 40 * DAY, had - 1);
	now += 366 * DAY;
	assert_int_equal(settle(rig, feed, now), 1);
	refresh(rig, feed, four, 1, now);
	assert_int_equal(count(rig, "tombstones"), 1);
	/* It was right, after all. */
	keep(rig, 40 * DAY, 40 * DAY, 0);
	assert_int_equal(settle(rig, feed, now + DAY - 1), 0);
	assert_true(settle(rig, feed, now + 2 * DAY) > 0);
	assert_counters_right(rig);
}

static void publish(struct rig *rig, const char *digest, int64_t now)
{
	store_edition_begin(rig->store, digest, "2026-01-01", now, rig_edition_done, rig);
	rig_wait(rig);
	store_edition_published(rig->store, rig->edition.id, rig_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void entries_wait_for_their_edition(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig), now = T0 + 900 * DAY;
	const char *digests[] = { "morning", "evening" };
	struct store_retention policy = { .read = DAY,
		.unread = DAY,
		.max_entries_per_feed = 1,
		.digests = digests,
		.n_digests = 2 };

	store_retain(rig->store, &policy);
	assert_int_equal(settle(rig, feed, now), 0);
	publish(rig, "morning", now);
	publish(rig, "gone from the configuration", now);
	assert_int_equal(settle(rig, feed, now), 0);
	/* Begun is not published: its files may still have to be made. */
	store_edition_begin(rig->store, "evening", "2026-01-01", now, rig_edition_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->edition.upto_id, 5);
	assert_int_equal(settle(rig, feed, now), 0);
	store_edition_published(rig->store, rig->edition.id, rig_done, rig);
	rig_wait(rig);
	/* Entry 6 is in no edition yet. */
	refresh(rig, feed, four, 0, now);
	refresh(rig, feed, (struct spec[]){ { .guid = "y", .title = "Y" } }, 1, now);
	refresh(rig, feed, four, 0, now);
	settle(rig, feed, now + 9 * DAY);
	assert_int_equal(count(rig, "entries"), 1);
	assert_true(stored(rig, 6));
}

/* The cursors of followers and digests are ids: what goes disturbs neither. */
static void cursors_hold(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig);

	publish(rig, "daily", T0 + DAY);
	assert_int_equal(rig->edition.upto_id, 5);
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, four, 0, T0 + 2 * DAY);
	settle(rig, feed, T0 + 9 * DAY);
	assert_int_equal(count(rig, "entries"), 0);
	assert_int_equal(store_last_entry_id(rig->store), 5);
	refresh(rig, feed, (struct spec[]){ { .guid = "y", .title = "Y" } }, 1, T0 + 9 * DAY);
	assert_int_equal(rig->refresh.first_id, 6);
	rig_close(rig);
	rig_open_store(rig);
	assert_int_equal(store_last_entry_id(rig->store), 6);
	store_edition_begin(rig->store, "daily", "2026-01-02", T0 + 9 * DAY, rig_edition_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->edition.after_id, 5);
	assert_int_equal(rig->edition.upto_id, 6);
}

static void the_file_shrinks_again(void **state)
{
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL), now = T0 + 2 * DAY, n = 400;
	char *content = make_noise(64 * KIB);

	assert_int_equal(sql_number(rig->path, "PRAGMA auto_vacuum"), 2);
	refresh_doc(rig, feed, make_numbered((size_t)n, content), T0);
	free(content);
	int64_t before = sql_number(rig->path, "PRAGMA page_count");
	assert_true(before > 4000);
	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, NULL, 0, T0 + DAY);
	/* As much at a time as the clock allows, while nobody waits, and not to the last page. */
	settle(rig, feed, now);
	int64_t deadline_ms = clock_monotonic_ms() + 60000;
	/* Those of the search index are free once it is merged. */
	while (sql_number(rig->path, "PRAGMA freelist_count") > LIMIT_FREE_PAGES ||
		sql_number(rig->path, "PRAGMA page_count") > 2 * LIMIT_FREE_PAGES) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		usleep(10000);
	}
	assert_true(sql_number(rig->path, "PRAGMA freelist_count") >= LIMIT_FREE_PAGES / 2);
	assert_int_equal(count(rig, "entries"), 0);
	assert_int_equal(count(rig, "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

/* Whoever asked with the old policy is answered by it, and it is freed after that. */
static void policies_are_replaced_while_in_use(void **state)
{
	struct rig *rig = *state;
	int64_t feed = left_feed(rig);
	struct feed_fetch_state fetched = { .next_due = T0 };
	const char *digests[] = { "daily" };
	struct store_retention policy = { .read = 1, .digests = digests, .n_digests = 1 };

	for (int i = 0; i < 50; i++) {
		policy.unread = i % 2 == 0 ? 0 : DAY;
		store_retain(rig->store, &policy);
		store_refresh(rig->store, feed, &fetched, NULL, T0 + 9 * DAY, NULL, NULL);
	}
	poll_without_document(rig, feed, T0 + 9 * DAY);
	assert_int_equal(count(rig, "entries"), 5); /* no edition covers them */
}

/* An earlier page, or a hub, brought them: they count as shown until the next document, even one
 * that says the same as before, and then they go like others. */
static void what_no_document_showed_goes_too(void **state)
{
	static const struct spec shown = { .guid = "a", .title = "A" },
				 paged = { .guid = "b", .title = "B" },
				 left = { .guid = "c", .title = "C" };
	struct rig *rig = *state;
	int64_t feed = add_feed(rig, FEED_URL, NULL);

	keep(rig, DAY, DAY, 0);
	refresh(rig, feed, &left, 1, T0);
	refresh(rig, feed, &shown, 1, T0 + 1);
	for (int i = 0; i < 2; i++) {
		struct feed_doc *page = make_doc(i == 0 ? &paged : &left, 1);
		page->partial = true;
		refresh_doc(rig, feed, page, T0 + 2 + i);
	}
	assert_int_equal(settle(rig, feed, T0 + 5 * DAY), 0);
	refresh(rig, feed, &shown, 1, T0 + 5 * DAY);
	assert_int_equal(settle(rig, feed, T0 + 6 * DAY - 1), 0);
	assert_int_equal(settle(rig, feed, T0 + 6 * DAY), 2);
	refresh(rig, feed, &shown, 1, T0 + 7 * DAY);
	assert_int_equal(rig->refresh.n_new, 0);
	assert_int_equal(rig->refresh.n_entries, 1);
	assert_counters_right(rig);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(without_a_policy_everything_is_kept),
		T(entries_go_by_age),
		T(what_hangs_on_an_entry_goes_with_it),
		T(starred_entries_stay),
		T(what_stands_in_the_document_stays),
		T(presence_follows_the_entry_not_its_keys),
		T(a_feed_has_its_most_entries),
		T(unread_entries_go_after_all_read_ones),
		T(steps_are_small_and_come_to_an_end),
		T(many_tombstones_are_forgotten),
		T(a_clock_that_jumps),
		T(what_comes_in_may_go_out),
		T(a_purged_entry_does_not_come_back_until_it_is_forgotten),
		T(entries_wait_for_their_edition),
		T(cursors_hold),
		T(the_file_shrinks_again),
		T(policies_are_replaced_while_in_use),
		T(what_no_document_showed_goes_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
