/* Crowds of attributes and namespaces, which would keep libxml2 busy for minutes: they are found
 * before. */
#include "test.h"

#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "feed/crowd.h"
#include "feed/feed.h"

/* head, n times the unit, where # is a number of its own, and tail. */
static void compose(struct strbuf *out, const char *head, const char *unit, int n, const char *tail)
{
	strbuf_clear(out);
	strbuf_addstr(out, head);
	for (int i = 0; i < n; i++)
		for (const char *c = unit; *c != '\0'; c++)
			if (*c == '#')
				strbuf_addf(out, "%d", i);
			else
				strbuf_addch(out, *c);
	strbuf_addstr(out, tail);
}

static void test_crowds_are_found(void **state)
{
	static const struct {
		const char *head, *unit, *tail;
		int n;
		bool crowded;
	} cases[] = {
		{ "<a><b ", "a#='' ", "/></a>", LIMIT_ATTRIBUTES, false },
		{ "<a><b ", "a#='' ", "/></a>", LIMIT_ATTRIBUTES + 1, true },
		{ "<a><b", " a#=\"\"", ">", LIMIT_ATTRIBUTES + 1, true },
		{ "<a><b", " a#=\">\"", "></b>", LIMIT_ATTRIBUTES + 1, true },
		{ "<a><b", " a#='\">'", "></b>", LIMIT_ATTRIBUTES + 1, true },
		{ "<a><b", "\na#\n=\n''", "></b>", LIMIT_ATTRIBUTES + 1, true },
		{ "<a><b x='", "a=b ", "'></b>", LIMIT_ATTRIBUTES * 2, false },
		{ "<a>", "a#='' ", "</a>", LIMIT_ATTRIBUTES * 2, false },
		{ "<a><![CDATA[<b ", "a#='' ", ">]]></a>", LIMIT_ATTRIBUTES * 2, false },
		{ "<a><![CDATA[ ]]><b ", "a#='' ", "></b>", LIMIT_ATTRIBUTES * 2, true },
		{ "<a><!-- <b ", "a#='' ", "> --></a>", LIMIT_ATTRIBUTES * 2, false },
		{ "<a><?b ", "a#='' ", "?></a>", LIMIT_ATTRIBUTES * 2, false },
		{ "<a>", "<b c='d'>", "", LIMIT_ATTRIBUTES * 2, false },
		{ "<", "a#='' ", "", LIMIT_ATTRIBUTES * 2, true },
		{ "", "", "", 0, false },
	};
	struct strbuf text = STRBUF_INIT(MIB);

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		compose(&text, cases[i].head, cases[i].unit, cases[i].n, cases[i].tail);
		const char *at = crowd_find((struct span){ strbuf_str(&text), text.len });
		if ((at != NULL) != cases[i].crowded)
			fail_msg("%s%s", cases[i].head, cases[i].unit);
		if (at != NULL)
			assert_int_equal(*at, '<');
	}
	strbuf_release(&text);
}

/* The recovering reader takes over, and says why. */
static void test_crowded_feeds_are_read(void **state)
{
	static const struct {
		const char *head, *unit, *tail, *warning;
		int n;
	} cases[] = {
		{ "<rss>\n<channel><item ", "a#='' ", "><title>x</title></item></channel></rss>",
			"line 2: the XML is broken: a tag has more than 256 attributes", 50000 },
		{ "<rss ", "xmlns:a#='u' ",
			"><channel><item><title>x</title></item></channel></rss>",
			"a tag has more than 256 attributes", 50000 },
		{ "<rss><channel><item><title>x</title>",
			"<b xmlns:a#='u' xmlns:b#='u' xmlns:c#='u'>", "</item></channel></rss>",
			"more than 256 namespace declarations are in force", 100 },
		{ "<!DOCTYPE rss [<!ATTLIST item ", "a# CDATA '' ",
			">]><rss><channel><item><title>x</title></item></channel></rss>",
			"the document declares more than 16 attributes", 3000 },
		{ "<!DOCTYPE rss [", "<!ATTLIST item a# (b|c) 'b'>",
			"]><rss><channel><item><title>x</title></item></channel></rss>",
			"the document declares more than 16 attributes", 17 },
		{ "<!DOCTYPE rss [<!ATTLIST item a (x", "|v#",
			") #IMPLIED>]><rss><channel><item><title>x</title></item></channel></rss>",
			"the document's DTD has more than 64 KiB", 50000 },
		{ "<!DOCTYPE rss [", "<!ELEMENT e# (a|b|c)>",
			"]><rss><channel><item><title>x</title></item></channel></rss>",
			"the document's DTD has more than 64 KiB", 50000 },
	};
	struct strbuf text = STRBUF_INIT(8 * MIB);

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		compose(&text, cases[i].head, cases[i].unit, cases[i].n, cases[i].tail);
		struct feed_input in = { text.data, text.len, NULL, NULL };
		struct failure fail = { 0 };
		struct feed_doc *doc = feed_parse(&in, &fail);
		assert_non_null(doc);
		assert_false(doc->well_formed);
		assert_int_equal(doc->n_entries, 1);
		assert_string_equal(doc->entries[0].title, "x");
		if (strstr(doc->warnings[0], cases[i].warning) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", doc->warnings[0], cases[i].warning);
		feed_doc_free(doc);
	}
	strbuf_release(&text);
}

/* A DTD that is not too long, wherever it begins. */
static void test_dtds_are_read(void **state)
{
	struct strbuf text = STRBUF_INIT(MIB);

	(void)state;
	for (int before = 0; before < 8; before++) {
		struct strbuf head = STRBUF_INIT(MIB);
		for (int i = 0; i < before * 8000; i++)
			strbuf_addstr(&head, "<?p?>");
		strbuf_addstr(&head, "<!DOCTYPE rss [<!ENTITY x 'y'>");
		compose(&text, strbuf_str(&head), "<!ELEMENT e# (a|b|c)>", 2500,
			"]><rss><channel><title>&x;</title></channel></rss>");
		struct feed_input in = { text.data, text.len, NULL, NULL };
		struct failure fail = { 0 };
		struct feed_doc *doc = feed_parse(&in, &fail);
		assert_non_null(doc);
		assert_true(doc->well_formed);
		assert_string_equal(doc->title, "y");
		feed_doc_free(doc);
		strbuf_release(&head);
	}
	strbuf_release(&text);
}

static void test_rich_feeds_stay_well_formed(void **state)
{
	struct strbuf text = STRBUF_INIT(MIB);

	(void)state;
	compose(&text, "<!DOCTYPE rss [<!ATTLIST rss version CDATA '2.0'>]><rss xmlns:c='urn:c' ",
		"xmlns:a#='u' ", 200,
		"><channel><item><title>x</title><description><![CDATA[<p title='1'>y]]>"
		"</description></item></channel></rss>");
	struct feed_input in = { text.data, text.len, NULL, NULL };
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);
	assert_non_null(doc);
	assert_true(doc->well_formed);
	assert_int_equal(doc->n_warnings, 0);
	feed_doc_free(doc);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crowds_are_found),
		cmocka_unit_test(test_crowded_feeds_are_read),
		cmocka_unit_test(test_dtds_are_read),
		cmocka_unit_test(test_rich_feeds_stay_well_formed),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
