#include "client/revisions.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/age.h"
#include "client/api_path.h"
#include "client/entry_columns.h"
#include "client/entry_text.h"
#include "client/json_get.h"
#include "client/layout.h"
#include "client/paragraph.h"
#include "client/word_diff.h"

/* The version that came after revision i: the next one, or what the entry says now. */
static const json_t *successor(const json_t *revisions, size_t i, const json_t *entry)
{
	const json_t *next = json_array_get(revisions, i + 1);
	return next != NULL ? next : entry;
}

/* ---- counting ---- */

struct tally {
	size_t gone, come;
};

static size_t count(const struct word *words, size_t n)
{
	size_t counted = 0;
	for (size_t i = 0; i < n; i++) {
		counted += !words[i].line;
	}
	return counted;
}

static void tally_run(void *arg, enum change change, const struct word *words, size_t n)
{
	struct tally *t = arg;
	if (change == CHANGE_OLD) {
		t->gone += count(words, n);
	} else if (change == CHANGE_NEW) {
		t->come += count(words, n);
	}
}

static void compare(
	const struct strbuf *before, const struct strbuf *after, diff_fn *each, void *arg)
{
	struct words a = { 0 }, b = { 0 };
	words_cut(&a, strbuf_str(before), before->len);
	words_cut(&b, strbuf_str(after), after->len);
	word_diff(&a, &b, each, arg);
	words_release(&a);
	words_release(&b);
}

/* ---- the list ---- */

static void add_change(struct strbuf *out, const char *what)
{
	strbuf_addf(out, "%s%s", out->len > 0 ? ", " : "", what);
}

static bool differ(const json_t *a, const json_t *b, const char *path)
{
	return strcmp(get_text(a, path), get_text(b, path)) != 0;
}

static void add_text_change(struct strbuf *out, const json_t *before, const json_t *after)
{
	struct strbuf a = STRBUF_INIT(8 * LIMIT_CONTENT), b = STRBUF_INIT(8 * LIMIT_CONTENT);
	struct tally t = { 0 };
	entry_text_lines(&a, before);
	entry_text_lines(&b, after);
	compare(&a, &b, tally_run, &t);
	if (t.gone > 0 || t.come > 0) {
		add_change(out, "text");
		strbuf_addf(out, " (-%zu +%zu words)", t.gone, t.come);
	} else {
		add_change(out, "markup");
	}
	strbuf_release(&a);
	strbuf_release(&b);
}

static bool is_whole(const json_t *version)
{
	return !json_is_false(get_value(version, "whole"));
}

/* What changed from one version to the next, in words. */
static void describe(struct strbuf *out, const json_t *before, const json_t *after)
{
	if (differ(before, after, "title")) {
		add_change(out, "title");
	}
	if (differ(before, after, "author")) {
		add_change(out, "author");
	}
	if (!is_whole(before) || !is_whole(after)) {
		add_change(out, "text (too long to be kept)");
	} else if (differ(before, after, "content") || differ(before, after, "summary")) {
		add_text_change(out, before, after);
	}
	if (differ(before, after, "url")) {
		add_change(out, "link");
	}
	if (get_number(before, "alike") > 0) {
		strbuf_addf(out, "; %" PRId64 " more times in numbers only",
			get_number(before, "alike"));
	}
}

static void add_cell(struct table *t, unsigned style, const struct strbuf *text)
{
	table_add_cell(t, style, strbuf_str(text), text->len);
}

static void list_one(struct table *t, const json_t *before, const json_t *after, int64_t now)
{
	struct strbuf cell = STRBUF_INIT(8 * LIMIT_TITLE);
	char age[AGE_SIZE] = "";
	int64_t replaced = 0;
	strbuf_addf(&cell, "%" PRId64, get_number(before, "number"));
	add_cell(t, STYLE_DIM, &cell);
	if (get_time(before, "replaced_at", &replaced)) {
		age_format(replaced, now, false, age);
	}
	table_add_cell(t, STYLE_PLAIN, age, strlen(age));
	strbuf_clear(&cell);
	describe(&cell, before, after);
	add_cell(t, STYLE_PLAIN, &cell);
	strbuf_clear(&cell);
	entry_title(&cell, before);
	add_cell(t, STYLE_DIM, &cell);
	strbuf_release(&cell);
}

static void print_list(struct client *c, const json_t *revisions, const json_t *entry)
{
	static const struct table_column columns[] = {
		{ .heading = "no", .right = true, .firm = true },
		{ .heading = "changed", .firm = true }, { .heading = "what" },
		{ .heading = "title before", .share = 50 }
	};
	struct table table;
	table_init(&table);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		table_add_column(&table, &columns[i]);
	}
	for (size_t i = 0; i < json_array_size(revisions); i++) {
		list_one(&table, json_array_get(revisions, i), successor(revisions, i, entry),
			c->now);
	}
	table_print(&table, &c->output, true);
	table_release(&table);
}

/* ---- the difference ---- */

static void draw_line_end(struct layout *l, const struct word *word)
{
	if (word->len > 1) {
		layout_blank(l);
	} else {
		layout_break(l);
	}
}

static const struct {
	const char *begin, *end;
	unsigned style;
} marks[] = {
	[CHANGE_NONE] = { "", "", STYLE_PLAIN },
	[CHANGE_OLD] = { "[-", "-]", STYLE_RED },
	[CHANGE_NEW] = { "{+", "+}", STYLE_GREEN },
};

