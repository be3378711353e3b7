/*
 * The short cut against gumbo's tree: where it is taken at all, it leads to the same bytes.
 * Fragments are made up, mutated, and taken from whatever sample feeds and corpus (CORPUS=DIR) are
 * there.
 */
#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "feed/entity.h"
#include "feed/html.h"
#include "feed/html_strict.h"

/* The names themselves: what the table holds is what is asked. */
#include "feed/entity_table.h"

#define PIECES 16

static size_t n_asked, n_answered;
static unsigned seed = 1;

static unsigned dice(size_t sides)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 12) % (unsigned)sides;
}

/* Compares both ways; whether the short one was taken. */
static bool agree(struct span html, const char *base)
{
	struct strbuf fast = STRBUF_INIT(LIMIT_BODY_MAX), slow = STRBUF_INIT(LIMIT_BODY_MAX);
	bool answered = html_strict_sanitise(&fast, html, base);
	if (answered) {
		html_sanitise_by_tree(&slow, html, base);
		if (fast.len != slow.len ||
			memcmp(strbuf_str(&fast), strbuf_str(&slow), fast.len) != 0)
			fail_msg("of: %.999s\nstrict: %.999s\ntree: %.999s", html.s,
				strbuf_str(&fast), strbuf_str(&slow));
	}
	strbuf_release(&fast);
	strbuf_release(&slow);
	n_asked++;
	n_answered += answered;
	return answered;
}

/* Found by the fuzzer, or nearly. */
static void test_doubtful(void **state)
{
	static const char *const left[] = { "&#55089344191888722296;", "<!-->x-->", "<!--->x-->",
		"<!-- a -- b -->", "<!--a--!>b", "<pre>\nx</pre>", "<pre><!-- -->\nx</pre>",
		"<pre>&#10;x</pre>", "<pre>&NewLine;x</pre>", "<pre>\n\nx</pre>",
		"<pre>\n<b>\nx</b></pre>", "<pre>\n<!-- -->\nx</pre>", "<pre></img>\nx</pre>",
		"<p>a</img>b</hr></wbr></br>c</p>", "<b>x</col></b>", "<a href=x/>y</a>",
		"<a href = x title= 'y' rel =z>w</a>", "<img src=/a?b&copy=c>", "<p title=>x</p>",
		"<p title =x>y</p>", "<p title = >y</p>", "<p title x>y</p>", "<p title\t>y</p>",
		"<p lang lang title='x'>y</p>", "<p lang=a lang title='x'>y</p>",
		"<p lang lang='' title='x'>y</p>", "&copyright;", "&copyright", "&notit",
		"&amplitude", "&at_x&;&_&&#;&#x;&", "&x;", "<a href='?a&b&lt&_=c&'>x</a>",
		"&LTx &GT. &REG &QUOT1", "<span><p>x</span></p>", "<ul><b><li>x</li></b></ul>",
		"<b><b>x</b></b>", "<a c=\"1\" title=\"y\" c=\"2\" d>x</a>", "<image src=\"x\">",
		"<iframe a=b=\"x>y\"></iframe>", "<iframe-x></iframe>",
		"<iframe src=\"<b>\"></iframe>",
		"<img src=\"//\npiwik.x/\"><img src=\"//piwik.x/\">", "&lang;",
		"<p title=\"x\"lang=\"y\">z</p>" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(left); i++)
		agree(span_of(left[i]), "http://example.org/");
}

/* Bounds that only one of the readers has would show here: of memory, of depth, of blanks. */
static void test_large(void **state)
{
	static const char *const pieces[] = { "<b></b>", "<br>", "<i>x</i>", "<a href=\"x\">y</a>",
		"<ul><li></li></ul>", "<p></p>", "&amp;", "<span title=\"<b>\"></span>",
		"<!-- <b> -->", "<p title=\"\" lang=\"\" dir=\"\"></p>" };
	struct strbuf html = STRBUF_INIT(LIMIT_BODY_MAX);

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(pieces); i++) {
		strbuf_clear(&html);
		for (int n = 0; n < 20000; n++)
			strbuf_addstr(&html, pieces[i]);
		agree((struct span){ html.data, html.len }, NULL);
	}
	strbuf_clear(&html);
	strbuf_addf(&html, "<p%5000s>x</p>", "");
	agree((struct span){ html.data, html.len }, NULL);
	strbuf_release(&html);
}

