/*
 * The sanitiser against the markup of tests/data/xss.txt: what comes out is parsed again, as a
 * browser does, and nothing but the lists below may be found in it. The lists are the test's own,
 * not the sanitiser's: both have to agree.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gumbo.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "feed/feed.h"
#include "feed/html.h"

#define LEAST_VECTORS 300
#define STATEMENT "document.documentElement.dataset.ran=1"

static const char elements[] =
	" a abbr acronym address area article aside audio b bdi bdo big blockquote br caption "
	"center cite code col colgroup dd del details dfn dir div dl dt em figcaption figure font "
	"footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main map mark menu nav ol p "
	"picture pre q rb rp rt rtc ruby s samp section small source span strike strong sub "
	"summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr ";
static const char attributes[] =
	" abbr align alt border cellpadding cellspacing cite clear color colspan controls coords "
	"datetime default dir face headers height href hreflang hspace kind label lang longdesc "
	"loop media muted name open poster preload rel reversed rowspan scope shape size sizes "
	"span src srclang srcset start summary title type valign value vspace width ";
static const char addresses[] = " cite href longdesc poster src ";
static const char schemes[] =
	" http https mailto tel sms xmpp irc ircs ftp ftps sftp gopher gemini news nntp magnet geo "
	"sip sips doi ed2k feed bitcoin ipfs dat matrix webcal ";

static bool listed(const char *list, const char *word, size_t n)
{
	char padded[64];

	if (n + 3 > sizeof(padded))
		return false;
	snprintf(padded, sizeof(padded), " %.*s ", (int)n, word);
	for (char *c = padded; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	return n > 0 && strstr(list, padded) != NULL;
}

/* --- the vectors
 * -------------------------------------------------------------------------------------- */

struct vector {
	char *bytes;
	size_t n;
	int line; /* in the file */
};

static struct vector *vectors;
static size_t n_vectors;

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* \n \t \r \\ \xHH become bytes, RUN the statement. */
static void unescape(struct strbuf *out, const char *s)
{
	while (*s != '\0') {
		if (strncmp(s, "RUN", 3) == 0) {
			strbuf_addstr(out, STATEMENT);
			s += 3;
		} else if (s[0] != '\\') {
			strbuf_addch(out, *s++);
		} else if (s[1] == 'x') {
			strbuf_addch(out, (char)(hex(s[2]) << 4 | hex(s[3])));
			s += 4;
		} else {
			strbuf_addch(out, s[1] == 'n'   ? '\n'
					  : s[1] == 't' ? '\t'
					  : s[1] == 'r' ? '\r'
							: s[1]);
			s += 2;
		}
	}
}

static int load(void **state)
{
	FILE *f = fopen(TEST_DATA "/xss.txt", "r");
	char *line = NULL;
	size_t size = 0;

	(void)state;
	if (f == NULL)
		return -1;
	for (int number = 1; getline(&line, &size, f) > 0; number++) {
		struct strbuf v = STRBUF_INIT(MIB);
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || strcmp(line, "#") == 0 || strncmp(line, "# ", 2) == 0)
			continue;
		unescape(&v, line);
		vectors = realloc(vectors, (n_vectors + 1) * sizeof(*vectors));
		vectors[n_vectors].n = v.len;
		vectors[n_vectors].line = number;
		vectors[n_vectors++].bytes = strbuf_take(&v, NULL);
	}
	free(line);
	fclose(f);
	return n_vectors >= LEAST_VECTORS ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vectors; i++)
		free(vectors[i].bytes);
	free(vectors);
	return 0;
}

/* --- what may be found
 * -------------------------------------------------------------------------------- */

/* The scheme as browsers find it: blanks and controls before it do not count, tabs and line ends
 * nowhere (URL Standard 4.4). */
static bool is_good_address(const char *url)
{
	char scheme[32];
	size_t n = 0;

	while (*url != '\0' && (unsigned char)*url <= ' ')
		url++;
	for (; *url != '\0' && *url != ':'; url++) {
		if (*url == '\t' || *url == '\n' || *url == '\r')
			continue;
		if (strchr("/?#", *url) != NULL || n + 1 >= sizeof(scheme))
			return true; /* relative */
		scheme[n++] = *url;
	}
	return *url == '\0' || listed(schemes, scheme, n);
}

