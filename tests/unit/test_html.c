/* Sanitising: what stays, what goes, and that the output is its own sanitised form. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "feed/html.h"
#include "feed/html_strict.h"
#include "feed/html_tags.h"

#define REL " rel=\"nofollow noopener noreferrer\""

static char *sanitised(const char *html, const char *base)
{
	struct strbuf out = STRBUF_INIT(LIMIT_BODY_MAX);

	html_sanitise(&out, span_of(html), base);
	return strbuf_take(&out, NULL);
}

static void assert_sanitised(const char *html, const char *wanted)
{
	char *once = sanitised(html, "http://example.org/a/");
	char *twice = sanitised(once, "http://example.org/a/");

	assert_string_equal(once, wanted);
	assert_string_equal(twice, once);
	free(once);
	free(twice);
}

static void test_what_stays(void **state)
{
	static const char *const cases[][2] = {
		{ "<p>One<p>Two", "<p>One</p><p>Two</p>" },
		{ "<B>b</B> &amp; &lt;i&gt; &eacute;", "<b>b</b> &amp; &lt;i&gt; \xc3\xa9" },
		{ "<a href='b?x=1&y=2'>l</a>",
			"<a href=\"http://example.org/a/b?x=1&amp;y=2\"" REL ">l</a>" },
		{ "<img src=i.png alt='\"'>",
			"<img src=\"http://example.org/a/i.png\" alt=\"&quot;\">" },
		{ "<img srcset='a.png 1x, b.png 2x'>", "<img srcset=\"http://example.org/a/a.png "
						       "1x, http://example.org/a/b.png 2x\">" },
		{ "<ul><li>1<li>2</ul>", "<ul><li>1</li><li>2</li></ul>" },
		{ "<table><tr><td colspan=2>x",
			"<table><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>" },
		{ "<pre>\n\nx</pre>", "<pre>\n\nx</pre>" },
		{ "a<br/>b<hr>", "a<br>b<hr>" },
		{ "a<wbr>b", "a<wbr>b" },
		{ "plain", "plain" },
		{ "<a href=mailto:me@example.org>m</a>",
			"<a href=\"mailto:me@example.org\"" REL ">m</a>" },
		{ "<blink>old</blink>", "old" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_sanitised(cases[i][0], cases[i][1]);
}

static void test_what_goes(void **state)
{
	static const char *const cases[][2] = {
		{ "a<script>alert(1)</script>b", "ab" },
		{ "a<style>p{}</style>b", "ab" },
		{ "a<iframe src=x></iframe>b", "ab" },
		{ "<p onclick=alert(1) style='color:red' class=x id=y>p</p>", "<p>p</p>" },
		{ "<a href=javascript:alert(1)>x</a>", "<a>x</a>" },
		{ "<a href='&#106;avascript:alert(1)'>x</a>", "<a>x</a>" },
		{ "<a href='data:text/html,x'>x</a>", "<a>x</a>" },
		{ "<a href='vbscript:x'>x</a>", "<a>x</a>" },
		{ "<img src=javascript:x>", "" },
		{ "<img src=data:image/png;base64,AAAA>", "" },
		{ "<img src=x width=1 height=1>y", "y" },
		{ "<img src=http://feeds.feedburner.com/~r/x/1>y", "y" },
		{ "<form action=x><input name=y>z</form>", " z" },
		{ "<svg><script>x</script><text>t</text></svg>", "t" },
		{ "<svg><style><img src=x onerror=y></style></svg>", "" },
		{ "<math><mi>x</mi></math>", "x" },
		{ "<object data=x>alt</object>", "alt" },
		{ "<embed src=x>a", "a" },
		{ "<meta http-equiv=refresh content=0><link rel=x><base href=//evil>a", "a" },
		{ "<!-- <b> -->a<!doctype x>", "a" },
		{ "<!ENTITY x><![if y]>a<!>b<!", "ab&lt;!" },
		{ "a <!' <b>b</b> <! c> <!-->", "a &lt;!' <b>b</b> &lt;! c&gt; " },
		{ "a\xe2\x80\xae&#x9b;b", "a\xe2\x80\xba"
					  "b" },
		{ "<template><b>x</b></template>y", "y" },
		{ "<th<h>x", "x" },
		{ "<noscript><img src=x onerror=y></noscript>",
			"<img src=\"http://example.org/a/x\">" },
		{ "<select><option><script>x</script></select>", "" },
		{ "<textarea><script>x</script></textarea>y", "y" },
		{ "<xmp><script>x</script></xmp>y", "y" },
		{ "<title><script>x</script></title>y", "y" },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_sanitised(cases[i][0], cases[i][1]);
}

/* Without a base nothing vouches for the scheme but the text itself. */
static void test_disguised_schemes(void **state)
{
	static const char *const urls[] = { "javascript:x", " javascript:x", "java&#9;script:x",
		"java&#10;script:x", "&#1;javascript:x", "JaVaScRiPt:x", "\xc2\xa0javascript:x",
		"\xe2\x80\x8bjavascript:x", "javascript&colon;x", "feed:javascript:x",
		"view-source:javascript:x", "data:,x", "blob:x", "file:///etc/passwd",
		"about:blank" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(urls); i++) {
		char html[128];
		snprintf(html, sizeof(html), "<a href=\"%s\">l</a>", urls[i]);
		char *out = sanitised(html, NULL);
		bool harmless = strcmp(out, "<a>l</a>") == 0 || strstr(out, "href=\"%01") != NULL ||
				strstr(out, "href=\"feed:") != NULL;
		if (!harmless)
			fail_msg("%s became %s", html, out);
		free(out);
	}
}

