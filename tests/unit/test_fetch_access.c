/*
 * Logins, header fields and proxies of a feed: what is sent, to whom, and to whom not.
 */
#include "fetch_play.h"

static struct access *login(enum access_auth auth, const char *username, const char *password)
{
	struct access *a = access_of_login(username, password);
	a->auth = auth;
	return a;
}

/* Fetches with `access`, which is let go at once: a fetch under way holds its own. */
static struct answer *get_with(struct play *p, const char *url, struct access *access)
{
	struct fetch_request request = request_of(url);
	request.access = access;
	struct answer *a = play_start(p, &request);
	access_drop(access);
	play_run(p);
	return a;
}

static void logins_are_sent(void **state)
{
	(void)state;
	static const struct {
		enum access_auth auth;
		const char *username, *password, *line;
	} cases[] = {
		{ ACCESS_BASIC, "me", "secret", "Authorization: Basic bWU6c2VjcmV0" },
		{ ACCESS_BASIC, "me", "a:b@c", "Authorization: Basic bWU6YTpiQGM=" },
		{ ACCESS_BASIC, "me", NULL, "Authorization: Basic bWU6" },
		{ ACCESS_BEARER, NULL, "t0ken", "Authorization: Bearer t0ken" },
	};
	struct play *p = play_begin(answer_document, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct answer *a = get_with(p, at(p, "one.test", "/feed"),
			login(cases[i].auth, cases[i].username, cases[i].password));
		assert_status(a, STATUS_OK);
		assert_true(seen_has(&p->origin->seen[i], cases[i].line));
	}
	play_end(p);
}

static bool answer_digest(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	if (seen_names(s, "Authorization"))
		return origin_reply(fd, "200 OK", "", "<rss/>");
	return origin_reply(fd, "401 Unauthorized",
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"n0nce\", qop=\"auth\"\r\n"
		"ETag: \"of the refusal\"\r\n",
		"no");
}

static void digest_never_sends_the_password(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_digest, NULL);
	struct answer *a =
		get_with(p, at(p, "one.test", "/feed"), login(ACCESS_DIGEST, "me", "secret"));
	assert_status(a, STATUS_OK);
	assert_string_equal(a->body, "<rss/>");
	assert_string_equal(a->etag, "");
	assert_int_equal(p->origin->n_seen, 2);
	assert_false(seen_names(&p->origin->seen[0], "Authorization"));
	assert_non_null(strstr(p->origin->seen[1].head, "Authorization: Digest username=\"me\""));
	assert_null(strstr(p->origin->seen[1].head, "secret"));
	assert_int_equal(p->origin->seen[0].connection, p->origin->seen[1].connection);
	play_end(p);
}

static bool answer_401(struct origin *o, int fd, const struct seen *s)
{
	if (strncmp(s->path, "/302", 4) == 0)
		return answer_redirect(o, fd, s);
	return origin_reply(
		fd, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "no");
}

static void refusals_say_what_to_do(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_401, NULL);
	struct answer *a = get_with(p, at(p, "one.test", "/feed"), NULL);
	assert_string_equal(a->fail.detail, "HTTP 401 Unauthorized; it wants a login");
	a = get_with(p, at(p, "one.test", "/feed"), login(ACCESS_BASIC, "me", "secret"));
	assert_string_equal(a->fail.detail, "HTTP 401 Unauthorized; the feed's login was refused");
	a = get_with(
		p, at(p, "one.test", "/302-to-two.testfeed"), login(ACCESS_BASIC, "me", "secret"));
	assert_string_equal(a->fail.detail,
		"HTTP 401 Unauthorized; the feed's login is for its own host and was not sent "
		"here");
	play_end(p);
}

static void secrets_stay_at_home(void **state)
{
	(void)state;
	struct play *p = play_begin(answer_redirect, NULL);
	struct access *access = login(ACCESS_BASIC, "me", "secret");
	access_add_header(access, "Cookie: id=17");
	access_add_header(access, "X-Key: k");
	struct answer *a =
		get_with(p, at(p, "one.test", "/302-to-302-to-two.test302-to-doc"), access);
	assert_status(a, STATUS_OK);
	assert_int_equal(p->origin->n_seen, 4);
	for (int i = 0; i < 4; i++) {
		const struct seen *s = &p->origin->seen[i];
		bool home = strstr(s->head, "\r\nHost: one.test") != NULL;
		assert_int_equal(home, i < 2);
		assert_int_equal(seen_has(s, "Authorization: Basic bWU6c2VjcmV0"), home);
		assert_int_equal(seen_has(s, "Cookie: id=17"), home);
		assert_int_equal(seen_has(s, "X-Key: k"), home);
	}
	play_end(p);
}

/* --- proxies: the scripted origin is one, as far as http goes --------------------------------- */

static struct play *play_begin_proxied(origin_answer_fn *answer, const char *password)
{
	char proxy[64];
	struct play *p = play_begin(answer, NULL);
	struct fetcher_options options = plain_options;
	snprintf(proxy, sizeof(proxy), "http://me@127.0.0.1:%d", p->origin->port);
	options.proxy = proxy;
	options.proxy_password = password;
	fetcher_set_options(p->fetcher, &options);
	return p;
}

