#include "fetch/headers.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1700000000) /* Tue, 14 Nov 2023 22:13:20 GMT */
#define NOW_DATE "Tue, 14 Nov 2023 22:13:20 GMT"
#define HOUR_LATER "Tue, 14 Nov 2023 23:13:20 GMT"

/* Feeds a block, cut into lines at LF as libcurl does. */
static void feed(struct headers *h, const char *block)
{
	while (*block) {
		size_t n = strcspn(block, "\n") + 1;
		assert_true(headers_add(h, block, n));
		block += n;
	}
}

static void load(struct headers *h, const char *fields)
{
	headers_init(h);
	feed(h, "HTTP/1.1 200 OK\r\n");
	feed(h, fields);
	feed(h, "\r\n");
	assert_true(h->complete);
}

static void freshness_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *fields;
		int64_t max_age, retry_after;
	} cases[] = {
		{ "", -1, -1 },
		{ "Cache-Control: max-age=3600\r\n", 3600, -1 },
		{ "cache-control:MAX-AGE=3600\r\n", 3600, -1 },
		{ "Cache-Control: public, max-age=\"3600\" , x=y\r\n", 3600, -1 },
		{ "Cache-Control: max-age = 60\r\n", 60, -1 },
		{ "Cache-Control: public; max-age=60; x\r\n", 60, -1 },
		{ "Cache-Control: public\r\nCache-Control: max-age=60\r\n", 60, -1 },
		{ "Cache-Control: max-age=60, max-age=90\r\n", 60, -1 },
		{ "Cache-Control: foo=\"max-age=99, \\\" no-store\", max-age=60\r\n", 60, -1 },
		{ "Cache-Control: max-age=\r\n", 0, -1 },
		{ "Cache-Control: max-age\r\n", 0, -1 },
		{ "Cache-Control: max-age=-5\r\n", 0, -1 },
		{ "Cache-Control: max-age=abc\r\n", 0, -1 },
		{ "Cache-Control: max-age=\"60\r\n", 60, -1 },
		{ "Cache-Control: max-age=99999999999999999999999\r\n", INT64_C(1) << 31, -1 },
		{ "Cache-Control: max-age=3600\r\nAge: 600\r\n", 3000, -1 },
		{ "Cache-Control: max-age=3600\r\nAge: 9999\r\n", 0, -1 },
		{ "Cache-Control: max-age=3600\r\nAge: x\r\n", 3600, -1 },
		{ "Cache-Control: s-maxage=3600\r\n", -1, -1 },
		{ "Cache-Control: xmax-age=3600\r\n", -1, -1 },
		{ "Cache-Control: no-cache\r\nExpires: " HOUR_LATER "\r\n", -1, -1 },
		{ "Cache-Control: No-Store, max-age=3600\r\n", -1, -1 },
		{ "Cache-Control: no-cache=\"Set-Cookie\", max-age=60\r\n", 60, -1 },
		{ "Cache-Control: max-age=5\r\nExpires: " HOUR_LATER "\r\n", 5, -1 },
		{ "Expires: " HOUR_LATER "\r\n", 3600, -1 },
		{ "Expires: " HOUR_LATER "\r\nDate: Tue, 14 Nov 2023 23:00:00 GMT\r\n", 800, -1 },
		{ "Expires: " NOW_DATE "\r\nDate: " HOUR_LATER "\r\n", 0, -1 },
		{ "Expires: 0\r\n", 0, -1 },
		{ "Expires: -1\r\n", 0, -1 },
		{ "Expires: soon\r\n", 0, -1 },
		{ "Expires: Tuesday, 14-Nov-23 23:13:20 GMT\r\n", 3600, -1 },
		{ "Expires: Tue Nov 14 23:13:20 2023\r\n", 3600, -1 },
		{ "Retry-After: 120\r\n", -1, 120 },
		{ "Retry-After:  120 \r\n", -1, 120 },
		{ "Retry-After: 0\r\n", -1, 0 },
		{ "Retry-After: 99999999999\r\n", -1, INT64_C(1) << 31 },
		{ "Retry-After: " HOUR_LATER "\r\n", -1, 3600 },
		{ "Retry-After: Mon, 13 Nov 2023 22:13:20 GMT\r\n", -1, 0 },
		/* by the server's clock, behind or ahead of ours, unless that makes no sense */
		{ "Date: Mon, 13 Nov 2023 22:03:20 GMT\r\n"
		  "Retry-After: Mon, 13 Nov 2023 22:13:20 GMT\r\n",
			-1, 600 },
		{ "Retry-After: Wed, 15 Nov 2023 23:13:20 GMT\r\n"
		  "Date: Wed, 15 Nov 2023 22:13:20 GMT\r\n",
			-1, 3600 },
		{ "Retry-After: Wed, 15 Nov 2023 23:13:20 GMT\r\n"
		  "Date: Wed, 15 Nov 2023 22:13:20 GMT\r\nAge: 600\r\n",
			-1, 3000 },
		{ "Retry-After: " HOUR_LATER "\r\nDate: " HOUR_LATER "\r\n", -1, 0 },
		{ "Retry-After: " HOUR_LATER "\r\nDate: Wed, 15 Nov 2023 22:13:20 GMT\r\n", -1,
			3600 },
		{ "Retry-After: " HOUR_LATER "\r\nDate: Thu, 01 Jan 1970 00:00:10 GMT\r\n", -1,
			3600 },
		{ "Retry-After: " HOUR_LATER "\r\nDate: today\r\n", -1, 3600 },
		{ "Retry-After: " HOUR_LATER "\r\nDate: " NOW_DATE "\r\nAge: 99999999999\r\n", -1,
			3600 },
		{ "Retry-After: 120\r\nDate: " HOUR_LATER "\r\n", -1, 120 },
		{ "Retry-After: later\r\n", -1, -1 },
		{ "Retry-After: -3\r\n", -1, -1 },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct headers h;
		struct fetch_freshness f;
		load(&h, cases[i].fields);
		headers_freshness(&h, NOW, &f);
		if (f.max_age != cases[i].max_age || f.retry_after != cases[i].retry_after)
			fail_msg("%s: max-age %lld, retry-after %lld", cases[i].fields,
				(long long)f.max_age, (long long)f.retry_after);
		headers_release(&h);
	}
}

