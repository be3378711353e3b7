/* General entities of a document's own: short plain texts are shown, everything else is refused. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "feed/declared.h"
#include "feed/feed.h"

#define ITEM(markup) "<rss version='2.0'><channel><item>" markup "</item></channel></rss>"

static struct feed_doc *parse(const char *text, struct failure *fail)
{
	struct feed_input in = { text, strlen(text), NULL, "http://example.org/" };

	*fail = (struct failure){ 0 };
	return feed_parse(&in, fail);
}

static void test_plain_texts_are_taken(void **state)
{
	static const struct {
		const char *name, *text;
		bool taken;
		const char *found;
	} cases[] = {
		{ "home", "http://example.org/", true, "http://example.org/" },
		{ "home", "first wins", true, "http://example.org/" },
		{ "hom", "", true, "" },
		{ "lt", "&#60;", true, NULL }, /* as XML 1.0 4.6 writes it: known without */
		{ "markup", "<b>", false, NULL },
		{ "nested", "&home;&home;", false, NULL },
		{ "parameter", "%x;", false, NULL },
		{ "outside", NULL, false, NULL },
	};
	struct declared d = { 0 };
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_int_equal(
			declared_add(&d, &a, cases[i].name, cases[i].text), cases[i].taken);
		const char *found = declared_find(&d, span_of(cases[i].name));
		assert_true((found == NULL) == (cases[i].found == NULL));
		if (found != NULL)
			assert_string_equal(found, cases[i].found);
	}
	assert_null(declared_find(&d, span_of("homes")));
	assert_null(declared_find(&d, span_of("")));
	declared_release(&d);
	arena_release(&a);
}

static void test_limits(void **state)
{
	struct declared d = { 0 };
	struct arena a;
	char name[32], text[LIMIT_ENTITY_TEXT + 2];
	size_t uses = 0;

	(void)state;
	arena_init(&a, 4 * MIB);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(declared_add(&d, &a, "long", text));
	text[LIMIT_ENTITY_TEXT] = '\0';
	for (size_t i = 0; i < LIMIT_ENTITIES; i++) {
		snprintf(name, sizeof(name), "e%zu", i);
		assert_true(declared_add(&d, &a, name, text));
	}
	assert_false(declared_add(&d, &a, "more", "x"));
	while (declared_spend(&d, text))
		uses++;
	assert_in_range(uses, LIMIT_ENTITY_USE / (LIMIT_ENTITY_TEXT + 8),
		LIMIT_ENTITY_USE / LIMIT_ENTITY_TEXT);
	declared_release(&d);
	arena_release(&a);
}

static void test_expansion(void **state)
{
	static const struct {
		const char *value, *expanded;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "&s;", "sea" },
		{ "a&s;b&s;", "aseabsea" },
		{ "&amp;&s;&t;", "&amp;sea&t;" },
		{ "&&s;;&;&", "&sea;&;&" },
		{ "&s", "&s" },
	};
	struct declared d = { 0 };
	struct strbuf out = STRBUF_INIT(100);
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_true(declared_add(&d, &a, "s", "sea"));
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		strbuf_clear(&out);
		assert_true(declared_expand(&d, &out, span_of(cases[i].value)));
		assert_string_equal(strbuf_str(&out), cases[i].expanded);
	}
	d.spent = LIMIT_ENTITY_USE;
	assert_false(declared_expand(&d, &out, span_of("&s;")));
	strbuf_release(&out);
	declared_release(&d);
	arena_release(&a);
}