static void general_proxy_is_asked(void **state)
{
	(void)state;
	struct play *p = play_begin_proxied(answer_document, "pw");
	struct fetch_request request = request_of("http://nowhere.test/feed?q");
	request.allow_private = false; /* the proxy may be on a private address all the same */
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_OK);
	const struct seen *s = &p->origin->seen[0];
	assert_int_equal(strncmp(s->head, "GET http://nowhere.test/feed?q HTTP/1.1\r\n", 41), 0);
	assert_true(seen_has(s, "Proxy-Authorization: Basic bWU6cHc="));
	play_end(p);
}

static void own_machine_needs_no_proxy(void **state)
{
	(void)state;
	struct play *p = play_begin_proxied(answer_document, NULL);
	struct answer *a = play_get(p, "/feed");
	play_run(p);
	assert_status(a, STATUS_OK);
	assert_int_equal(strncmp(p->origin->seen[0].head, "GET /feed HTTP/1.1\r\n", 20), 0);
	play_end(p);
}

static void feed_goes_its_own_way(void **state)
{
	(void)state;
	struct play *p = play_begin_proxied(answer_document, NULL);
	struct access *access = access_new();
	access->proxy = strdup(ACCESS_NO_PROXY);
	struct answer *a = get_with(p, at(p, "one.test", "/feed"), access);
	assert_status(a, STATUS_OK);
	assert_int_equal(strncmp(p->origin->seen[0].head, "GET /feed HTTP/1.1\r\n", 20), 0);
	play_end(p);
}

static void proxy_leads_nowhere_private(void **state)
{
	(void)state;
	static const char *const urls[] = { "http://127.0.0.1/", "http://localhost:8080/",
		"http://a.LOCALHOST/", "http://10.0.0.1/", "http://[::1]/", "http://[fe80::1]:80/",
		"http://0x7f.1/", "http://169.254.169.254/latest" };
	struct play *p = play_begin(answer_document, NULL);
	char proxy[64];
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", p->origin->port);
	for (size_t i = 0; i < N_ELEMENTS(urls); i++) {
		struct fetch_request request = request_of(urls[i]);
		request.allow_private = false;
		request.access = access_new();
		request.access->proxy = strdup(proxy);
		struct answer *a = play_start(p, &request);
		access_drop(request.access);
		play_run(p);
		if (a->fail.status != STATUS_ADDRESS_REFUSED)
			fail_msg("%s: %s", urls[i], status_name(a->fail.status));
	}
	assert_int_equal(p->origin->n_seen, 0);
	play_end(p);
}

static bool answer_407(struct origin *o, int fd, const struct seen *s)
{
	(void)o, (void)s;
	return origin_reply(fd, "407 Proxy Authentication Required", "", "");
}

static void proxy_refusals_say_what_to_do(void **state)
{
	(void)state;
	struct play *p = play_begin_proxied(answer_407, NULL);
	struct answer *a = get_with(p, "http://nowhere.test/", NULL);
	assert_status(a, STATUS_HTTP_ERROR);
	assert_non_null(strstr(a->fail.detail, "proxy_password_file"));
	a = get_with(p, "https://nowhere.test/", NULL); /* by CONNECT */
	assert_status(a, STATUS_CONNECT_FAILED);
	assert_string_equal(a->fail.detail,
		"nowhere.test:443: the proxy answered HTTP 407 Proxy Authentication Required");
	assert_int_equal(a->http_code, 0);
	play_end(p);
}

/* --- forms --------------------------------------------------------------------------------------
 */

static bool answer_form(struct origin *o, int fd, const struct seen *s)
{
	(void)o;
	char body[64] = "";
	if (strncmp(s->head, "POST ", 5) == 0 && recv(fd, body, 5, MSG_WAITALL) != 5)
		return false;
	if (strcmp(s->path, "/moved") == 0)
		return origin_reply(fd, "302 Found", "Location: /hub\r\n", "");
	if (strcmp(s->path, "/kept") == 0)
		return origin_reply(fd, "307 Temporary Redirect", "Location: /hub\r\n", "");
	return origin_reply(
		fd, strcmp(body, "a=b&c") == 0 ? "202 Accepted" : "400 Bad Request", "", "thanks");
}

static void forms_are_posted(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum status status;
		int code;
	} cases[] = {
		{ "/hub", STATUS_OK, 202 },
		{ "/kept", STATUS_OK, 202 },
		{ "/moved", STATUS_HTTP_ERROR, 302 },
	};
	struct play *p = play_begin(answer_form, NULL);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct fetch_request request = request_of(at(p, "127.0.0.1", cases[i].path));
		request.form = "a=b&c";
		struct answer *a = play_start(p, &request);
		play_run(p);
		assert_status(a, cases[i].status);
		assert_int_equal(a->http_code, cases[i].code);
	}
	assert_true(
		seen_has(&p->origin->seen[0], "Content-Type: application/x-www-form-urlencoded"));
	play_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logins_are_sent),
		cmocka_unit_test(digest_never_sends_the_password),
		cmocka_unit_test(refusals_say_what_to_do),
		cmocka_unit_test(secrets_stay_at_home),
		cmocka_unit_test(general_proxy_is_asked),
		cmocka_unit_test(own_machine_needs_no_proxy),
		cmocka_unit_test(feed_goes_its_own_way),
		cmocka_unit_test(proxy_leads_nowhere_private),
		cmocka_unit_test(proxy_refusals_say_what_to_do),
		cmocka_unit_test(forms_are_posted),
	};
	return cmocka_run_group_tests(tests, NULL, resolvers_wait);
}
