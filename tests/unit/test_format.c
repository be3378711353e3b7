/* The three renderers over one hostile edition: what a feed says must come out as text. */
#include "digest/format.h"

#include "base/limits.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NOON 1795435200 /* 2026-11-23T12:00:00Z */

struct sample {
	int64_t id, feed_id;
	const char *feed, *category, *title, *url, *summary;
};

static void fill(struct edition *e, const struct sample *samples, size_t n, size_t max_stories)
{
	edition_init(e, "daily", "2026-11-23", NOON);
	for (size_t i = 0; i < n; i++) {
		const struct entry_record record = { .id = samples[i].id,
			.feed_id = samples[i].feed_id,
			.feed_title = samples[i].feed,
			.category = samples[i].category,
			.title = samples[i].title,
			.url = samples[i].url,
			.published = NOON - 60 * (int64_t)i,
			.created = NOON };
		edition_add(e, &record);
	}
	edition_rank(e, max_stories);
	for (size_t i = 0; i < e->n_stories; i++)
		for (size_t k = 0; k < n; k++)
			if (samples[k].id == e->entries[i].id)
				edition_summary(e, &e->entries[i], samples[k].summary, NULL);
}

static const struct sample plain[] = {
	{ 1, 1, "Harbour", "news", "Ferries run again", "https://harbour.example/1?a=1&b=2",
		"After two days of storm." },
	{ 2, 2, "Kernel", "tech", "A new scheduler", NULL, NULL },
	{ 3, 1, "Harbour", "news", "Tide table", "https://harbour.example/2", NULL },
};

static void test_html_whole(void **state)
{
	struct edition e;
	struct strbuf out = STRBUF_INIT(MIB);

	(void)state;
	fill(&e, plain, 3, 2);
	render_html(&e, &out);
	const char *body = strstr(strbuf_str(&out), "<div class=\"page\">");
	assert_non_null(body);
	assert_string_equal(body,
		"<div class=\"page\">\n"
		"<header class=\"masthead\">\n<h1 dir=\"auto\">daily</h1>\n"
		"<p>Monday, 23 November 2026 · 3 new entries from 2 feeds</p>\n</header>\n"
		"<main class=\"stories\">\n"
		"<h2 dir=\"auto\">news</h2>\n"
		"<article dir=\"auto\">\n<h3><a href=\"https://harbour.example/1?a=1&amp;b=2\" "
		"rel=\"noopener noreferrer\">"
		"Ferries run again</a></h3>\n<p class=\"by\"><b><bdi>Harbour</bdi></b> · "
		"<time>12:00</time></p>\n"
		"<p class=\"summary\" dir=\"auto\">After two days of storm.</p>\n</article>\n"
		"<h2 dir=\"auto\">tech</h2>\n"
		"<article dir=\"auto\">\n<h3>A new scheduler</h3>\n<p "
		"class=\"by\"><b><bdi>Kernel</bdi></b> · <time>11:59</time></p>\n"
		"</article>\n</main>\n"
		"<section class=\"more\">\n<h2>More</h2>\n<h3 dir=\"auto\">Harbour</h3>\n<ul>\n"
		"<li dir=\"auto\"><a href=\"https://harbour.example/2\" rel=\"noopener "
		"noreferrer\">Tide table</a> <time>11:58</time></li>\n"
		"</ul>\n</section>\n<footer>courant</footer>\n</div>\n</body>\n</html>\n");
	assert_non_null(strstr(strbuf_str(&out), "Content-Security-Policy"));
	assert_null(strstr(strbuf_str(&out), "<script"));
	strbuf_release(&out);
	edition_release(&e);
}

static void test_md_whole(void **state)
{
	struct edition e;
	struct strbuf out = STRBUF_INIT(MIB);

	(void)state;
	fill(&e, plain, 3, 2);
	render_md(&e, &out);
	assert_string_equal(strbuf_str(&out),
		"# daily\n\nMonday, 23 November 2026 · 3 new entries from 2 feeds\n\n"
		"## news\n\n### [Ferries run "
		"again](<https://harbour.example/1?a=1\\&b=2>)\n\n**Harbour** · 12:00\n\n"
		"After two days of storm.\n\n"
		"## tech\n\n### A new scheduler\n\n**Kernel** · 11:59\n\n"
		"## More\n\n### Harbour\n\n- [Tide table](<https://harbour.example/2>) · 11:58\n");
	strbuf_release(&out);
	edition_release(&e);
}

