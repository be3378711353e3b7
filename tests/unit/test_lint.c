/* Lint: each rule finds its mistake on its line, and good feeds of every format are left alone. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "parser/lint.h"
#include "parser/lint_rules.h"

#define NOW INT64_C(1795417200) /* 2026-11-23T07:00:00Z */

/* Whole feeds around what a case is about, which begins on line 3 of the channel, or line 2 of an
 * entry: RSS_FEED's extra stands on line 3, RSS_ITEM's on line 10. */
#define RSS_HEAD                                                      \
	"<?xml version='1.0' encoding='UTF-8'?>\n<rss version='2.0' " \
	"xmlns:atom='http://www.w3.org/2005/Atom' "                   \
	"xmlns:dc='http://purl.org/dc/elements/1.1/' "                \
	"xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>\n"
#define RSS_CHANNEL                                               \
	"<title>T</title>\n<link>https://a.example/</link>\n"     \
	"<description>D</description>\n<language>en</language>\n" \
	"<atom:link rel='self' href='https://a.example/f'/>\n"
#define RSS_REST                                             \
	"<title>E</title><link>https://a.example/1</link>\n" \
	"<guid>https://a.example/1</guid>\n"                 \
	"<pubDate>Mon, 23 Nov 2026 06:00:00 GMT</pubDate>\n" \
	"<description>Text</description>"
#define RSS_TAIL "</item>\n</channel></rss>\n"
#define RSS_FEED(extra) RSS_HEAD extra "\n" RSS_CHANNEL "<item>" RSS_REST RSS_TAIL
#define RSS_ITEM(extra) RSS_HEAD RSS_CHANNEL "<item>\n\n" extra "\n" RSS_REST RSS_TAIL
/* The same without what RSS_REST says: the item is all the case's, from line 8 on. */
#define RSS_ONLY(item) RSS_HEAD RSS_CHANNEL "<item>" item RSS_TAIL

#define EPISODE(extra)                                                               \
	RSS_HEAD "<itunes:author>A</itunes:author>\n" RSS_CHANNEL "<item>\n\n" extra \
		 "\n" RSS_REST RSS_TAIL /* the extra on line 11 */

#define ATOM_HEAD "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'>\n"
#define ATOM_FEED                                         \
	"<title>T</title><id>tag:a.example,2026:f</id>\n" \
	"<updated>2026-11-23T06:00:00Z</updated>\n"       \
	"<link href='https://a.example/'/><link rel='self' href='https://a.example/f'/>\n"
#define ATOM_AUTHOR "<author><name>A</name></author>\n"
#define ATOM_REST                                        \
	"<title>E</title><id>https://a.example/1</id>\n" \
	"<updated>2026-11-23T06:00:00Z</updated>\n"      \
	"<link href='https://a.example/1'/>"
#define ATOM_TAIL "</entry>\n</feed>\n"
#define ATOM_ENTRY(extra) ATOM_HEAD ATOM_FEED ATOM_AUTHOR "<entry>\n" extra "\n" ATOM_REST ATOM_TAIL
#define ATOM_ONLY(entry) ATOM_HEAD ATOM_FEED ATOM_AUTHOR "<entry>" entry ATOM_TAIL

#define JSON_HEAD "{ \"version\": \"https://jsonfeed.org/version/1.1\",\n"
#define JSON_FEED                                                        \
	"\"title\": \"T\", \"home_page_url\": \"https://a.example/\",\n" \
	"\"feed_url\": \"https://a.example/f\", \"language\": \"en\", \"items\": [\n"
#define JSON_REST                                                              \
	"\"id\": \"1\", \"url\": \"https://a.example/1\", \"title\": \"E\",\n" \
	"\"date_published\": \"2026-11-23T06:00:00Z\", \"content_text\": \"Text\" }\n] }\n"
#define JSON_ITEM(extra) JSON_HEAD JSON_FEED "{\n" extra ",\n" JSON_REST