static void validators_are_kept_byte_for_byte(void **state)
{
	(void)state;
	static const struct {
		const char *line, *etag;
	} cases[] = {
		{ "ETag: \"abc\"\r\n", "\"abc\"" },
		{ "etag:W/\"abc\"\r\n", "W/\"abc\"" },
		{ "ETag:  unquoted with  two spaces \t\r\n", "unquoted with  two spaces" },
		{ "ETag: \"\xe9\xff\"\r\n", "\"\xe9\xff\"" },
		{ "ETag: a\tb\n", "a\tb" },
		{ "ETag: a:b:c\r\n", "a:b:c" },
		{ "ETag: first\r\nETag: second\r\n", "first" },
		{ "ETag: folded\r\n  value\r\n", "folded value" },
		{ "ETag:\r\n \"abc\"\r\n", "\"abc\"" },
		{ "ETag:\r\n", NULL },
		{ "ETag:   \r\n", NULL },
		{ "ETag: a\rb\r\n", NULL },
		{ "ETag: a\x01 b\r\n", NULL },
		{ "ETag: a\x7f\r\n", NULL },
		{ "X-ETag: a\r\nETagX: b\r\nETag\r\n", NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct headers h;
		load(&h, cases[i].line);
		if (cases[i].etag) {
			assert_non_null(h.etag);
			assert_string_equal(h.etag, cases[i].etag);
		} else {
			assert_null(h.etag);
		}
		headers_release(&h);
	}
}

/* libcurl refuses NULs in header fields; should it ever let one through, nothing may hang on it. */
static void nul_bytes_do_no_harm(void **state)
{
	(void)state;
	static const char line[] = "Cache-Control: a\0, \0=\0, max-age=60\r\n";
	struct headers h;
	headers_init(&h);
	assert_true(headers_add(&h, line, sizeof(line) - 1));
	assert_true(headers_add(&h, "\r\n", 2));
	assert_int_equal(h.max_age, 60);
	headers_release(&h);
}

static void overlong_validator_is_not_kept(void **state)
{
	(void)state;
	struct headers h;
	for (size_t over = 0; over < 2; over++) {
		size_t n = LIMIT_VALIDATOR + over;
		char *line = malloc(n + 32);
		int head = snprintf(line, 32, "ETag: ");
		memset(line + head, 'e', n);
		memcpy(line + head + n, "\r\n", 3);
		load(&h, line);
		assert_int_equal(h.etag == NULL, over == 1);
		headers_release(&h);
		free(line);
	}
}

static void new_block_forgets_the_old_one(void **state)
{
	(void)state;
	struct headers h;
	load(&h, "ETag: early\r\nCache-Control: no-store, max-age=9\r\nAge: 4\r\nLocation: /x\r\n");
	feed(&h, "HTTP/2 200 \r\nLast-Modified: never\r\n\r\n");
	assert_null(h.etag);
	assert_null(h.location);
	assert_string_equal(h.last_modified, "never");
	assert_false(h.not_cacheable);
	assert_int_equal(h.age, 0);
	assert_int_equal(h.max_age, FETCH_UNSAID);
	headers_release(&h);
}

static void trailers_are_ignored(void **state)
{
	(void)state;
	struct headers h;
	load(&h, "ETag: \"head\"\r\n");
	feed(&h, "Last-Modified: trailer\r\n\r\n");
	assert_null(h.last_modified);
	assert_string_equal(h.etag, "\"head\"");
	headers_release(&h);
}

static void bytes_are_bounded_over_all_blocks(void **state)
{
	(void)state;
	struct headers h;
	size_t lines = 0;
	headers_init(&h);
	while (lines < LIMIT_HEADERS && headers_add(&h, "HTTP/1.1 103 Early Hints\r\n", 26))
		lines++;
	assert_int_equal(lines, LIMIT_HEADERS / 26);
	assert_false(headers_add(&h, "ETag: a\r\n", 9));
	assert_null(h.etag);
	headers_release(&h);
}

/* Cloudflare's own word for it, and nothing that merely looks like it; the next block forgets it.
 */
static void challenges_are_recognised(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool challenge;
	} rows[] = {
		{ "cf-mitigated: challenge\r\n", true },
		{ "CF-Mitigated:  Challenge \r\n", true },
		{ "cf-mitigated: block\r\n", false },
		{ "x-cf-mitigated: challenge\r\n", false },
		{ "Server: cloudflare\r\n", false },
	};
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct headers h;
		headers_init(&h);
		assert_true(headers_add(&h, "HTTP/1.1 403 Forbidden\r\n", 24));
		assert_true(headers_add(&h, rows[i].line, strlen(rows[i].line)));
		assert_true(headers_add(&h, "\r\n", 2));
		assert_int_equal(h.challenge, rows[i].challenge);
		assert_true(headers_add(&h, "HTTP/1.1 200 OK\r\n", 17));
		assert_false(h.challenge);
		headers_release(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freshness_is_read),
		cmocka_unit_test(validators_are_kept_byte_for_byte),
		cmocka_unit_test(nul_bytes_do_no_harm),
		cmocka_unit_test(overlong_validator_is_not_kept),
		cmocka_unit_test(new_block_forgets_the_old_one),
		cmocka_unit_test(trailers_are_ignored),
		cmocka_unit_test(challenges_are_recognised),
		cmocka_unit_test(bytes_are_bounded_over_all_blocks),
	};
	return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
