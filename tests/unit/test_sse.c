/* Server-Sent Events: the same events for any cutting of the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/sse.h"

struct seen {
	struct strbuf text;
	unsigned left;
};

static bool event_seen(void *ctx, const struct sse_event *e)
{
	struct seen *seen = ctx;
	assert_int_equal(strlen(e->data), e->len);
	strbuf_addf(&seen->text, "%s %lld [%s]\n", e->type, (long long)e->id, e->data);
	return --seen->left > 0;
}

static bool feed_cut(const char *stream, size_t n, size_t step, unsigned most, struct strbuf *ret)
{
	struct seen seen = { .text = STRBUF_INIT(MIB), .left = most };
	struct sse s;
	bool more = true;
	sse_init(&s, event_seen, &seen);
	for (size_t at = 0; at < n && more; at += step) {
		more = sse_feed(&s, stream + at, n - at < step ? n - at : step);
	}
	sse_release(&s);
	*ret = seen.text;
	return more;
}

static void test_events(void **state)
{
	(void)state;
	static const struct {
		const char *stream, *events;
	} cases[] = {
		{ "id: 7\nevent: entry\ndata: {}\n\n", "entry 7 [{}]\n" },
		{ "id: 7\r\ndata: a\r\n\r\n", "message 7 [a]\n" },
		{ ": comment\n\ndata:a\ndata: b\ndata\n\n", "message -1 [a\nb\n]\n" },
		{ "id: 7\ndata: a\n\ndata: b\n\n", "message 7 [a]\nmessage 7 [b]\n" },
		{ "event: x\n\ndata: a\n\n", "message -1 [a]\n" }, /* without data it is no event */
		{ "data: unfinished\n", "" },
		{ "id: many\ndata: a\n\nid: 99999999999999999999999999999\ndata: b\n\n",
			"message -1 [a]\nmessage -1 [b]\n" },
		{ "data:  two\n\ndata: \n\n", "message -1 [ two]\nmessage -1 []\n" },
		{ "nonsense\nretry: 5\n\n\n", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t step = 1; step < 40; step++) {
			struct strbuf events;
			assert_true(feed_cut(
				cases[i].stream, strlen(cases[i].stream), step, 100, &events));
			assert_string_equal(strbuf_str(&events), cases[i].events);
			strbuf_release(&events);
		}
	}
}

static void test_handler_ends(void **state)
{
	(void)state;
	static const char stream[] = "data: a\n\ndata: b\n\ndata: c\n\n";
	struct strbuf events;
	assert_false(feed_cut(stream, sizeof stream - 1, 100, 2, &events));
	assert_string_equal(strbuf_str(&events), "message -1 [a]\nmessage -1 [b]\n");
	strbuf_release(&events);
}

static bool feed_much(const char *begin, const char *chunk)
{
	struct seen seen = { .text = STRBUF_INIT(MIB), .left = 100 };
	struct sse s;
	sse_init(&s, event_seen, &seen);
	bool more = sse_feed(&s, begin, strlen(begin));
	for (size_t n = 0; more && n < 2 * LIMIT_CLIENT_EVENT; n += strlen(chunk)) {
		more = sse_feed(&s, chunk, strlen(chunk));
	}
	sse_release(&s);
	strbuf_release(&seen.text);
	return more;
}

static void test_bounded(void **state)
{
	(void)state;
	char chunk[64 * KIB + 1];
	memset(chunk, 'x', sizeof chunk - 1);
	chunk[sizeof chunk - 1] = '\0';
	assert_false(feed_much("data: ", chunk)); /* one endless line */
	memcpy(chunk, "data: ", 6);
	chunk[sizeof chunk - 2] = '\n';
	assert_false(feed_much("", chunk)); /* endless lines of one event */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_handler_ends),
		cmocka_unit_test(test_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
