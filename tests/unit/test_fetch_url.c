#include "base/limits.h"
#include "fetch/fetch_url.h"
#include "test.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static void urls_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum fetch_scheme scheme; /* SCHEME_OTHER: refused */
		const char *host;
		bool credentials;
	} cases[] = {
		{ "http://Example.ORG/feed", SCHEME_HTTP, "example.org:80", false },
		{ "HTTPS://example.org./", SCHEME_HTTPS, "example.org:443", false },
		{ "https://example.org:8443/a?b=c&d#e", SCHEME_HTTPS, "example.org:8443", false },
		{ "http://u:p@example.org/", SCHEME_HTTP, "example.org:80", true },
		{ "http://u@example.org/", SCHEME_HTTP, "example.org:80", true },
		{ "http://[::1]:81/", SCHEME_HTTP, "[::1]:81", false },
		{ "http://2130706433/", SCHEME_HTTP, "127.0.0.1:80", false },
		{ "http://example.org/a b/\xc3\xa9", SCHEME_HTTP, "example.org:80", false },
		{ "file:///tmp/feed.xml", SCHEME_FILE, "", false },
		{ "file:/tmp/feed.xml", SCHEME_FILE, "", false },
		{ "file://localhost/tmp/feed.xml", SCHEME_FILE, "", false },
		{ "file://other/tmp/feed.xml", SCHEME_OTHER, NULL, false },
		{ "file:feed.xml", SCHEME_OTHER, NULL, false },
		{ "file:///tmp/%00feed", SCHEME_OTHER, NULL, false },
		{ "", SCHEME_OTHER, NULL, false },
		{ "example.org", SCHEME_OTHER, NULL, false },
		{ "/feed", SCHEME_OTHER, NULL, false },
		{ "ftp://example.org/feed", SCHEME_OTHER, NULL, false },
		{ "gopher://example.org/", SCHEME_OTHER, NULL, false },
		{ "javascript:alert(1)", SCHEME_OTHER, NULL, false },
		{ "http://", SCHEME_OTHER, NULL, false },
		{ "http:///feed", SCHEME_HTTP, "feed:80", false }, /* as browsers read it */
		{ "http://example.org:99999/", SCHEME_OTHER, NULL, false },
		{ "http://example.org/\r\nX: y", SCHEME_OTHER, NULL, false },
		{ "http://exa mple.org/", SCHEME_OTHER, NULL, false },
		{ "http://a user@example.org/", SCHEME_OTHER, NULL, false },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct fetch_url url;
		bool good = fetch_url_parse(cases[i].text, &url);
		if (good != (cases[i].scheme != SCHEME_OTHER))
			fail_msg("%s: %d", cases[i].text, good);
		if (!good)
			continue;
		assert_int_equal(url.scheme, cases[i].scheme);
		assert_string_equal(url.host, cases[i].host);
		assert_int_equal(url.has_credentials, cases[i].credentials);
		assert_string_equal(url.text, cases[i].text);
		fetch_url_release(&url);
	}
}

static void overlong_url_is_refused(void **state)
{
	(void)state;
	struct fetch_url url;
	char *text = malloc(LIMIT_URL + 2);
	memset(text, 'a', LIMIT_URL + 1);
	text[LIMIT_URL + 1] = '\0';
	memcpy(text, "http://h/", 9);
	assert_false(fetch_url_parse(text, &url));
	text[LIMIT_URL] = '\0';
	assert_true(fetch_url_parse(text, &url));
	fetch_url_release(&url);
	free(text);
}