static bool is_good_srcset(const char *srcset)
{
	char one[2048];

	while (*srcset != '\0') {
		size_t blanks = strspn(srcset, " \t\n\r\f,"),
		       n = strcspn(srcset + blanks, " \t\n\r\f");
		snprintf(one, sizeof(one), "%.*s", (int)n, srcset + blanks);
		if (n > 0 && (!is_good_address(one) || strncmp(one, "mailto", 6) == 0))
			return false;
		srcset += blanks + n;
		srcset += strcspn(srcset, ",");
	}
	return true;
}

static const char *fault_of_attribute(const GumboElement *e, const GumboAttribute *a)
{
	bool clobbers =
		strcmp(a->name, "name") == 0 && e->tag != GUMBO_TAG_A && e->tag != GUMBO_TAG_MAP;

	if (!listed(attributes, a->name, strlen(a->name)) || clobbers ||
		a->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE)
		return a->name;
	if (listed(addresses, a->name, strlen(a->name)) && !is_good_address(a->value))
		return a->value;
	if (strcmp(a->name, "srcset") == 0 && !is_good_srcset(a->value))
		return a->value;
	if (strcmp(a->name, "rel") == 0 && strcmp(a->value, "nofollow noopener noreferrer") != 0)
		return a->value;
	return text_is_safe(a->value, strlen(a->value)) ? NULL : "an unsafe character";
}

/* gumbo is older than some elements: their names stand in the source only. */
static struct span name_of(const GumboElement *e)
{
	if (e->tag != GUMBO_TAG_UNKNOWN)
		return span_of(gumbo_normalized_tagname(e->tag));
	if (e->original_tag.length < 2)
		return span_of("");
	return (struct span){ e->original_tag.data + 1,
		strcspn(e->original_tag.data + 1, " \t\n\r\f/>") };
}

/* What must not be there, or NULL. The trees of this test are not deep. */
static const char *fault_of(const GumboNode *node)
{
	const char *fault = NULL;

	if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
		return text_is_safe(node->v.text.text, strlen(node->v.text.text))
			       ? NULL
			       : "an unsafe character";
	if (node->type != GUMBO_NODE_ELEMENT)
		return "something that is neither element nor text";
	const GumboElement *e = &node->v.element;
	struct span name = name_of(e);
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML || !listed(elements, name.s, name.n))
		return e->tag == GUMBO_TAG_UNKNOWN ? "an unknown element"
						   : gumbo_normalized_tagname(e->tag);
	for (unsigned i = 0; fault == NULL && i < e->attributes.length; i++)
		fault = fault_of_attribute(e, e->attributes.data[i]);
	if (fault == NULL && e->tag == GUMBO_TAG_A &&
		gumbo_get_attribute(&e->attributes, "href") != NULL &&
		gumbo_get_attribute(&e->attributes, "rel") == NULL)
		fault = "a link without rel";
	for (unsigned i = 0; fault == NULL && i < e->children.length; i++)
		fault = fault_of(e->children.data[i]);
	return fault;
}

/* gumbo leaves the quirks mode of a fragment's document as it comes from malloc(): zero is "none".
 */
static void *alloc_zeroed(void *userdata, size_t n)
{
	(void)userdata;
	return xcalloc(1, n);
}

static const char *fault_in(const char *html, GumboTag context, char *ret, size_t size)
{
	GumboOptions options = kGumboDefaultOptions;

	options.allocator = alloc_zeroed;
	options.fragment_context = context;
	GumboOutput *tree = gumbo_parse_with_options(&options, html, strlen(html));
	const GumboElement *root = &tree->root->v.element;
	const char *fault = NULL;
	for (unsigned i = 0; fault == NULL && i < root->children.length; i++)
		fault = fault_of(root->children.data[i]);
	if (fault != NULL)
		snprintf(ret, size, "%s", fault);
	gumbo_destroy_output(&options, tree);
	return fault == NULL ? NULL : ret;
}

static void assert_harmless(const struct vector *v, const char *where, const char *html)
{
	static const GumboTag contexts[] = { GUMBO_TAG_DIV, GUMBO_TAG_BODY, GUMBO_TAG_TD };
	char fault[256];

	if (html != NULL && !text_is_safe(html, strlen(html)))
		fail_msg("xss.txt:%d: %s: unsafe characters in %s", v->line, where, html);
	for (size_t i = 0; html != NULL && i < N_ELEMENTS(contexts); i++)
		if (fault_in(html, contexts[i], fault, sizeof(fault)) != NULL)
			fail_msg("xss.txt:%d: %s: \"%s\" survives in %s", v->line, where, fault,
				html);
}

/* --- the sanitiser itself
 * ----------------------------------------------------------------------------- */