static void test_every_reference(void **state)
{
	char html[64];
	int n;

	(void)state;
	for (int32_t cp = 0; cp < 0x110100; cp += cp < 0x3000 ? 1 : 251) {
		n = snprintf(html, sizeof(html), "&#%d;<p title=\"&#x%x;\">&#X%X;", cp, cp, cp);
		agree((struct span){ html, (size_t)n }, NULL);
	}
}

static void test_every_name(void **state)
{
	char html[128];
	int n;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(entities); i++) {
		const char *name = entities[i].name;
		n = snprintf(html, sizeof(html), "&%s;<p title=\"&%s;\">x", name, name);
		agree((struct span){ html, (size_t)n }, NULL);
		n = snprintf(html, sizeof(html), "<a href=\"?a&%s=1\">x&%s", name, name);
		agree((struct span){ html, (size_t)n }, NULL);
		n = snprintf(html, sizeof(html), "<p title=\"?a&%sx=1&%s2=\">x", name, name);
		agree((struct span){ html, (size_t)n }, NULL);
	}
}

static const char *const names[] = { "a", "abbr", "acronym", "address", "area", "article", "aside",
	"audio", "b", "bdi", "bdo", "big", "blockquote", "br", "button", "caption", "center",
	"cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "dialog", "dir", "div",
	"dl", "dt", "em", "figcaption", "figure", "font", "footer", "form", "h1", "h6", "header",
	"hgroup", "hr", "i", "iframe", "img", "ins", "kbd", "li", "main", "map", "mark", "menu",
	"nav", "nobr", "object", "ol", "p", "picture", "pre", "q", "rb", "rp", "rt", "rtc", "ruby",
	"s", "samp", "section", "small", "source", "span", "strike", "strong", "sub", "summary",
	"sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "track", "tt", "u",
	"ul", "var", "video", "wbr", "x" };

/* The form with A and B replaced. */
static void fill(struct strbuf *out, const char *form, const char *a, const char *b)
{
	strbuf_clear(out);
	for (; *form != '\0'; form++)
		if (*form == 'A' || *form == 'B')
			strbuf_addstr(out, *form == 'A' ? a : b);
		else
			strbuf_addch(out, *form);
}

/* Every element inside every other, with and without end tags. */
static void test_every_pair(void **state)
{
	static const char *const forms[] = { "<A>1<B>2</B>3</A>4", "<A>1<B>2", "<A>1<B>2</A>3",
		"<p>0<A>1<B>2</A>3</B>4", "<A>1<p>2<B>3</B>4</A>5", "<A><p>1</A>2<B>3",
		"<ul><li>0<A>1<B>2</B>3</A>4<li>5</ul>6", "<b>0<A>1<B>2</B>3</A>4</b>5" };
	struct strbuf html = STRBUF_INIT(LIMIT_NAME);

	(void)state;
	for (size_t a = 0; a < N_ELEMENTS(names); a++)
		for (size_t b = 0; b < N_ELEMENTS(names); b++)
			for (size_t f = 0; f < N_ELEMENTS(forms); f++) {
				fill(&html, forms[f], names[a], names[b]);
				agree((struct span){ html.data, html.len }, NULL);
			}
	strbuf_release(&html);
}

/* Something of the list, mostly of its first, tame part. */
static const char *pick(const char *const *list, size_t n_tame, size_t n)
{
	return list[dice(dice(16) > 0 ? n_tame : n)];
}

/* Mostly well nested, so that the short cut has something to say. */
static void make_soup(struct strbuf *out)
{
	static const char *const texts[] = { "text", " ", "\n", "&amp;", "&lt;", "&nbsp;",
		"&#8217;", "a & b", "\xc3\xa9", ">", "<!-- c -->", "<br>", "<br />", "\"", "<wbr>",
		"&quot;", "&#39;", "<img src=\"/i.png\" alt='x' width=\"2\">",
		"<img src='x' width='1' height='1'>", "AT&T", "&copy",
		"<iframe src=\"x\"></iframe>", "<hr/>", "</img>", "<p>", "</p>", "<li>",
		"\xe2\x80\xae", "\r\n" };
	static const char *const attributes[] = { "", "", " title=\"a&amp;b\"",
		" href=\"/x?a=1&b=2\"", " class='c'", " title='\"'", " controls",
		" lang=\"de\" dir=\"ltr\"", " href=\"javascript:x\"",
		" style=\"a:b\" title=\"&#60;\"", " width=\"1\"", " href=\"//h/\xc3\xa9 x\"",
		" title=x", " lang=a title=b lang=c", " width = 1", " title=\"<\"", " A=''" };
	static const char *const tame[] = { "a", "b", "em", "span", "div", "p", "blockquote",
		"code", "pre", "section", "h3", "i" };
	const char *open[PIECES];
	size_t depth = 0;

	for (int n = 0; n < PIECES; n++) {
		unsigned what = dice(8);
		if (what < 2) {
			open[depth] = dice(8) > 0 ? tame[dice(N_ELEMENTS(tame))]
						  : names[dice(N_ELEMENTS(names))];
			strbuf_addf(out, "<%s%s>", open[depth++],
				pick(attributes, 12, N_ELEMENTS(attributes)));
		} else if (what < 4 && depth > 0) {
			strbuf_addf(out, "</%s>", open[--depth]);
		} else {
			strbuf_addstr(out, pick(texts, 19, N_ELEMENTS(texts)));
		}
	}
	while (depth > 0 && dice(16) > 0)
		strbuf_addf(out, "</%s>", open[--depth]);
}

