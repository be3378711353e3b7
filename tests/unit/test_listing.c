/* Documents that name feeds: pages and OPML files, as text and over the wire. */
#include "base/mem.h"
#include "base/strbuf.h"
#include "feed/feed.h"
#include "feed/opml.h"
#include "feed/page.h"
#include "wire/listing.h"
#include "wire/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE "https://site.example/blog/"

/* "type url title|..." */
static char *describe(const struct listing *l)
{
	struct strbuf out = STRBUF_INIT(MIB);

	for (size_t i = 0; i < l->n_feeds; i++) {
		const struct listed_feed *f = &l->feeds[i];
		strbuf_addf(&out, "%s%s %s %s", i > 0 ? "|" : "", f->type, f->url,
			f->title != NULL ? f->title : "-");
	}
	return strbuf_take(&out, &(size_t){ 0 });
}

static void assert_page(const char *html, const char *base, const char *expected)
{
	struct listing *l = page_feeds(span_of(html), base);
	char *got = describe(l);

	assert_string_equal(got, expected);
	free(got);
	listing_free(l);
}

#define RSS "type=\"application/rss+xml\""

static void test_page_links(void **state)
{
	static const struct {
		const char *html, *base, *expected;
	} cases[] = {
		{ "<link rel=alternate " RSS " href=/feed>", BASE,
			"rss https://site.example/feed -" },
		{ "<LINK REL=\"Home ALTERNATE\" TYPE='application/Atom+XML; charset=utf-8' "
		  "HREF='atom.xml' TITLE=' The &lt;News&gt; &amp;\n more '>",
			BASE, "atom https://site.example/blog/atom.xml The <News> & more" },
		{ "<link rel=alternate type=application/feed+json href=//x.example/f.json>", BASE,
			"json https://x.example/f.json -" },
		{ "<base href='https://cdn.example/a/'><base href='/b/'><link rel=alternate " RSS
		  " href=f>",
			BASE, "rss https://cdn.example/a/f -" },
		{ "<base href='c/'><link rel=alternate " RSS " href=f>", BASE,
			"rss https://site.example/blog/c/f -" },
		{ "<body><p><link rel=alternate " RSS " href=\"f?a=1&amp;b=2\">", BASE,
			"rss https://site.example/blog/f?a=1&b=2 -" },
		{ "<link rel=alternate " RSS " href=f><link rel=alternate " RSS " href=./f>", BASE,
			"rss https://site.example/blog/f -" },
		{ "<link rel=alternate " RSS " href=a><link rel=alternate " RSS " href=b title=B>",
			BASE,
			"rss https://site.example/blog/a -|rss https://site.example/blog/b B" },
		{ "<link rel=alternate " RSS " href=https://site.example/x>", NULL,
			"rss https://site.example/x -" },
		/* none of them a feed that the page announces */
		{ "<link rel=stylesheet " RSS " href=f>", BASE, "" },
		{ "<link rel=alternatives " RSS " href=f>", BASE, "" },
		{ "<link rel=alternate type=application/json href=/wp-json/1>", BASE, "" },
		{ "<link rel=alternate type=application/rss+xmlish href=/1>", BASE, "" },
		{ "<link rel=alternate hreflang=de href=/de>", BASE, "" },
		{ "<link rel=alternate " RSS ">", BASE, "" },
		{ "<link rel=alternate " RSS " href=javascript:alert(1)>", BASE, "" },
		{ "<!-- <link rel=alternate " RSS " href=f> -->", BASE, "" },
		{ "<script>'<link rel=alternate " RSS " href=f>'</script>", BASE, "" },
		{ "<title><link rel=alternate " RSS " href=f></title>", BASE, "" },
		{ "<a rel=alternate " RSS " href=f>", BASE, "" },
		{ "", BASE, "" },
		{ "<", BASE, "" },
		{ "<link", BASE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_page(cases[i].html, cases[i].base, cases[i].expected);
}

static void test_page_is_bounded(void **state)
{
	struct strbuf html = STRBUF_INIT(8 * MIB);

	(void)state;
	for (int i = 0; i < LIMIT_PAGE_FEEDS + 5; i++)
		strbuf_addf(&html, "<link rel=alternate " RSS " href=/%d>\n", i);
	struct listing *l = page_feeds((struct span){ html.data, html.len }, BASE);
	assert_int_equal(l->n_feeds, LIMIT_PAGE_FEEDS);
	assert_int_equal(l->n_left_out, 5);
	assert_int_equal(l->feeds[2].line, 3);
	listing_free(l);
	strbuf_release(&html);
}

static void test_find_says_what_it_is(void **state)
{
	static const struct {
		const char *body, *detail; /* NULL: it is a feed, or names some */
	} cases[] = {
		{ "<rss version='2.0'><channel><title>T</title></channel></rss>", NULL },
		{ "<!doctype html><link rel=alternate " RSS " href=f>", NULL },
		{ "<!doctype html><title>x</title>", "it is an HTML page that names no feed" },
		{ "%PDF-1.7 and so on", "it is a PDF" },
		{ "{\"a\": 1}", "the document is JSON, but no JSON Feed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_input in = { cases[i].body, strlen(cases[i].body), NULL, BASE };
		struct listing *listing;
		struct failure fail = { 0 };
		struct feed_doc *doc = feed_find(&in, &listing, &fail);
		if (cases[i].detail == NULL) {
			assert_true((doc != NULL) != (listing != NULL));
		} else {
			assert_true(doc == NULL && listing == NULL);
			assert_string_equal(fail.detail, cases[i].detail);
			assert_int_equal(fail.status, STATUS_NOT_A_FEED);
		}
		feed_doc_free(doc);
		listing_free(listing);
	}
}

static struct listing *read_opml(const char *text, struct failure *ret_fail)
{
	struct feed_input in = { text, strlen(text), NULL, NULL };

	return opml_read(&in, ret_fail);
}

static const char *or_dash(const char *s)
{
	return s != NULL ? s : "-";
}

/* "line:category:url:text:title:site:problem" a feed. */
static void assert_opml(const char *text, const char *expected)
{
	struct failure fail;
	struct strbuf out = STRBUF_INIT(MIB);
	struct listing *l = read_opml(text, &fail);

	if (l == NULL)
		fail_msg("%s: %s", text, fail.detail);
	for (size_t i = 0; i < l->n_feeds; i++) {
		const struct listed_feed *f = &l->feeds[i];
		strbuf_addf(&out, "%s%u:%s:%s:%s:%s:%s:%s", i > 0 ? "\n" : "", f->line,
			or_dash(f->category), or_dash(f->url), or_dash(f->text), or_dash(f->title),
			or_dash(f->site_url), or_dash(f->problem));
	}
	assert_string_equal(strbuf_str(&out), expected);
	strbuf_release(&out);
	listing_free(l);
}

static void test_opml(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "<?xml version='1.0'?><opml version='1.0'><head><title>x</title></head><body>\n"
		  "<outline text='A' title='B' type='rss' xmlUrl='http://a.example/f' "
		  "htmlUrl='http://a.example/'/></body></opml>",
			"2:-:http://a.example/f:A:B:http://a.example/:-" },
		/* folders in folders, and out of them again */
		{ "<opml><body><outline text='x'>\n<outline text='y'>\n<outline "
		  "xmlUrl='http://a/'/>\n"
		  "</outline><outline xmlUrl='http://b/'></outline>\n</outline>\n"
		  "<outline xmlUrl='http://c/'/></body></opml>",
			"3:x/y:http://a/:-:-:-:-\n4:x:http://b/:-:-:-:-\n6:-:http://c/:-:-:-:-" },
		/* odd case, a bare &, references, no quotes */
		{ "<OPML><Outline XMLURL=\"http://a/?x=1&y=2&amp;z=3\" TEXT='a &lt; b &#233; "
		  "&amp;amp;' "
		  "Type=RSS /></OPML>",
			"1:-:http://a/?x=1&y=2&z=3:a < b \xc3\xa9 &amp;:-:-:-" },
		/* categories of OPML 2.0; folders count more */
		{ "<opml><outline xmlUrl='http://a/' category='/tech/linux,/b'/>"
		  "<outline text='f'><outline xmlUrl='http://b/' category='g'/></outline></opml>",
			"1:tech/linux:http://a/:-:-:-:-\n1:f:http://b/:-:-:-:-" },
		/* an outline without a name is no folder of its own */
		{ "<opml><outline><outline text=' '><outline text='f'><outline xmlUrl='http://b/'/>"
		  "</outline></outline></outline></opml>",
			"1:f:http://b/:-:-:-:-" },
		/* comments, instructions and CDATA hold no outlines */
		{ "<opml><!-- <outline xmlUrl='http://a/'/> --><![CDATA[<outline "
		  "xmlUrl='http://b/'/>]]>"
		  "</opml>",
			"" },
		/* what cannot be subscribed to is told; judging schemes is not ours, showing is */
		{ "<opml><outline type='rss' text='n'/>\n<outline xmlUrl='javascript:alert(1)' "
		  "htmlUrl='javascript:x'/>\n<outline xmlUrl='http://a/&#10;b'/>\n"
		  "<outline xmlUrl='http://a/&#x202e;b'/></opml>",
			"1:-:-:n:-:-:it has no xmlUrl\n2:-:javascript:alert(1):-:-:-:-\n"
			"3:-:-:-:-:-:its URL holds control characters\n"
			"4:-:-:-:-:-:its URL holds control characters" },
		/* outlines that close too often */
		{ "<opml></outline></outline><outline xmlUrl='http://a/'/></opml>",
			"1:-:http://a/:-:-:-:-" },
		/* control characters in names are gone */
		{ "<opml><outline text='a&#27;[31mb&#x202e;c' xmlUrl='http://a/'/></opml>",
			"1:-:http://a/:a[31mbc:-:-:-" },
		/* an entity that nobody may declare stays text */
		{ "<!DOCTYPE opml><opml><outline text='&lol;' xmlUrl='http://a/'/></opml>",
			"1:-:http://a/:&lol;:-:-:-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_opml(cases[i].text, cases[i].expected);
}

static void assert_refused(const char *text, enum status status)
{
	struct failure fail;
	struct listing *l = read_opml(text, &fail);

	assert_null(l);
	assert_int_equal(fail.stage, STAGE_PARSE);
	assert_string_equal(status_name(fail.status), status_name(status));
	assert_true(fail.detail[0] != '\0');
}

static void test_opml_refused(void **state)
{
	struct strbuf deep = STRBUF_INIT(MIB);

	(void)state;
	assert_refused("", STATUS_EMPTY);
	assert_refused(" \n", STATUS_EMPTY);
	assert_refused("<rss version='2.0'><channel/></rss>", STATUS_NOT_A_FEED);
	assert_refused("plain text", STATUS_NOT_A_FEED);
	assert_refused("<opml><outline xmlUrl='http://a/'/>", STATUS_MALFORMED);
	assert_refused("<!DOCTYPE opml [<!ENTITY lol 'lol'>]><opml></opml>", STATUS_ENTITY_REFUSED);
	assert_refused("<!DOCTYPE opml [\n<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml></opml>",
		STATUS_ENTITY_REFUSED);
	strbuf_addstr(&deep, "<opml>");
	for (int i = 0; i < 10000; i++)
		strbuf_addstr(&deep, "<outline text='x'>");
	strbuf_addstr(&deep, "</opml>");
	assert_refused(strbuf_str(&deep), STATUS_TOO_DEEP);
	strbuf_release(&deep);
}

/* Longer than a name may be: cut with an ellipsis where people see it, refused where it counts. */
static void test_opml_long(void **state)
{
	struct strbuf text = STRBUF_INIT(MIB);
	struct failure fail;

	(void)state;
	strbuf_addstr(&text, "<opml><outline xmlUrl='http://a/' text='");
	for (int i = 0; i < 5000; i++)
		strbuf_addch(&text, 'n');
	strbuf_addstr(&text, "'/><outline xmlUrl='http://a/");
	for (int i = 0; i < 9000; i++)
		strbuf_addch(&text, 'u');
	strbuf_addstr(&text, "'/></opml>");
	struct listing *l = read_opml(strbuf_str(&text), &fail);
	assert_non_null(l);
	assert_int_equal(l->n_feeds, 2);
	assert_int_equal(strlen(l->feeds[0].text), LIMIT_TITLE);
	assert_null(l->feeds[1].url);
	assert_string_equal(l->feeds[1].problem, "its URL is longer than 8 KiB");
	listing_free(l);
	strbuf_release(&text);
}

static void test_over_the_wire(void **state)
{
	struct failure fail;
	struct strbuf frame = STRBUF_INIT(MIB), again = STRBUF_INIT(MIB);
	struct listing *l = read_opml("<opml><outline text='x'><outline text='a' title='b' "
				      "xmlUrl='http://a/' htmlUrl='http://s/'/></outline>"
				      "<outline type='rss'/></opml>",
		&fail);

	(void)state;
	assert_true(listing_encode(&frame, l));
	size_t n = frame.len - FRAME_HEADER;
	struct listing *got = listing_decode(frame.data + FRAME_HEADER, n);
	assert_non_null(got);
	assert_true(listing_encode(&again, got));
	assert_int_equal(again.len, frame.len);
	assert_memory_equal(again.data, frame.data, frame.len);
	assert_string_equal(got->feeds[0].category, "x");
	for (size_t k = 0; k < n; k++)
		assert_null(listing_decode(frame.data + FRAME_HEADER, k));
	listing_free(got);
	/* a lie: nothing to subscribe to, and no reason why */
	l->feeds[1].problem = NULL;
	strbuf_clear(&frame);
	assert_true(listing_encode(&frame, l));
	assert_null(listing_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER));
	/* a lie: what could run */
	l->feeds[1].problem = "x";
	l->feeds[1].site_url = "javascript:x";
	strbuf_clear(&frame);
	assert_true(listing_encode(&frame, l));
	assert_null(listing_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER));
	listing_free(l);
	strbuf_release(&frame);
	strbuf_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_links),
		cmocka_unit_test(test_page_is_bounded),
		cmocka_unit_test(test_find_says_what_it_is),
		cmocka_unit_test(test_opml),
		cmocka_unit_test(test_opml_refused),
		cmocka_unit_test(test_opml_long),
		cmocka_unit_test(test_over_the_wire),
	};
	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