static char *sanitised(const char *s, size_t n, const char *base)
{
	struct strbuf out = STRBUF_INIT(LIMIT_BODY_MAX);

	html_sanitise(&out, (struct span){ s, n }, base);
	assert_false(out.overflow);
	return strbuf_take(&out, NULL);
}

/* As feed_parse() gives it: valid UTF-8, without NUL. */
static void make_valid(const struct vector *v, struct strbuf *out)
{
	for (size_t i = 0, n = 0; i < v->n; i += n) {
		int32_t cp = utf8_decode(v->bytes + i, v->n - i, &n);
		if (cp < 0)
			strbuf_addstr(out, "\xef\xbf\xbd");
		else
			strbuf_add(out, v->bytes + i, n);
	}
}

static void check_sanitised(const struct vector *v, struct span html, const char *where)
{
	static const char *const bases[] = { NULL, "https://a.example/dir/" };

	for (size_t i = 0; i < N_ELEMENTS(bases); i++) {
		char *once = sanitised(html.s, html.n, bases[i]);
		char *twice = sanitised(once, strlen(once), bases[i]);
		assert_harmless(v, where, once);
		if (strcmp(once, twice) != 0)
			fail_msg("xss.txt:%d: %s: not settled: %s becomes %s", v->line, where, once,
				twice);
		free(once);
		free(twice);
	}
}

static void test_vectors_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vectors; i++)
		check_sanitised(
			&vectors[i], (struct span){ vectors[i].bytes, vectors[i].n }, "raw");
}

static void test_vectors_as_text_of_a_feed(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vectors; i++) {
		struct strbuf text = STRBUF_INIT(MIB);
		make_valid(&vectors[i], &text);
		check_sanitised(&vectors[i], (struct span){ strbuf_str(&text), text.len }, "valid");
		strbuf_release(&text);
	}
}

/* In places where parsers change their rules, what is harmless alone may not be. */
static void test_vectors_inside_others(void **state)
{
	static const char *const around[][2] = { { "<p>", "</p>" },
		{ "<table><tr><td>", "</table>" }, { "<table>", "</table>" }, { "<svg>", "</svg>" },
		{ "<math><mtext>", "</math>" }, { "<svg><foreignObject>", "</svg>" },
		{ "<noscript>", "</noscript>" }, { "<template>", "</template>" },
		{ "<select>", "</select>" }, { "<style>", "</style>" }, { "<title>", "</title>" },
		{ "<textarea>", "</textarea>" }, { "<xmp>", "</xmp>" }, { "<pre>\n", "</pre>" },
		{ "<!--", "-->" }, { "<a href=x title=\"", "\">x</a>" },
		{ "<img alt='", "' src=x>" }, { "<a href=", ">x</a>" }, { "<x ", ">" },
		{ "<script>", "</script>" }, { "<iframe>", "</iframe>" },
		{ "<form><button>", "</form>" } };

	(void)state;
	for (size_t i = 0; i < n_vectors; i++)
		for (size_t k = 0; k < N_ELEMENTS(around); k++) {
			struct strbuf text = STRBUF_INIT(MIB);
			strbuf_addstr(&text, around[k][0]);
			make_valid(&vectors[i], &text);
			strbuf_addstr(&text, around[k][1]);
			check_sanitised(
				&vectors[i], (struct span){ text.data, text.len }, around[k][0]);
			strbuf_release(&text);
		}
}

/* --- through the reader
 * ------------------------------------------------------------------------------- */