struct lint_case {
	enum lint_rule rule;
	int line;
	const char *document;
	const char *content_type;
};

static const struct lint_case cases[] = {
	{ LINT_NOT_A_FEED, 1, "<html><body>x</body></html>", NULL },
	{ LINT_NOT_A_FEED, 1, "", NULL },
	{ LINT_REFUSED, 2,
		"<!DOCTYPE rss [<!ENTITY a 'b'>\n<!ENTITY c '&a;&a;'>]><rss><channel/></rss>",
		NULL },
	{ LINT_REFUSED, 1, "{ \"version\": ", NULL },
	{ LINT_BROKEN, 10, RSS_ITEM("<category>a & b</category>"), NULL },
	{ LINT_REPAIRED, 10, RSS_ITEM("<category>a & b</category></b>"), NULL },
	{ LINT_REPAIRED, 1, "  <?xml version='1.0'?><rss version='2.0'><channel/></rss>", NULL },
	{ LINT_ENTITY_UNDECLARED, 10, RSS_ITEM("<category>a&nbsp;b</category>"), NULL },
	{ LINT_CHARSET_WRONG, 1, RSS_FEED("<category>\x93T\x94</category>"), NULL },
	{ LINT_CHARSET_MISSING, 1,
		"<rss version='2.0'><channel><title>Gr\xfc\xdf"
		"e aus K\xf6ln</title></channel></rss>",
		NULL },
	{ LINT_CHARSET_CONFLICT, 1, RSS_FEED(""), "application/rss+xml; charset=ISO-8859-1" },
	{ LINT_CHARSET_OLD, 1,
		"<?xml version='1.0' encoding='windows-1252'?><rss version='2.0'><channel>"
		"<title>\x93T\x94</title></channel></rss>",
		NULL },
	{ LINT_CONTENT_TYPE, 1, RSS_FEED(""), "text/html; charset=UTF-8" },
	{ LINT_VERSION_MISSING, 2, "\n<rss><channel><title>T</title></channel></rss>", NULL },
	{ LINT_VERSION_MISSING, 1, "{ \"title\": \"T\",\n\"items\": [] }", NULL },
	{ LINT_VERSION_OLD, 1, "<rss version='0.91'><channel><title>T</title></channel></rss>",
		NULL },
	{ LINT_FEED_TITLE_MISSING, 1, "<rss version='2.0'><channel></channel></rss>", NULL },
	{ LINT_FEED_TITLE_MISSING, 2,
		"<rss version='2.0'>\n<channel><title> </title></channel></rss>", NULL },
	{ LINT_FEED_TITLE_MISSING, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_FEED_LINK_MISSING, 1, "<rss version='2.0'><channel></channel></rss>", NULL },
	{ LINT_FEED_DESCRIPTION_MISSING, 1, "<rss version='2.0'><channel></channel></rss>", NULL },
	{ LINT_FEED_ID_MISSING, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_FEED_UPDATED_MISSING, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_HOME_MISSING, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_HOME_MISSING, 1, JSON_HEAD "\"items\": [] }", NULL },
	{ LINT_SELF_MISSING, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_SELF_MISSING, 1, JSON_HEAD "\"items\": [] }", NULL },
	{ LINT_SELF_MISSING, 1, "<rss version='2.0'><channel></channel></rss>", NULL },
	{ LINT_FEED_EMPTY, 1, ATOM_HEAD "</feed>", NULL },
	{ LINT_LANGUAGE_MISSING, 1, "<rss version='2.0'><channel></channel></rss>", NULL },
	{ LINT_LANGUAGE_UNKNOWN, 3,
		"<rss version='2.0'>\n<channel>\n<language>English</language></channel></rss>",
		NULL },
	{ LINT_LANGUAGE_UNKNOWN, 1,
		"<rss version='2.0'><channel><language>qq</language></channel></rss>", NULL },
	{ LINT_LANGUAGE_UNKNOWN, 1,
		"<rss version='2.0'><channel><language>en_US</language></channel></rss>", NULL },
	{ LINT_TTL_INVALID, 3, RSS_FEED("<ttl>1 hour</ttl>"), NULL },
	{ LINT_SKIP_INVALID, 3, RSS_FEED("<skipHours><hour>25</hour></skipHours>"), NULL },
	{ LINT_SKIP_INVALID, 3, RSS_FEED("<skipDays><day>Mon</day></skipDays>"), NULL },
	{ LINT_REPEATED, 4, RSS_FEED("<title>Other</title>"), NULL },
	{ LINT_REPEATED, 6, JSON_ITEM("\"title\": \"Other\""), NULL },
	{ LINT_UNKNOWN_ELEMENT, 10, RSS_ITEM("<pubdate>x</pubdate>"), NULL },
	{ LINT_UNKNOWN_ELEMENT, 7, ATOM_ENTRY("<Summary>x</Summary>"), NULL },
	{ LINT_UNBOUND_PREFIX, 10, RSS_ITEM("<media:title>x</media:title>"), NULL },
	{ LINT_GUID_MISSING, 8, RSS_ONLY("<title>E</title>"), NULL },
	{ LINT_ID_MISSING, 6, ATOM_ONLY("<title>E</title>"), NULL },
	{ LINT_ID_MISSING, 4, JSON_HEAD JSON_FEED "{ \"title\": \"E\" }] }", NULL },
	{ LINT_ID_DUPLICATE, 9,
		RSS_ONLY("<title>A</title><guid>https://a.example/1</guid></item>\n"
			 "<item><title>B</title><guid>https://a.example/1</guid>"),
		NULL },
	{ LINT_ENTRY_REPEATED, 9,
		RSS_ONLY("<title>A</title><guid>https://a.example/1</guid></item>\n"
			 "<item><title>A</title><guid>https://a.example/1</guid>"),
		NULL },
	{ LINT_GUID_NO_URL, 8, RSS_ONLY("<title>A</title><guid>a-1</guid>"), NULL },
	{ LINT_ID_NO_URI, 7, ATOM_ONLY("\n<id>number 1</id>"), NULL },
	{ LINT_ENTRY_TITLE_MISSING, 6, ATOM_ONLY("<summary>Text</summary>"), NULL },
	{ LINT_ENTRY_UNTITLED, 8, RSS_ONLY("<description>Text</description>"), NULL },
	{ LINT_ENTRY_EMPTY, 8, RSS_ONLY("<link>https://a.example/1</link>"), NULL },
	{ LINT_ENTRY_UPDATED_MISSING, 6, ATOM_ONLY("<title>E</title>"), NULL },
	{ LINT_ENTRY_DATE_MISSING, 8, RSS_ONLY("<title>E</title>"), NULL },
	{ LINT_ENTRY_LINK_MISSING, 8, RSS_ONLY("<title>E</title>"), NULL },
	{ LINT_ENTRY_AUTHOR_MISSING, 5, ATOM_HEAD ATOM_FEED "<entry>" ATOM_REST ATOM_TAIL, NULL },
	{ LINT_ENTRY_MISPLACED, 2,
		"<rss version='2.0'><channel></channel>\n<item><title>E</title></item></rss>",
		NULL },
	{ LINT_AUTHOR_NO_MAIL, 10, RSS_ITEM("<author>Ada</author>"), NULL },
	{ LINT_AUTHOR_NO_NAME, 7, ATOM_ENTRY("<author><email>a@a.example</email></author>"), NULL },
	{ LINT_DATE_UNREADABLE, 8, RSS_ONLY("<pubDate>yesterday</pubDate>"), NULL },
	{ LINT_DATE_UNREADABLE, 8, RSS_ONLY("<pubDate></pubDate>"), NULL },
	{ LINT_DATE_IMPOSSIBLE, 8, RSS_ONLY("<pubDate>31 Feb 2026 07:00:00 GMT</pubDate>"), NULL },
	{ LINT_DATE_IMPOSSIBLE, 5, JSON_ITEM("\"date_modified\": \"2026-13-41T00:00:00Z\""), NULL },
	{ LINT_DATE_FORMAT, 8, RSS_ONLY("<pubDate>2026-11-23T06:00:00Z</pubDate>"), NULL },
	{ LINT_DATE_FORMAT, 8, RSS_ONLY("<pubDate>lundi 23 novembre 2026 06:00</pubDate>"), NULL },
	{ LINT_DATE_FORMAT, 7, ATOM_ENTRY("<published>23 Nov 2026 06:00:00 GMT</published>"),
		NULL },
	{ LINT_DATE_FORMAT, 5, JSON_ITEM("\"date_modified\": \"2026-11-23\""), NULL },
	{ LINT_DATE_WEEKDAY, 8, RSS_ONLY("<pubDate>Tue, 23 Nov 2026 06:00:00 GMT</pubDate>"),
		NULL },
	{ LINT_DATE_YEAR_SHORT, 8, RSS_ONLY("<pubDate>23 Nov 26 06:00:00 GMT</pubDate>"), NULL },
	{ LINT_DATE_ZONE, 8, RSS_ONLY("<pubDate>23 Nov 2026 06:00:00</pubDate>"), NULL },
	{ LINT_DATE_ZONE, 8, RSS_ONLY("<pubDate>23 Nov 2026 06:00:00 CEST</pubDate>"), NULL },
	{ LINT_DATE_FUTURE, 8, RSS_ONLY("<pubDate>Wed, 25 Nov 2026 06:00:00 GMT</pubDate>"), NULL },
	{ LINT_DATE_ANCIENT, 8, RSS_ONLY("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"),
		NULL },
	{ LINT_DATE_REVERSED, 9, ATOM_ENTRY("<published>2026-11-23T06:30:00Z</published>"), NULL },
	{ LINT_LINK_RELATIVE, 8, RSS_ONLY("<link>/1</link>"), NULL },
	{ LINT_LINK_RELATIVE, 7, ATOM_ENTRY("<link rel='related' href='2.html'/>"), NULL },
	{ LINT_LINK_INVALID, 8, RSS_ONLY("<link>https://a.example/a b</link>"), NULL },
	{ LINT_LINK_INVALID, 8, RSS_ONLY("<link>https://</link>"), NULL },
	{ LINT_LINK_CODE, 8, RSS_ONLY("<link>javascript:go()</link>"), NULL },
	{ LINT_LINK_LOCAL, 8, RSS_ONLY("<link>http://localhost:8080/1</link>"), NULL },
	{ LINT_LINK_LOCAL, 5, JSON_ITEM("\"image\": \"http://192.168.1.4/1.png\""), NULL },
	{ LINT_ENCLOSURE_URL, 10, RSS_ITEM("<enclosure length='1' type='audio/mpeg'/>"), NULL },
	{ LINT_ENCLOSURE_URL, 5, JSON_ITEM("\"attachments\": [{ \"mime_type\": \"a/b\" }]"), NULL },
	{ LINT_ENCLOSURE_LENGTH, 10,
		RSS_ITEM("<enclosure url='https://a.example/a' length='2 MB' type='a/b'/>"), NULL },
	{ LINT_ENCLOSURE_TYPE, 10, RSS_ITEM("<enclosure url='https://a.example/a' length='1'/>"),
		NULL },
	{ LINT_ENCLOSURE_TYPE, 5,
		JSON_ITEM("\"attachments\": [{ \"url\": \"https://a.example/a\" }]"), NULL },
	{ LINT_ENCLOSURE_MANY, 11,
		RSS_ITEM("<enclosure url='https://a.example/a' length='1' type='a/b'/>\n"
			 "<enclosure url='https://a.example/b' length='1' type='a/b'/>"),
		NULL },
	{ LINT_PODCAST_IMAGE, 2, RSS_FEED("<itunes:author>A</itunes:author>"), NULL },
	{ LINT_PODCAST_IMAGE, 3, RSS_FEED("<itunes:image>https://a.example/i</itunes:image>"),
		NULL },
	{ LINT_PODCAST_CATEGORY, 2, RSS_FEED("<itunes:author>A</itunes:author>"), NULL },
	{ LINT_PODCAST_CATEGORY, 3, RSS_FEED("<itunes:category>Arts</itunes:category>"), NULL },
	{ LINT_PODCAST_EXPLICIT, 2, RSS_FEED("<itunes:author>A</itunes:author>"), NULL },
	{ LINT_PODCAST_EXPLICIT, 3, RSS_FEED("<itunes:explicit>maybe</itunes:explicit>"), NULL },
	{ LINT_PODCAST_EXPLICIT, 11, EPISODE("<itunes:explicit>1</itunes:explicit>"), NULL },
	{ LINT_PODCAST_VALUE, 3, RSS_FEED("<itunes:type>weekly</itunes:type>"), NULL },
	{ LINT_PODCAST_VALUE, 3, RSS_FEED("<itunes:type/>"), NULL },
	{ LINT_PODCAST_VALUE, 3, RSS_FEED("<itunes:type>epi</itunes:type>"), NULL },
	{ LINT_PODCAST_VALUE, 3, RSS_FEED("<itunes:complete>1</itunes:complete>"), NULL },
	{ LINT_PODCAST_VALUE, 11, EPISODE("<itunes:season>0</itunes:season>"), NULL },
	{ LINT_PODCAST_VALUE, 11, EPISODE("<itunes:episode>S1E2</itunes:episode>"), NULL },
	{ LINT_PODCAST_VALUE, 11, EPISODE("<itunes:episodeType>x</itunes:episodeType>"), NULL },
	{ LINT_PODCAST_DURATION, 11, EPISODE("<itunes:duration>1h</itunes:duration>"), NULL },
	{ LINT_PODCAST_RECORDING, 9, EPISODE(""), NULL },
	{ LINT_TITLE_HTML, 8, RSS_ONLY("<title>&lt;b>E&lt;/b></title>"), NULL },
	{ LINT_TITLE_HTML, 6, ATOM_ONLY("<title>an &lt;em>E&lt;/em></title>"), NULL },
	{ LINT_TITLE_HTML, 5, JSON_ITEM("\"title\": \"<i>E</i>\""), NULL },
	{ LINT_TEXT_DOUBLE_ESCAPED, 8, RSS_ONLY("<title>A &amp;amp;#8217; B</title>"), NULL },
	{ LINT_HTML_UNESCAPED, 8, RSS_ONLY("<description>a <b>b</b></description>"), NULL },
	{ LINT_HTML_UNDECLARED, 7, ATOM_ENTRY("<summary>a &lt;p>b&lt;/p></summary>"), NULL },
	{ LINT_CONTENT_SCRIPT, 10,
		RSS_ONLY("\n<description><![CDATA[a\n<script>b</script>]]></description>"), NULL },
	{ LINT_CONTENT_SCRIPT, 8, RSS_ONLY("<description>&lt;p onclick='x'>b&lt;/p></description>"),
		NULL },
	{ LINT_CONTENT_SCRIPT, 5, JSON_ITEM("\"content_html\": \"<script>\\n</script>\""), NULL },
	{ LINT_CONTENT_FRAME, 10,
		RSS_ONLY("<description>\n\n&lt;iframe>&lt;/iframe></description>"), NULL },
	{ LINT_CONTENT_FORM, 7,
		ATOM_ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
			   "<form/></div></content>"),
		NULL },
	{ LINT_CONTENT_STYLE, 8, RSS_ONLY("<description>&lt;p style='color:red'></description>"),
		NULL },
	{ LINT_CONTENT_DRAWING, 8, RSS_ONLY("<description>&lt;svg>&lt;/svg></description>"), NULL },
	{ LINT_CONTENT_PIXEL, 8,
		RSS_ONLY("<description>&lt;img src='https://a.example/p' width='1' height='1'>"
			 "</description>"),
		NULL },
	{ LINT_CONTENT_RELATIVE, 8, RSS_ONLY("<description>&lt;img src='a.png'></description>"),
		NULL },
};

