/* The small parts of base/: heap, queue, clock, units, hash, status. */
#include "test.h"

#include "base/clock.h"
#include "base/due.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/queue.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/text.h"
#include "base/units.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_heap_keeps_order_through_random_changes(void **state)
{
	(void)state;
	enum { N = 200 };
	struct heap heap;
	struct heap_node nodes[N];
	struct rng rng;
	heap_init(&heap);
	rng_seed(&rng, 1);
	for (int i = 0; i < N; i++)
		nodes[i] = (struct heap_node)HEAP_NODE_INIT;
	for (int step = 0; step < 20000; step++) {
		struct heap_node *node = &nodes[rng_next(&rng) % N];
		if (rng_next(&rng) % 3 == 0)
			heap_remove(&heap, node);
		else
			heap_set(&heap, node, (int64_t)(rng_next(&rng) % 1000));
		int64_t least = INT64_MAX;
		size_t n = 0;
		for (int i = 0; i < N; i++) {
			if (nodes[i].place == HEAP_NOWHERE)
				continue;
			n++;
			if (nodes[i].key < least)
				least = nodes[i].key;
		}
		assert_int_equal(heap.n, n);
		struct heap_node *min = heap_min(&heap);
		assert_true(n == 0 ? min == NULL : min->key == least);
	}
	heap_release(&heap);
	assert_int_equal(nodes[0].place, HEAP_NOWHERE);
}

struct item {
	struct queue_node node;
	int value;
};

static void *produce(void *arg)
{
	struct queue *q = arg;
	for (int i = 0; i < 10000; i++) {
		struct item *item = malloc(sizeof *item);
		item->value = i;
		assert_true(queue_push(q, &item->node));
	}
	return NULL;
}

static void a_queue_loses_nothing_between_threads(void **state)
{
	(void)state;
	struct queue q;
	queue_init(&q);
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, produce, &q), 0);
	long sum = 0;
	for (int i = 0; i < 30000; i++) {
		struct queue_node *node = queue_pop(&q);
		assert_non_null(node);
		sum += ((struct item *)node)->value;
		free(node);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(sum, 3L * 9999 * 10000 / 2);
	assert_null(queue_try_pop(&q));
	int64_t before = clock_monotonic_ms();
	assert_null(queue_pop_until(&q, before + 20));
	assert_true(clock_monotonic_ms() >= before + 19);
	queue_close(&q);
	assert_null(queue_pop(&q));
	struct item late;
	assert_false(queue_push(&q, &late.node));
	queue_release(&q);
}

static void rfc3339(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t utc; /* -1: refused */
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-23T07:00:00Z", 1795417200 },
		{ "2026-11-23t08:30:00.250+01:30", 1795417200 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "1900-02-29T00:00:00Z", -1 },
		{ "2016-12-31T23:59:60Z", 1483228800 },
		{ "2026-13-01T00:00:00Z", -1 },
		{ "2026-11-31T00:00:00Z", -1 },
		{ "2026-11-23T24:00:00Z", -1 },
		{ "2026-11-23T07:00:00", -1 },
		{ "2026-11-23T07:00:00Zx", -1 },
		{ "2026-11-23T07:00:00.Z", -1 },
		{ "", -1 },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		int64_t utc = -1;
		assert_int_equal(rfc3339_parse(cases[i].text, &utc), cases[i].utc != -1);
		assert_int_equal(utc, cases[i].utc);
	}
	char buf[RFC3339_SIZE];
	for (int64_t t = -62167219200; t < 253402300799; t += 86400 * 97 + 12345) {
		int64_t back;
		assert_true(rfc3339_parse(rfc3339_format(t, buf), &back));
		assert_int_equal(back, t);
	}
	assert_string_equal(rfc3339_format(INT64_MAX, buf), "9999-12-31T23:59:59Z");
	assert_string_equal(rfc3339_format(INT64_MIN, buf), "0000-01-01T00:00:00Z");
}