static void test_deep_nesting_is_bounded(void **state)
{
	static const char *const tags[] = { "div", "b", "span", "table", "blockquote", "a", "svg",
		"p", "font", "li", "td", "dd", "button" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(tags); i++) {
		struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX), out = STRBUF_INIT(LIMIT_BODY_MAX);
		for (int n = 0; n < 20000; n++) {
			strbuf_addf(&html, "<%s title=%d>", tags[i], n);
		}
		strbuf_addstr(&html, "text");
		html_sanitise(&out, (struct span){ html.data, html.len }, NULL);
		assert_non_null(strstr(strbuf_str(&out), "text"));
		strbuf_release(&html);
		strbuf_release(&out);
	}
}

/* Line ends as every HTML parser has them; one character that was written as two surrogates. */
static void test_source_is_made_plain(void **state)
{
	static const char *const cases[][2] = { { "a\r\nb\rc\r\r\nd", "a\nb\nc\n\nd" },
		{ "<pre>\r\nx\r\n</pre>", "<pre>x\n</pre>" },
		{ "<p>&#55357;&#56832;&#xD83D;&#xde00;</p>",
			"<p>\xf0\x9f\x98\x80\xf0\x9f\x98\x80</p>" },
		{ "a&#55357;b&#56832;", "a\xef\xbf\xbd"
					"b\xef\xbf\xbd" },
		{ "&#128512;", "\xf0\x9f\x98\x80" } };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		assert_sanitised(cases[i][0], cases[i][1]);
}

/* Elements that stay open, whatever end tags stand between them: the depth is bounded, or this
 * takes minutes. */
static void test_hidden_nesting_is_bounded(void **state)
{
	static const char *const forms[] = { "<div></x>", "<b></i>", "<div></img>",
		"<span><div></span></div>", "<ul>", "<li><h1>", "<li><dt>", "<command>",
		"<div><!--</div>-->", "<div><!--></div>--><x>", "<div><p a='</div>'>",
		"<div><p a/='</div>'>", "<svg><link>", "<svg><path d=x/>", "<x/>", "<svg/><x/>",
		"<math><mi><x/>", "<div><script></div></script>",
		"<div><script><!--<script></script></div>--></script>",
		"<div><textarea></div></textarea>", "<svg><title><x/></title>" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(forms); i++) {
		struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX), out = STRBUF_INIT(LIMIT_BODY_MAX);
		strbuf_addstr(&html, "text");
		while (html.len < LIMIT_CONTENT / 2)
			strbuf_addstr(&html, forms[i]);
		html_sanitise(&out, (struct span){ html.data, html.len }, NULL);
		assert_non_null(strstr(strbuf_str(&out), "text"));
		strbuf_release(&html);
		strbuf_release(&out);
	}
}