static const struct lint_case clean[] = {
	{ 0, 0,
		RSS_HEAD
		"<itunes:image href='https://a.example/i.jpg'/><itunes:type>Serial</itunes:type>"
		"<itunes:explicit>false</itunes:explicit><itunes:block>No</itunes:block>"
		"<itunes:category text='Society &amp; Culture'><itunes:category text='History'/>"
		"</itunes:category>" RSS_CHANNEL
		"<item><itunes:season>1</itunes:season><itunes:episode>12</itunes:episode>"
		"<itunes:episodeType>Full</itunes:episodeType><itunes:duration>1:02:03"
		"</itunes:duration><itunes:explicit>yes</itunes:explicit>"
		"<enclosure url='https://a.example/1.mp3' length='9' type='audio/mpeg'/>" RSS_REST
			RSS_TAIL,
		NULL },
	{ LINT_RULE_COUNT, 0, RSS_FEED(""), "application/rss+xml; charset=utf-8" },
	{ LINT_RULE_COUNT, 0,
		RSS_ITEM("<author>a@a.example (Ada)</author><category>x</category>"
			 "<source url='https://b.example/f'>B</source><dc:date>2026-11</dc:date>"),
		NULL },
	{ LINT_RULE_COUNT, 0, ATOM_ENTRY("<summary type='html'>&lt;b>E&lt;/b></summary>"), NULL },
	{ LINT_RULE_COUNT, 0,
		ATOM_ENTRY("<published>2026-11-23T05:59:59.5+00:30</published>"
			   "<link xml:base='https://a.example/' rel='related' href='2.html'/>"
			   "<content type='html'>&lt;p>a&lt;/p></content>"),
		"application/atom+xml" },
	{ LINT_RULE_COUNT, 0,
		JSON_ITEM("\"attachments\": [{ \"url\": \"https://a.example/a\", "
			  "\"mime_type\": \"audio/mpeg\" }], \"content_html\": \"<p>\\u00e9</p>\""),
		"application/feed+json" },
};