static void mutate(char *s, size_t n)
{
	static const char marks[] = "<>/&;=\"' \n-!pabi";

	for (unsigned i = dice(3) + 1; i > 0 && n > 0; i--)
		s[dice(n)] = marks[dice(sizeof(marks) - 1)];
}

static void test_soup(void **state)
{
	struct strbuf soup = STRBUF_INIT(LIMIT_BODY_MAX);

	(void)state;
	n_asked = n_answered = 0;
	for (int round = 0; round < 40000; round++) {
		strbuf_clear(&soup);
		make_soup(&soup);
		const char *base = dice(2) ? "http://example.org/a/" : NULL;
		agree((struct span){ soup.data, soup.len }, base);
		mutate(soup.data, soup.len);
		agree((struct span){ soup.data, soup.len }, base);
	}
	strbuf_release(&soup);
	print_message("%zu of %zu made-up pieces were taken\n", n_answered, n_asked);
	assert_true(n_answered * 4 > n_asked); /* or the test would say nothing */
}

/* --- real content
 * ------------------------------------------------------------------------------------------------
 */

static struct strbuf decoded = STRBUF_INIT(LIMIT_BODY_MAX);

/* As much of the file as XML or JSON would hand out as a text: once as it is, once decoded, and
 * once mutated. */
static void compare_piece(struct span piece)
{
	if (piece.n < 2 || piece.n > LIMIT_CONTENT || !utf8_valid(piece.s, piece.n))
		return;
	agree(piece, "http://example.org/a/");
	strbuf_clear(&decoded);
	entity_decode(&decoded, piece);
	agree((struct span){ decoded.data, decoded.len }, "http://example.org/a/");
	mutate(decoded.data, decoded.len);
	agree((struct span){ decoded.data, decoded.len }, NULL);
}

static void compare_pieces(struct span t, const char *begin, const char *end)
{
	while (t.n > 0) {
		const char *from = memmem(t.s, t.n, begin, strlen(begin));
		if (from == NULL)
			return;
		from += strlen(begin);
		t = (struct span){ from, t.n - (size_t)(from - t.s) };
		const char *to = memmem(t.s, t.n, end, strlen(end));
		if (to == NULL)
			return;
		compare_piece((struct span){ from, (size_t)(to - from) });
		t = (struct span){ to, t.n - (size_t)(to - from) };
	}
}

static int compare_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	FILE *f = type == FTW_F && st->st_size < (off_t)LIMIT_CONTENT ? fopen(path, "rb") : NULL;

	(void)ftw;
	if (f == NULL)
		return 0;
	char *bytes = xmalloc((size_t)st->st_size + 1);
	struct span t = { bytes, fread(bytes, 1, (size_t)st->st_size, f) };
	fclose(f);
	compare_pieces(t, "<![CDATA[", "]]>");
	compare_pieces(t, ">", "<");
	compare_pieces(t, "<div", "</content>");
	free(bytes);
	return 0;
}

static void test_real_content(void **state)
{
	const char *corpus = getenv("CORPUS");

	(void)state;
	n_asked = n_answered = 0;
	nftw("config/demo", compare_file, 16, FTW_PHYS);
	nftw(corpus != NULL ? corpus : "../shared/corpus", compare_file, 16, FTW_PHYS);
	strbuf_release(&decoded);
	print_message("%zu of %zu pieces of real feeds were taken\n", n_answered, n_asked);
	assert_true(n_answered > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doubtful),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_every_reference),
		cmocka_unit_test(test_every_name),
		cmocka_unit_test(test_every_pair),
		cmocka_unit_test(test_soup),
		cmocka_unit_test(test_real_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
