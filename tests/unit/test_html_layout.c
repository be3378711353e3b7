/* Sanitised HTML as text for a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/html_layout.h"

static void render(struct strbuf *out, const char *html, size_t n, size_t width, bool colour,
	const char *language)
{
	struct html_layout_options options = {
		.width = width, .colour = colour, .language = language
	};
	*out = (struct strbuf)STRBUF_INIT(16 * MIB);
	html_layout(out, html, n, &options);
}

static void test_text(void **state)
{
	(void)state;
	static const struct {
		const char *html, *text;
	} cases[] = {
		{ "", "" },
		{ "<p></p>", "" },
		{ "plain", "plain\n" },
		{ "<p>one</p><p>two</p>", "one\n\ntwo\n" },
		{ "<div>one</div><div>two</div>", "one\ntwo\n" },
		{ "  a \n\t b  ", "a b\n" },
		{ "a<br>b<br><br>c", "a\nb\n\nc\n" },
		{ "<p>a<b>b</b>c</p>", "abc\n" },
		{ "<ul><li>a</li><li>b</li></ul>after", "• a\n• b\n\nafter\n" },
		{ "<ul><li><p>a</p></li><li><p>b</p></li></ul>", "• a\n\n• b\n" },
		{ "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "• a\n  • b\n• c\n" },
		{ "<ol start=\"9\"><li>a</li><li>b<br>c</li></ol>", "9. a\n10. b\n    c\n" },
		{ "<ul><li></li><li>b</li></ul>", "• b\n" },
		{ "<blockquote><p>a</p><p>b</p></blockquote>c", "│ a\n│\n│ b\n\nc\n" },
		{ "<pre>a  b\n\n\tc\n</pre>", "    a  b\n\n            c\n" },
		{ "<p>x</p><pre><code>a &lt; `b`</code></pre>", "x\n\n    a < `b`\n" },
		{ "<code>a</code>", "`a`\n" },
		{ "<h2>a</h2><p>b</p>", "a\n\nb\n" },
		{ "a<hr>b", "a\n\n────────\n\nb\n" },
		{ "<dl><dt>a</dt><dd>b</dd></dl>", "a\n    b\n" },
		{ "<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a │ b\nc\n" },
		{ "<img src=\"x\" alt=\"a &quot;b&quot;\">", "[image: a \"b\"]\n" },
		{ "<img src=\"x\">", "[image]\n" },
		{ "<a href=\"https://e.example/?a=1&amp;b=2\">x</a> <a href=\"h:2\">y</a> "
		  "<a href=\"https://e.example/?a=1&amp;b=2\">z</a>",
			"x[1] y[2] z[1]\n\n[1] https://e.example/?a=1&b=2\n[2] h:2\n" },
		{ "<a href=\"#note\">x</a> <a>y</a>", "x y\n" },
		{ "<a title=\" href=\" href=\"u\">x</a>", "x[1]\n\n[1] u\n" },
		{ "<q>x</q>", "“x”\n" },
		{ "10<sup>6</sup> <del>old</del> <tt>x</tt>", "10^6 ~old~ `x`\n" },
		{ "<video src=\"u\">get a <b>better</b><br> browser</video>x",
			"[video][1]x\n\n[1] u\n" },
		{ "<audio><source src=\"u\"><source src=\"v\">no</audio>",
			"[audio][1]\n\n[1] u\n" },
		{ "<video>a<video>b</video>c</video>d", "[video]cd\n" },
		{ "&amp;lt; &#233; &#xe9; &nosuch; &#0; &#xd800; &#1114112; &",
			"&lt; é é &nosuch; &#0; &#xd800; &#1114112; &\n" },
		/* not canonical: still text */
		{ "a < b > c", "a < b > c\n" },
		{ "<p", "<p\n" },
		{ "<a href=\"x>y", "<a href=\"x>y\n" },
		{ "<custom>x</custom>", "x\n" },
		{ "</p></ul>x</b>", "x\n" },
		{ "<ul><li><b>x</ul>y", "• x\n\ny\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct strbuf out;
		render(&out, cases[i].html, strlen(cases[i].html), 60, false, "");
		assert_string_equal(strbuf_str(&out), cases[i].text);
		strbuf_release(&out);
	}
}

static void test_language(void **state)
{
	(void)state;
	struct strbuf out;
	render(&out, "<q>x</q> « a\u00a0»", strlen("<q>x</q> « a\u00a0»"), 60, false, "fr-CA");
	assert_string_equal(strbuf_str(&out), "«\u202fx\u202f» « a\u00a0»\n");
	strbuf_release(&out);
}

