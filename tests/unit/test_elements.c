/* The tables of feeds: every row can be found, trust goes as declared. */
#include "test.h"

#include <string.h>

#include "feed/elements.h"
#include "feed/entity.h"
#include "feed/person.h"
#include "feed/plain.h"

#include "base/limits.h"

static void test_namespaces(void **state)
{
	(void)state;
	assert_int_equal(ns_find("http://www.w3.org/2005/Atom", NULL), NS_ATOM10);
	assert_int_equal(ns_find("https://www.w3.org/2005/atom/", NULL), NS_ATOM10);
	assert_int_equal(ns_find("http://purl.org/dc/elements/1.1/", "x"), NS_DC);
	assert_int_equal(ns_find("http://backend.userland.com/RSS2.1", NULL), NS_NONE);
	assert_int_equal(ns_find("http://search.yahoo.com/mrss", NULL), NS_MEDIA);
	assert_int_equal(ns_find(NULL, "dc"), NS_DC);
	assert_int_equal(ns_find(NULL, "nobody"), NS_OTHER);
	assert_int_equal(ns_find("urn:nobody", "dc"), NS_OTHER);
	assert_int_equal(ns_find(NULL, NULL), NS_NONE);
	assert_int_equal(ns_find("", NULL), NS_NONE);
}

