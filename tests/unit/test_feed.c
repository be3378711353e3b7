/* Whole documents, of every format and of every kind of brokenness. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "feed/feed.h"

static struct feed_doc *parse_as(
	const char *text, size_t n, const char *type, const char *base, struct failure *fail)
{
	struct feed_input in = { text, n, type, base };

	*fail = (struct failure){ 0 };
	return feed_parse(&in, fail);
}

static struct feed_doc *parse(const char *text)
{
	struct failure fail;
	struct feed_doc *doc = parse_as(text, strlen(text), NULL, "http://example.org/feed", &fail);

	if (doc == NULL)
		fail_msg("%s: %s", status_name(fail.status), fail.detail);
	return doc;
}

static void assert_refused(const char *text, size_t n, enum status status, const char *detail)
{
	struct failure fail;
	struct feed_doc *doc = parse_as(text, n, NULL, NULL, &fail);

	assert_null(doc);
	assert_int_equal(fail.stage, STAGE_PARSE);
	assert_string_equal(status_name(fail.status), status_name(status));
	if (strstr(fail.detail, detail) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", fail.detail, detail);
}

static bool warns_of(const struct feed_doc *doc, const char *words)
{
	for (size_t i = 0; i < doc->n_warnings; i++)
		if (strstr(doc->warnings[i], words) != NULL)
			return true;
	return false;
}

static void test_rss(void **state)
{
	struct feed_doc *doc = parse(
		"<?xml version='1.0'?><rss version='2.0' "
		"xmlns:dc='http://purl.org/dc/elements/1.1/' "
		"xmlns:content='http://purl.org/rss/1.0/modules/content/' "
		"xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>"
		"<title>Harbour &amp;amp; Sea</title><link>/</link><description>All "
		"<b>news</b></description>"
		"<language>en-gb</language><ttl>90</ttl><skipHours><hour>3</hour><hour>24</hour></"
		"skipHours>"
		"<skipDays><day>Sunday</day></skipDays><sy:updatePeriod>daily</sy:updatePeriod>"
		"<sy:updateFrequency>4</sy:updateFrequency>"
		"<image><url>logo.png</url><title>not this</title><link>http://no/</link></image>"
		"<managingEditor>ed@example.org (Ed Itor)</managingEditor>"
		"<item><title>One</title><link>http://example.org/1</link><guid>http://example.org/"
		"1</guid>"
		"<pubDate>Mon, 02 Feb 2026 08:15:30 GMT</pubDate><dc:creator>Ann</dc:creator>"
		"<description>Short &lt;i&gt;text&lt;/i&gt;</description>"
		"<content:encoded><![CDATA[<p onclick='x'>Long <a "
		"href='2'>text</a></p>]]></content:encoded>"
		"<category domain='d'>Fish</category><comments>/1#c</comments>"
		"<enclosure url='/1.mp3' length='123' type='audio/mpeg'/>"
		"<source url='http://s/'>Source</source></item>"
		"<item><guid isPermaLink='false'>x</guid><description>Only "
		"this</description></item>"
		"</channel></rss>");
	const struct feed_entry *e = doc->entries;

	(void)state;
	assert_int_equal(doc->format, FEED_FORMAT_RSS20);
	assert_true(doc->well_formed);
	assert_int_equal(doc->n_warnings, 0);
	assert_string_equal(doc->title, "Harbour & Sea");
	assert_string_equal(doc->description, "All news");
	assert_string_equal(doc->home_page_url, "http://example.org/");
	assert_string_equal(doc->icon, "http://example.org/logo.png");
	assert_string_equal(doc->language, "en-gb");
	assert_string_equal(doc->authors[0].name, "Ed Itor");
	assert_string_equal(doc->authors[0].email, "ed@example.org");
	assert_int_equal(doc->ttl_minutes, 90);
	assert_int_equal(doc->skip_hours, 1u << 3 | 1u);
	assert_int_equal(doc->skip_days, 1);
	assert_int_equal(doc->update_interval_seconds, 21600);
	assert_int_equal(doc->n_entries, 2);
	assert_string_equal(e[0].title, "One");
	assert_string_equal(e[0].summary, "Short text");
	assert_string_equal(e[0].content_html, "<p>Long <a href=\"http://example.org/2\" "
					       "rel=\"nofollow noopener noreferrer\">text</a></p>");
	assert_int_equal(e[0].published, 1770020130);
	assert_true(e[0].updated == FEED_NO_DATE);
	assert_string_equal(e[0].authors[0].name, "Ann");
	assert_string_equal(e[0].tags[0].term, "Fish");
	assert_string_equal(e[0].tags[0].scheme, "d");
	assert_string_equal(e[0].comments_url, "http://example.org/1#c");
	assert_string_equal(e[0].attachments[0].url, "http://example.org/1.mp3");
	assert_int_equal(e[0].attachments[0].size_in_bytes, 123);
	assert_string_equal(e[0].source.title, "Source");
	assert_true(e[0].guid_is_permalink);
	assert_false(e[1].guid_is_permalink);
	assert_null(e[1].url);
	assert_null(e[1].summary);
	assert_string_equal(e[1].content_html, "Only this");
	feed_doc_free(doc);
}

static void test_atom(void **state)
{
	struct feed_doc *doc = parse(
		"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='nl' "
		"xml:base='http://b.example/x/'>"
		"<title type='html'>&lt;b>T&lt;/b> &amp;amp; U</title><id>urn:f</id>"
		"<link rel='self' href='self.xml'/><link rel='hub' href='http://hub/'/><link "
		"href='.'/>"
		"<author><name>Feed "
		"Author</name><uri>me</uri></author><updated>2026-02-02T08:15:30Z</updated>"
		"<entry xml:lang='fr'><id>urn:1</id><title>a &lt;b&gt; c</title>"
		"<link rel='alternate' type='application/pdf' href='1.pdf'/><link href='1.html'/>"
		"<link rel='related' href='http://r/'/><link rel='enclosure' href='e.mp3' "
		"length='7'/>"
		"<published>2026-02-02T08:15:30Z</published><updated>2026-02-03T08:15:30Z</updated>"
		"<summary>Sum</summary><content type='xhtml' xml:base='deep/'>"
		"<div xmlns='http://www.w3.org/1999/xhtml'><p>A &amp; <a "
		"href='2'>B</a><br/></p></div></content>"
		"<category term='t' "
		"label='Label'/><contributor><name>Con</name></contributor></entry>"
		"<entry><id>urn:2</id><title type='xhtml'><div "
		"xmlns='http://www.w3.org/1999/xhtml'>x "
		"<em>y</em></div></title><content type='text'>1 &lt; "
		"2\n\n3</content></entry></feed>");
	const struct feed_entry *e = doc->entries;

	(void)state;
	assert_int_equal(doc->format, FEED_FORMAT_ATOM10);
	assert_string_equal(doc->title, "T & U");
	assert_string_equal(doc->feed_url, "http://b.example/x/self.xml");
	assert_string_equal(doc->home_page_url, "http://b.example/x/");
	assert_string_equal(doc->hubs[0], "http://hub/");
	assert_string_equal(doc->authors[0].url, "http://b.example/x/me");
	assert_string_equal(doc->language, "nl");
	assert_string_equal(e[0].title, "a <b> c");
	assert_string_equal(e[0].url, "http://b.example/x/1.html");
	assert_string_equal(e[0].external_url, "http://r/");
	assert_string_equal(e[0].attachments[0].url, "http://b.example/x/e.mp3");
	assert_string_equal(e[0].summary, "Sum");
	assert_string_equal(e[0].content_html, "<p>A &amp; <a href=\"http://b.example/x/deep/2\" "
					       "rel=\"nofollow noopener noreferrer\">B</a>"
					       "<br></p>");
	assert_string_equal(e[0].language, "fr");
	assert_string_equal(e[0].tags[0].label, "Label");
	assert_string_equal(e[0].contributors[0].name, "Con");
	assert_string_equal(e[1].title, "x y");
	assert_null(e[1].content_html);
	assert_string_equal(e[1].content_text, "1 < 2\n\n3");
	assert_string_equal(e[1].language, "nl");
	feed_doc_free(doc);
}

static void test_other_formats(void **state)
{
	static const struct {
		const char *text;
		enum feed_format format;
	} cases[] = {
		{ "<rss version='0.91'><channel><item><title>t</title></item></channel></rss>",
			FEED_FORMAT_RSS091 },
		{ "<rss version='0.92'><channel><item><title>t</title></item></channel></rss>",
			FEED_FORMAT_RSS092 },
		{ "<rss><channel><item><title>t</title></item></channel></rss>",
			FEED_FORMAT_RSS20 },
		{ "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
		  "'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss version='0.91'>"
		  "<channel><item><title>t</title></item></channel></rss>",
			FEED_FORMAT_RSS091 },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'/><item rdf:about='y'>"
		  "<title>t</title></item></rdf:RDF>",
			FEED_FORMAT_RSS10 },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://my.netscape.com/rdf/simple/0.9/'><item><title>t</title></item></"
		  "rdf:RDF>",
			FEED_FORMAT_RSS090 },
		{ "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>t</title>"
		  "</entry></feed>",
			FEED_FORMAT_ATOM03 },
		{ "<CHANNEL HREF='http://c/'><ITEM "
		  "HREF='http://i/'><TITLE>t</TITLE></ITEM></CHANNEL>",
			FEED_FORMAT_CDF },
		{ "{\"version\":\"https://jsonfeed.org/version/"
		  "1\",\"items\":[{\"id\":1,\"title\":\"t\"}]}",
			FEED_FORMAT_JSON10 },
		{ "{\"version\":\"https://jsonfeed.org/version/"
		  "1.1\",\"items\":[{\"title\":\"t\"}]}",
			FEED_FORMAT_JSON11 },
		{ "<inventory><item><title>t</title></item></inventory>", FEED_FORMAT_RSS20 },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct feed_doc *doc = parse(cases[i].text);
		assert_string_equal(
			feed_format_name(doc->format), feed_format_name(cases[i].format));
		assert_int_equal(doc->n_entries, 1);
		assert_string_equal(doc->entries[0].title, "t");
		assert_true(doc->well_formed);
		feed_doc_free(doc);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		const char *detail;
	} cases[] = {
		{ "", STATUS_EMPTY, "" },
		{ " \n\t", STATUS_EMPTY, "" },
		{ "<!DOCTYPE html><html><head><title>x</title></head></html>", STATUS_NOT_A_FEED,
			"HTML" },
		{ "<html><p>unclosed<br></html>", STATUS_NOT_A_FEED, "HTML" },
		{ "<html><head><link rel=alternate type='application/rss+xml' "
		  "href='/f?a=1&amp;b=2'>"
		  "<link rel='stylesheet' href='x'><link href='http://a/atom' "
		  "type='application/atom+xml' "
		  "rel='ALTERNATE'></head></html>",
			STATUS_NOT_A_FEED, "feeds: /f?a=1&b=2 http://a/atom" },
		{ "just some words", STATUS_NOT_A_FEED, "" },
		{ "<svg xmlns='http://www.w3.org/2000/svg'/>", STATUS_NOT_A_FEED, "<svg>" },
		{ "<opml><body><outline/></body></opml>", STATUS_NOT_A_FEED, "<opml>" },
		{ "{\"a\":1}", STATUS_NOT_A_FEED, "JSON" },
		{ "[1,2]", STATUS_NOT_A_FEED, "JSON" },
		{ "{\"version\":\"https://jsonfeed.org/version/1.1\",", STATUS_MALFORMED,
			"line 1" },
		{ "<!DOCTYPE rss [<!ENTITY a '&b;'>]><rss><channel/></rss>", STATUS_ENTITY_REFUSED,
			"line 1" },
		{ "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
		  "<rss><channel><title>&b;</title></channel></rss>",
			STATUS_ENTITY_REFUSED, "" },
		{ "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
		  "<rss><channel><title>&x;</title></channel></rss>",
			STATUS_ENTITY_REFUSED, "" },
		{ "\n<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><b></channel></rss>",
			STATUS_ENTITY_REFUSED, "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_refused(
			cases[i].text, strlen(cases[i].text), cases[i].status, cases[i].detail);
}

static char *repeated(const char *head, const char *middle, size_t times, const char *tail)
{
	struct strbuf out = STRBUF_INIT(LIMIT_BODY_MAX * 2);

	strbuf_addstr(&out, head);
	for (size_t i = 0; i < times; i++)
		strbuf_addstr(&out, middle);
	strbuf_addstr(&out, tail);
	return strbuf_take(&out, NULL);
}

static void test_limits(void **state)
{
	char *text = repeated("<rss><channel>", "<a>", 10000, "");
	struct feed_doc *doc;

	(void)state;
	assert_refused(text, strlen(text), STATUS_TOO_DEEP, "line 1");
	free(text);

	text = repeated("<rss><channel>", "<item/>", LIMIT_ENTRIES + 5, "</channel></rss>");
	doc = parse(text);
	assert_int_equal(doc->n_entries, LIMIT_ENTRIES);
	assert_true(warns_of(doc, "left out"));
	feed_doc_free(doc);
	free(text);

	text = repeated("<rss><channel><item><title>", "\xc3\xa9\xc3\xa9 ", 1000000,
		"</title></item></channel></rss>");
	doc = parse(text);
	assert_int_equal(doc->n_entries, 1);
	assert_true(strlen(doc->entries[0].title) <= LIMIT_TITLE);
	assert_true(utf8_valid(doc->entries[0].title, strlen(doc->entries[0].title)));
	assert_non_null(strstr(doc->entries[0].title, "\xe2\x80\xa6"));
	feed_doc_free(doc);
	free(text);

	text = repeated("<rss><channel><item>", "<category>c</category><link>/l</link>", 5000,
		"</item></channel></rss>");
	doc = parse(text);
	assert_int_equal(doc->entries[0].n_tags, 1);
	assert_int_equal(doc->entries[0].n_links, LIMIT_PER_ENTRY);
	feed_doc_free(doc);
	free(text);
}

/* RFC 4287 4.2.1 and JSON Feed 1.1: who wrote the feed wrote its entries, unless they say
 * otherwise. */