static void test_txt_whole(void **state)
{
	struct edition e;
	struct strbuf out = STRBUF_INIT(MIB);

	(void)state;
	fill(&e, plain, 3, 2);
	render_txt(&e, &out);
	assert_string_equal(strbuf_str(&out),
		"daily\nMonday, 23 November 2026\n3 new entries from 2 feeds\n"
		"========================================================================\n\n"
		"news\n------------------------------------------------------------------------\n\n"
		"Ferries run again\n  Harbour · 12:00\n  After two days of storm.\n  "
		"https://harbour.example/1?a=1&b=2\n\n"
		"tech\n------------------------------------------------------------------------\n\n"
		"A new scheduler\n  Kernel · 11:59\n\n"
		"More\n------------------------------------------------------------------------\n\n"
		"Harbour\n  Tide table\n  https://harbour.example/2\n");
	strbuf_release(&out);
	edition_release(&e);
}

static void test_empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_digest_renderers; i++) {
		struct edition e;
		struct strbuf out = STRBUF_INIT(MIB);
		fill(&e, NULL, 0, 80);
		digest_renderers[i].render(&e, &out);
		assert_non_null(strstr(strbuf_str(&out), "Nothing new since the last edition"));
		assert_null(strstr(strbuf_str(&out), "More"));
		strbuf_release(&out);
		edition_release(&e);
	}
}

static void rendered(const struct digest_renderer *renderer, const char *text, struct strbuf *out)
{
	const struct sample samples[] = {
		{ 1, 1, text, text, text, "http://a.example/\"'<>&`)](x)\\", text },
		{ 2, 1, text, text, text, NULL, text },
		{ 3, 2, text, NULL, text, text, text },
		{ 4, 2, text, NULL, text, text, text },
	};
	struct edition e;

	fill(&e, samples, 4, 3);
	e.n_uncounted = 5;
	renderer->render(&e, out);
	edition_release(&e);
}

static void test_html_escapes(void **state)
{
	static const char *const hostile[] = { "<script>alert(1)</script>",
		"\"><img src=x onerror=y>", "' onclick='x", "</title></style></article>",
		"&lt;b&gt;", "<!--", "]]>", "a\x1b[0m\xc2\x9b<", "\xe2\x80\xae<i>" };

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct strbuf out = STRBUF_INIT(MIB), calm = STRBUF_INIT(MIB);
		size_t tags = 0, calm_tags = 0;
		rendered(&digest_renderers[0], hostile[i], &out);
		rendered(&digest_renderers[0], "calm", &calm);
		for (const char *s = strbuf_str(&out); (s = strchr(s, '<')) != NULL; s++)
			tags++;
		for (const char *s = strbuf_str(&calm); (s = strchr(s, '<')) != NULL; s++)
			calm_tags++;
		/* The summary that repeats a title is left out in both. */
		assert_int_equal(tags, calm_tags);
		assert_null(strstr(strbuf_str(&out), "<script"));
		assert_null(strstr(strbuf_str(&out), "<img"));
		assert_non_null(strstr(strbuf_str(&out),
			"href=\"http://a.example/&quot;&#39;&lt;&gt;&amp;`)](x)\\\""));
		assert_non_null(strstr(strbuf_str(&out), "And 5 more."));
		assert_true(text_is_safe(strbuf_str(&out), out.len));
		strbuf_release(&out);
		strbuf_release(&calm);
	}
}

/* What comes out of Markdown for one title, link or none. */
static const char *md_title(const char *title, const char *url)
{
	static char line[2048];
	const struct sample samples[] = { { 1, 1, "f", NULL, title, url, NULL } };
	struct strbuf out = STRBUF_INIT(MIB);
	struct edition e;

	fill(&e, samples, 1, 80);
	render_md(&e, &out);
	const char *start = strstr(strbuf_str(&out), "### ") + 4;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(start, "\n"), start);
	strbuf_release(&out);
	edition_release(&e);
	return line;
}

