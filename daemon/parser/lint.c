#include "parser/lint.h"

#include "base/mem.h"
#include "base/text.h"
#include "feed/charset.h"
#include "parser/lint_checks.h"

#include <stdlib.h>

#define DETAIL_COLUMNS 60 /* of what is quoted: the rest of the line has to fit beside it */

const struct lint_rule_info lint_rules[LINT_RULE_COUNT] = {
#define X(id, name, severity, text, remedy) { name, text, remedy, LINT_##severity },
	LINT_RULES(X)
#undef X
};

void lint_find(struct lint *l, enum lint_rule rule, int line, struct span detail)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_URL * 4);
	const char *kept = NULL;

	if (l->n_findings >= LIMIT_FINDINGS) {
		l->n_lost++;
		return;
	}
	if (detail.n > LIMIT_URL)
		detail.n = LIMIT_URL;
	text_safe_line(&safe, detail.s, detail.n);
	if (safe.len > 0) {
		size_t width, fits = text_fit(safe.data, safe.len, DETAIL_COLUMNS, &width);
		if (fits < safe.len) {
			strbuf_truncate(&safe, fits);
			strbuf_addstr(&safe, "\xe2\x80\xa6");
		}
		kept = arena_strndup(&l->outline.arena, safe.data, safe.len);
	}
	strbuf_release(&safe);
	l->findings = xgrow(l->findings, l->n_findings, &l->findings_cap, sizeof(*l->findings));
	l->findings[l->n_findings] =
		(struct lint_finding){ rule, line > 0 ? line : 1, l->n_findings, kept };
	l->n_findings++;
}

const struct outline_node *lint_child(
	const struct lint *l, const struct outline_node *node, const char *name)
{
	return outline_child(node, l->core, name);
}

/* The line that a warning of the reader begins with, which goes; 1 when it names none. */
static int take_line(const char **text)
{
	char *end;

	if (strncmp(*text, "line ", 5) != 0)
		return 1;
	long line = strtol(*text + 5, &end, 10);
	if (end[0] != ':' || end[1] != ' ' || line < 1 || line > INT_MAX)
		return 1;
	*text = end + 2;
	return (int)line;
}

/* The reader's warnings are whole sentences: nothing is cut off them. */
static void find_warning(struct lint *l, enum lint_rule rule, int line, const char *text)
{
	lint_find(l, rule, line, (struct span){ "", 0 });
	if (l->n_lost == 0)
		l->findings[l->n_findings - 1].detail = arena_strdup(&l->outline.arena, text);
}

/* Warnings of the reader for which there is a rule, which says what they begin with. */
static const struct {
	const char *start;
	enum lint_rule rule;
} warnings[] = {
	{ "the XML is broken: ", LINT_BROKEN },
	{ "Namespace prefix ", LINT_UNBOUND_PREFIX },
	{ "the document is ", LINT_CHARSET_WRONG },
	{ "no encoding is declared: ", LINT_CHARSET_MISSING },
};

static void find_reader_warning(struct lint *l, const char *text)
{
	int line = take_line(&text);

	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		size_t n = strlen(warnings[i].start);
		if (strncmp(text, warnings[i].start, n) != 0)
			continue;
		find_warning(l, warnings[i].rule, line, text + n);
		return;
	}
	if (text[0] == '&')
		lint_find(
			l, LINT_ENTITY_UNDECLARED, line, (struct span){ text, strcspn(text, " ") });
	else
		find_warning(l, LINT_REPAIRED, line, text);
}

static void find_reader_warnings(struct lint *l)
{
	for (size_t i = 0; i < l->doc->n_warnings; i++)
		find_reader_warning(l, l->doc->warnings[i]);
}

static void find_failure(struct lint *l, const struct failure *fail)
{
	const char *text = fail->detail[0] != '\0' ? fail->detail : status_text(fail->status);
	bool other = fail->status == STATUS_NOT_A_FEED || fail->status == STATUS_EMPTY;
	int line = take_line(&text);

	find_warning(l, other ? LINT_NOT_A_FEED : LINT_REFUSED, line, text);
}

static void set_family(struct lint *l)
{
	static const struct {
		enum lint_family family;
		unsigned core;
	} families[FEED_FORMAT_COUNT] = {
		[FEED_FORMAT_UNKNOWN] = { LINT_RSS, 1u << NS_NONE },
		[FEED_FORMAT_RSS090] = { LINT_RDF, 1u << NS_RSS090 | 1u << NS_NONE },
		[FEED_FORMAT_RSS091] = { LINT_RSS, 1u << NS_NONE },
		[FEED_FORMAT_RSS092] = { LINT_RSS, 1u << NS_NONE },
		[FEED_FORMAT_RSS10] = { LINT_RDF, 1u << NS_RSS10 | 1u << NS_NONE },
		[FEED_FORMAT_RSS20] = { LINT_RSS, 1u << NS_NONE | 1u << NS_RSS10 },
		[FEED_FORMAT_ATOM03] = { LINT_ATOM, 1u << NS_ATOM03 | 1u << NS_NONE },
		[FEED_FORMAT_ATOM10] = { LINT_ATOM, 1u << NS_ATOM10 | 1u << NS_NONE },
		[FEED_FORMAT_JSON10] = { LINT_JSON, 1u << NS_NONE },
		[FEED_FORMAT_JSON11] = { LINT_JSON, 1u << NS_NONE },
		[FEED_FORMAT_CDF] = { LINT_CDF, 1u << NS_NONE },
	};

	l->family = families[l->doc->format].family;
	l->core = families[l->doc->format].core;
}