static void durations_and_sizes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} durations[] = {
		{ "0", 0 },
		{ "1s", 1000 },
		{ "15min", 900000 },
		{ "1h30min", 5400000 },
		{ "2 h", 7200000 },
		{ "1w 2d", 777600000 },
		{ "250ms", 250 },
		{ "", -1 },
		{ "5", -1 },
		{ "h", -1 },
		{ "-1s", -1 },
		{ "1.5h", -1 },
		{ "1 hour ago", -1 },
		{ "1h!", -1 },
		{ "99999999999999999999s", -1 },
		{ "999999999999d", -1 },
		{ "0s", 0 },
	};
	for (size_t i = 0; i < N_ELEMENTS(durations); i++) {
		int64_t ms = -1;
		assert_int_equal(duration_parse(durations[i].text, &ms), durations[i].ms != -1);
		assert_int_equal(ms, durations[i].ms);
	}
	uint64_t bytes;
	assert_true(size_parse("10MiB", &bytes));
	assert_int_equal(bytes, 10 << 20);
	assert_true(size_parse("4096", &bytes));
	assert_int_equal(bytes, 4096);
	assert_false(size_parse("10 miles", &bytes));
	assert_false(size_parse("18446744073709551616", &bytes));
	assert_false(size_parse("18446744073709551615KiB", &bytes));
	char buf[32];
	assert_string_equal(duration_format(59, buf), "59 s");
	assert_string_equal(duration_format(7300, buf), "2 h");
	assert_string_equal(duration_format(0, buf), "0 s");
	assert_string_equal(size_format(0, buf), "0 KiB");
	assert_string_equal(size_format(200000, buf), "195 KiB");
	assert_string_equal(size_format(1 << 20, buf), "1.0 MiB");
	assert_string_equal(size_format(123456789, buf), "117.7 MiB");
	assert_string_equal(size_format((int64_t)5 << 29, buf), "2.5 GiB");
}

static void hashes_see_borders_and_absence(void **state)
{
	(void)state;
	struct hash ab_c = hash_strings((const char *[]){ "ab", "c" }, 2);
	struct hash a_bc = hash_strings((const char *[]){ "a", "bc" }, 2);
	struct hash a_none = hash_strings((const char *[]){ "a", NULL }, 2);
	struct hash a_empty = hash_strings((const char *[]){ "a", "" }, 2);
	assert_false(hash_equal(&ab_c, &a_bc));
	assert_false(hash_equal(&a_none, &a_empty));
	assert_true(hash_is_set(&ab_c));
	assert_false(hash_is_set(&(struct hash){ 0 }));
	struct hash again = hash_strings((const char *[]){ "ab", "c" }, 2);
	assert_true(hash_equal(&ab_c, &again));
}

static void status_words_go_both_ways(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STATUS_COUNT; i++) {
		const char *name = status_name((enum status)i);
		assert_int_equal(status_from_name(name), i);
		assert_true(strlen(status_text((enum status)i)) > 0);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
	}
	assert_int_equal(status_from_name("nonsense"), STATUS_INTERNAL);
	for (unsigned i = 0; i < STAGE_COUNT; i++)
		assert_int_equal(stage_from_name(stage_name((enum stage)i)), i);
}

static void reasons_of_due_times_go_both_ways_and_say_the_wait(void **state)
{
	(void)state;
	static const struct {
		int64_t wait;
		const char *text;
	} cases[] = {
		{ 6 * 3600, "6 h" },
		{ 900, "15 min" },
		{ 5400, "90 min" },
		{ 86400, "1 d" },
		{ 3600, "1 h" },
		{ 17640, "5 h" },
		{ 7 * 86400, "7 d" },
		{ 100, "100 s" },
		{ 0, "0 s" },
	};
	struct strbuf out = STRBUF_INIT(200);
	char want[100];
	for (unsigned i = 0; i < DUE_REASON_COUNT; i++)
		assert_int_equal(due_reason_from_name(due_reason_name((enum due_reason)i)), i);
	assert_int_equal(due_reason_from_name("nonsense"), DUE_NEW);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		strbuf_clear(&out);
		due_reason_describe(DUE_RETRY_AFTER, cases[i].wait, &out);
		snprintf(want, sizeof want, "the server asks for %s (Retry-After)", cases[i].text);
		assert_string_equal(strbuf_str(&out), want);
	}
	strbuf_clear(&out);
	due_reason_describe(DUE_STOPPED, 0, &out);
	assert_string_equal(strbuf_str(&out), "it is gone and not asked any more");
	strbuf_release(&out);
}

static void failure_details_are_safe_and_bounded(void **state)
{
	(void)state;
	struct failure fail;
	char huge[5000];
	memset(huge, 'x', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	failure_set(&fail, STAGE_FETCH, STATUS_HTTP_ERROR, 503, "%s", huge);
	assert_int_equal(strlen(fail.detail), LIMIT_DETAIL - 1);
	failure_set(&fail, STAGE_PARSE, STATUS_MALFORMED, 0, "bad \x1b[2J \xff\n line");
	assert_string_equal(fail.detail, "bad [2J \xef\xbf\xbd line");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heap_keeps_order_through_random_changes),
		cmocka_unit_test(a_queue_loses_nothing_between_threads),
		cmocka_unit_test(rfc3339),
		cmocka_unit_test(durations_and_sizes),
		cmocka_unit_test(hashes_see_borders_and_absence),
		cmocka_unit_test(status_words_go_both_ways),
		cmocka_unit_test(reasons_of_due_times_go_both_ways_and_say_the_wait),
		cmocka_unit_test(failure_details_are_safe_and_bounded),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
