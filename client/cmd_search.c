/* courant search: the entries that have certain words, with the place where they have them. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/age.h"
#include "client/entry_columns.h"
#include "client/entry_list.h"
#include "client/html_token.h"
#include "client/json_get.h"
#include "client/paragraph.h"

#define USUAL_COUNT 10 /* three lines each */
#define INDENT "        "

static const struct option_def options[] = {
	{ "limit", 'n', "N", "print at most N entries (10)", OPT_LIMIT },
	{ "newest", 0, NULL, "newest first instead of the best first", OPT_NEWEST },
	{ 0 },
};

/* The words of the command line are one query, as if they had been typed in a line. */
static enum outcome ask(struct client *c, const struct printer *p, struct api_path *q)
{
	const struct invocation *inv = &c->invocation;
	struct strbuf words = STRBUF_INIT(4 * LIMIT_SEARCH_QUERY);
	for (size_t i = 0; i < inv->n_args; i++) {
		strbuf_addf(&words, "%s%s", i == 0 ? "" : " ", inv->args[i]);
	}
	api_path_add(q, "search", strbuf_str(&words));
	strbuf_release(&words);
	if (has_option(inv, OPT_NEWEST)) {
		api_path_add(q, "order", "id");
		api_path_add(q, "direction", "desc");
	}
	if (!printer_wants(p, "content")) {
		api_path_add(q, "content", "0");
	}
	return OUTCOME_OK;
}

/* ---- for people ---- */

/* A snippet is text in which <mark> stands around what matched. */
static void add_snippet(struct paragraph *p, const char *snippet)
{
	struct html_reader reader = { snippet, snippet + strlen(snippet) };
	struct html_token token;
	struct strbuf text = STRBUF_INIT(LIMIT_SUMMARY), safe = STRBUF_INIT(LIMIT_SUMMARY);
	unsigned style = STYLE_PLAIN;
	while (html_next(&reader, &token)) {
		if (token.kind != HTML_TEXT) {
			style = token.kind == HTML_OPEN ? STYLE_BOLD | STYLE_YELLOW : STYLE_PLAIN;
			continue;
		}
		strbuf_clear(&text);
		strbuf_clear(&safe);
		html_decode(&text, token.text, token.len);
		text_safe(&safe, strbuf_str(&text), text.len);
		paragraph_add(p, style, "%s", strbuf_str(&safe));
	}
	strbuf_release(&text);
	strbuf_release(&safe);
}

static void print_title(struct output *o, const json_t *entry)
{
	struct strbuf line = STRBUF_INIT(LIMIT_TITLE * 4);
	char number[LAYOUT_MARKER];
	bool unread = strcmp(get_text(entry, "status"), "unread") == 0;
	snprintf(number, sizeof number, "%7" PRId64 " ", get_number(entry, "id"));
	entry_title(&line, entry);
	paragraph_print(
		o, number, o->columns, unread ? STYLE_BOLD : STYLE_PLAIN, strbuf_str(&line));
	strbuf_release(&line);
}

static void print_source(struct output *o, const json_t *entry, int64_t now)
{
	struct strbuf feed = STRBUF_INIT(LIMIT_TITLE * 4);
	struct paragraph p;
	char age[AGE_SIZE];
	int64_t published = now;
	(void)get_time(entry, "published_at", &published);
	entry_feed(&feed, entry);
	paragraph_begin(&p, o, INDENT, o->columns);
	paragraph_add(&p, STYLE_CYAN, "%s", strbuf_str(&feed));
	paragraph_add(&p, STYLE_PLAIN, ", %s", age_format(published, now, false, age));
	paragraph_end(&p);
	strbuf_release(&feed);
}

static void print_snippet(struct output *o, const char *snippet)
{
	struct paragraph p;
	paragraph_begin(&p, o, INDENT, o->columns);
	add_snippet(&p, snippet);
	paragraph_end(&p);
}

static void print_entry(struct client *c, const json_t *entry)
{
	struct output *o = &c->output;
	const char *snippet = get_text(entry, "snippet");
	print_title(o, entry);
	print_source(o, entry, c->now);
	if (snippet[0] != '\0') {
		print_snippet(o, snippet);
	}
}

static void print_count(
	struct output *o, size_t n, const char *which, int64_t total, const char *rest)
{
	struct paragraph p;
	paragraph_begin(&p, o, "", o->columns);
	paragraph_add(&p, STYLE_PLAIN, "%zu of %s%" PRId64 "%s", n, which, total, rest);
	paragraph_end(&p);
}

static void print_for_people(struct client *c, const json_t *answer)
{
	const json_t *entries = get_value(answer, "entries"), *entry;
	int64_t total = get_number(answer, "total");
	size_t i, n = json_array_size(entries);
	json_array_foreach(entries, i, entry)
	{
		print_entry(c, entry);
	}
	if (n == 0) {
		remark("nothing found");
	} else if (get_flag(answer, "total_is_least")) {
		print_count(&c->output, n, "the newest ", total,
			" that match (-n N shows more, before:DATE older ones)");
	} else if ((int64_t)n < total) {
		print_count(&c->output, n, "", total, " (courant search -n N shows more)");
	}
}

static void print(struct client *c, struct printer *p, const json_t *answer)
{
	if (p->format == FORMAT_TABLE && !p->chosen) {
		print_for_people(c, answer);
	} else {
		printer_answer(p, answer, get_value(answer, "entries"));
	}
}

static enum outcome run(struct client *c)
{
	static const struct entry_list list = { USUAL_COUNT, LIMIT_SEARCH_MATCHES, ask, print };
	return entry_list_run(c, &list);
}

const struct command cmd_search = {
	.name = "search",
	.synopsis = "WORD...",
	.summary = "find entries by their words",
	.about = "All words must be there, however they are written: \"etats unis\" finds "
		 "États-Unis. "
		 "\"exact phrase\" in quotes of its own, begin*, -without (after --, or in one "
		 "quoted argument); feed:, category:, author:, title:, before:2026-11, after:7d, "
		 "is:unread, is:starred narrow it.",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.columns = headline_columns,
	.run = run,
};
