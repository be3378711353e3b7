/* What is remembered of hosts. */
#include "db.h"

#include "base/limits.h"

struct seen {
	unsigned n;
	char host[32];
	int64_t since, until, pause_ms;
};

static void see_rest(void *arg, const char *host, int64_t since, int64_t until, int64_t pause_ms)
{
	struct seen *seen = arg;

	seen->n++;
	snprintf(seen->host, sizeof(seen->host), "%s", host);
	seen->since = since;
	seen->until = until;
	seen->pause_ms = pause_ms;
}

/* Stored requests are answered in order: when another one was answered, they are done. */
static struct seen reopened(struct rig *rig)
{
	struct seen seen = { 0 };
	const int64_t nobody[1] = { 0 };

	store_entries_status(rig->store, nobody, 1, ENTRY_READ, T0, rig_done, rig);
	rig_wait(rig);
	rig_close(rig);
	rig_open_store(rig);
	store_each_rest(rig->store, see_rest, &seen);
	return seen;
}

static void rests_are_kept_with_their_pause(void **state)
{
	(void)state;
	struct rig rig;

	rig_init(&rig);
	rig_open_store(&rig);
	store_host_rest(rig.store, "a.example:443", T0, T0 + 60, 2000);
	store_host_rest(rig.store, "a.example:443", T0 + 70, T0 + 100, 4000);
	struct seen seen = reopened(&rig);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.host, "a.example:443");
	assert_true(seen.since == T0 + 70 && seen.until == T0 + 100 && seen.pause_ms == 4000);
	rig_release(&rig);
}

static void rests_go_when_nothing_is_left_of_them(void **state)
{
	(void)state;
	struct rig rig;
	int64_t later = T0 + 60 + LIMIT_HOST_PAUSE_KEPT;

	rig_init(&rig);
	rig_open_store(&rig);
	store_host_rest(rig.store, "old.example:443", T0, T0 + 60, 2000);
	store_host_rest(rig.store, "new.example:443", later - 1, later + 60, 2000);
	assert_int_equal(reopened(&rig).n, 2);
	store_host_rest(rig.store, "new.example:443", later, later + 60, 2000);
	struct seen seen = reopened(&rig);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.host, "new.example:443");
	rig_release(&rig);
}

static void the_rests_are_bounded(void **state)
{
	(void)state;
	struct rig rig;
	char host[32];

	rig_init(&rig);
	rig_open_store(&rig);
	for (int i = 0; i < LIMIT_HOST_RESTS + 20; i++) {
		snprintf(host, sizeof(host), "h%d.example:443", i);
		store_host_rest(rig.store, host, T0, T0 + 60 + i, 2000);
	}
	assert_int_equal(reopened(&rig).n, LIMIT_HOST_RESTS);
	rig_release(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rests_are_kept_with_their_pause),
		cmocka_unit_test(rests_go_when_nothing_is_left_of_them),
		cmocka_unit_test(the_rests_are_bounded),
	};
	return cmocka_run_group_tests_name("store_hosts", tests, NULL, NULL);
}
