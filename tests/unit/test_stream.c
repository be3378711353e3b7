#include "api_client.h"

#include <jansson.h>

/* ---- a follower of our own ---- */

/* Moves the next chunk of the body behind what was decoded so far, c->buf[0..decoded). False at the
 * end of the stream. */
static bool next_chunk(struct client *c, size_t decoded)
{
	char *end;
	while (c->n == decoded || (end = strstr(c->buf + decoded, "\r\n")) == NULL) {
		if (!fill(c))
			return false;
	}
	size_t size = strtoul(c->buf + decoded, NULL, 16);
	size_t head = (size_t)(end + 2 - (c->buf + decoded));
	while (c->n < decoded + head + size + 2) {
		if (!fill(c))
			return false;
	}
	memmove(c->buf + decoded, c->buf + decoded + head, c->n - decoded - head + 1);
	c->n -= head;
	memmove(c->buf + decoded + size, c->buf + decoded + size + 2, c->n - decoded - size - 1);
	c->n -= 2;
	c->chunk_left = decoded + size; /* what is decoded */
	return size > 0;
}

/* The next event or comment without its empty line (free() it); NULL at the end of the stream. */
static char *next_event(struct client *c)
{
	for (size_t i = 1;;) {
		for (; i < c->chunk_left; i++) {
			if (c->buf[i] != '\n' || c->buf[i - 1] != '\n')
				continue;
			char *event = xstrndup(c->buf, i);
			drop(c, i + 1);
			c->chunk_left -= i + 1;
			return event;
		}
		if (!next_chunk(c, c->chunk_left))
			return NULL;
	}
}

/* The id of the next entry, checked in itself; comments are passed over. -1 at the end. */
static int64_t next_id(struct client *c)
{
	char *event;
	while ((event = next_event(c)) != NULL && event[0] == ':')
		free(event);
	if (event == NULL)
		return -1;
	long long id = 0;
	int at = 0;
	assert_int_equal(sscanf(event, "id: %lld\nevent: entry\ndata: %n", &id, &at), 1);
	assert_true(at > 0);
	json_t *entry = json_loads(event + at, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(entry, "id")), id);
	assert_true(json_is_string(json_object_get(entry, "content")));
	json_decref(entry);
	free(event);
	return id;
}

/* Opens a stream and waits until it stands. */
static struct client follow(const char *target, const char *last_event_id)
{
	struct client c = dial();
	struct reply r;
	char *text = last_event_id != NULL
			     ? xasprintf("GET %s HTTP/1.1\r\nHost: x\r\nLast-Event-ID: %s\r\n\r\n",
				       target, last_event_id)
			     : xasprintf("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
	say(&c, text);
	free(text);
	assert_true(hear_head(&c, &r));
	assert_int_equal(r.code, 200);
	assert_non_null(strstr(r.head, "Content-Type: text/event-stream\r\n"));
	char *hello = next_event(&c);
	assert_string_equal(hello, ": courant\n");
	free(hello);
	return c;
}

static unsigned n_followers;

static void note_followers(void)
{
	n_followers = F.api->streams.n;
}

static void wait_for_followers(unsigned n)
{
	for (int i = 0; i < 500; i++) {
		on_loop(note_followers);
		if (n_followers == n)
			return;
		usleep(10000);
	}
	fail_msg("%u followers, not %u", n_followers, n);
}

/* ---- plays ---- */

static void test_new_entries_only(void **state)
{
	(void)state;
	add_entries(5);
	on_loop(publish_now);
	struct client c = follow("/v1/stream", NULL);
	add_entries(1);
	on_loop(publish_now);
	assert_int_equal(next_id(&c), 6);
	add_entries(200);
	on_loop(publish_now);
	for (int64_t id = 7; id <= 206; id++)
		assert_int_equal(next_id(&c), id);
	hang_up(&c);
}

static void test_resuming(void **state)
{
	(void)state;
	static const struct {
		const char *target, *last_event_id;
		int64_t first;
	} CASES[] = {
		{ "/v1/stream?last_event_id=0", NULL, 1 },
		{ "/v1/stream", "0", 1 },
		{ "/v1/stream", "999", 1000 },
		{ "/v1/stream?last_event_id=1", "998", 999 }, /* the header is newer */
		{ "/v1/stream", "1000", 1001 },
	};
	add_entries(1000);
	on_loop(publish_now);
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct client c = follow(CASES[i].target, CASES[i].last_event_id);
		for (int64_t id = CASES[i].first; id <= F.n_entries; id++)
			assert_int_equal(next_id(&c), id);
		hang_up(&c);
	}
	wait_for_followers(0);
}