/* In text, in CDATA (where nothing is a reference), in attributes, in XHTML. */
static void test_a_document(void **state)
{
	struct failure fail;
	struct feed_doc *doc =
		parse("<!DOCTYPE rss [<!ENTITY home 'http://example.org/a?'><!ENTITY nbsp '&#160;'>"
		      "<!ENTITY q '&#34;'><!ENTITY lt '&#38;#60;'>]>" ITEM(
			      "<title>&home;&lt;b&gt; x&nbsp;y</title><link>&home;1</link>"
			      "<guid isPermaLink='false'><![CDATA[&home;]]></guid>"
			      "<enclosure url='&home;b=1&amp;c=&q;' type='audio/mpeg' length='1'/>"
			      "<body xmlns='http://www.w3.org/1999/xhtml'><p><a title='&q;&q;' "
			      "href='&home;2'>&q;</a></p></body>"),
			&fail);

	(void)state;
	assert_non_null(doc);
	assert_true(doc->well_formed);
	assert_int_equal(doc->n_warnings, 0);
	const struct feed_entry *e = doc->entries;
	assert_string_equal(e->title, "http://example.org/a? x\xc2\xa0y");
	assert_string_equal(e->url, "http://example.org/a?1");
	assert_string_equal(e->guid, "&home;");
	assert_string_equal(e->attachments[0].url, "http://example.org/a?b=1&c=\"");
	assert_non_null(strstr(e->content_html, "href=\"http://example.org/a?2\""));
	assert_non_null(strstr(e->content_html, "title=\"&quot;&quot;\""));
	feed_doc_free(doc);
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		/* a billion laughs, with one level and by parameter entities */
		"<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>" ITEM("<title>&b;</title>"),
		"<!DOCTYPE rss [<!ENTITY % a 'ha'><!ENTITY b '&#37;a;'>]>" ITEM(
			"<title>&b;</title>"),
		"<!DOCTYPE rss [<!ENTITY % a \"<!ENTITY b 'ha'>\">%a;]>" ITEM("<title>&b;</title>"),
		/* broken inside of the declarations, which libxml2 reads on for */
		"<!DOCTYPE rss [<!ENTITY b '&a]'><!ENTITY % p 'q'>]>" ITEM("<title>&b;</title>"),
		/* files */
		"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" ITEM(
			"<title>&a;</title>"),
		"<!DOCTYPE rss [<!ENTITY a PUBLIC '-//x' 'http://h/x'>]>" ITEM(
			"<title>&a;</title>"),
		/* markup */
		"<!DOCTYPE rss [<!ENTITY a '<title>x</title>'>]>" ITEM("&a;"),
		"<!DOCTYPE rss [<!ENTITY a '&#60;title>x'>]>" ITEM("&a;"),
		"<!DOCTYPE rss [<!ENTITY a '&#38;lt;'>]>" ITEM("<title>&a;</title>"),
		"<!DOCTYPE rss [<!ENTITY a '&a;'>]>" ITEM("<title>&a;</title>"),
		/* broken: the recovering reader knows no declarations */
		"<!DOCTYPE rss [<!ENTITY a 'b'>]>" ITEM("<title>&a;"),
	};
	struct failure fail;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_null(parse(cases[i], &fail));
		assert_string_equal(status_name(fail.status), "entity_refused");
	}
}

/* Quadratic blow-up: one long text, used often. */
static void test_much_use_is_refused(void **state)
{
	static const char *const units[] = { "&a;", "<category term='&a;&a;'/>", "&b;" };
	struct failure fail;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(units); i++) {
		struct strbuf text = STRBUF_INIT(64 * MIB);
		strbuf_addstr(&text, "<!DOCTYPE rss [<!ENTITY b ''><!ENTITY a '");
		for (int n = 0; n < 1000; n++)
			strbuf_addch(&text, 'a');
		strbuf_addstr(&text, "'>]><rss><channel><item><description>");
		if (units[i][0] == '<')
			strbuf_addstr(&text, "</description>");
		for (size_t n = 0; n < LIMIT_ENTITY_USE / 4 + 1; n++)
			strbuf_addstr(&text, units[i]);
		if (units[i][0] != '<')
			strbuf_addstr(&text, "</description>");
		strbuf_addstr(&text, "</item></channel></rss>");
		assert_null(parse(strbuf_str(&text), &fail));
		assert_string_equal(status_name(fail.status), "entity_refused");
		strbuf_release(&text);
	}
}

/* What a DTD adds to every element is left out. */
static void test_default_attributes(void **state)
{
	struct failure fail;
	struct feed_doc *doc = parse("<!DOCTYPE rss [<!ATTLIST category term CDATA 'added'>]>" ITEM(
					     "<category/><category term='said'/>"),
		&fail);

	(void)state;
	assert_non_null(doc);
	assert_int_equal(doc->entries[0].n_tags, 1);
	assert_string_equal(doc->entries[0].tags[0].term, "said");
	feed_doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_texts_are_taken),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_expansion),
		cmocka_unit_test(test_a_document),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_much_use_is_refused),
		cmocka_unit_test(test_default_attributes),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
