/* What an honest parser makes of hostile documents passes the daemon's check of a worker's answer,
 * and is made in time: every field is held to its limit by feed, so that no publisher can have a
 * whole document refused as a lie. */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "feed/feed.h"
#include "parser/seccomp.h"
#include "wire/parse.h"

/* What is linear takes 8 times as long for 8 times as much, what is quadratic 64 times. A busy
 * machine can spoil a measurement, but not all of them. */
#define MANY ((size_t)1 * MIB)
#define FEW (MANY / 8)
#define TOO_MUCH 24
#define TRIES 8

static struct feed_doc *parse(const char *text, size_t n)
{
	struct feed_input in = { text, n, NULL, "http://example.org/a/b/c" };
	struct failure fail = { 0 };

	return feed_parse(&in, &fail);
}

static void assert_passes(const char *text, size_t n)
{
	struct strbuf frame = STRBUF_INIT(LIMIT_FRAME);
	struct feed_doc *doc = parse(text, n), *copy;

	if (doc == NULL) {
		strbuf_release(&frame);
		return;
	}
	assert_true(parse_doc_encode(&frame, doc));
	copy = parse_doc_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER);
	if (copy == NULL)
		fail_msg("%.200s... is taken for a lie", text);
	feed_doc_free(copy);
	feed_doc_free(doc);
	strbuf_release(&frame);
}

struct filling {
	const char *unit;
	size_t times;
};

static const struct filling fillings[] = {
	{ "x", 70000 },
	{ "&lt;", 40000 },
	{ "&amp;lt;", 40000 },
	{ "\xf0\x9f\x8c\x8a ", 20000 },
	{ "http://example.org/%20 \xc3\xa9", 3000 },
	{ "http:/../\n?\t#", 3000 },
	{ "javascript:", 1 },
	{ "line\n\nline\ttab&#x9b;&#x202e;\xc2\x85", 5 },
	{ "\n", 3 },
	{ "9", 400 },
	{ "99999999999999:", 3 },
	{ "Sat, 31 Dec 9999 23:59:59 -2359", 1 },
	{ "0000-01-01T00:00:00+23:59", 1 },
	{ "a@b (c) ", 9000 },
	{ "1.5,", 5000 },
};

static void fill(struct strbuf *out, const struct filling *f)
{
	for (size_t i = 0; i < f->times; i++)
		strbuf_addstr(out, f->unit);
}

/* Each filling in each place of a format, one document a filling. '@' is the place. */
static void assert_format_passes(const char *format)
{
	for (size_t i = 0; i < N_ELEMENTS(fillings); i++) {
		struct strbuf doc = STRBUF_INIT(LIMIT_BODY_MAX);
		for (const char *p = format; *p != '\0'; p++)
			if (*p == '@')
				fill(&doc, &fillings[i]);
			else
				strbuf_addch(&doc, *p);
		assert_passes(doc.data, doc.len);
		strbuf_release(&doc);
	}
}

static void test_rss_fields(void **state)
{
	(void)state;
	assert_format_passes(
		"<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
		"xmlns:dc='http://purl.org/dc/elements/1.1/' "
		"xmlns:media='http://search.yahoo.com/mrss/' "
		"xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
		"xmlns:georss='http://www.georss.org/georss' "
		"xmlns:slash='http://purl.org/rss/1.0/modules/slash/' "
		"xmlns:wfw='http://wellformedweb.org/CommentAPI/' "
		"xmlns:thr='http://purl.org/syndication/thread/1.0' "
		"xmlns:psc='http://podlove.org/simple-chapters' "
		"xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel xml:lang='@'>"
		"<title>@</title><link>@</link><description>@</description><language>@</language>"
		"<copyright>@</copyright><generator>@</generator><ttl>@</ttl><pubDate>@</pubDate>"
		"<lastBuildDate>@</lastBuildDate><managingEditor>@</managingEditor><image><url>@</"
		"url>"
		"</image><category domain='@'>@</category><sy:updatePeriod>hourly</sy:updatePeriod>"
		"<sy:updateFrequency>@</sy:updateFrequency><skipHours><hour>@</hour></skipHours>"
		"<podcast:person href='@' img='@' role='@'>@</podcast:person>"
		"<itunes:type>@</itunes:type><itunes:new-feed-url>@</itunes:new-feed-url>"
		"<item "
		"xml:base='@'><title>@</title><link>@</link><guid>@</guid><pubDate>@</pubDate>"
		"<description>@</description><comments>@</comments><author>@</author>"
		"<source url='@'>@</source><category domain='@'>@</category>"
		"<enclosure url='@' length='@' type='@'/><itunes:duration>@</itunes:duration>"
		"<itunes:season>@</itunes:season><itunes:episodeType>@</itunes:episodeType>"
		"<media:content url='@' fileSize='@' duration='@' "
		"type='@'><media:title>@</media:title>"
		"</media:content><media:thumbnail url='@'/><georss:point>@</georss:point>"
		"<slash:comments>@</slash:comments><wfw:commentRss>@</wfw:commentRss>"
		"<thr:in-reply-to ref='@' href='@' type='@'/><thr:total>@</thr:total>"
		"<podcast:transcript url='@' type='@' language='@'/><podcast:chapters url='@' "
		"type='@'/>"
		"<psc:chapters><psc:chapter start='@' title='@' href='@' image='@'/></psc:chapters>"
		"</item></channel></rss>");
}