/* What many publishers leave open is no reason to lose the markup. */
static void test_long_content_keeps_its_markup(void **state)
{
	static const char *const forms[] = { "<p>a", "<ul><li>a<li>b</ul>", "<div><p>a</div>",
		"<dl><dt>a<dd>b</dl>", "<table><tr><td>a<td>b<tr><td><p>c</table>",
		"<p><b>a</b><br><img src=x alt=y></p>", "<div><!-- </div> --><p>a</p></div>",
		"<svg><title>t</title><path d='x'/><g><path/></g></svg><p>a",
		"<script>if (a) b();</script><div>a</div>" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(forms); i++) {
		struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX), out = STRBUF_INIT(LIMIT_BODY_MAX);
		for (int n = 0; n < 10000; n++)
			strbuf_addf(&html, "%s, and in other words", forms[i]);
		html_sanitise(&out, (struct span){ html.data, html.len }, NULL);
		if (strchr(strbuf_str(&out), '<') == NULL)
			fail_msg("only words are left of %s", forms[i]);
		strbuf_release(&html);
		strbuf_release(&out);
	}
}

/* gumbo compares each attribute of a tag with all before it: only the words are left of such. */
static void test_many_attributes_are_bounded(void **state)
{
	static const char *const forms[][2] = { { " a", "" }, { " a", "='>'" }, { "/a", "=x" },
		{ "<b a", "='" } };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(forms); i++) {
		struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX), out = STRBUF_INIT(LIMIT_BODY_MAX);
		strbuf_addstr(&html, "<p>words<a title=x");
		for (int n = 0; n < 100000; n++)
			strbuf_addf(&html, "%s%d%s", forms[i][0], n, forms[i][1]);
		strbuf_addstr(&html, ">link</a>");
		html_sanitise(&out, (struct span){ html.data, html.len }, NULL);
		assert_non_null(strstr(strbuf_str(&out), "words"));
		strbuf_release(&html);
		strbuf_release(&out);
	}
}

/* Short links become long ones: what comes out is as bounded as what goes in. */
static void test_output_is_bounded(void **state)
{
	struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX), out = STRBUF_INIT(LIMIT_BODY_MAX);

	(void)state;
	for (int n = 0; n < 100000; n++)
		strbuf_addstr(&html, "<a href=\"/x\">x</a>");
	strbuf_addstr(&out, "before ");
	html_sanitise(
		&out, (struct span){ html.data, html.len }, "https://a-rather-long-name.example/");
	assert_in_range(out.len, LIMIT_CONTENT / 4, LIMIT_CONTENT + 7);
	assert_false(out.overflow);
	assert_memory_equal(out.data, "before <a ", 10);
	assert_string_equal(out.data + out.len - 4, "</a>");
	strbuf_release(&html);
	strbuf_release(&out);
}

/* Pieces that parsers disagree about, put together at random: safe and settled whatever comes out.
 */
