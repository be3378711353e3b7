/* What courant-parse prints: JSON that a JSON parser reads, one line a document. */
#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "feed/feed.h"
#include "parser/output.h"

static json_t *printed(const char *feed)
{
	struct feed_input in = { feed, strlen(feed), NULL, "http://example.org/" };
	struct strbuf out = STRBUF_INIT(MIB);
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);
	json_error_t error;
	json_t *root;

	if (doc != NULL)
		output_doc(&out, doc, 1800000000);
	else
		output_failure(&out, &fail);
	assert_int_equal(strcspn(strbuf_str(&out), "\n"), out.len - 1);
	root = json_loads(strbuf_str(&out), 0, &error);
	if (root == NULL)
		fail_msg("%s: %s", error.text, strbuf_str(&out));
	feed_doc_free(doc);
	strbuf_release(&out);
	return root;
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value == NULL ? "" : value;
}

static void test_a_feed(void **state)
{
	json_t *root = printed(
		"<rss version='2.0' "
		"xmlns:georss='http://www.georss.org/georss'><channel><title>T</title>"
		"<ttl>5</ttl><skipDays><day>Monday</day></skipDays><item><title>\"q\" \\ "
		"&#9;x</title>"
		"<author>a@example.org (A)</author><guid>1</guid><category>c</category>"
		"<pubDate>Mon, 02 Feb 2026 08:15:30 GMT</pubDate><description>a\nb</description>"
		"<enclosure url='e' length='9'/><georss:point>1.5 -2</georss:point></item>"
		"<item><author>only@example.org</author></item></channel></rss>");
	json_t *own = json_object_get(root, "_courant");
	json_t *item = json_array_get(json_object_get(root, "items"), 0);
	json_t *item_own = json_object_get(item, "_courant");
	json_t *geo = json_object_get(item_own, "geo");

	(void)state;
	assert_string_equal(text(root, "version"), "https://jsonfeed.org/version/1.1");
	assert_string_equal(text(root, "title"), "T");
	assert_string_equal(text(own, "format"), "rss2.0");
	assert_string_equal(text(own, "encoding"), "UTF-8");
	assert_true(json_is_true(json_object_get(own, "well_formed")));
	assert_int_equal(json_integer_value(json_object_get(own, "ttl_minutes")), 5);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(own, "skip_days"), 0)), "Monday");
	assert_string_equal(text(item, "id"), "1");
	assert_string_equal(text(item, "title"), "\"q\" \\ x");
	assert_string_equal(text(item, "date_published"), "2026-02-02T08:15:30Z");
	assert_string_equal(text(item, "content_html"), "a\nb");
	assert_null(json_object_get(item, "date_modified"));
	assert_string_equal(text(json_array_get(json_object_get(item, "authors"), 0), "name"), "A");
	assert_string_equal(text(json_array_get(json_object_get(item_own, "authors"), 0), "email"),
		"a@example.org");
	assert_string_equal(text(json_array_get(json_object_get(item, "attachments"), 0), "url"),
		"http://example.org/e");
	assert_string_equal(text(geo, "type"), "Point");
	assert_true(json_real_value(json_array_get(json_object_get(geo, "coordinates"), 1)) == 1.5);
	json_decref(root);
}

static const json_t *link_with(const json_t *own, const char *rel)
{
	const json_t *link;
	size_t i;

	json_array_foreach(json_object_get(own, "links"), i,
		link) if (strcmp(text(link, "rel"), rel) == 0) return link;
	fail_msg("no link is %s", rel);
	return NULL;
}

static void test_podcasts(void **state)
{
	json_t *root = printed(
		"<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
		"xmlns:podcast='https://podcastindex.org/namespace/1.0' "
		"xmlns:thr='http://purl.org/syndication/thread/1.0' "
		"xmlns:a='http://www.w3.org/2005/Atom'><channel><itunes:type>serial</itunes:type>"
		"<itunes:explicit>clean</itunes:explicit><itunes:complete>Yes</itunes:complete>"
		"<itunes:block>no</itunes:block><itunes:new-feed-url>/new</itunes:new-feed-url>"
		"<item><itunes:season>2</itunes:season><podcast:season>3</podcast:season>"
		"<itunes:episodeType>trailer</itunes:episodeType><itunes:block>yes</itunes:block>"
		"<podcast:episode>7</podcast:episode><itunes:explicit>TRUE</itunes:explicit>"
		"<itunes:isClosedCaptioned>Yes</itunes:isClosedCaptioned>"
		"<a:link rel='replies' href='/c' type='text/html' thr:count='12'/></item>"
		"<item><itunes:explicit>perhaps</itunes:explicit><itunes:season/>"
		"<podcast:episode>100.5</podcast:episode></item></channel></rss>");
	const json_t *own = json_object_get(json_object_get(root, "_courant"), "podcast");
	const json_t *items = json_object_get(root, "items");
	const json_t *first = json_object_get(json_array_get(items, 0), "_courant");
	const json_t *episode = json_object_get(first, "podcast");

	(void)state;
	assert_string_equal(text(own, "type"), "serial");
	assert_string_equal(text(own, "new_feed_url"), "http://example.org/new");
	assert_true(json_is_false(json_object_get(own, "explicit")));
	assert_true(json_is_true(json_object_get(own, "complete")));
	assert_null(json_object_get(own, "block"));
	assert_int_equal(json_integer_value(json_object_get(episode, "season")), 2);
	assert_int_equal(json_integer_value(json_object_get(episode, "episode")), 7);
	assert_string_equal(text(episode, "type"), "trailer");
	assert_true(json_is_true(json_object_get(episode, "explicit")));
	assert_true(json_is_true(json_object_get(episode, "block")));
	assert_true(json_is_true(json_object_get(episode, "closed_captioned")));
	assert_int_equal(json_integer_value(json_object_get(first, "comments_count")), 12);
	assert_string_equal(text(first, "comments_url"), "http://example.org/c");
	first = json_object_get(json_array_get(items, 1), "_courant");
	assert_null(json_object_get(first, "podcast"));
	json_decref(root);
}