static void test_authors_are_inherited(void **state)
{
	static const struct {
		const char *text, *author;
	} cases[] = {
		{ "<feed "
		  "xmlns='http://www.w3.org/2005/Atom'><entry/><author><name>A</name></author>"
		  "</feed>",
			"A" },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>A</name></author><entry>"
		  "<author><name>B</name></author></entry></feed>",
			"B" },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>A</name></author><entry>"
		  "<source><title>S</title></source></entry></feed>",
			NULL },
		{ "{\"version\":\"https://jsonfeed.org/version/"
		  "1.1\",\"authors\":[{\"name\":\"A\"}],"
		  "\"items\":[{\"id\":\"1\"}]}",
			"A" },
		{ "<rss><channel><managingEditor>A</managingEditor><item/></channel></rss>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct feed_doc *doc = parse(cases[i].text);
		const struct feed_entry *e = doc->entries;
		assert_int_equal(doc->n_entries, 1);
		assert_int_equal(e->n_authors, cases[i].author != NULL);
		if (cases[i].author != NULL)
			assert_string_equal(e->authors[0].name, cases[i].author);
		feed_doc_free(doc);
	}
	char *text = repeated("<feed xmlns='http://www.w3.org/2005/Atom'>",
		"<author><name>a rather long name of somebody</name></author>", 200, "");
	char *many = repeated(text, "<entry/>", 10000, "</feed>");
	struct feed_doc *doc = parse(many);
	assert_int_equal(doc->n_authors, 200);
	assert_int_equal(doc->entries[0].n_authors, 0);
	feed_doc_free(doc);
	free(text);
	free(many);
}