static void test_random_soup_settles(void **state)
{
	static const char *const pieces[] = { "<a href=x>", "</a>", "<b>", "</b>", "<p>", "</p>",
		"<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "</ul>", "<svg>", "</svg>",
		"<object>", "</object>", "<form>", "<pre>\n", "</pre>", "<select>", "<math><mi>",
		"<title>", "</title>", "<!--", "-->", "text", "<br>", "<img src=a>", "<h1>",
		"</h1>", "<style>", "</style>", "<script>", "</script>", "&lt;", "<button>",
		"<caption>", "<foreignObject>", "<dd>", "<ruby><rt>", "<nobr>", "<iframe>",
		"</iframe>", "<i>", "</i>", "<div>", "</div>", "<font size=1>", "</font>",
		"<details>", "<summary>" };
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char html[512] = "";
		for (int n = 0; n < 14; n++) {
			seed = seed * 1103515245u + 12345u;
			size_t at = strlen(html);
			snprintf(html + at, sizeof(html) - at, "%s",
				pieces[(seed >> 16) % N_ELEMENTS(pieces)]);
		}
		char *once = sanitised(html, "http://example.org/"), *twice;
		twice = sanitised(once, "http://example.org/");
		if (strcmp(once, twice) != 0)
			fail_msg("%s -> %s -> %s", html, once, twice);
		assert_null(strstr(once, "<script"));
		assert_null(strstr(once, "<style"));
		assert_null(strstr(once, "<svg"));
		assert_true(utf8_valid(once, strlen(once)));
		free(once);
		free(twice);
	}
}

/* Whether the short cut takes it; when it does, it must say what the tree says. */
static bool is_taken(const char *html, const char *base)
{
	struct strbuf strict = STRBUF_INIT(LIMIT_BODY_MAX), tree = STRBUF_INIT(LIMIT_BODY_MAX);
	bool taken = html_strict_sanitise(&strict, span_of(html), base);

	html_sanitise_by_tree(&tree, span_of(html), base);
	if (taken && strcmp(strbuf_str(&strict), strbuf_str(&tree)) != 0)
		fail_msg("%s: strict %s, tree %s", html, strbuf_str(&strict), strbuf_str(&tree));
	strbuf_release(&strict);
	strbuf_release(&tree);
	return taken;
}

static void test_short_cut(void **state)
{
	static const char *const taken[] = { "plain", "a & b &amp; c &#233;", "<p>x</p>\n<p>y</p>",
		"<p class=\"a\" onclick='b'>x<br/>y<br>z<img src=\"/i.png\" alt=\"&quot;\"/></p>",
		"<a href=\"/x?a=1&b=2&amp;c=3\" target='_blank'>l</a>",
		"<ul><li>1</li> <li>2</li></ul>", "<ul><li><p>1</p><ul><li>2</li></ul></li></ul>",
		"<h2>t</h2><blockquote><p>q</p></blockquote>", "<b><i>x</i></b><strong>y</strong>",
		"<!-- c --><p>x</p>", "<dl><dt>t</dt><dd>d</dd></dl>", "<pre>a\n b</pre>",
		"<img src=\"x.png\" width=\"1\" height=\"1\"/>", "<a href=\"javascript:x\">y</a>",
		"<div><p>x</p><hr/></div>", "<p a=b>x</p>", "<p a=\"1\" a=\"2\">x</p>",
		"<p a = 'b'>x</p>", "<pre>\nx</pre>", "<img src=\"/i.png\"></img>", "AT&T, R&D_x" };
	static const char *const left[] = { "<p>x", "<p>x<p>y</p></p>", "<script>x</script>",
		"<b><p></b></p>", "<table></table>", "<p><div>x</div></p>", "<a><a>x</a></a>",
		"<P>x</P>", "<p a=\"b\"c=\"d\">x</p>", "<p a=b\"c>x</p>", "&nosuch;", "&copy x",
		"&#0;", "&#150", "<pre>&#10;x</pre>", "<svg></svg>", "<p/>x", "x</p>", "</br>",
		"<!--> -->", "<!-- -- -->", "<!-- x --!> -->", "<!x>", "<?x>", "<", "a < b",
		"<li>x</li>", "<ul><div><li>x</li></div></ul>", "<h1><h2>x</h2></h1>", "a\rb",
		"a\x01", "<x>y</x>", "<button>x</button>", "<p title=\"&lt\">x</p>" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(taken); i++)
		if (!is_taken(taken[i], "http://example.org/"))
			fail_msg("not taken: %s", taken[i]);
	for (size_t i = 0; i < N_ELEMENTS(left); i++)
		if (is_taken(left[i], "http://example.org/"))
			fail_msg("taken: %s", left[i]);
}

