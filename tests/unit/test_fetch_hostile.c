/*
 * The fetcher against servers that fail, flood, drip, lie or are not there: each gets its own clear
 * answer, in time.
 */
#include "fetch_play.h"

#include <sys/resource.h>

/* --- answers that are no documents ------------------------------- */

/* /CODE answers with that code. */
static bool answer_code(struct origin *o, int fd, const struct seen *s)
{
	char status[64];
	(void)o;
	snprintf(status, sizeof(status), "%s \x1b[31mrude\x1b[0m", s->path + 1);
	return origin_reply(fd, status,
		"Retry-After: 30\r\nETag: \"error\"\r\nCache-Control: max-age=9\r\n",
		"an error page");
}

static void error_codes_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum status status;
		const char *detail;
	} cases[] = {
		{ "/404", STATUS_HTTP_ERROR, "HTTP 404 Not Found" },
		{ "/401", STATUS_HTTP_ERROR, "HTTP 401 Unauthorized; it wants a login" },
		{ "/503", STATUS_HTTP_ERROR, "HTTP 503 Service Unavailable" },
		{ "/599", STATUS_HTTP_ERROR, "HTTP 599" },
		{ "/300", STATUS_HTTP_ERROR, "HTTP 300 Multiple Choices" },
		{ "/206", STATUS_HTTP_ERROR,
			"HTTP 206 Partial Content, where a document was expected" },
		{ "/226", STATUS_HTTP_ERROR, "HTTP 226 IM Used, where a document was expected" },
		{ "/410", STATUS_GONE, "HTTP 410 Gone" },
		{ "/429", STATUS_RATE_LIMITED, "HTTP 429 Too Many Requests" },
	};
	struct play *p = play_begin(answer_code, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct answer *a = play_get(p, cases[i].path);
		play_run(p);
		assert_status(a, cases[i].status);
		assert_string_equal(a->fail.detail, cases[i].detail);
		assert_int_equal(a->fail.http_code, strtol(cases[i].path + 1, NULL, 10));
		assert_int_equal(a->http_code, a->fail.http_code);
		assert_int_equal(a->freshness.retry_after, 30);
		assert_int_equal(a->freshness.max_age, 9);
		assert_string_equal(a->etag, ""); /* validators of an error page are nobody's */
		assert_null(a->body);
	}
	assert_int_equal(p->origin->n_connections, 1); /* reused, error pages and all */
	play_end(p);
}

/* --- limits ------------------------------------------------------ */

/* A bit writer for a DEFLATE stream: least significant bit first. */
struct bits {
	unsigned char *out;
	size_t n;
	uint64_t held;
	unsigned n_held;
};

static void put_bits(struct bits *b, unsigned value, unsigned n)
{
	b->held |= (uint64_t)value << b->n_held;
	for (b->n_held += n; b->n_held >= 8; b->n_held -= 8, b->held >>= 8)
		b->out[b->n++] = (unsigned char)b->held;
}

#define BOMB_MIB 200
#define BOMB_MATCHES (BOMB_MIB * 1024 * 1024 / 258)

/* A gzip file (RFC 1952) of one fixed-Huffman block (RFC 1951 3.2.6): an "A", then matches of
 * length 258, distance 1: symbol 285 is the 8 bits 11000101, distance 0 is 5 bits 0; Huffman codes
 * go most significant bit first. */
static unsigned char *bomb_make(size_t *ret_n)
{
	static const unsigned char head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
	struct bits b = { .out = malloc(BOMB_MATCHES * 13 / 8 + 64) };
	memcpy(b.out, head, sizeof(head));
	b.n = sizeof(head);
	put_bits(&b, 3, 3);    /* last block, fixed Huffman */
	put_bits(&b, 0x8e, 8); /* 'A' is 0x30 + 65 = 01110001 */
	for (int i = 0; i < BOMB_MATCHES; i++)
		put_bits(&b, 0xa3, 13); /* 11000101 turned round, and five zeros */
	put_bits(&b, 0, 15);            /* end of block, and the last byte filled */
	*ret_n = b.n;
	return b.out;
}

static bool answer_bomb(struct origin *o, int fd, const struct seen *s)
{
	(void)o, (void)s;
	size_t n;
	char head[256];
	unsigned char *bomb = bomb_make(&n);
	snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", n);
	bool sent = origin_say(fd, head) && origin_send(fd, bomb, n);
	free(bomb);
	return sent;
}