static void test_styles(void **state)
{
	(void)state;
	static const char html[] = "<p>a <b>bbbbbbbbbbb ccccccccccccc</b>d</p>";
	struct strbuf out;
	render(&out, html, sizeof html - 1, 20, true, "");
	assert_string_equal(
		strbuf_str(&out), "a\033[1m bbbbbbbbbbb\033[0m\n\033[1mccccccccccccc\033[0md\n");
	strbuf_release(&out);
}

/* Lines end within the width; text without spaces breaks between wide characters, not before what
 * closes. */
static void test_width(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"Une phrase française, « avec des guillemets » et d’assez longs mots : "
		"anticonstitutionnellement.",
		"国家统计局：前三季度国内生产总值同比增长百分之四点八，经济运行总体平稳稳中有进（初"
		"步核算），详见附表。",
		"الاقتصاد العالمي يتباطأ في الربع الثالث من العام وفق تقرير جديد صدر يوم الاثنين",
	};
	for (size_t i = 0; i < 3; i++) {
		for (size_t width = 30; width < 90; width += 7) {
			struct strbuf out;
			render(&out, texts[i], strlen(texts[i]), width, false, "");
			for (const char *s = strbuf_str(&out); *s != '\0';) {
				size_t n = strcspn(s, "\n");
				/* closing punctuation may hang over by one */
				assert_true(text_width(s, n) <= width + (i == 1 ? 2 : 0));
				assert_true(strncmp(s, "，", 3) != 0 && strncmp(s, "）", 3) != 0);
				s += n + 1;
			}
			strbuf_release(&out);
		}
	}
}

/* Columns are aligned by what is widest in them, and folded where the terminal is narrow; a table
 * that has no columns, or no room for them, is read downwards. */
