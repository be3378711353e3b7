/* courant show: entries as readable text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/age.h"
#include "client/entry_columns.h"
#include "client/entry_text.h"
#include "client/json_get.h"
#include "client/layout.h"
#include "client/marks.h"
#include "client/paragraph.h"
#include "client/revisions.h"
#include "client/api_path.h"

static const struct option_def options[] = {
	{ "read", 'r', NULL, "mark what was shown as read", OPT_READ },
	{ "revisions", 0, NULL, "list when its publisher changed it, and what", OPT_REVISIONS },
	{ "diff", 0, "[=N]", "what the last change was, or what became of revision N", OPT_DIFF },
	{ 0 },
};

/* Lines that break between words; links (`whole`) stay in one piece, to be copied. */
static void print_lines(struct output *o, unsigned style, const struct strbuf *text, bool whole)
{
	struct strbuf lines = STRBUF_INIT(4 * LIMIT_SUMMARY);
	struct layout layout;
	layout_init(&layout, &lines, entry_text_columns(o), o->colour);
	layout_style(&layout, style);
	if (whole) {
		layout_verbatim(&layout, strbuf_str(text), text->len);
	} else {
		layout_text(&layout, strbuf_str(text), text->len);
	}
	layout_finish(&layout);
	output_add(o, strbuf_str(&lines), lines.len);
	strbuf_release(&lines);
}

/* Appends " · text" when there is text. */
static void add_part(struct strbuf *line, const char *text)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_SUMMARY);
	text_safe_line(&safe, text, strlen(text));
	if (safe.len > 0) {
		strbuf_addf(line, "%s%s", line->len > 0 ? " · " : "", strbuf_str(&safe));
	}
	strbuf_release(&safe);
}

static void print_source(struct output *o, const json_t *entry)
{
	struct strbuf line = STRBUF_INIT(4 * LIMIT_SUMMARY);
	char when[AGE_SIZE] = "";
	int64_t published;
	entry_feed(&line, entry);
	if (get_time(entry, "published_at", &published)) {
		age_full(published, when);
	}
	add_part(&line, when);
	add_part(&line, get_text(entry, "author"));
	add_part(&line, get_flag(entry, "starred") ? "★" : "");
	print_lines(o, STYLE_CYAN, &line, false);
	strbuf_release(&line);
}

static void print_header(struct output *o, const json_t *entry)
{
	struct strbuf line = STRBUF_INIT(LIMIT_SUMMARY);
	entry_title(&line, entry);
	print_lines(o, STYLE_BOLD, &line, false);
	print_source(o, entry);
	strbuf_clear(&line);
	value_as_text(&line, get_value(entry, "url"));
	print_lines(o, STYLE_DIM, &line, true);
	strbuf_release(&line);
}

static void print_body(struct output *o, const json_t *entry)
{
	struct strbuf body = STRBUF_INIT(8 * LIMIT_CONTENT);
	struct html_layout_options how = {
		.width = entry_text_columns(o),
		.colour = o->colour,
		.language = get_text(entry, "language"),
	};
	entry_text(&body, entry, &how);
	if (body.len > 0) {
		output_addstr(o, "\n");
		output_add(o, strbuf_str(&body), body.len);
	}
	strbuf_release(&body);
}

static void print_enclosures(struct output *o, const json_t *entry)
{
	size_t i;
	json_t *enclosure;
	json_array_foreach(get_value(entry, "enclosures"), i, enclosure)
	{
		struct strbuf line = STRBUF_INIT(LIMIT_SUMMARY);
		char size[32] = "";
		int64_t bytes = get_number(enclosure, "size");
		if (bytes > 0) {
			snprintf(size, sizeof size, "%.1f MB", (double)bytes / 1e6);
		}
		output_addstr(o, i == 0 ? "\nAttached:\n" : "");
		add_part(&line, get_text(enclosure, "url"));
		add_part(&line, get_text(enclosure, "mime_type"));
		add_part(&line, size);
		output_addf(o, "  %s\n", strbuf_str(&line));
		strbuf_release(&line);
	}
}

static void print_tags(struct output *o, const json_t *entry)
{
	struct strbuf tags = STRBUF_INIT(LIMIT_SUMMARY);
	value_as_text(&tags, get_value(entry, "tags"));
	if (tags.len > 0) {
		output_addstr(o, "\n");
		paragraph_print(o, "Tags: ", o->columns, STYLE_PLAIN, strbuf_str(&tags));
	}
	strbuf_release(&tags);
}

static void print_entry(struct output *o, const json_t *entry, bool first)
{
	if (!first) {
		output_addstr(o, "\n────────\n\n");
	}
	print_header(o, entry);
	print_body(o, entry);
	print_enclosures(o, entry);
	print_tags(o, entry);
	output_relieve(o);
}

static enum outcome show_one(struct client *c, int64_t id, enum format format, bool first)
{
	if (has_option(&c->invocation, OPT_REVISIONS) || has_option(&c->invocation, OPT_DIFF)) {
		return revisions_show(c, id, format, first);
	}
	struct api_path q;
	json_t *entry = NULL;
	api_path_init(&q, "/v1/entries/%" PRId64, id);
	enum outcome outcome = call_get(c, api_path_str(&q), &entry);
	if (outcome == OUTCOME_OK && format == FORMAT_TABLE) {
		print_entry(&c->output, entry, first);
	} else if (outcome == OUTCOME_OK) {
		print_json(&c->output, entry, format);
	}
	json_decref(entry);
	api_path_release(&q);
	return outcome;
}

/* Shows those that exist and keeps their ids; NOT_FOUND when there is none, PARTLY when some are
 * missing. */
static enum outcome show_all(struct client *c, int64_t *ids, enum format format)
{
	size_t shown = 0, n = c->invocation.n_args;
	for (size_t i = 0; i < n; i++) {
		enum outcome outcome = show_one(c, ids[i], format, shown == 0);
		if (outcome == OUTCOME_OK) {
			ids[shown++] = ids[i];
		} else if (outcome != OUTCOME_NOT_FOUND) {
			return outcome;
		}
	}
	if (shown > 0 && has_option(&c->invocation, OPT_READ)) {
		enum outcome outcome = marks_set_status(c, ids, shown, "read");
		if (outcome != OUTCOME_OK) {
			return outcome;
		}
	}
	return outcome_of_many((unsigned)n, (unsigned)(n - shown), OUTCOME_NOT_FOUND);
}

static enum outcome run(struct client *c)
{
	enum format format;
	int64_t *ids = xcalloc(c->invocation.n_args, sizeof *ids);
	enum outcome outcome = format_of(&c->invocation, &format);
	if (outcome == OUTCOME_OK && format == FORMAT_TSV) {
		complain("show prints text or JSON; headlines --tsv --fields lists values");
		outcome = OUTCOME_USAGE;
	}
	if (outcome == OUTCOME_OK && !args_as_ids(&c->invocation, ids)) {
		outcome = OUTCOME_USAGE;
	}
	if (outcome == OUTCOME_OK) {
		outcome = show_all(c, ids, format);
	}
	free(ids);
	return outcome;
}

const struct command cmd_show = {
	.name = "show",
	.synopsis = "ID...",
	.summary = "show entries as text (courant ID does it, too)",
	.about = "With --json each entry is one JSON document, one after the other; with "
		 "--revisions "
		 "or --diff too, the list of what it said before.",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.run = run,
};