static void test_atom_fields(void **state)
{
	(void)state;
	assert_format_passes(
		"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='@' "
		"xmlns:fh='http://purl.org/syndication/history/1.0'><fh:complete/><id>@</id>"
		"<title type='html'>@</title><subtitle>@</subtitle><updated>@</updated>"
		"<link rel='@' href='@' type='@' title='@' hreflang='@'/><link rel='hub' href='@'/>"
		"<author><name>@</name><email>@</email><uri>@</uri></author><icon>@</icon>"
		"<category term='@' scheme='@' label='@'/><generator uri='@'>@</generator>"
		"<rights>@</rights><entry xml:lang='@'><id>@</id><title type='html'>@</title>"
		"<link href='@'/><link rel='related' href='@'/><link rel='replies' href='@'/>"
		"<updated>@</updated><published>@</published><summary>@</summary>"
		"<content type='text'>@</content><contributor><name>@</name></contributor>"
		"<source><title>@</title><link href='@'/></source><rights>@</rights></entry>"
		"<entry><content type='html'>@</content></entry></feed>");
}

static void test_json_fields(void **state)
{
	(void)state;
	assert_format_passes(
		"{\"version\":\"https://jsonfeed.org/version/"
		"1.1\",\"title\":\"@\",\"home_page_url\":\"@\","
		"\"feed_url\":\"@\",\"description\":\"@\",\"icon\":\"@\",\"language\":\"@\","
		"\"authors\":[{\"name\":\"@\",\"url\":\"@\"}],\"hubs\":[{\"url\":\"@\"}],\"items\":"
		"[{"
		"\"id\":\"@\",\"url\":\"@\",\"external_url\":\"@\",\"title\":\"@\",\"summary\":\"@"
		"\","
		"\"content_html\":\"@\",\"content_text\":\"@\",\"image\":\"@\",\"language\":\"@\","
		"\"date_published\":\"@\",\"tags\":[\"@\"],\"attachments\":[{\"url\":\"@\","
		"\"mime_type\":\"@\",\"title\":\"@\",\"size_in_bytes\":1e300,"
		"\"duration_in_seconds\":-1}]}]}");
}

/* Content that would grow beyond its limit is cut, says so, and the document lives. */
static void test_content_is_cut(void **state)
{
	static const struct {
		const char *head, *unit, *tail;
		size_t times;
	} cases[] = {
		{ "<rss><channel><item><title>t</title><description>", "&lt;",
			"</description></item></channel></rss>", 3000000 },
		{ "<rss><channel><item><title>t</title><description><![CDATA[<b>", "&lt;",
			"]]></description></item></channel></rss>", 1000000 },
		{ "<rss><channel><item><title>t</title><description>", "&lt;a href='/'>x&lt;/a>",
			"</description></item></channel></rss>", 300000 },
		{ "<rss><channel><item><title>t</title><description>", "\xc3\xa9",
			"</description></item></channel></rss>", 2000000 },
		{ "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"title\":\"t\","
		  "\"content_html\":\"",
			"&lt;", "\"}]}", 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);
		strbuf_addstr(&text, cases[i].head);
		fill(&text, &(struct filling){ cases[i].unit, cases[i].times });
		strbuf_addstr(&text, cases[i].tail);
		struct feed_doc *doc = parse(text.data, text.len);
		assert_non_null(doc);
		size_t n = strlen(doc->entries[0].content_html);
		assert_in_range(n, LIMIT_CONTENT / 4, LIMIT_CONTENT);
		assert_int_equal(doc->n_warnings, 1);
		assert_non_null(strstr(doc->warnings[0], "it is cut"));
		feed_doc_free(doc);
		assert_passes(text.data, text.len);
		strbuf_release(&text);
	}
}