static void test_refusals(void **state)
{
	(void)state;
	static const char *const IDS[] = { "x", "-1", "1.5", "9223372036854775808", "1 2" };
	struct reply r;
	for (size_t i = 0; i < sizeof IDS / sizeof IDS[0]; i++) {
		struct client c = dial();
		char *text = xasprintf(
			"GET /v1/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: %s\r\n\r\n", IDS[i]);
		say(&c, text);
		free(text);
		assert_true(hear(&c, &r));
		assert_int_equal(r.code, 400);
		free(r.body);
		hang_up(&c);
	}
	r = exchange("GET", "/v1/stream?last_event_id=-1", NULL);
	assert_int_equal(r.code, 400);
	free(r.body);
	r = exchange("HEAD", "/v1/stream", NULL);
	assert_int_equal(r.code, 200);
	free(r.body);
	wait_for_followers(0);
}

/* What matches lies beyond several reads that find nothing. */
static void test_filters(void **state)
{
	(void)state;
	add_entries(3 * LIMIT_API_BATCH_IDS);
	on_loop(publish_now);
	struct client c = follow("/v1/stream?last_event_id=0&feed_id=3", NULL);
	for (int64_t id = 1000; id <= F.n_entries; id += 1000)
		assert_int_equal(next_id(&c), id);
	add_entries(1000);
	on_loop(publish_now);
	assert_int_equal(next_id(&c), F.n_entries / 1000 * 1000);
	hang_up(&c);
	c = follow("/v1/stream?last_event_id=0&category=tech", NULL);
	for (int64_t id = 3; id < 1000; id += 3)
		assert_int_equal(next_id(&c), id);
	hang_up(&c);
}

static void set_content(size_t n)
{
	free(F.content);
	F.content = xmalloc(n + 1);
	memset(F.content, 'x', n);
	F.content[n] = '\0';
}

/* Entries of which only a few fit a batch; a client that reads nothing for a while. */
static void test_large_entries_and_a_slow_client(void **state)
{
	(void)state;
	static const size_t SIZES[] = { 10000, 200000, 3000000 };
	for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
		struct client c = follow("/v1/stream", NULL);
		int64_t id = F.n_entries;
		set_content(SIZES[i]);
		add_entries(20);
		on_loop(publish_now);
		usleep(50000);
		free(exchange("GET", "/healthcheck", NULL).body);
		while (id < F.n_entries)
			assert_int_equal(next_id(&c), ++id);
		hang_up(&c);
	}
}

/* Entries are committed while batches are read, and while the follower comes and goes. */
static void test_every_entry_once(void **state)
{
	(void)state;
	enum { N = 3000 };
	int64_t seen = 0;
	char last_event_id[32];
	struct client c = follow("/v1/stream?last_event_id=0", NULL);
	for (int round = 0; seen < N; round++) {
		if (F.n_entries < N) {
			add_entries(1 + round % 7);
			on_loop(publish_now);
		}
		if (round % 50 == 49) {
			hang_up(&c);
			snprintf(last_event_id, sizeof last_event_id, "%lld", (long long)seen);
			c = follow("/v1/stream", last_event_id);
		}
		int n = F.n_entries >= N ? N : round % 5;
		for (int i = 0; i < n && seen < F.n_entries; i++)
			assert_int_equal(next_id(&c), ++seen);
	}
	hang_up(&c);
	wait_for_followers(0);
}