static char *linted(const struct lint_case *c, size_t *ret_n)
{
	struct strbuf out = STRBUF_INIT(MIB);
	struct feed_input in = { c->document, strlen(c->document), c->content_type, NULL };
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);

	*ret_n = lint_document(&out, "f.xml", &in, doc, &fail, NOW);
	feed_doc_free(doc);
	return strbuf_take(&out, NULL);
}

/* Whether a line begins "f.xml:LINE: SEVERITY: " and ends with the rule's name. */
static bool tells(const char *text, enum lint_rule rule, int line)
{
	static const char *const severities[] = { "error", "warning", "hint" };
	char start[64], end[64];
	const struct lint_rule_info *r = &lint_rules[rule];

	snprintf(
		start, sizeof(start), "f.xml:%d: %s: %.8s", line, severities[r->severity], r->text);
	snprintf(end, sizeof(end), "; %.8s", r->remedy);
	while (*text != '\0') {
		size_t n = strcspn(text, "\n"), name = strlen(r->name);
		if (strncmp(text, start, strlen(start)) == 0 && n > name + 3 &&
			text[n - 1] == ']' && text[n - 2 - name] == '[' &&
			strncmp(text + n - 1 - name, r->name, name) == 0 &&
			memmem(text, n, end, strlen(end)) != NULL)
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}

static void test_each_rule_finds_its_mistake(void **state)
{
	bool seen[LINT_RULE_COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		size_t n;
		char *text = linted(&cases[i], &n);
		if (n == 0 || !tells(text, cases[i].rule, cases[i].line))
			fail_msg("case %zu, %s on line %d, is not in:\n%s\nof:\n%s", i,
				lint_rules[cases[i].rule].name, cases[i].line, text,
				cases[i].document);
		seen[cases[i].rule] = true;
		free(text);
	}
	for (size_t i = 0; i < LINT_RULE_COUNT; i++)
		if (!seen[i])
			fail_msg("no test for the rule %s", lint_rules[i].name);
}

static void test_good_feeds_are_left_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(clean); i++) {
		size_t n;
		char *text = linted(&clean[i], &n);
		if (n != 0)
			fail_msg("of %s\n%s", clean[i].document, text);
		assert_string_equal(text, "f.xml: nothing found\n");
		free(text);
	}
}