static long peak_kib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void bomb_is_defused(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_bomb, NULL);
	long before = peak_kib();
	struct answer *a = play_get(p, "/feed");
	play_run(p);
	assert_status(a, STATUS_TOO_LARGE);
	assert_string_equal(a->fail.detail, "the document exceeded 10 MiB");
	assert_null(a->body);
	assert_true(a->elapsed_ms < 5000);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(peak_kib() - before, 0, 80 * 1024);
#else
	(void)before;
#endif
	play_end(p);
}

/* The same stream with room enough comes out whole: the bomb above is well-formed. */
static void large_document_is_decoded_whole(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_bomb, NULL);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/feed"));
	request.max_body = 256 * MIB;
	struct answer *a = play_start(p, &request);
	play_run(p);
	/* The gzip trailer is missing on purpose: what counts is that all bytes came. */
	struct fetcher_stats stats;
	fetcher_stats(p->fetcher, &stats);
	assert_int_equal(a->fail.status, STATUS_OK);
	assert_int_equal(stats.bytes, 1 + BOMB_MATCHES * 258ul);
	play_end(p);
}

static bool answer_endless(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	static const char chunk[65536] = "x";
	if (strcmp(s->path, "/headers") == 0) {
		origin_say(fd, "HTTP/1.1 200 OK\r\n");
		while (origin_say(fd,
			"X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"))
			;
		return false;
	}
	origin_say(fd, strcmp(s->path, "/error") == 0 ? "HTTP/1.1 500 Oops\r\n\r\n"
						      : "HTTP/1.1 200 OK\r\n\r\n");
	while (origin_send(fd, chunk, sizeof(chunk)))
		;
	return false;
}

static void endless_answers_are_cut(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_endless, NULL);
	struct answer *body = play_get(p, "/body");
	struct answer *headers = play_get(p, "/headers");
	struct answer *error = play_get(p, "/error");
	play_run(p);
	assert_status(body, STATUS_TOO_LARGE);
	assert_status(headers, STATUS_PROTOCOL_ERROR);
	assert_status(error, STATUS_HTTP_ERROR);
	assert_string_equal(error->fail.detail, "HTTP 500 Internal Server Error");
	play_end(p);
}

static bool answer_sized(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	size_t n = strtoul(s->path + 1, NULL, 10);
	char *body = malloc(n + 1);
	memset(body, 'a', n);
	body[n] = '\0';
	bool sent = origin_reply(fd, "200 OK", "", body);
	free(body);
	return sent;
}

static void limit_is_exact(void **state)
{
	(void)state;
	static const char *const paths[] = { "/0", "/1", "/99999", "/100000", "/100001" };
	struct play *p = play_begin(answer_sized, NULL);
	for (size_t i = 0; i < N_ELEMENTS(paths); i++) {
		struct fetch_request request = request_of(at(p, "127.0.0.1", paths[i]));
		request.max_body = 100000;
		struct answer *a = play_start(p, &request);
		play_run(p);
		assert_status(a, i < 4 ? STATUS_OK : STATUS_TOO_LARGE);
		if (i < 4)
			assert_int_equal(a->body_len, strtoul(paths[i] + 1, NULL, 10));
	}
	play_end(p);
}

/* --- time -------------------------------------------------------- */

static void slow_drip_ends_in_time(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_drip, NULL);
	static const char *const paths[] = { "/drip", "/hop", "/silent" };
	for (size_t i = 0; i < N_ELEMENTS(paths); i++) {
		struct fetch_request request = request_of(at(p, "127.0.0.1", paths[i]));
		request.timeout_ms = 700;
		play_start(p, &request);
	}
	int64_t from = clock_monotonic_ms();
	play_run(p);
	assert_in_range(clock_monotonic_ms() - from, 600, 10000);
	for (size_t i = 0; i < N_ELEMENTS(paths); i++) {
		assert_status(&p->answers[i], STATUS_TIMEOUT);
		assert_in_range(p->answers[i].elapsed_ms, 600, 10000);
	}
	assert_non_null(strstr(p->answers[0].fail.detail, "the answer was not complete in time"));
	assert_non_null(strstr(p->answers[2].fail.detail, "no answer in time"));
	play_end(p);
}

/* A resolver that hangs must cost its own fetch only: neither the loop nor the end of the fetcher
 * waits. */
static void slow_resolver_stops_nobody(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request request = request_of(at(p, "slow.test", "/feed"));
	int64_t from = clock_monotonic_ms();
	request.timeout_ms = 300;
	struct answer *slow = play_start(p, &request);
	struct answer *quick = play_get(p, "/feed");
	play_run(p);
	assert_status(slow, STATUS_TIMEOUT);
	assert_non_null(strstr(slow->fail.detail, "the name was not resolved in time"));
	assert_status(quick, STATUS_OK);
	play_end(p);
	assert_true(clock_monotonic_ms() - from < 5000);
}