static void test_elements_of_every_kind(void **state)
{
	static const struct {
		enum ns ns;
		const char *local;
		enum context in;
		enum field wanted;
	} cases[] = {
		{ NS_NONE, "title", CONTEXT_ENTRY, FIELD_TITLE },
		{ NS_NONE, "TITLE", CONTEXT_FEED, FIELD_TITLE },
		{ NS_MEDIA, "title", CONTEXT_MEDIA, FIELD_TITLE_MEDIA },
		{ NS_NONE, "title", CONTEXT_SOURCE, FIELD_SOURCE_TITLE },
		{ NS_NONE, "title", CONTEXT_IMAGE, FIELD_NONE },
		{ NS_OTHER, "title", CONTEXT_ENTRY, FIELD_NONE },
		{ NS_NONE, "pubDate", CONTEXT_ENTRY, FIELD_PUBLISHED },
		{ NS_CONTENT, "encoded", CONTEXT_ENTRY, FIELD_CONTENT_ENCODED },
		{ NS_DC, "creator", CONTEXT_ENTRY, FIELD_AUTHOR_DC },
		{ NS_MEDIA, "credit", CONTEXT_ENTRY, FIELD_AUTHOR_MEDIA },
		{ NS_NONE, "webMaster", CONTEXT_FEED, FIELD_IGNORED },
		{ NS_NONE, "abstract", CONTEXT_FEED, FIELD_DESCRIPTION },
		{ NS_GML, "posList", CONTEXT_GEO, FIELD_GML_NUMBERS },
		{ NS_NONE, "", CONTEXT_ENTRY, FIELD_NONE },
		{ NS_NONE, "zzz", CONTEXT_ENTRY, FIELD_NONE },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		if (element_find(cases[i].ns, cases[i].local, cases[i].in) != cases[i].wanted)
			fail_msg("%s in %d", cases[i].local, cases[i].in);
}

/* A table out of order hides its rows from the binary search: ask for every field there is. */
static void test_every_field_is_reachable(void **state)
{
	static const char *const names[] = { "abstract", "author", "body", "box", "category",
		"channel", "comments", "content", "contributor", "coordinates", "copyright",
		"created", "creator", "credit", "date", "day", "description", "duration", "email",
		"enclosure", "encoded", "entry", "envelope", "exterior", "fullitem", "generator",
		"generatoragent", "group", "guid", "hour", "icon", "id", "identifier", "image",
		"issued", "item", "keywords", "language", "lastbuilddate", "lat", "license", "line",
		"linestring", "link", "logo", "long", "managingeditor", "modified", "name",
		"origlink", "owner", "point", "polygon", "pos", "pubdate", "published", "rights",
		"skipdays", "skiphours", "source", "subject", "subtitle", "summary", "tagline",
		"tags", "thumbnail", "title", "ttl", "updated", "updatefrequency", "updateperiod",
		"uri", "url", "where", "archive", "chapter", "chapters", "commentrss", "complete",
		"in-reply-to", "person", "total", "transcript", "block", "episode", "episodetype",
		"explicit", "isclosedcaptioned", "new-feed-url", "season", "type" };
	bool seen[FIELD_COUNT] = { [FIELD_NONE] = true,
		[FIELD_IGNORED] = true,
		[FIELD_ID_ABOUT] = true /* an attribute */ };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		for (int ns = 0; ns < NS_COUNT; ns++)
			for (int in = 0; in < CONTEXT_COUNT; in++)
				seen[element_find((enum ns)ns, names[i], (enum context)in)] = true;
	for (int field = 0; field < FIELD_COUNT; field++)
		if (!seen[field])
			fail_msg("field %d has no element", field);
}

static void test_trust(void **state)
{
	(void)state;
	assert_true(FIELD_TITLE > FIELD_TITLE_DC && FIELD_TITLE_DC > FIELD_TITLE_MEDIA);
	assert_true(FIELD_CONTENT_ENCODED > FIELD_CONTENT_BODY);
	assert_true(FIELD_ID > FIELD_ID_ABOUT && FIELD_ID_ABOUT > FIELD_ID_DC);
	assert_int_equal(field_info[FIELD_TITLE].slot, field_info[FIELD_TITLE_MEDIA].slot);
	assert_int_equal(field_info[FIELD_TITLE].kind, KIND_TEXT);
}

static void test_people(void **state)
{
	static const char *const cases[][3] = {
		{ "ann@example.org (Ann Other)", "Ann Other", "ann@example.org" },
		{ "Ann Other <ann@example.org>", "Ann Other", "ann@example.org" },
		{ "\"Ann\" <mailto:ann@example.org>", "Ann", "ann@example.org" },
		{ "Ann Other", "Ann Other", "" },
		{ "ann@example.org", "", "ann@example.org" },
		{ "Ann (Office) ann@example.org", "Ann (Office)", "ann@example.org" },
		{ "@handle", "@handle", "" },
		{ "a @ b", "a @ b", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct span name, email;
		person_split(span_of(cases[i][0]), &name, &email);
		if (!span_is(name, cases[i][1]) || !span_is(email, cases[i][2]))
			fail_msg("%s: \"%.*s\" \"%.*s\"", cases[i][0], (int)name.n, name.s,
				(int)email.n, email.s);
	}
}

static void test_entities(void **state)
{
	static const struct {
		const char *text;
		int32_t cp;
		size_t len;
	} cases[] = {
		{ "&amp;", '&', 5 },
		{ "&eacute;x", 0xe9, 8 },
		{ "&copy 2", 0xa9, 5 },
		{ "&copy=", 0, 0 },
		{ "&mdash x", 0, 0 },
		{ "&nosuch;", 0, 0 },
		{ "&#65;", 'A', 5 },
		{ "&#x41;", 'A', 6 },
		{ "&#65 ", 'A', 4 },
		{ "&#146;", 0x2019, 6 },
		{ "&#0;", 0xfffd, 4 },
		{ "&#xd800;", 0xfffd, 8 },
		{ "&#99999999999;", 0xfffd, 14 },
		{ "&#;", 0, 0 },
		{ "& x", 0, 0 },
		{ "&zwnj;", 0x200c, 6 },
		{ "&AElig;", 0xc6, 7 },
		{ "&Aelig;", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		size_t len = 0;
		int32_t cp = entity_read(span_of(cases[i].text), &len);
		if (cp != cases[i].cp || len != cases[i].len)
			fail_msg("%s: %x, %zu bytes", cases[i].text, (unsigned)cp, len);
	}
}

static void test_plain_lines(void **state)
{
	static const struct {
		const char *text;
		enum text_type type;
		const char *wanted;
	} cases[] = {
		{ "  a \n b\t", TEXT_PLAIN, "a b" },
		{ "<b>a</b>&amp;", TEXT_PLAIN, "<b>a</b>&amp;" },
		{ "<b>a</b>&amp;", TEXT_HTML, "a&" },
		{ "&lt;b&gt;", TEXT_MAYBE, "<b>" },
		{ "vector<T> a<b", TEXT_MAYBE, "vector<T> a<b" },
		{ "one<br>two<p>three", TEXT_HTML, "one two three" },
		{ "a<script>x()</script>b<style>y{}</style>c", TEXT_HTML, "abc" },
		{ "a<!-- <b> -->c", TEXT_HTML, "ac" },
		{ "a\x1b[31m\xc2\x9b\xe2\x80\xae"
		  "b",
			TEXT_PLAIN, "a[31mb" },
		{ "&#27;[31m&#x202e;x", TEXT_HTML, "[31mx" },
		{ " \n ", TEXT_PLAIN, NULL },
		{ "<p></p>", TEXT_HTML, NULL },
		{ "Use <a href=\"x>y\">it</a>", TEXT_HTML, "Use it" },
	};
	struct strbuf scratch = STRBUF_INIT(MIB);
	struct arena arena;

	(void)state;
	arena_init(&arena, MIB);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const char *got = plain_line(
			&arena, &scratch, span_of(cases[i].text), cases[i].type, LIMIT_NAME);
		if (cases[i].wanted == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].wanted);
	}
	assert_string_equal(plain_line(&arena, &scratch, span_of("abcdefghij"), TEXT_PLAIN, 8),
		"abcde\xe2\x80\xa6");
	strbuf_release(&scratch);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_elements_of_every_kind),
		cmocka_unit_test(test_every_field_is_reachable),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_plain_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