struct broken {
	const char *text, *title, *content, *warning;
	size_t entries;
};

#define RSS(inside) "<rss version='2.0'><channel><item>" inside "</item></channel></rss>"

static void test_mended(void **state)
{
	static const struct broken cases[] = {
		{ RSS("<title>A & B &copy; &nosuch; C</title>"), "A & B \xc2\xa9 &nosuch; C", NULL,
			"line 1", 1 },
		{ RSS("<title>1 < 2</title>"), "1 < 2", NULL, "line 1", 1 },
		{ RSS("<title>T</title><description><p>one<br>two <b>x</description>"), "T",
			"<p>one<br>two <b>x</b></p>", "line 1", 1 },
		{ RSS("<title>T</title><description>a &amp; <img src=x.png></description>"), "T",
			"a &amp; <img src=\"http://example.org/x.png\">", "", 1 },
		{ RSS("<title>T<link>http://example.org/1</link>"), "T", NULL, "before </title>",
			1 },
		{ RSS("<title>T</tittle><guid>1</guid>"), "T", NULL, "ends nothing", 1 },
		{ RSS("<title>T</title></item></b><item><title>U"), "T", NULL, "ends nothing", 2 },
		{ "<rss><channel><item><title>T</title><item><title>U</title></item></channel></"
		  "rss>",
			"T", NULL, "inside another", 2 },
		{ "<rss><channel><item><title>T</title></item><item><title>U</title><descr", "T",
			NULL, "cut off", 1 },
		{ "junk <?php ?><rss><channel><item><title>T</title></item></channel></rss>", "T",
			NULL, "", 1 },
		{ "<br /><b>Warning</b>: x<?xml version='1.0'?>"
		  "<rss><channel><item><title>T</title></item></channel></rss>",
			"T", NULL, "passed over", 1 },
		{ RSS("<title>a\x01\x08z</title>"), "az", NULL, "line 1", 1 },
		{ RSS("<title>T</title><dc:date>2026</dc:date><content:encoded>&lt;i&gt;c&lt;/i&gt;"
		      "</content:encoded><x"),
			"T", "<i>c</i>", "", 1 },
		{ RSS("<title>T</title><enclosure url=http://example.org/a.mp3 length=5 />"), "T",
			NULL, "", 1 },
		{ "<rss><channel><item><title><![CDATA[T]]></title></item></channel></rss> <rss>",
			"T", NULL, "line 1", 1 },
		{ RSS("<title>T</title><description><![CDATA[a <b>b</b></description></item>"
		      "<item><title>U</title><![CDATA["),
			"T", "a <b>b</b>", "the CDATA section that begins here has no end", 2 },
		{ RSS("<title>T</title></item><item><title>U</title><description><![CDATA[a <b>b"
		      "</b></description></item><!-- </rss"),
			"T", NULL, "the comment that begins here has no end", 2 },
		{ "<rss><channel><item><title>T</title></item><item><title>U</title>"
		  "<description><![CDATA[a </b>",
			"T", NULL, "cut off", 1 },
		{ "<rss><channel><item><title>T</title></item><!-- <item></rs>", "T", NULL,
			"ends in the middle", 1 },
		{ RSS("<title>&#55357;&#56832;&#xD83D;&#xde00;&#55357;z&#56832;</title>"),
			"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xef\xbf\xbdz\xef\xbf\xbd", NULL, "line 1",
			1 },
		{ RSS("<title><![CDATA[<![CDATA[T]]>]]></title>"), "T", NULL, "line 1", 1 },
		{ "<RSS><CHANNEL><ITEM><TITLE>T</Title></ITEM></CHANNEL></RSS>", "T", NULL,
			"line 1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct feed_doc *doc = parse(cases[i].text);
		if (doc->well_formed || doc->n_entries != cases[i].entries)
			fail_msg("%s: %zu entries", cases[i].text, doc->n_entries);
		assert_string_equal(doc->entries[0].title, cases[i].title);
		if (cases[i].content != NULL)
			assert_string_equal(doc->entries[0].content_html, cases[i].content);
		if (!warns_of(doc, cases[i].warning))
			fail_msg("%s: no warning says %s (but %s)", cases[i].text, cases[i].warning,
				doc->warnings[0]);
		feed_doc_free(doc);
	}
}

/* CDATA sections that were escaped, or wrapped once more. */
static void test_sections_inside_texts(void **state)
{
	static const struct {
		const char *written, *title, *content;
	} cases[] = {
		{ "&lt;![CDATA[a]]&gt;", "a", "a" },
		{ " &lt;![CDATA[&lt;b&gt;a&lt;/b&gt;]]&gt;\n", "a", "<b>a</b>" },
		{ "<![CDATA[<![CDATA[a]]]]><![CDATA[>]]>", "a", "a" },
		{ "a &amp;lt;![CDATA[b]]>", "a <![CDATA[b]]>", "a &lt;![CDATA[b]]&gt;" },
		{ "&lt;![CDATA[]]&gt;", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		char text[400];
		snprintf(text, sizeof(text),
			RSS("<guid>1</guid><title>%s</title><description>%s</description>"),
			cases[i].written, cases[i].written);
		struct feed_doc *doc = parse(text);
		const struct feed_entry *e = &doc->entries[0];
		if (cases[i].title == NULL) {
			assert_null(e->title);
			assert_null(e->content_html);
		} else {
			assert_string_equal(e->title, cases[i].title);
			assert_string_equal(e->content_html, cases[i].content);
		}
		feed_doc_free(doc);
	}
}

static void test_html_entities_are_known(void **state)
{
	struct feed_doc *doc =
		parse(RSS("<title>caf&eacute; &mdash; &amp;nbsp;</title>"
			  "<enclosure url='http://example.org/?a=1&amp;b=&eacute;'/>"));

	(void)state;
	assert_true(doc->well_formed);
	assert_true(warns_of(doc, "&eacute; is not declared"));
	assert_string_equal(doc->entries[0].title, "caf\xc3\xa9 \xe2\x80\x94");
	assert_string_equal(
		doc->entries[0].attachments[0].url, "http://example.org/?a=1&b=\xc3\xa9");
	feed_doc_free(doc);
}

/* Whatever the reader of pieces does, it must do it for any document length around its piece size.
 */
static void test_any_length(void **state)
{
	(void)state;
	for (size_t pad = 32600; pad < 32900; pad += 7) {
		char *text = repeated("<rss><channel><item><title>T</title><description><![CDATA[",
			"x", pad,
			"]]></description><guid>g&amp;&eacute;</guid></item></channel></rss>");
		struct feed_doc *doc = parse(text);
		assert_int_equal(doc->n_entries, 1);
		assert_int_equal(strlen(doc->entries[0].content_html), pad);
		assert_string_equal(doc->entries[0].guid, "g&\xc3\xa9");
		feed_doc_free(doc);
		free(text);
	}
}

/* What shows as nothing, or was wrapped or ended once too often, is not the publisher's text. */
static void test_slips(void **state)
{
	struct feed_doc *doc =
		parse("<rss version='2.0'><channel><title>\xef\xbb\xbf t</title>"
		      "<item><title>&#xFEFF;&#xFEFF;a\xef\xbb\xbf</title><description>"
		      "<![CDATA[<![CDATA[<b>x</b>]]&gt;]]></description></item></channel></rss>");

	(void)state;
	assert_string_equal(doc->title, "t");
	assert_string_equal(doc->entries[0].title, "a\xef\xbb\xbf");
	assert_string_equal(doc->entries[0].content_html, "<b>x</b>");
	feed_doc_free(doc);
}

static void test_last_commas_of_json(void **state)
{
	struct feed_doc *doc =
		parse("{\"version\": \"https://jsonfeed.org/version/1.1\",\n"
		      "\"items\": [{\"id\": \"1\", \"title\": \"a,] \\\",}\", },\n ], }");

	(void)state;
	assert_int_equal(doc->n_entries, 1);
	assert_string_equal(doc->entries[0].title, "a,] \",}");
	assert_false(doc->well_formed);
	assert_int_equal(doc->n_warnings, 1);
	assert_non_null(strstr(doc->warnings[0], "line 2: a comma"));
	feed_doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rss),
		cmocka_unit_test(test_atom),
		cmocka_unit_test(test_other_formats),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_authors_are_inherited),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_sections_inside_texts),
		cmocka_unit_test(test_html_entities_are_known),
		cmocka_unit_test(test_any_length),
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_last_commas_of_json),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