/* Words of one line, marked; the space before the first stands outside of the mark. */
static void draw_words(struct layout *l, enum change change, const struct word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (words[i].space) {
			layout_text(l, " ", 1);
		}
		if (i == 0) {
			layout_style(l, marks[change].style);
			layout_text(l, marks[change].begin, strlen(marks[change].begin));
			if (change != CHANGE_NONE) {
				layout_glue(l);
			}
		}
		layout_text(l, words[i].text, words[i].len);
	}
	if (change != CHANGE_NONE) {
		layout_glue(l);
	}
	layout_text(l, marks[change].end, strlen(marks[change].end));
	layout_style(l, STYLE_PLAIN);
}

/* A line end that went is not drawn, or what came in its place would stand apart. */
static void draw_run(void *arg, enum change change, const struct word *words, size_t n)
{
	struct layout *l = arg;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && !words[end].line; end++)
			;
		if (end > i) {
			draw_words(l, change, &words[i], end - i);
		}
		for (; end < n && words[end].line; end++) {
			if (change != CHANGE_OLD || end + 1 < n) {
				draw_line_end(l, &words[end]);
			}
		}
	}
}

static void draw(struct client *c, const struct strbuf *before, const struct strbuf *after)
{
	struct strbuf lines = STRBUF_INIT(8 * LIMIT_CONTENT);
	struct layout layout;
	layout_init(&layout, &lines, entry_text_columns(&c->output), c->output.colour);
	compare(before, after, draw_run, &layout);
	layout_finish(&layout);
	output_add(&c->output, strbuf_str(&lines), lines.len);
	strbuf_release(&lines);
}

static void draw_field(struct client *c, const char *label, const json_t *before,
	const json_t *after, const char *path)
{
	struct strbuf a = STRBUF_INIT(LIMIT_SUMMARY), b = STRBUF_INIT(LIMIT_SUMMARY);
	strbuf_addstr(&a, label);
	strbuf_addstr(&b, label);
	value_as_text(&a, get_value(before, path));
	value_as_text(&b, get_value(after, path));
	draw(c, &a, &b);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void print_heading(struct client *c, const json_t *before)
{
	char when[AGE_SIZE] = "";
	struct paragraph line;
	int64_t replaced;
	if (get_time(before, "replaced_at", &replaced)) {
		age_full(replaced, when);
	}
	paragraph_begin(&line, &c->output, "", entry_text_columns(&c->output));
	paragraph_add(&line, STYLE_DIM, "Revision ");
	paragraph_add(
		&line, STYLE_PLAIN, "%" PRId64 ", changed %s", get_number(before, "number"), when);
	paragraph_end(&line);
}

static void print_diff(struct client *c, const json_t *before, const json_t *after)
{
	struct strbuf a = STRBUF_INIT(8 * LIMIT_CONTENT), b = STRBUF_INIT(8 * LIMIT_CONTENT);
	print_heading(c, before);
	draw_field(c, "", before, after, "title");
	if (differ(before, after, "author")) {
		draw_field(c, "By ", before, after, "author");
	}
	if (differ(before, after, "url")) {
		draw_field(c, "", before, after, "url");
	}
	output_addstr(&c->output, "\n");
	if (is_whole(before) && is_whole(after)) {
		entry_text_lines(&a, before);
		entry_text_lines(&b, after);
		draw(c, &a, &b);
	} else {
		output_addstr(&c->output, "(its text was too long to be kept)\n");
	}
	strbuf_release(&a);
	strbuf_release(&b);
}

/* The place of the revision that --diff names, or the last one; -1 after a complaint. */
static int64_t chosen(struct client *c, int64_t id, const json_t *revisions)
{
	const char *word = c->invocation.option[OPT_DIFF];
	int64_t number, n = (int64_t)json_array_size(revisions);
	if (word[0] == '\0') {
		return n - 1;
	}
	for (int64_t i = 0; id_from_word(word, &number) && i < n; i++) {
		if (get_number(json_array_get(revisions, (size_t)i), "number") == number) {
			return i;
		}
	}
	complain("entry %" PRId64 " has no revision %s; courant show %" PRId64
		 " --revisions lists them",
		id, word, id);
	return -1;
}

/* ---- */

static enum outcome print_all(
	struct client *c, int64_t id, const json_t *entry, const json_t *revisions)
{
	if (json_array_size(revisions) == 0) {
		paragraph_printf(
			&c->output, "Entry %" PRId64 " was not changed since it was stored.", id);
		return OUTCOME_OK;
	}
	if (has_option(&c->invocation, OPT_REVISIONS)) {
		print_list(c, revisions, entry);
	}
	if (!has_option(&c->invocation, OPT_DIFF)) {
		return OUTCOME_OK;
	}
	int64_t i = chosen(c, id, revisions);
	if (i < 0) {
		return OUTCOME_NOT_FOUND;
	}
	if (has_option(&c->invocation, OPT_REVISIONS)) {
		output_addstr(&c->output, "\n");
	}
	print_diff(c, json_array_get(revisions, (size_t)i), successor(revisions, (size_t)i, entry));
	return OUTCOME_OK;
}

enum outcome revisions_show(struct client *c, int64_t id, enum format format, bool first)
{
	struct api_path q;
	json_t *entry = NULL, *revisions = NULL;
	api_path_init(&q, "/v1/entries/%" PRId64, id);
	enum outcome outcome = call_get(c, api_path_str(&q), &entry);
	api_path_release(&q);
	if (outcome == OUTCOME_OK) {
		api_path_init(&q, "/v1/entries/%" PRId64 "/revisions", id);
		outcome = call_get(c, api_path_str(&q), &revisions);
		api_path_release(&q);
	}
	if (outcome == OUTCOME_OK && format != FORMAT_TABLE) {
		print_json(&c->output, revisions, format);
	} else if (outcome == OUTCOME_OK) {
		output_addstr(&c->output, first ? "" : "\n────────\n\n");
		outcome = print_all(c, id, entry, revisions);
	}
	json_decref(entry);
	json_decref(revisions);
	output_relieve(&c->output);
	return outcome;
}