/* Well-nested and nearly well-nested content at random. */
static void test_short_cut_agrees_with_the_tree(void **state)
{
	static const char *const names[] = { "p", "div", "b", "i", "a", "ul", "li", "ol", "h1",
		"h2", "blockquote", "span", "em", "dl", "dt", "dd", "pre", "code", "sub", "figure",
		"font", "table", "section", "u", "small", "details", "summary", "center", "big",
		"address", "picture", "video", "map", "nav" };
	static const char *const leaves[] = { "text", " ", "\n", "&amp;", "&lt;b&gt;", "<br>",
		"<br/>", "<hr>", "<img src=\"a\">", "<!-- c -->", "&nbsp;", "&", "& x", "&copy;",
		"&#8217;", "<img alt=\"&amp;lt;\">", "<wbr>", "<source src=\"a\">",
		"<iframe src=\"x\"></iframe>", "<area href=\"x\">", "<video controls>",
		"<p hidden title>", "\xc3\xa9" };
	static const char *const extras[] = { "", " href=\"x?a=1&amp;b=2\"", " title='&quot;'",
		" class=\"c\"", " href=\"?lt=1&lt=2\"", " title=\"a&ampb\"",
		" dir=\"rtl\" lang='x'" };
	unsigned seed = 99, taken = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char html[1024] = "";
		const char *open[8];
		int depth = 0;
		for (int n = 0; n < 10; n++) {
			seed = seed * 1103515245u + 12345u;
			unsigned r = seed >> 8, left = (unsigned)(sizeof(html) - strlen(html));
			char *at = html + strlen(html);
			if (r % 3 == 0 && depth < 8) {
				open[depth++] = names[(r >> 4) % N_ELEMENTS(names)];
				snprintf(at, left, "<%s%s>", open[depth - 1],
					extras[(r >> 12) % N_ELEMENTS(extras)]);
			} else if (r % 3 == 1 && depth > 0) {
				snprintf(at, left, "</%s>", open[--depth]);
			} else {
				snprintf(at, left, "%s", leaves[(r >> 4) % N_ELEMENTS(leaves)]);
			}
		}
		while (depth > 0 && round % 50 != 0)
			snprintf(html + strlen(html), sizeof(html) - strlen(html), "</%s>",
				open[--depth]);
		taken += is_taken(html, "http://example.org/");
	}
	assert_true(taken > 2000);
}

static void test_tags_are_found(void **state)
{
	(void)state;
	assert_non_null(html_tag_find(span_of("A")));
	assert_non_null(html_tag_find(span_of("wbr")));
	assert_non_null(html_tag_find(span_of("xmp")));
	assert_null(html_tag_find(span_of("")));
	assert_null(html_tag_find(span_of("tab")));
	assert_null(html_tag_find(span_of("tables")));
	const struct html_tag *a = html_tag_find(span_of("a"));
	assert_true(html_attribute_allowed(a, span_of("href")));
	assert_true(html_attribute_allowed(a, span_of("title")));
	assert_false(html_attribute_allowed(a, span_of("hre")));
	assert_false(html_attribute_allowed(a, span_of("onclick")));
	assert_false(html_attribute_allowed(a, span_of("style")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_stays),
		cmocka_unit_test(test_what_goes),
		cmocka_unit_test(test_disguised_schemes),
		cmocka_unit_test(test_deep_nesting_is_bounded),
		cmocka_unit_test(test_source_is_made_plain),
		cmocka_unit_test(test_hidden_nesting_is_bounded),
		cmocka_unit_test(test_long_content_keeps_its_markup),
		cmocka_unit_test(test_many_attributes_are_bounded),
		cmocka_unit_test(test_output_is_bounded),
		cmocka_unit_test(test_random_soup_settles),
		cmocka_unit_test(test_short_cut),
		cmocka_unit_test(test_short_cut_agrees_with_the_tree),
		cmocka_unit_test(test_tags_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
