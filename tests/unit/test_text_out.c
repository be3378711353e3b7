/* A feed as text for people: what is shown, how it is wrapped, that nothing moves the cursor. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "feed/feed.h"
#include "parser/text_out.h"

static char *shown(const char *source, size_t width)
{
	struct strbuf out = STRBUF_INIT(MIB);
	struct feed_input in = { source, strlen(source), NULL, NULL };
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);

	assert_non_null(doc);
	text_out_doc(&out, doc, width);
	feed_doc_free(doc);
	return strbuf_take(&out, NULL);
}

static void test_what_is_shown(void **state)
{
	char *text = shown("<rss version='2.0'><channel><title>The Quay</title>"
			   "<link>https://a.example/</link><language>en</language>"
			   "<item><title>Ferry returns</title><link>https://a.example/1</link>"
			   "<author>a@a.example (Ada)</author>"
			   "<pubDate>Sat, 21 Nov 2026 06:40:00 GMT</pubDate>"
			   "<enclosure url='https://a.example/1.mp3' length='28000000' "
			   "type='audio/mpeg'/></item><item/></channel></rss>",
		80);

	(void)state;
	assert_string_equal(text, "The Quay\n"
				  "  rss2.0, UTF-8, 2 entries, en\n"
				  "  https://a.example/\n"
				  "\n"
				  "2026-11-21 06:40  Ferry returns\n"
				  "                  https://a.example/1\n"
				  "                  by Ada\n"
				  "                  + https://a.example/1.mp3\n"
				  "                    audio/mpeg, 28 MB\n"
				  "\n"
				  "no date           (no title)\n");
	free(text);
}

static void test_lines_fit_the_width(void **state)
{
	static const size_t widths[] = { 0, 40, 41, 60, 80, 200 };
	const char *doc =
		"<rss version='2.0'><channel><title>One two three four five six seven eight "
		"nine ten eleven twelve</title><description>\xe6\xb8\xaf\xe6\xb9\xbe\xe6\x97\xa5"
		"\xe6\x8a\xa5\xe6\xb8\xaf\xe6\xb9\xbe\xe6\x97\xa5\xe6\x8a\xa5\xe6\xb8\xaf"
		"\xe6\xb9\xbe\xe6\x97\xa5\xe6\x8a\xa5\xe6\xb8\xaf\xe6\xb9\xbe\xe6\x97\xa5"
		"\xe6\x8a\xa5\xe6\xb8\xaf\xe6\xb9\xbe\xe6\x97\xa5\xe6\x8a\xa5\xe6\xb8\xaf"
		"\xe6\xb9\xbe\xe6\x97\xa5\xe6\x8a\xa5</description><item><title>Averyveryvery"
		"longwordthatisnevereverbrokenanywhereatallbecauseithasnoblanks and more"
		"</title></item></channel></rss>";

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(widths); i++) {
		char *text = shown(doc, widths[i]);
		for (const char *s = text; *s != '\0'; s += strcspn(s, "\n") + 1)
			assert_true(text_width(s, strcspn(s, "\n")) <=
				    (widths[i] < 40 ? 40 : widths[i]));
		free(text);
	}
}

static void test_nothing_moves_the_cursor(void **state)
{
	char *text = shown("<rss version='2.0'><channel><title>a&#x9b;31m&amp;#27;[2J\xe2\x80\xae"
			   "b</title><item><title>x&#13;y\xc2\x85z</title>"
			   "<link>https://a.example/&#x9b;2J</link></item></channel></rss>",
		80);

	(void)state;
	for (const char *s = text; *s != '\0'; s++)
		assert_true((unsigned char)*s >= ' ' || *s == '\n');
	assert_true(text_is_safe(text, strlen(text)));
	free(text);
}

static void test_failures_are_one_line(void **state)
{
	struct strbuf out = STRBUF_INIT(MIB);
	struct failure fail = { 0 };

	(void)state;
	failure_set(&fail, STAGE_PARSE, STATUS_NOT_A_FEED, 0, "it is a %s", "page");
	text_out_failure(&out, "a\x1b\n.html", &fail);
	assert_string_equal(strbuf_str(&out), "a .html: it is a page\n");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_lines_fit_the_width),
		cmocka_unit_test(test_nothing_moves_the_cursor),
		cmocka_unit_test(test_failures_are_one_line),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