static void test_many_followers(void **state)
{
	(void)state;
	static struct client clients[LIMIT_API_FOLLOWERS];
	for (int i = 0; i < LIMIT_API_FOLLOWERS; i++)
		clients[i] = follow("/v1/stream", NULL);
	struct reply r = exchange("GET", "/v1/stream", NULL);
	assert_int_equal(r.code, 503);
	free(r.body);
	add_entries(100);
	on_loop(publish_now);
	for (int i = 0; i < LIMIT_API_FOLLOWERS; i++) {
		for (int64_t id = 1; id <= 100; id++)
			assert_int_equal(next_id(&clients[i]), id);
		hang_up(&clients[i]);
	}
	wait_for_followers(0);
}

static void test_hang_up_is_noticed_at_once(void **state)
{
	(void)state;
	struct client c = follow("/v1/stream", NULL);
	struct client noisy = follow("/v1/stream", NULL);
	struct client half = follow("/v1/stream", NULL);
	say(&noisy, "GET /v1/me HTTP/1.1\r\n\r\n"); /* does not matter, and spins nothing */
	shutdown(half.fd, SHUT_WR);                 /* still listens */
	hang_up(&c);
	wait_for_followers(2);
	add_entries(1);
	on_loop(publish_now);
	assert_int_equal(next_id(&noisy), 1);
	assert_int_equal(next_id(&half), 1);
	hang_up(&noisy);
	hang_up(&half);
	add_entries(1);
	on_loop(publish_now);
	wait_for_followers(0);
}

static void hurry(void)
{
	F.api->streams.heartbeat.repeat = 0.02;
}

static bool heartbeat_active;

static void note_heartbeat(void)
{
	heartbeat_active = ev_is_active(&F.api->streams.heartbeat);
}

static void test_heartbeat(void **state)
{
	(void)state;
	on_loop(hurry);
	on_loop(note_heartbeat);
	assert_false(heartbeat_active);
	struct client c = follow("/v1/stream", NULL);
	for (int i = 0; i < 3; i++) {
		char *event = next_event(&c);
		assert_string_equal(event, ":\n");
		free(event);
	}
	add_entries(1);
	on_loop(publish_now);
	assert_int_equal(next_id(&c), 1);
	hang_up(&c);
	wait_for_followers(0);
	on_loop(note_heartbeat);
	assert_false(heartbeat_active);
}

static void drain_now(void)
{
	api_drain(F.api);
}

/* One follower waits, one has a batch being read: both end cleanly, the second after its batch. */
static void test_drain(void **state)
{
	(void)state;
	add_entries(3);
	atomic_store(&F.last_id, 3);
	set_gate(true);
	struct client reading = follow("/v1/stream?last_event_id=0", NULL);
	wait_at_gate(1);
	struct client waiting = follow("/v1/stream", NULL);
	on_loop(drain_now);
	assert_int_equal(next_id(&waiting), -1);
	set_gate(false);
	for (int64_t id = 1; id <= 3; id++)
		assert_int_equal(next_id(&reading), id);
	assert_int_equal(next_id(&reading), -1);
	wait_for_followers(0);
	hang_up(&waiting);
	hang_up(&reading);
}

static void test_a_failing_database_ends_the_stream(void **state)
{
	(void)state;
	struct client c = follow("/v1/stream", NULL);
	F.query_fails = true;
	add_entries(1);
	on_loop(publish_now);
	assert_int_equal(next_id(&c), -1);
	hang_up(&c);
	wait_for_followers(0);
}

static void test_hang_up_while_reading(void **state)
{
	(void)state;
	add_entries(100);
	atomic_store(&F.last_id, 100);
	set_gate(true);
	for (int i = 0; i < 5; i++) {
		struct client c = follow("/v1/stream?last_event_id=0", NULL);
		hang_up(&c);
	}
	set_gate(false);
	wait_for_followers(0);
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, fake_start, fake_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(test_new_entries_only),
		PLAY(test_resuming),
		PLAY(test_refusals),
		PLAY(test_filters),
		PLAY(test_large_entries_and_a_slow_client),
		PLAY(test_every_entry_once),
		PLAY(test_many_followers),
		PLAY(test_hang_up_is_noticed_at_once),
		PLAY(test_heartbeat),
		PLAY(test_drain),
		PLAY(test_a_failing_database_ends_the_stream),
		PLAY(test_hang_up_while_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