static void test_findings_are_in_the_documents_order(void **state)
{
	const struct lint_case c = { 0, 0,
		"<rss version='2.0'>\n<channel>\n<item>\n<link>/a</link>\n<pubdate/>\n"
		"<title>a&nbsp;b</title>\n</item>\n</channel></rss>",
		"text/plain" };
	int last = 0, lines = 0;
	size_t n;
	char *text = linted(&c, &n);

	(void)state;
	for (const char *s = text; *s != '\0'; s += strcspn(s, "\n") + 1) {
		int line = 0;
		if (s[6] == ' ' || sscanf(s, "f.xml:%d:", &line) != 1)
			continue;
		assert_true(line >= last);
		last = line;
		lines++;
	}
	assert_int_equal(lines, n);
	assert_int_equal(last, 6);
	assert_non_null(strstr(text, " errors, "));
	free(text);
}

/* Neither the name of the file nor what a feed says reaches the terminal as it is. */
static void test_nothing_moves_the_cursor(void **state)
{
	struct strbuf out = STRBUF_INIT(MIB);
	const char *doc_text =
		"<rss version='2.0'><channel><language>a&#x9b;2J\xe2\x80\xae</language>"
		"<x&#10;\x7f/></channel></rss>";
	struct feed_input in = { doc_text, strlen(doc_text), "a/b\x1b[2J", NULL };
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);

	(void)state;
	lint_document(&out, "f\x1b[31m\n.xml", &in, doc, &fail, NOW);
	for (const char *s = strbuf_str(&out); *s != '\0'; s++)
		assert_true((unsigned char)*s >= ' ' || *s == '\n');
	assert_null(strstr(out.data, "\xe2\x80\xae"));
	assert_null(strstr(out.data, "\xc2\x9b"));
	feed_doc_free(doc);
	strbuf_release(&out);
}

/* The manual lists every rule. */
static void test_the_manual_knows_each_rule(void **state)
{
	FILE *f = fopen(TEST_DATA "/../../docs/courant-parse.1", "r");
	char *manual = NULL, item[80];
	size_t size = 0;

	(void)state;
	assert_non_null(f);
	assert_true(getdelim(&manual, &size, '\0', f) > 0);
	fclose(f);
	for (size_t i = 0; i < LINT_RULE_COUNT; i++) {
		static const char *const severities[] = { "error", "warning", "hint" };
		snprintf(item, sizeof(item), ".It Li %s Pq %s\n", lint_rules[i].name,
			severities[lint_rules[i].severity]);
		if (strstr(manual, item) == NULL)
			fail_msg("courant-parse(1) lacks: %s", item);
	}
	free(manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_rule_finds_its_mistake),
		cmocka_unit_test(test_good_feeds_are_left_alone),
		cmocka_unit_test(test_findings_are_in_the_documents_order),
		cmocka_unit_test(test_nothing_moves_the_cursor),
		cmocka_unit_test(test_the_manual_knows_each_rule),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