static void test_md_escapes(void **state)
{
	static const struct {
		const char *title, *url, *shown;
	} cases[] = {
		{ "a *b* _c_ `d`", NULL, "a \\*b\\* \\_c\\_ \\`d\\`" },
		{ "[x](javascript:y)", NULL, "\\[x\\](javascript:y)" },
		{ "![x](http://y)", NULL, "\\!\\[x\\](http\\://y)" },
		{ "<b>&amp;</b>", NULL, "\\<b\\>\\&amp;\\</b\\>" },
		{ "# x #", NULL, "\\# x \\#" },
		{ "- x", NULL, "\\- x" },
		{ "+ x", NULL, "\\+ x" },
		{ "---", NULL, "\\---" },
		{ "===", NULL, "\\===" },
		{ "12. x", NULL, "12\\. x" },
		{ "12) x", NULL, "12\\) x" },
		{ "3.5 per cent", NULL, "3\\.5 per cent" },
		{ "go to www.x.example or a@b", NULL, "go to www\\.x.example or a\\@b" },
		{ "a | b ~~c~~ $d$ {.e} f^2", NULL,
			"a \\| b \\~\\~c\\~\\~ \\$d\\$ \\{.e\\} f\\^2" },
		{ "back\\slash", NULL, "back\\\\slash" },
		{ "x](http://evil/) [y", "http://a/", "[x\\](http\\://evil/) \\[y](<http://a/>)" },
		{ "- x", "http://a/b>c<d\\e&amp;f", "[- x](<http://a/b%3Ec%3Cd%5Ce\\&amp;f>)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(md_title(cases[i].title, cases[i].url), cases[i].shown);
}

/* Every line of text fits 72 columns but those that hold a link; none is lost. A line that goes on
 * behind a space keeps that as its end, beyond the columns. */
static void test_txt_wraps(void **state)
{
	static const char *const texts[] = {
		"A very long sentence about nothing in particular that must be broken into lines "
		"because it is longer than the page "
		"is wide, and then some.",
		"日本語の文章は空白なしで続くので文字の間で折り返さなければなりません。これは七十二"
		"桁よりも長い文章です。本当に長いです。",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaa b",
		"е́е́е́е́ е́е́е́е́ combining marks stay with their letters е́е́е́е́ and do not count as "
		"columns е́е́е́е́ at all",
		"مرحبا بالعالم هذا نص طويل بما يكفي ليحتاج إلى أكثر من سطر واحد في صفحة عرضها "
		"اثنان وسبعون عمودا فقط لا غير",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct sample samples[] = { { 1, 1, texts[i], texts[i], "t",
			"http://a.example/", texts[i] } };
		struct strbuf out = STRBUF_INIT(MIB);
		struct edition e;
		char joined[2048];
		size_t n = 0;
		fill(&e, samples, 1, 80);
		render_txt(&e, &out);
		const char *s = strbuf_str(&out);
		while (*s != '\0') {
			size_t len = strcspn(s, "\n");
			const size_t width = text_width(s, len - (len > 0 && s[len - 1] == ' '));
			if (width > 72)
				fail_msg("too wide: %.*s", (int)len, s);
			for (size_t k = 0; k < len; k++)
				if (s[k] != ' ')
					joined[n++] = s[k];
			s += len + 1;
		}
		joined[n] = '\0';
		char bare[1024];
		size_t m = 0;
		for (const char *c = texts[i]; *c != '\0'; c++)
			if (*c != ' ')
				bare[m++] = *c;
		bare[m] = '\0';
		assert_non_null(strstr(joined, bare));
		strbuf_release(&out);
		edition_release(&e);
	}
}

/* What tells a reader's terminal how to fold a text anew; and no short line for a space's sake. */
static void test_txt_flows(void **state)
{
	static const struct sample samples[] = { { 1, 1, "港湾日报", NULL,
		"iPhone 停航十一年后夜间渡轮三月复航停航十一年后夜间渡轮三月复航停航十一年后，夜间",
		"http://a.example/",
		"The night ferry to the outer islands sails again from 1 March, six times a "
		"week." } };
	struct strbuf out = STRBUF_INIT(MIB);
	struct edition e;

	(void)state;
	fill(&e, samples, 1, 80);
	render_txt(&e, &out);
	assert_non_null(strstr(strbuf_str(&out),
		"iPhone "
		"停航十一年后夜间渡轮三月复航停航十一年后夜间渡轮三月复航停航十一\n年后，夜间\n"));
	assert_non_null(strstr(strbuf_str(&out),
		"  The night ferry to the outer islands sails again from 1 March, six \n"
		"  times a week.\n  http://a.example/\n"));
	strbuf_release(&out);
	edition_release(&e);
}

/* A sample for the eye: EDITION_SAMPLE=dir build/tests/test_format writes it. */
static void test_sample(void **state)
{
	static const struct sample samples[] = {
		{ 1, 1, "Hafenblatt", "Nachrichten",
			"Fähren fahren wieder: »Das Schlimmste ist vorbei«",
			"https://hafen.example/1",
			"Nach zwei Tagen Sturm hat die Reederei den Betrieb aufgenommen. Auf den "
			"Inseln warten noch etwa vierhundert "
			"Reisende; Sonderfahrten sind bis in den späten Abend angekündigt." },
		{ 2, 2, "Le Matin du Port", "Nachrichten",
			"« Le port rouvre » : ce qu’il faut savoir", "https://matin.example/2",
			"Trois questions à la capitainerie, qui promet un retour à la normale "
			"avant la fin de la semaine." },
		{ 3, 3, "صحيفة الميناء", "Nachrichten",
			"عودة العبارات إلى العمل بعد يومين من العاصفة",
			"https://example.org/%D8%A7%D9%84%D9%85%D9%8A%D9%86%D8%A7%D8%A1",
			"استأنفت الشركة رحلاتها صباح اليوم." },
		{ 4, 4, "Scheduler Weekly", "tech", "What a run queue learned from a supermarket",
			"https://sched.example/4",
			"Two lines, one cashier: why the shorter queue is not always the faster "
			"one, and what that means for a "
			"scheduler that has to decide in a microsecond with nothing but "
			"counters." },
		{ 5, 5, "計算機だより", "tech", "新しいスケジューラの設計について",
			"https://keisan.example/5",
			"行列を一本にするか二本にするか。実測値とともに考える。" },
		{ 6, 4, "Scheduler Weekly", "tech", "Corrections to last week",
			"https://sched.example/6", NULL },
		{ 7, 6, "A quiet blog", NULL, "Bread, again", "https://bread.example/7",
			"The fourth attempt. It rose." },
		{ 8, 4, "Scheduler Weekly", "tech", "Letters: on counters and trust",
			"https://sched.example/8", NULL },
		{ 9, 1, "Hafenblatt", "Nachrichten", "Tidenkalender Dezember",
			"https://hafen.example/9", NULL },
		{ 10, 1, "Hafenblatt", "Nachrichten", "Wetter: ruhig, kalt, klar",
			"https://hafen.example/10", NULL },
	};
	const char *dir = getenv("EDITION_SAMPLE");

	(void)state;
	for (size_t i = 0; i < n_digest_renderers; i++) {
		struct strbuf out = STRBUF_INIT(MIB);
		struct edition e;
		fill(&e, samples, sizeof(samples) / sizeof(samples[0]), 7);
		digest_renderers[i].render(&e, &out);
		assert_true(text_is_safe(strbuf_str(&out), out.len));
		for (size_t k = 0; k < sizeof(samples) / sizeof(samples[0]); k++)
			assert_non_null(strstr(strbuf_str(&out), strrchr(samples[k].url, '/')));
		if (dir != NULL) {
			char path[256];
			snprintf(path, sizeof(path), "%s/sample.%s", dir,
				digest_renderers[i].extension);
			FILE *f = fopen(path, "w");
			assert_non_null(f);
			fputs(strbuf_str(&out), f);
			fclose(f);
		}
		strbuf_release(&out);
		edition_release(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_html_whole),
		cmocka_unit_test(test_md_whole),
		cmocka_unit_test(test_txt_whole),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_html_escapes),
		cmocka_unit_test(test_md_escapes),
		cmocka_unit_test(test_txt_wraps),
		cmocka_unit_test(test_txt_flows),
		cmocka_unit_test(test_sample),
	};
	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