static void test_tables(void **state)
{
	(void)state;
#define ROW(a, b, c) "<tr><td>" a "</td><td>" b "</td><td>" c "</td></tr>"
#define HEADINGS "<thead><tr><th>port</th><th>n</th></tr></thead>"
	static const struct {
		size_t width;
		const char *html, *text;
	} cases[] = {
		{ 40, "<p>x</p><table>" ROW("a", "bbb", "c") ROW("上海", "", "d") "</table>y",
			"x\n\na    │ bbb │ c\n上海 │     │ d\n\ny\n" },
		{ 40, "<table>" HEADINGS "<tbody><tr><td>Hull</td></tr></tbody></table>",
			"port │ n\n─────┼──\nHull\n" },
		{ 40, "<table><caption>Ships</caption>" ROW("a", "b", "c") "</table>",
			"Ships\na │ b │ c\n" },
		/* what stands alone in a row makes no column wide; what spans some needs their room
		 */
		{ 40,
			"<table>" ROW("a", "b",
				"c") "<tr><td colspan=\"3\">all of them</td></tr></table>",
			"a │ b │ c\nall of them\n" },
		{ 40,
			"<table>" ROW("a", "b",
				"c") "<tr><td colspan=\"2\">seven</td><td>d</td></tr></table>",
			"a │ b │ c\nseven │ d\n" },
		{ 40,
			"<table>" ROW("a", "bb",
				"c") "<tr><td colspan=\"2\">seventeen</td><td>d</td></tr></table>",
			"a │ bb    │ c\nseventeen │ d\n" },
		/* a column of nothing is none; cells have blocks and links */
		{ 40, "<table>" ROW("a", " ", "<p>c</p><ul><li>d</li></ul>") "</table>",
			"a │ c\n  │\n  │ • d\n" },
		{ 40, "<table>" ROW("<a href=\"u\">a</a>", "b", "<a href=\"v\">c</a>") "</table>",
			"a[1] │ b │ c[2]\n\n[1] u\n[2] v\n" },
		{ 40, "<ul><li><table>" ROW("a", "b", "c") ROW("d", "e", "f") "</table></li></ul>",
			"• a │ b │ c\n  d │ e │ f\n" },
		/* folded, down to what can be read */
		{ 26, "<table><tr><td>a</td><td>one two three four five six</td></tr></table>",
			"a │ one two three four\n  │ five six\n" },
		{ 22,
			"<table><tr><td>a</td><td>one two three four five "
			"six</td></tr><tr><td>b</td>"
			"<td>c</td></tr></table>",
			"a\none two three four\nfive six\n\nb\nc\n" },
		{ 26, "<table><tr><td>a</td><td>http://a.example/a-word-too-long</td></tr></table>",
			"a\nhttp://a.example/a-word-too-long\n" },
		/* no grids */
		{ 40, "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb\n" },
		{ 40,
			"<table><tr><td>a</td><td><table>" ROW(
				"b", "c", "d") "</table></td></tr></table>",
			"a\n\nb │ c │ d\n" },
		{ 40,
			"<table><tr><td "
			"rowspan=\"2\">a</td><td>b</td></tr><tr><td>c</td></tr></table>",
			"a\nb\n\nc\n" },
		{ 40, "<table><tr><td colspan=\"999\">a</td><td>b</td></tr></table>", "a\nb\n" },
		{ 40, "<table>loose<tr><td>a</td><td>b</td></tr></table>", "loose\na\nb\n" },
		{ 40, "<table><tr><td>a</td><td>b", "a\nb\n" },
		{ 40, "<table></table>x<table><tr></tr></table>", "x\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct strbuf out;
		render(&out, cases[i].html, strlen(cases[i].html), cases[i].width, false, "");
		assert_string_equal(strbuf_str(&out), cases[i].text);
		strbuf_release(&out);
	}
	static const char styled[] = "<table><tr><th>a</th><td>b</td></tr></table>";
	struct strbuf out;
	render(&out, styled, sizeof styled - 1, 40, true, "");
	assert_string_equal(strbuf_str(&out), "\033[1ma\033[0m │ b\n");
	strbuf_release(&out);
}

static void append(struct strbuf *b, const char *s, unsigned times)
{
	while (times-- > 0) {
		strbuf_addstr(b, s);
	}
}

static void test_deep_and_many(void **state)
{
	(void)state;
	static const char *const openers[] = { "<ul><li>", "<blockquote>", "<b>", "<a href=\"u\">",
		"<pre>", "<table><tr><td>", "<ol start=\"999999\"><li>", "<q>" };
	for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++) {
		struct strbuf html = STRBUF_INIT(16 * MIB), out;
		append(&html, openers[i], 5000);
		strbuf_addstr(&html, "text");
		render(&out, strbuf_str(&html), html.len, 60, true, "");
		assert_non_null(strstr(strbuf_str(&out), "text"));
		strbuf_release(&out);
		strbuf_release(&html);
	}
	struct strbuf html = STRBUF_INIT(16 * MIB), out;
	for (unsigned i = 0; i < 1000; i++) {
		strbuf_addf(&html, "<a href=\"u%u\">x</a> ", i);
	}
	render(&out, strbuf_str(&html), html.len, 60, false, "");
	assert_non_null(strstr(strbuf_str(&out), "[256] u255\n"));
	assert_null(strstr(strbuf_str(&out), "[257]"));
	strbuf_release(&out);
	strbuf_release(&html);
}

/* Whatever it is given, its result is safe: random strings of what matters to it. */
static void test_safe_on_anything(void **state)
{
	(void)state;
	static const char *const parts[] = { "<", ">", "\"", "=", "&", ";", "&#27;", "&#x9b;",
		"&#x202e;", "\x1b[31m", "\xc2\x9b", "\xe2\x80\xae", "\xff", "\xe2\x80", "<p>",
		"</p>", "<ul><li>", "</li>", "</ul>", "<pre>", "</pre>", "<a href=\"", "\">",
		"</a>", "<img alt=\"", "<br>", "<blockquote>", "</blockquote>", "<ol>", "\n", "\t",
		" ", "word", "国", "（", "\0", "<td>", "</td>", "<table>", "</table>", "<tr>",
		"</tr>", "<th colspan=\"2\">", "<hr>", "&#", "&#x", "</" };
	uint64_t seed = 42;
	for (unsigned round = 0; round < 3000; round++) {
		struct strbuf html = STRBUF_INIT(MIB), out;
		for (unsigned k = 0; k < 60; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			strbuf_addstr(
				&html, parts[(seed >> 33) % (sizeof parts / sizeof parts[0])]);
		}
		render(&out, strbuf_str(&html), html.len, round % 100, false,
			round % 2 ? "fr" : "");
		assert_true(text_is_safe(strbuf_str(&out), out.len));
		strbuf_release(&out);
		strbuf_release(&html);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_deep_and_many),
		cmocka_unit_test(test_safe_on_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
