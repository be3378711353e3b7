/*
 * The fetcher against a scripted origin on loopback: what it asks, which redirects it follows, whom
 * it refuses to ask.
 */
#include "fetch_play.h"

/* --- a document and its validators ------------------------------- */

static void document_arrives_whole(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct answer *a = play_get(p, "/feed?q=a+b%20c&d");
	play_run(p);
	assert_status(a, STATUS_OK);
	assert_int_equal(a->http_code, 200);
	assert_int_equal(a->n_begun, 1);
	assert_false(a->not_modified);
	assert_false(a->moved_permanently);
	assert_string_equal(a->body, "<rss/>");
	assert_int_equal(a->body_len, 6);
	assert_string_equal(a->etag, "W/ odd  \"x\"");
	assert_string_equal(a->last_modified, "yesterday, about noon");
	assert_string_equal(a->content_type, "application/rss+xml; charset=utf-8");
	assert_string_equal(a->final_url, at(p, "127.0.0.1", "/feed?q=a+b%20c&d"));
	assert_int_equal(a->freshness.max_age, 600);
	assert_int_equal(a->freshness.retry_after, FETCH_UNSAID);
	struct fetcher_stats stats;
	fetcher_stats(p->fetcher, &stats);
	assert_int_equal(stats.active + stats.queued, 0);
	assert_int_equal(stats.requests, 1);
	assert_int_equal(stats.bytes, 6);
	play_end(p);
}

static void request_is_modest(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	play_get(p, "/feed?q=a+b%20c&d");
	play_run(p);
	play_get(p, "/feed"); /* the cookie of the first answer must not come back */
	play_run(p);
	const struct seen *s = &p->origin->seen[0];
	assert_int_equal(strncmp(s->head, "GET /feed?q=a+b%20c&d HTTP/1.1\r\n", 32), 0);
	assert_true(seen_has(s, "User-Agent: courant/test (+https://example.org/courant)"));
	assert_true(strstr(s->head, "Accept: application/atom+xml, application/rss+xml") != NULL);
	assert_true(strstr(s->head, "Accept-Encoding: deflate, gzip") != NULL);
	for (int i = 0; i < p->origin->n_seen; i++) {
		static const char *const never[] = { "Cookie", "Referer", "If-None-Match",
			"If-Modified-Since", "Cache-Control", "Pragma", "Authorization", "A-IM",
			"Range" };
		for (size_t k = 0; k < N_ELEMENTS(never); k++)
			assert_false(seen_names(&p->origin->seen[i], never[k]));
	}
	play_end(p);
}

static void validators_are_echoed_byte_for_byte(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/feed"));
	request.etag = "W/ odd  \"\xff\"";
	request.last_modified = "yesterday, about  noon";
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_OK);
	assert_true(a->not_modified);
	assert_int_equal(a->http_code, 304);
	assert_null(a->body);
	assert_string_equal(a->etag, "W/ odd  \"x\"");
	assert_string_equal(a->last_modified, "");
	assert_int_equal(a->freshness.max_age, 7200);
	const struct seen *s = &p->origin->seen[0];
	assert_true(seen_has(s, "If-None-Match: W/ odd  \"\xff\""));
	assert_true(seen_has(s, "If-Modified-Since: yesterday, about  noon"));
	play_end(p);
}

static void validators_of_another_url_are_not_sent(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/feed"));
	request.etag = "\"x\"";
	request.validators_url = at(p, "127.0.0.1", "/other");
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_OK);
	assert_int_equal(a->http_code, 200);
	assert_false(seen_names(&p->origin->seen[0], "If-None-Match"));
	play_end(p);
}

static bool answer_304(struct origin *o, int fd, const struct seen *s)
{
	(void)o, (void)s;
	return origin_reply(fd, "304 Not Modified", "", "");
}

static void not_modified_without_a_question_is_an_error(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_304, NULL);
	struct answer *a = play_get(p, "/feed");
	play_run(p);
	assert_status(a, STATUS_PROTOCOL_ERROR);
	assert_false(a->not_modified);
	play_end(p);
}

/* --- redirects --------------------------------------------------- */

static void redirects_are_followed(void **state)
{
	(void)state;
	static const struct {
		const char *path, *final;
		bool permanent;
	} cases[] = {
		{ "/301-to-doc", "/doc", true },
		{ "/302-to-doc", "/doc", false },
		{ "/303-to-doc", "/doc", false },
		{ "/307-to-doc", "/doc", false },
		{ "/308-to-doc", "/doc", true },
		{ "/301-to-308-to-doc", "/doc", true },
		{ "/301-to-302-to-doc", "/doc", false },
		{ "/302-to-301-to-doc", "/doc", false },
		{ "/301-to-301-to-301-to-301-to-301-to-doc", "/doc", true },
	};
	struct play *p = play_begin(answer_redirect, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct answer *a = play_get(p, cases[i].path);
		play_run(p);
		assert_status(a, STATUS_OK);
		assert_int_equal(a->http_code, 200);
		assert_int_equal(a->n_begun, 1);
		assert_int_equal(a->moved_permanently, cases[i].permanent);
		assert_string_equal(a->final_url, at(p, "127.0.0.1", cases[i].final));
		assert_string_equal(a->etag, "\"doc\"");
		assert_string_equal(a->body, "<feed/>");
	}
	play_end(p);
}