/* --- connections that fail --------------------------------------- */

static bool answer_rudely(struct origin *o, int fd, const struct seen *s)
{
	struct linger reset = { 1, 0 };
	(void)o;
	if (strcmp(s->path, "/nothing") == 0)
		return false;
	if (strcmp(s->path, "/reset-late") == 0) {
		origin_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
		usleep(50 * 1000);
	}
	if (strncmp(s->path, "/reset", 6) == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	else if (strcmp(s->path, "/short") == 0)
		origin_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
	else if (strcmp(s->path, "/chunks") == 0)
		origin_say(
			fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n");
	else if (strcmp(s->path, "/gzip") == 0)
		origin_say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
			       "9\r\n\r\nnot gzip!");
	else if (strcmp(s->path, "/garbage") == 0)
		origin_say(fd, "220 mail.example.org ESMTP\r\n\r\n");
	else if (strcmp(s->path, "/error") == 0)
		origin_say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nshort");
	return false;
}

static void broken_answers_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum status status;
	} cases[] = {
		{ "/nothing", STATUS_PROTOCOL_ERROR },
		{ "/reset", STATUS_CONNECT_FAILED },
		{ "/reset-late", STATUS_PROTOCOL_ERROR },
		{ "/short", STATUS_PROTOCOL_ERROR },
		{ "/chunks", STATUS_PROTOCOL_ERROR },
		{ "/gzip", STATUS_PROTOCOL_ERROR },
		{ "/garbage", STATUS_PROTOCOL_ERROR },
		{ "/error", STATUS_HTTP_ERROR },
	};
	struct play *p = play_begin(answer_rudely, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct answer *a = play_get(p, cases[i].path);
		play_run(p);
		if (a->fail.status != cases[i].status)
			fail_msg("%s: %s, %s", cases[i].path, status_name(a->fail.status),
				a->fail.detail);
		assert_true(a->fail.detail[0] != '\0');
		assert_null(a->body);
	}
	play_end(p);
}

static void connections_that_fail_are_told(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	char refused[64], detail[64];
	int port, fd = origin_listen(&port);
	close(fd);
	snprintf(refused, sizeof(refused), "http://127.0.0.1:%d/", port);
	snprintf(detail, sizeof(detail), "127.0.0.1:%d: Connection refused", port);
	struct fetch_request request = request_of(refused);
	struct answer *a = play_start(p, &request);
	request.url = "http://nowhere.test/";
	struct answer *b = play_start(p, &request);
	char url[64];
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", p->origin->port);
	request.url = url; /* the origin speaks no TLS, and takes the greeting for a request without
			      an end */
	request.timeout_ms = 500;
	struct answer *c = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_CONNECT_FAILED);
	assert_string_equal(a->fail.detail, detail);
	assert_status(b, STATUS_DNS_FAILED);
	assert_string_equal(b->fail.detail, "nowhere.test:80: no address is known for this name");
	assert_status(c, STATUS_TIMEOUT);
	play_end(p);
}

static void bad_urls_are_told_without_their_password(void **state)
{
	(void)state;
	static const char *const urls[] = { "", "feed", "ftp://u:secret@example.org/", "http://",
		"http://u:secret@h:port/", "file:relative", "http://a b/" };
	struct play *p = play_begin(NULL, NULL);
	for (size_t i = 0; i < N_ELEMENTS(urls); i++) {
		struct fetch_request request = request_of(urls[i]);
		play_start(p, &request);
	}
	play_run(p);
	for (size_t i = 0; i < N_ELEMENTS(urls); i++) {
		assert_status(&p->answers[i], STATUS_BAD_URL);
		assert_null(strstr(p->answers[i].fail.detail, "secret"));
		assert_int_equal(p->answers[i].n_begun, 0);
	}
	play_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_codes_are_told),
		cmocka_unit_test(bomb_is_defused),
		cmocka_unit_test(large_document_is_decoded_whole),
		cmocka_unit_test(endless_answers_are_cut),
		cmocka_unit_test(limit_is_exact),
		cmocka_unit_test(slow_drip_ends_in_time),
		cmocka_unit_test(slow_resolver_stops_nobody),
		cmocka_unit_test(broken_answers_are_told),
		cmocka_unit_test(connections_that_fail_are_told),
		cmocka_unit_test(bad_urls_are_told_without_their_password),
	};
	return cmocka_run_group_tests_name("fetch hostile", tests, NULL, resolvers_wait);
}