static void redirect_targets_are_resolved(void **state)
{
	(void)state;
	static const struct {
		const char *base, *location, *to; /* NULL: refused */
	} cases[] = {
		{ "http://a/x/y?q#f", "z", "http://a/x/z" },
		{ "http://a/x/y?q", "/z?r#g", "http://a/z?r" },
		{ "http://a/x/y", "?r", "http://a/x/y?r" },
		{ "http://a/x/y", "//b/z", "http://b/z" },
		{ "http://a/x", "https://b/z", "https://b/z" },
		{ "http://a/x", "http://a/with space", "http://a/with%20space" },
		{ "http://a/x", "/caf\xc3\xa9", "http://a/caf%c3%a9" },
		{ "http://a/x", "/%D9%81?a=%2F", "http://a/%D9%81?a=%2F" },
		{ "http://u:p@a/x", "y", "http://u:p@a/y" },
		{ "http://u:p@a/x", "http://a/y", "http://u:p@a/y" },
		{ "http://u:p@a/x", "http://a:8080/y", "http://a:8080/y" },
		{ "http://u:p@a/x", "https://a/y", "https://a/y" },
		{ "http://u:p@a/x", "http://b/y", "http://b/y" },
		{ "http://a/x", "http://v:w@b/y", "http://b/y" },
		{ "http://u:p@a/x", "http://v:w@a/y", "http://u:p@a/y" },
		{ "http://a/x", "http://", NULL },
		{ "http://a/x", "http://b:port/", NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct fetch_url base, to;
		assert_true(fetch_url_parse(cases[i].base, &base));
		bool good = fetch_url_resolve(&base, cases[i].location, &to);
		if (good != (cases[i].to != NULL) || (good && strcmp(to.text, cases[i].to) != 0))
			fail_msg("%s + %s: %s", cases[i].base, cases[i].location,
				good ? to.text : "refused");
		if (good)
			fetch_url_release(&to);
		fetch_url_release(&base);
	}
}

static void file_paths_are_decoded(void **state)
{
	(void)state;
	static const struct {
		const char *text, *path;
	} cases[] = {
		{ "file:///a/b%20c", "/a/b c" },
		{ "file:/a%2fb", "/a/b" },
		{ "file://LocalHost/a", "/a" },
		{ "file:///a?q#f", "/a" },
		{ "file:///a#f?q", "/a" },
		{ "file:///100%", "/100%" },
		{ "file:///%4", "/%4" },
		{ "file:///%zz", "/%zz" },
		{ "file:///a%00b", NULL },
		{ "file://host/a", NULL },
		{ "file:a", NULL },
		{ "file:", NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		char *path = fetch_url_file_path(cases[i].text);
		if (cases[i].path) {
			assert_non_null(path);
			assert_string_equal(path, cases[i].path);
		} else {
			assert_null(path);
		}
		free(path);
	}
}

static void passwords_are_not_shown(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "http://u:p@a/x", "http://a/x" },
		{ "https://u:p@ss@a:1/x@y", "https://a:1/x@y" },
		{ "ftp://u:p@a?z@", "ftp://a?z@" },
		{ "//u:p@a", "//a" },
		{ "http://a/u:p@b", "http://a/u:p@b" },
		{ "mailto:x@y", "mailto:x@y" },
		{ "", "" },
	};
	char out[64];
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_string_equal(
			fetch_url_for_people(cases[i].text, out, sizeof(out)), cases[i].shown);
	assert_string_equal(fetch_url_for_people("http://u:p@a/long", out, 12), "http://a/lo");
}

static void what_is_sent_is_encoded(void **state)
{
	(void)state;
	char *wire = fetch_url_wire("http://Example.org/a b?c d=%20&e=\xc3\xa9");
	assert_string_equal(wire, "http://Example.org/a%20b?c+d=%20&e=%c3%a9");
	curl_free(wire);
	wire = fetch_url_wire("https://B\xc3\xbc"
			      "cher.test/\xc3\xbc?\xc3\xb6=%FC");
	assert_string_equal(wire, "https://xn--bcher-kva.test/%c3%bc?%c3%b6=%FC");
	curl_free(wire);
}

/* Names beyond ASCII, in all their spellings, are one host; the URL stays as it was given. */
static void international_names_are_compared_in_ascii(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host;
	} cases[] = {
		{ "http://b\xc3\xbc"
		  "cher.test/",
			"xn--bcher-kva.test:80" },
		{ "http://B\xc3\x9c"
		  "CHER.test/",
			"xn--bcher-kva.test:80" },
		{ "http://b%C3%BCcher.test:81/", "xn--bcher-kva.test:81" },
		{ "http://XN--Bcher-kva.test/", "xn--bcher-kva.test:80" },
		{ "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "127.0.0.1:80" },
		{ "http://a\xe3\x80\x82test/", "a.test:80" }, /* the ideographic full stop */
	};
	struct fetch_url url, to;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_true(fetch_url_parse(cases[i].text, &url));
		assert_string_equal(url.host, cases[i].host);
		assert_string_equal(url.text, cases[i].text);
		fetch_url_release(&url);
	}
	assert_false(fetch_url_parse("http://\xff\xfe/", &url));
	assert_true(fetch_url_parse("http://u:p@b\xc3\xbc"
				    "cher.test/",
		&url));
	assert_true(fetch_url_resolve(&url, "http://xn--bcher-kva.test/b", &to));
	assert_true(to.has_credentials && fetch_url_same_origin(&url, &to));
	fetch_url_release(&url);
	fetch_url_release(&to);
}

static void http_is_upgraded(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "http://a.test/x?y#z", "https://a.test/x?y#z" },
		{ "http://a.test:80/", "https://a.test/" },
		{ "http://a.test:8080/", "https://a.test:8080/" },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct fetch_url url;
		assert_true(fetch_url_parse(cases[i].from, &url));
		fetch_url_upgrade(&url);
		assert_int_equal(url.scheme, SCHEME_HTTPS);
		assert_string_equal(url.text, cases[i].to);
		fetch_url_release(&url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_read),
		cmocka_unit_test(overlong_url_is_refused),
		cmocka_unit_test(redirect_targets_are_resolved),
		cmocka_unit_test(file_paths_are_decoded),
		cmocka_unit_test(passwords_are_not_shown),
		cmocka_unit_test(what_is_sent_is_encoded),
		cmocka_unit_test(international_names_are_compared_in_ascii),
		cmocka_unit_test(http_is_upgraded),
	};
	return cmocka_run_group_tests_name("fetch url", tests, NULL, NULL);
}