static void validators_go_to_their_own_url_only(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_redirect, NULL);
	struct fetch_request request = request_of(at(p, "one.test", "/302-to-two.test302-to-doc"));
	request.etag = "\"doc\"";
	request.last_modified = "some day";
	request.validators_url = at(p, "two.test", "/doc");
	play_start(p, &request);
	play_run(p);
	assert_int_equal(p->origin->n_seen, 3);
	for (int i = 0; i < 3; i++) {
		bool own = strcmp(p->origin->seen[i].path, "/doc") == 0;
		assert_int_equal(seen_has(&p->origin->seen[i], "If-None-Match: \"doc\""), own);
		assert_int_equal(seen_names(&p->origin->seen[i], "If-Modified-Since"), own);
		assert_false(seen_names(&p->origin->seen[i], "Referer"));
	}
	play_end(p);
}

static void redirects_end(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum status status;
		const char *detail;
	} cases[] = {
		{ "/302-to-file", STATUS_REDIRECT_REFUSED,
			"redirected to file:/etc/passwd, which courant does not follow" },
		{ "/302-to-302-to-302-to-302-to-302-to-302-to-doc", STATUS_REDIRECT_LOOP,
			"more than 5 redirects, the last one to /doc" },
	};
	struct play *p = play_begin(answer_redirect, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct answer *a = play_get(p, cases[i].path);
		play_run(p);
		assert_status(a, cases[i].status);
		assert_string_equal(a->fail.detail, cases[i].detail);
		assert_int_equal(a->http_code, 302);
		assert_null(a->body);
	}
	play_end(p);
}

static bool answer_circle(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	return origin_reply(fd, "301 Moved",
		strcmp(s->path, "/a") == 0 ? "Location: /b\r\n" : "Location: /a\r\n", "");
}

static void circle_is_left_after_one_round(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_circle, NULL);
	struct answer *a = play_get(p, "/a");
	play_run(p);
	assert_status(a, STATUS_REDIRECT_LOOP);
	assert_int_equal(p->origin->n_seen, 2);
	play_end(p);
}

static bool answer_location_missing(struct origin *o, int fd, const struct seen *s)
{
	(void)o, (void)s;
	return origin_reply(fd, "301 Moved", "", "");
}

static void redirect_to_nowhere_is_an_error(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_location_missing, NULL);
	struct answer *a = play_get(p, "/a");
	play_run(p);
	assert_status(a, STATUS_PROTOCOL_ERROR);
	play_end(p);
}

static void password_stays_with_its_host(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_redirect, NULL);
	struct fetch_request request =
		request_of(at(p, "me:secret@one.test", "/302-to-302-to-two.testdoc"));
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_OK);
	assert_true(seen_names(&p->origin->seen[0], "Authorization"));
	assert_true(seen_names(&p->origin->seen[1], "Authorization"));
	assert_false(seen_names(&p->origin->seen[2], "Authorization"));
	assert_null(strstr(a->final_url, "secret"));
	play_end(p);
}

/* --- the address guard ------------------------------------------- */

static void private_addresses_are_refused(void **state)
{
	(void)state;
	static const char *const hosts[] = { "127.0.0.1", "one.test", "2130706433", "0x7f.1",
		"[::ffff:127.0.0.1]" };
	struct play *p = play_begin(answer_document, NULL);
	for (size_t i = 0; i < N_ELEMENTS(hosts); i++) {
		struct fetch_request request = request_of(at(p, hosts[i], "/feed"));
		request.allow_private = false;
		struct answer *a = play_start(p, &request);
		play_run(p);
		assert_status(a, STATUS_ADDRESS_REFUSED);
		assert_non_null(strstr(a->fail.detail, "127.0.0.1, a loopback address"));
	}
	struct fetch_request request = request_of("http://inner.test/");
	request.allow_private = false;
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_string_equal(a->fail.detail, "inner.test:80 leads to 10.11.12.13, a private "
					    "address, and allow_private is not set");
	assert_int_equal(p->origin->n_seen, 0);
	assert_int_equal(p->origin->n_connections, 0);
	play_end(p);
}

static void kept_connections_are_guarded_too(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct answer *first = play_get(p, "/feed");
	play_run(p);
	struct fetch_request request = request_of(at(p, "127.0.0.1", "/feed"));
	request.allow_private = false;
	struct answer *second = play_start(p, &request);
	play_run(p);
	assert_status(first, STATUS_OK);
	assert_status(second, STATUS_ADDRESS_REFUSED);
	assert_int_equal(p->origin->n_seen, 1);
	play_end(p);
}

static void unspecified_address_is_refused_always(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_document, NULL);
	struct fetch_request request = request_of(at(p, "0.0.0.0", "/feed"));
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_ADDRESS_REFUSED);
	assert_int_equal(p->origin->n_connections, 0);
	play_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_arrives_whole),
		cmocka_unit_test(request_is_modest),
		cmocka_unit_test(validators_are_echoed_byte_for_byte),
		cmocka_unit_test(validators_of_another_url_are_not_sent),
		cmocka_unit_test(not_modified_without_a_question_is_an_error),
		cmocka_unit_test(redirects_are_followed),
		cmocka_unit_test(validators_go_to_their_own_url_only),
		cmocka_unit_test(redirects_end),
		cmocka_unit_test(circle_is_left_after_one_round),
		cmocka_unit_test(redirect_to_nowhere_is_an_error),
		cmocka_unit_test(password_stays_with_its_host),
		cmocka_unit_test(private_addresses_are_refused),
		cmocka_unit_test(kept_connections_are_guarded_too),
		cmocka_unit_test(unspecified_address_is_refused_always),
	};
	return cmocka_run_group_tests_name("fetch", tests, NULL, resolvers_wait);
}
