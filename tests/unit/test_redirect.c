#include "fetch/redirect.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Follows one redirect of `from`; on success *from is the target. */
static enum status hop(struct redirect_trail *trail, struct fetch_url *from, int code,
	const char *location, struct failure *fail)
{
	struct fetch_url to;
	*fail = (struct failure){ 0 };
	if (!redirect_follow(trail, from, code, location, NULL, 0, &to, fail)) {
		assert_int_equal(fail->stage, STAGE_FETCH);
		assert_int_equal(fail->http_code, code);
		return fail->status;
	}
	fetch_url_release(from);
	*from = to;
	return STATUS_OK;
}

static void codes_that_are_followed(void **state)
{
	(void)state;
	for (int code = 200; code < 600; code++)
		assert_int_equal(redirect_is(code),
			code == 301 || code == 302 || code == 303 || code == 307 || code == 308);
}

static void targets_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *from, *location;
		enum status status;
		const char *detail; /* NULL: not looked at */
	} cases[] = {
		{ "http://a/", "/b", STATUS_OK, NULL },
		{ "http://a/", "HTTPS://b/", STATUS_OK, NULL },
		{ "https://a/", "http://b/", STATUS_OK, NULL },
		{ "http://a/", NULL, STATUS_PROTOCOL_ERROR, "HTTP 302 does not say where to go" },
		{ "http://a/", "file:/etc/passwd", STATUS_REDIRECT_REFUSED,
			"redirected to file:/etc/passwd, which courant does not follow" },
		{ "http://a/", "FILE:///etc/passwd", STATUS_REDIRECT_REFUSED, NULL },
		{ "http://a/", "ftp://u:secret@b/", STATUS_REDIRECT_REFUSED,
			"redirected to ftp://b/, which courant does not follow" },
		{ "http://a/", "javascript:alert(1)", STATUS_REDIRECT_REFUSED, NULL },
		{ "http://a/", "data:text/xml,<rss/>", STATUS_REDIRECT_REFUSED, NULL },
		{ "http://a/", "gopher://b/", STATUS_REDIRECT_REFUSED, NULL },
		{ "http://a/", "http://b:port/", STATUS_REDIRECT_REFUSED,
			"redirected to \"http://b:port/\", which is no URL" },
		{ "https://u:secret@a/", "http://a/", STATUS_REDIRECT_REFUSED,
			"redirected from https to http://a/, which would show the password" },
		{ "https://u:secret@a/", "https://b/", STATUS_OK, NULL },
		{ "http://a/", "http://a/", STATUS_REDIRECT_LOOP,
			"redirected in a circle, back to http://a/" },
		{ "http://a/", "#top", STATUS_REDIRECT_LOOP, NULL },
		{ "http://a/", "http://u:p@a/", STATUS_REDIRECT_LOOP, NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct redirect_trail trail;
		struct fetch_url url;
		struct failure fail;
		redirect_trail_init(&trail, cases[i].from);
		assert_true(fetch_url_parse(cases[i].from, &url));
		enum status status = hop(&trail, &url, 302, cases[i].location, &fail);
		if (status != cases[i].status)
			fail_msg("%s -> %s: %s", cases[i].from, cases[i].location,
				status_name(status));
		if (cases[i].detail)
			assert_string_equal(fail.detail, cases[i].detail);
		assert_null(strstr(fail.detail, "secret"));
		fetch_url_release(&url);
		redirect_trail_release(&trail);
	}
}

static void five_hops_are_followed_and_no_more(void **state)
{
	(void)state;
	struct redirect_trail trail;
	struct fetch_url url;
	struct failure fail;
	redirect_trail_init(&trail, "http://a/0");
	assert_true(fetch_url_parse("http://a/0", &url));
	for (int i = 1; i <= LIMIT_REDIRECTS; i++) {
		char location[16];
		snprintf(location, sizeof(location), "/%d", i);
		assert_int_equal(hop(&trail, &url, 302, location, &fail), STATUS_OK);
	}
	assert_string_equal(url.text, "http://a/5");
	assert_int_equal(hop(&trail, &url, 302, "/6", &fail), STATUS_REDIRECT_LOOP);
	assert_string_equal(fail.detail, "more than 5 redirects, the last one to /6");
	fetch_url_release(&url);
	redirect_trail_release(&trail);
}

static void a_circle_of_several_hops_is_seen(void **state)
{
	(void)state;
	struct redirect_trail trail;
	struct fetch_url url;
	struct failure fail;
	redirect_trail_init(&trail, "http://a/");
	assert_true(fetch_url_parse("http://a/", &url));
	assert_int_equal(hop(&trail, &url, 302, "http://b/", &fail), STATUS_OK);
	assert_int_equal(hop(&trail, &url, 302, "http://c/", &fail), STATUS_OK);
	assert_int_equal(hop(&trail, &url, 302, "http://b/", &fail), STATUS_REDIRECT_LOOP);
	fetch_url_release(&url);
	redirect_trail_release(&trail);
}

static void only_permanent_hops_make_a_move(void **state)
{
	(void)state;
	static const struct {
		int codes[3];
		bool permanent;
	} cases[] = {
		{ { 0 }, false },
		{ { 301 }, true },
		{ { 308 }, true },
		{ { 302 }, false },
		{ { 303 }, false },
		{ { 307 }, false },
		{ { 301, 308, 301 }, true },
		{ { 301, 302, 301 }, false },
		{ { 302, 301, 301 }, false },
		{ { 301, 301, 307 }, false },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct redirect_trail trail;
		struct fetch_url url;
		struct failure fail;
		redirect_trail_init(&trail, "http://a/");
		assert_true(fetch_url_parse("http://a/", &url));
		for (int k = 0; k < 3 && cases[i].codes[k]; k++) {
			const char *to[] = { "/1", "/2", "/3" };
			assert_int_equal(
				hop(&trail, &url, cases[i].codes[k], to[k], &fail), STATUS_OK);
		}
		assert_int_equal(trail.permanent, cases[i].permanent);
		fetch_url_release(&url);
		redirect_trail_release(&trail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_that_are_followed),
		cmocka_unit_test(targets_are_judged),
		cmocka_unit_test(five_hops_are_followed_and_no_more),
		cmocka_unit_test(a_circle_of_several_hops_is_seen),
		cmocka_unit_test(only_permanent_hops_make_a_move),
	};
	return cmocka_run_group_tests_name("redirect", tests, NULL, NULL);
}
