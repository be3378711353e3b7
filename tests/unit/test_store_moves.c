/* The moves of feeds in the database: written, replaced, forgotten, gone with their feed. */
#include "db.h"

#define A "http://a.example/feed"
#define B "http://b.example/feed"

static int64_t add(struct rig *rig, const char *url)
{
	store_feed_add(rig->store, &(struct feed_config){ .url = url }, T0, T0, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(rig->fail.status, STATUS_OK);
	return rig->id;
}

static void put(struct rig *rig, int64_t feed_id, const struct move_record *move, const char *url)
{
	store_move_put(rig->store, feed_id, move, url, rig_feed_done, rig);
	rig_wait(rig);
}

struct seen {
	int n;
	int64_t feed_id;
	char from[64], to[64], url[64];
	struct move_record move; /* its strings are gone */
};

static void see_move(void *arg, int64_t feed_id, const struct move_record *move)
{
	struct seen *seen = arg;

	seen->n++;
	seen->feed_id = feed_id;
	snprintf(seen->from, sizeof(seen->from), "%s", move->from_url);
	snprintf(seen->to, sizeof(seen->to), "%s", move->to_url);
	seen->move = *move;
}

static void see_feed(void *arg, const struct feed_record *feed)
{
	struct seen *seen = arg;

	if (feed->id == seen->feed_id)
		snprintf(seen->url, sizeof(seen->url), "%s", feed->config.url);
}

/* What stands there after the store was opened again. */
static struct seen reopened(struct rig *rig, int64_t feed_id)
{
	struct seen seen = { .feed_id = feed_id };

	rig_close(rig);
	rig_open_store(rig);
	store_each_move(rig->store, see_move, &seen);
	seen.feed_id = feed_id;
	store_each_feed(rig->store, see_feed, &seen);
	return seen;
}

static void a_move_is_counted_then_adopted(void **state)
{
	struct rig *rig = *state;
	int64_t id = add(rig, A);
	struct move_record move = { .from_url = A, .to_url = B, .n_seen = 1, .first_seen = T0 };

	put(rig, id, &move, NULL);
	move.n_seen = 2;
	put(rig, id, &move, NULL);
	struct seen seen = reopened(rig, id);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.move.n_seen, 2);
	assert_string_equal(seen.url, A);

	move.n_seen = 3;
	move.adopted = T0 + 48 * 3600;
	put(rig, id, &move, B);
	assert_int_equal(rig->fail.status, STATUS_OK);
	seen = reopened(rig, id);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.from, A);
	assert_string_equal(seen.to, B);
	assert_string_equal(seen.url, B);
	assert_int_equal(seen.move.adopted, T0 + 48 * 3600);
	assert_int_equal(seen.move.first_seen, T0);
	assert_int_equal(seen.move.undone, 0);
}

/* Neither the move nor the URL: both, or nothing. */
static void a_url_that_is_taken_leaves_nothing_behind(void **state)
{
	struct rig *rig = *state;
	int64_t id = add(rig, A), other = add(rig, B);
	struct move_record move = { .from_url = A, .to_url = B, .n_seen = 3, .adopted = T0 };

	put(rig, id, &move, B);
	assert_int_equal(rig->fail.status, STATUS_EXISTS);
	assert_int_equal(rig->id, other);
	struct seen seen = reopened(rig, id);
	assert_int_equal(seen.n, 0);
	assert_string_equal(seen.url, A);
	put(rig, id, NULL, A); /* its own is not taken */
	assert_int_equal(rig->fail.status, STATUS_OK);
}

static void what_was_only_seen_can_be_forgotten(void **state)
{
	struct rig *rig = *state;
	int64_t id = add(rig, A);

	put(rig, id, &(struct move_record){ .from_url = A, .to_url = B, .n_seen = 1 }, NULL);
	store_move_forget(rig->store, id, 0, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(reopened(rig, id).n, 0);
}

static void moves_go_with_their_feed(void **state)
{
	struct rig *rig = *state;
	int64_t id = add(rig, A);

	put(rig, id, &(struct move_record){ .from_url = A, .to_url = B, .n_seen = 1 }, NULL);
	store_feed_remove(rig->store, id, rig_feed_done, rig);
	rig_wait(rig);
	assert_int_equal(reopened(rig, id).n, 0);
	put(rig, id, &(struct move_record){ .from_url = A, .to_url = B, .n_seen = 1 }, NULL);
	assert_int_equal(rig->fail.status, STATUS_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_move_is_counted_then_adopted, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(
			a_url_that_is_taken_leaves_nothing_behind, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_only_seen_can_be_forgotten, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(moves_go_with_their_feed, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