struct repetition {
	const char *head, *unit, *tail;
	const char *lead; /* repeated before the unit; NULL: nothing */
};

static void repeat(struct strbuf *out, const char *unit, size_t n)
{
	for (size_t end = out->len + n; unit != NULL && out->len < end;)
		strbuf_addstr(out, unit);
}

/* CPU time of a document with n bytes of the unit in the feed, and as many in an entry. */
static double cost(const struct repetition *r, size_t n)
{
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX);
	struct timespec before, after;

	for (int place = 0; place < 2; place++) {
		strbuf_addstr(&text, place == 0 ? "<rss><channel>" : "<item>");
		strbuf_addstr(&text, r->head);
		repeat(&text, r->lead, n);
		repeat(&text, r->unit, n);
		strbuf_addstr(&text, r->tail);
	}
	strbuf_addstr(&text, "</item></channel></rss>");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	feed_doc_free(parse(text.data, text.len));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	assert_passes(text.data, text.len);
	strbuf_release(&text);
	return (double)(after.tv_sec - before.tv_sec) +
	       (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void assert_linear(const struct repetition *r)
{
	double few = 0, many = 0;

	for (int i = 0; i < TRIES; i++) {
		few = cost(r, FEW);
		many = cost(r, MANY);
		if (many <= TOO_MUCH * few)
			return;
	}
	fail_msg("%s%s...: %.3f s, %.3f s for 8 times as much", r->head, r->unit, few, many);
}

/* Things that never end, looked for once and not at each beginning anew. */
static void test_nothing_is_quadratic(void **state)
{
	static const struct repetition cases[] = {
		{ "<description><![CDATA[", "<!", "]]></description>", NULL },
		{ "<description><![CDATA[", "<!-", "]]></description>", NULL },
		{ "<description><![CDATA[<b>x</b>", "<?", "]]></description>", NULL },
		{ "<description><![CDATA[", "<script>", "]]></description>", NULL },
		{ "<description><![CDATA[", "<style><xmp>", "]]></description>", NULL },
		{ "<description><![CDATA[", "<!--", "]]></description>", NULL },
		{ "<description><![CDATA[", "<a b='", "]]></description>", NULL },
		{ "<description><![CDATA[", "<b><i><u><a href=x>", "]]></description>", NULL },
		{ "<description>", "<b>", "</description>", NULL },
		{ "<description>\n\n", "<b/>", "</description>", NULL },
		{ "<b><title>x</title><description ", "a='' ", "/>", NULL },
		{ "<b><title>x</title>", "<description a='", "", NULL },
		{ "<b><title>x</title>", "<![CDATA[", "", NULL },
		{ "<b><title>x</title>", "</description>", "", NULL },
		{ "<b><title>x</title><description>", "&#", "</description>", NULL },
		{ "<author>", "a@b (", "</author>", NULL },
		{ "", "<category>x</category>", "", NULL },
		{ "<pubDate>", "1 Jan ", "</pubDate>", NULL },
		{ "<description>", "<b/>", "</description>", " " },
	};

	(void)state;
	/* A sanitizer looks at the whole rest of a text whenever memmem() is asked for what stands
	 * near its beginning: it is quadratic itself. */
	if (SANITIZED)
		skip();
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_linear(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rss_fields),
		cmocka_unit_test(test_atom_fields),
		cmocka_unit_test(test_json_fields),
		cmocka_unit_test(test_content_is_cut),
		cmocka_unit_test(test_nothing_is_quadratic),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