static void add_xml(struct strbuf *out, const struct vector *v)
{
	for (size_t i = 0; i < v->n; i++) {
		char c = v->bytes[i];
		if (c == '<' || c == '&' || c == '>')
			strbuf_addstr(out, c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&gt;");
		else
			strbuf_addch(out, c);
	}
}

static void add_cdata(struct strbuf *out, const struct vector *v)
{
	strbuf_addstr(out, "<![CDATA[");
	for (size_t i = 0; i < v->n; i++)
		if (v->n - i < 3 || memcmp(v->bytes + i, "]]>", 3) != 0)
			strbuf_addch(out, v->bytes[i]);
	strbuf_addstr(out, "]]>");
}

static void add_bare(struct strbuf *out, const struct vector *v)
{
	strbuf_add(out, v->bytes, v->n);
}

static void add_json(struct strbuf *out, const struct vector *v)
{
	struct strbuf text = STRBUF_INIT(MIB);

	make_valid(v, &text);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c < ' ')
			strbuf_addf(out, "\\u%04x", c);
		else
			strbuf_addf(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	strbuf_release(&text);
}

struct carrier {
	const char *name;
	void (*add)(struct strbuf *, const struct vector *);
	const char *parts[5]; /* the vector stands between them */
};

static const struct carrier carriers[] = {
	{ "RSS", add_xml,
		{ "<rss version='2.0'><channel><title>",
			"</title><description>x</description><item><title>",
			"</title><description>", "</description></item></channel></rss>" } },
	{ "RSS with content:encoded", add_cdata,
		{ "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
		  "<channel><title>",
			"</title><item><description>", "</description><content:encoded>",
			"</content:encoded></item></channel></rss>" } },
	{ "RSS, not escaped", add_bare,
		{ "<rss version='2.0'><channel><item><title>", "</title><description>",
			"</description></item><item><title>end</title></item></channel></rss>" } },
	{ "Atom", add_xml,
		{ "<feed xmlns='http://www.w3.org/2005/Atom'><title type='html'>",
			"</title><entry><title type='html'>", "</title><summary type='html'>",
			"</summary><content type='html'>", "</content></entry></feed>" } },
	{ "Atom, XHTML", add_bare,
		{ "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>"
		  "<div xmlns='http://www.w3.org/1999/xhtml'>",
			"</div></content></entry></feed>" } },
	{ "JSON Feed", add_json,
		{ "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"",
			"\",\"items\":[{\"id\":\"1\",\"title\":\"", "\",\"summary\":\"",
			"\",\"content_html\":\"", "\"}]}" } },
};

static void assert_plain(const struct vector *v, const char *where, const char *text)
{
	if (text != NULL && (!text_is_safe(text, strlen(text)) || strpbrk(text, "\n\t") != NULL))
		fail_msg("xss.txt:%d: %s: unsafe text: %s", v->line, where, text);
}

static void check_document(const struct vector *v, const char *where, const struct feed_doc *doc)
{
	assert_plain(v, where, doc->title);
	assert_plain(v, where, doc->description);
	for (size_t i = 0; i < doc->n_entries; i++) {
		const struct feed_entry *e = &doc->entries[i];
		assert_plain(v, where, e->title);
		assert_plain(v, where, e->summary);
		assert_harmless(v, where, e->content_html);
		if (e->url != NULL && text_url_runs_code(e->url, strlen(e->url)))
			fail_msg("xss.txt:%d: %s: the link is %s", v->line, where, e->url);
	}
}

static void test_vectors_in_feeds(void **state)
{
	size_t n_documents = 0;

	(void)state;
	for (size_t i = 0; i < n_vectors; i++)
		for (size_t k = 0; k < N_ELEMENTS(carriers); k++) {
			struct strbuf text = STRBUF_INIT(MIB);
			struct failure fail = { 0 };
			const struct carrier *c = &carriers[k];
			for (size_t p = 0; p < N_ELEMENTS(c->parts) && c->parts[p] != NULL; p++) {
				if (p > 0)
					c->add(&text, &vectors[i]);
				strbuf_addstr(&text, c->parts[p]);
			}
			struct feed_input in = { text.data, text.len, NULL, "https://a.example/" };
			struct feed_doc *doc = feed_parse(&in, &fail);
			if (doc != NULL)
				check_document(&vectors[i], c->name, doc);
			else if (c->add != add_bare && c->add != add_cdata)
				fail_msg("xss.txt:%d: %s: %s", vectors[i].line, c->name,
					fail.detail);
			n_documents += doc != NULL;
			feed_doc_free(doc);
			strbuf_release(&text);
		}
	assert_true(n_documents > n_vectors * (N_ELEMENTS(carriers) - 1));
}

/* The check itself: each of these must be found. */
static void test_the_check_can_fail(void **state)
{
	static const char *const bad[] = { "<script>x</script>", "<p onclick=x>", "<p style=x>",
		"<a href=javascript:x rel='nofollow noopener noreferrer'>", "<a href=x>",
		"<svg></svg>", "<a href='java&#10;script:x' rel='nofollow noopener noreferrer'>",
		"<p id=x>", "<img name=x>", "<img src=data:x>", "<img srcset='x 1x, data:x 2x'>",
		"<!-- x -->", "<x-y></x-y>", "<form></form>", "<template></template>" };
	char fault[256];

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(bad); i++)
		if (fault_in(bad[i], GUMBO_TAG_DIV, fault, sizeof(fault)) == NULL)
			fail_msg("%s is let through", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_check_can_fail),
		cmocka_unit_test(test_vectors_as_they_are),
		cmocka_unit_test(test_vectors_as_text_of_a_feed),
		cmocka_unit_test(test_vectors_inside_others),
		cmocka_unit_test(test_vectors_in_feeds),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, load, unload);
}
