/* Addresses: resolved as RFC 3986 5.4 says, and compared. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "feed/url.h"
#include "feed/url_query.h"

static void assert_resolved(const char *base, const char *ref, const char *wanted)
{
	struct strbuf out = STRBUF_INIT(LIMIT_URL * 4);

	if (!url_resolve(&out, base, span_of(ref)))
		assert_null(wanted);
	else
		assert_string_equal(strbuf_str(&out), wanted);
	strbuf_release(&out);
}

static void test_rfc3986_examples(void **state)
{
	static const char *const cases[][2] = {
		{ "g:h", "g:h" },
		{ "g", "http://a/b/c/g" },
		{ "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" },
		{ "/g", "http://a/g" },
		{ "//g", "http://g" },
		{ "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" },
		{ "#s", "http://a/b/c/d;p?q#s" },
		{ "g#s", "http://a/b/c/g#s" },
		{ "g?y#s", "http://a/b/c/g?y#s" },
		{ ";x", "http://a/b/c/;x" },
		{ ".", "http://a/b/c/" },
		{ "./", "http://a/b/c/" },
		{ "..", "http://a/b/" },
		{ "../g", "http://a/b/g" },
		{ "../..", "http://a/" },
		{ "../../g", "http://a/g" },
		{ "../../../g", "http://a/g" },
		{ "/./g", "http://a/g" },
		{ "/../g", "http://a/g" },
		{ "g.", "http://a/b/c/g." },
		{ "..g", "http://a/b/c/..g" },
		{ "./../g", "http://a/b/g" },
		{ "g/./h", "http://a/b/c/g/h" },
		{ "g/../h", "http://a/b/c/h" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_resolved("http://a/b/c/d;p?q", cases[i][0], cases[i][1]);
}

static void test_what_publishers_write(void **state)
{
	(void)state;
	assert_resolved("http://a", "g", "http://a/g");
	assert_resolved("http://a/x", " \n/b c\td ", "http://a/b%20cd");
	assert_resolved(NULL, "/relative", "/relative");
	assert_resolved("not a base", "g", "g");
	assert_resolved("mailto:x@example.org", "g", "g");
	assert_resolved("http://a/", "http://b/../c", "http://b/../c");
	assert_resolved("http://a/", "/caf\xc3\xa9", "http://a/caf\xc3\xa9");
	assert_resolved("http://a/", "java\nscript:alert(1)", "http://a/javascript:alert(1)");
	assert_resolved("http://a/", "\x01x", "http://a/%01x");
	assert_resolved("http://a/", "   ", NULL);
}

static void test_too_long_is_refused(void **state)
{
	struct strbuf out = STRBUF_INIT(LIMIT_URL * 4);
	char *long_one = calloc(1, LIMIT_URL + 2);

	(void)state;
	memset(long_one, 'a', LIMIT_URL + 1);
	assert_false(url_resolve(&out, "http://a/", span_of(long_one)));
	assert_int_equal(out.len, 0);
	long_one[LIMIT_URL - 2] = '\0'; /* fits alone, not behind the base */
	assert_false(url_resolve(&out, "http://a/", span_of(long_one)));
	assert_int_equal(out.len, 0);
	free(long_one);
	strbuf_release(&out);
}

static void assert_same(const char *a, const char *b, bool same)
{
	struct strbuf x = STRBUF_INIT(LIMIT_URL * 4), y = STRBUF_INIT(LIMIT_URL * 4);

	assert_true(url_canonical(&x, span_of(a)));
	assert_true(url_canonical(&y, span_of(b)));
	if ((strcmp(strbuf_str(&x), strbuf_str(&y)) == 0) != same)
		fail_msg("%s -> %s, %s -> %s", a, strbuf_str(&x), b, strbuf_str(&y));
	strbuf_release(&x);
	strbuf_release(&y);
}

static void test_canonical_form(void **state)
{
	(void)state;
	assert_same("http://Example.ORG/a", "https://example.org:443/a", true);
	assert_same("http://example.org:80", "http://example.org/", true);
	assert_same("http://example.org/%7Eme", "http://example.org/~me", true);
	assert_same("http://example.org/%c3%a9", "http://example.org/\xc3\xa9", true);
	assert_same("http://example.org/a/../b", "http://example.org/b", true);
	assert_same(
		"http://example.org/?a=1&utm_source=x&b=2", "http://example.org/?a=1&b=2", true);
	assert_same("http://example.org/?utm_source=x", "http://example.org/", true);
	assert_same("http://me@example.org/", "http://example.org/", true);
	assert_same("http://example.org/a", "http://example.org/a/", false);
	assert_same("http://example.org/A", "http://example.org/a", false);
	assert_same("http://example.org/?a=1", "http://example.org/?a=2", false);
	assert_same("http://example.org/%2F", "http://example.org/", false);
	assert_same("http://example.org/#a", "http://example.org/#b", false);
	assert_same("ftp://example.org/a", "http://example.org/a", false);
	assert_same("urn:uuid:1", "urn:uuid:1", true);
}

static void test_tracking_names(void **state)
{
	(void)state;
	assert_true(url_query_is_tracking(span_of("utm_anything")));
	assert_true(url_query_is_tracking(span_of("FBCLID")));
	assert_false(url_query_is_tracking(span_of("id")));
	assert_false(url_query_is_tracking(span_of("fbclid2")));
	assert_false(url_query_is_tracking(span_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3986_examples),
		cmocka_unit_test(test_what_publishers_write),
		cmocka_unit_test(test_too_long_is_refused),
		cmocka_unit_test(test_canonical_form),
		cmocka_unit_test(test_tracking_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