static void test_modules(void **state)
{
	json_t *root = printed(
		"<rss xmlns:slash='http://purl.org/rss/1.0/modules/slash/' "
		"xmlns:wfw='http://wellformedweb.org/CommentAPI/' "
		"xmlns:thr='http://purl.org/syndication/thread/1.0' "
		"xmlns:psc='http://podlove.org/simple-chapters' "
		"xmlns:podcast='https://podcastindex.org/namespace/1.0' "
		"xmlns:fh='http://purl.org/syndication/history/1.0'><channel><fh:complete/>"
		"<podcast:person href='/ann'>Ann</podcast:person><item>"
		"<slash:comments> 17 </slash:comments><wfw:commentRss>/1/feed</wfw:commentRss>"
		"<thr:in-reply-to ref='tag:x' href='/0' type='text/html'/>"
		"<podcast:transcript url='/1.vtt' type='text/vtt' language='en'/>"
		"<podcast:chapters url='/1.json' type='application/json+chapters'/>"
		"<psc:chapters><psc:chapter start='00:00:00' title='&amp;lt;Intro'/>"
		"<psc:chapter start='soon' title='left out'/>"
		"<psc:chapter start='1:02:03.25' title='End' href='/end' image='javascript:x'/>"
		"</psc:chapters><pubDate>Fri, 15 Jan 2027 11:00:00 GMT</pubDate></item>"
		"<item><thr:total>none</thr:total><thr:in-reply-to/><psc:chapters/>"
		"<pubDate>Fri, 15 Jan 2027 08:30:00 GMT</pubDate></item></channel></rss>");
	const json_t *own = json_object_get(root, "_courant");
	const json_t *items = json_object_get(root, "items");
	const json_t *first = json_object_get(json_array_get(items, 0), "_courant");
	const json_t *second = json_object_get(json_array_get(items, 1), "_courant");
	const json_t *chapters = json_object_get(first, "chapters");

	(void)state;
	assert_true(json_is_true(json_object_get(json_object_get(own, "history"), "complete")));
	assert_true(json_is_false(json_object_get(json_object_get(own, "history"), "archive")));
	assert_string_equal(text(json_array_get(json_object_get(own, "contributors"), 0), "url"),
		"http://example.org/ann");
	assert_int_equal(json_integer_value(json_object_get(first, "comments_count")), 17);
	assert_null(json_object_get(first, "comments_url")); /* a feed is no page */
	assert_string_equal(text(link_with(first, "replies"), "href"), "http://example.org/1/feed");
	assert_string_equal(text(link_with(first, "in-reply-to"), "href"), "http://example.org/0");
	assert_string_equal(text(link_with(first, "transcript"), "hreflang"), "en");
	assert_string_equal(
		text(link_with(first, "chapters"), "type"), "application/json+chapters");
	assert_int_equal(json_array_size(chapters), 2);
	assert_string_equal(text(json_array_get(chapters, 0), "title"), "&lt;Intro");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(chapters, 1), "start_seconds")),
		3723);
	assert_string_equal(text(json_array_get(chapters, 1), "url"), "http://example.org/end");
	assert_null(json_object_get(json_array_get(chapters, 1), "image"));
	assert_true(json_is_true(json_object_get(first, "date_in_future")));
	assert_null(json_object_get(second, "comments_count"));
	assert_null(json_object_get(second, "chapters"));
	assert_null(json_object_get(second, "links"));
	assert_null(
		json_object_get(second, "date_in_future")); /* a clock may be half an hour ahead */
	json_decref(root);
}

static void test_an_error(void **state)
{
	json_t *root = printed("<html/>");

	(void)state;
	assert_string_equal(text(json_object_get(root, "error"), "code"), "not_a_feed");
	assert_null(json_object_get(root, "version"));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_feed),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_podcasts),
		cmocka_unit_test(test_an_error),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