static bool is_entry(const struct lint *l, const struct outline_node *n)
{
	const char *name = l->family == LINT_ATOM   ? "entry"
			   : l->family == LINT_JSON ? "items"
						    : "item";

	return l->core & 1u << n->ns && n->name.n == strlen(name) && span_is(n->name, name);
}

/* Entries of the feed, then those beside it (RSS 1.0, and RSS 2.0 by mistake). */
static const struct outline_node **collect_entries(
	struct lint *l, const struct outline_node *feed, size_t *ret_n)
{
	const struct outline_node **list = NULL, *root = l->outline.root;
	size_t cap = 0;

	*ret_n = 0;
	for (const struct outline_node *n = feed->first; n != NULL; n = n->next)
		if (is_entry(l, n)) {
			list = xgrow(list, *ret_n, &cap, sizeof(const struct outline_node *));
			list[(*ret_n)++] = n;
		}
	for (const struct outline_node *n = feed == root ? NULL : root->first; n != NULL;
		n = n->next)
		if (is_entry(l, n)) {
			if (l->family == LINT_RSS)
				lint_find(l, LINT_ENTRY_MISPLACED, n->line, (struct span){ "", 0 });
			list = xgrow(list, *ret_n, &cap, sizeof(const struct outline_node *));
			list[(*ret_n)++] = n;
		}
	return list;
}

static void check_tree(struct lint *l)
{
	const struct outline_node *root = l->outline.root, *feed, **entries;
	size_t n;

	lint_check_document(l, root);
	feed = lint_child(l, root, "channel");
	if (feed == NULL || l->family == LINT_ATOM || l->family == LINT_JSON)
		feed = root;
	lint_check_feed(l, feed);
	lint_check_names(l, root);
	entries = collect_entries(l, feed, &n);
	bool has_author = lint_child(l, feed, "author") != NULL;
	for (size_t i = 0; i < n; i++)
		lint_check_entry(l, entries[i], has_author);
	lint_check_ids(l, entries, n);
	lint_check_podcast(l, feed, entries, n);
	if (n == 0)
		lint_find(l, LINT_FEED_EMPTY, feed->line, (struct span){ "", 0 });
	free(entries);
}

static int by_line(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void print(struct strbuf *out, const char *name, struct lint *l)
{
	static const char *const severities[] = { "error", "warning", "hint" };
	size_t counts[LINT_SEVERITIES] = { 0 };

	if (l->n_findings > 0)
		qsort(l->findings, l->n_findings, sizeof(*l->findings), by_line);
	for (size_t i = 0; i < l->n_findings; i++) {
		const struct lint_finding *f = &l->findings[i];
		const struct lint_rule_info *r = &lint_rules[f->rule];
		counts[r->severity]++;
		strbuf_addf(out, "%s:%d: %s: %s", name, f->line, severities[r->severity], r->text);
		if (f->detail != NULL)
			strbuf_addf(out, ": %s", f->detail);
		strbuf_addf(out, "; %s [%s]\n", r->remedy, r->name);
	}
	if (l->n_lost > 0)
		strbuf_addf(out, "%s: %zu more findings are not shown\n", name, l->n_lost);
	if (l->n_findings == 0) {
		strbuf_addf(out, "%s: nothing found\n", name);
		return;
	}
	strbuf_addf(out, "%s: %zu error%s, %zu warning%s, %zu hint%s\n", name, counts[0],
		counts[0] == 1 ? "" : "s", counts[1], counts[1] == 1 ? "" : "s", counts[2],
		counts[2] == 1 ? "" : "s");
}

/* The document as the reader saw it, as a tree. */
static void check_document(struct lint *l)
{
	struct charset_text text;
	int first_line = 1;

	charset_decode(&text, (struct span){ l->in->bytes, l->in->len }, l->in->content_type);
	struct span t = text.utf8;
	for (; t.n > 0 && ascii_space(t.s[0]); t.s++, t.n--)
		first_line += t.s[0] == '\n';
	set_family(l);
	arena_release(&l->outline.arena);
	if (l->family == LINT_JSON)
		outline_read_json(&l->outline, t, first_line);
	else
		outline_read_xml(&l->outline, t, first_line);
	find_reader_warnings(l);
	if (l->outline.root != NULL)
		check_tree(l);
	strbuf_release(&text.made);
}

size_t lint_document(struct strbuf *out, const char *name, const struct feed_input *in,
	const struct feed_doc *doc, const struct failure *fail, int64_t now)
{
	struct lint l = { .in = in, .doc = doc, .now = now };
	struct strbuf file = STRBUF_INIT(LIMIT_URL);

	arena_init(&l.outline.arena, LIMIT_DOC_ARENA);
	text_safe_line(&file, name, strlen(name));
	if (doc != NULL)
		check_document(&l);
	else
		find_failure(&l, fail);
	size_t n = l.n_findings;
	print(out, strbuf_str(&file), &l);
	free(l.findings);
	outline_release(&l.outline);
	strbuf_release(&file);
	return n;
}
