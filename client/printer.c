#include "client/printer.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/age.h"
#include "client/json_get.h"
#include "client/suggest.h"

#define WIDE_TERMINAL 100 /* from here on "yesterday" has room for its hour */

enum outcome format_of(const struct invocation *inv, enum format *ret)
{
	int n = has_option(inv, OPT_JSON) + has_option(inv, OPT_JSONL) + has_option(inv, OPT_TSV);
	if (n > 1) {
		complain("choose one of --json, --jsonl, --tsv");
		return OUTCOME_USAGE;
	}
	*ret = has_option(inv, OPT_JSON)    ? FORMAT_JSON
	       : has_option(inv, OPT_JSONL) ? FORMAT_JSONL
	       : has_option(inv, OPT_TSV)   ? FORMAT_TSV
					    : FORMAT_TABLE;
	return OUTCOME_OK;
}

static enum outcome choose_field(struct printer *p, const struct column *columns, const char *name,
	size_t n, const char *command)
{
	char word[64];
	snprintf(word, sizeof word, "%.*s", (int)n, name);
	struct suggestion best = suggest_for(word);
	for (const struct column *c = columns; c->name != NULL; c++) {
		if (strcmp(c->name, word) == 0 && p->n_columns < TABLE_COLUMNS) {
			p->columns[p->n_columns++] = c;
			return OUTCOME_OK;
		}
		suggest_consider(&best, c->name);
	}
	if (best.nearest != NULL && p->n_columns < TABLE_COLUMNS) {
		complain("there is no field '%s'; did you mean '%s'?", word, best.nearest);
	} else {
		complain("there is no field '%s'; see courant help %s", word, command);
	}
	return OUTCOME_USAGE;
}

static enum outcome choose_fields(
	struct printer *p, const struct command *command, const char *list)
{
	enum outcome outcome = OUTCOME_OK;
	for (const char *at = list; outcome == OUTCOME_OK;) {
		size_t n = strcspn(at, ",");
		outcome = choose_field(p, command->columns, at, n < 63 ? n : 63, command->name);
		if (at[n] == '\0') {
			break;
		}
		at += n + 1;
	}
	return outcome;
}

static void add_table_columns(struct printer *p)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		const struct column *c = p->columns[i];
		struct table_column column = {
			.heading = p->chosen && c->heading == NULL ? c->name : c->heading,
			.right = c->right,
			.firm = c->firm,
			.spare = c->spare,
			.share = c->share,
			.usual = c->usual,
		};
		table_add_column(&p->table, &column);
	}
}

enum outcome printer_init(struct printer *p, struct client *c)
{
	const struct invocation *inv = &c->invocation;
	const char *fields = inv->option[OPT_FIELDS];
	*p = (struct printer){
		.output = &c->output, .now = c->now, .header = has_option(inv, OPT_HEADER)
	};
	table_init(&p->table);
	enum outcome outcome = format_of(inv, &p->format);
	if (outcome == OUTCOME_OK && fields != NULL) {
		p->chosen = true;
		outcome = choose_fields(p, inv->command, fields);
	}
	for (const struct column *col = inv->command->columns; fields == NULL && col->name != NULL;
		col++) {
		if (col->shown) {
			p->columns[p->n_columns++] = col;
		}
	}
	add_table_columns(p);
	return outcome;
}

void printer_release(struct printer *p)
{
	table_release(&p->table);
	json_decref(p->rows);
	p->rows = NULL;
}

bool printer_wants(const struct printer *p, const char *name)
{
	for (size_t i = 0; p->chosen && i < p->n_columns; i++) {
		if (strcmp(p->columns[i]->name, name) == 0) {
			return true;
		}
	}
	return false;
}

void print_json(struct output *o, const json_t *value, enum format format)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	json_add_safe(&text, value, format == FORMAT_JSON ? JSON_INDENT(2) : JSON_COMPACT);
	strbuf_addch(&text, '\n');
	output_add(o, strbuf_str(&text), text.len);
	strbuf_release(&text);
	output_relieve(o);
}

/* A value as text, not yet safe: what stands in TSV, and in a cell once it is safe. */
static void value_raw(struct strbuf *out, const json_t *value, const char *separator)
{
	size_t i;
	json_t *element;
	switch (value != NULL ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		strbuf_add(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_ARRAY:
		json_array_foreach(value, i, element)
		{
			strbuf_addstr(out, i > 0 ? separator : "");
			value_raw(out, element, separator);
		}
		break;
	case JSON_NULL:
		break;
	case JSON_OBJECT:
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
		json_add_safe(out, value, JSON_COMPACT);
		break;
	}
}

void value_as_text(struct strbuf *out, const json_t *value)
{
	struct strbuf raw = STRBUF_INIT(LIMIT_CLIENT_EVENT);
	value_raw(&raw, value, ", ");
	text_safe_line(out, strbuf_str(&raw), raw.len);
	strbuf_release(&raw);
}

unsigned time_cell(struct strbuf *out, const json_t *row, const char *path, const struct printer *p)
{
	int64_t t;
	char age[AGE_SIZE];
	bool brief = p->output->columns > 0 && p->output->columns < WIDE_TERMINAL;
	if (get_time(row, path, &t)) {
		strbuf_addstr(out, age_format(t, p->now, brief, age));
	}
	return STYLE_DIM;
}

static void table_row(struct printer *p, const json_t *row)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_EVENT);
	for (size_t i = 0; i < p->n_columns; i++) {
		const struct column *c = p->columns[i];
		unsigned style = STYLE_PLAIN;
		strbuf_clear(&text);
		if (c->cell != NULL) {
			style = c->cell(&text, row, p);
		} else {
			value_as_text(&text, get_value(row, c->path));
		}
		table_add_cell(&p->table, style, strbuf_str(&text), text.len);
	}
	strbuf_release(&text);
	if (p->streaming) {
		table_print(&p->table, p->output, false);
	}
}

static void add_tsv(struct strbuf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '\t':
			strbuf_addstr(out, "\\t");
			break;
		case '\n':
			strbuf_addstr(out, "\\n");
			break;
		case '\\':
			strbuf_addstr(out, "\\\\");
			break;
		default:
			strbuf_addch(out, s[i]);
		}
	}
}

static void tsv_header(struct printer *p)
{
	for (size_t i = 0; p->header && i < p->n_columns; i++) {
		output_addf(
			p->output, "%s%s", p->columns[i]->name, i + 1 < p->n_columns ? "\t" : "\n");
	}
	p->header = false;
}

static void tsv_row(struct printer *p, const json_t *row)
{
	struct strbuf raw = STRBUF_INIT(LIMIT_CLIENT_EVENT),
		      safe = STRBUF_INIT(3 * LIMIT_CLIENT_EVENT),
		      line = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	tsv_header(p);
	for (size_t i = 0; i < p->n_columns; i++) {
		strbuf_clear(&raw);
		strbuf_clear(&safe);
		value_raw(&raw, get_value(row, p->columns[i]->path), ",");
		text_safe(&safe, strbuf_str(&raw), raw.len);
		add_tsv(&line, strbuf_str(&safe), safe.len);
		strbuf_addch(&line, i + 1 < p->n_columns ? '\t' : '\n');
	}
	output_add(p->output, strbuf_str(&line), line.len);
	strbuf_release(&raw);
	strbuf_release(&safe);
	strbuf_release(&line);
	output_relieve(p->output);
}

json_t *printer_chosen(const struct printer *p, const json_t *row)
{
	json_t *ret = json_object();
	for (size_t i = 0; i < p->n_columns; i++) {
		const json_t *value = get_value(row, p->columns[i]->path);
		json_object_set_new(ret, p->columns[i]->name,
			value != NULL ? json_deep_copy(value) : json_null());
	}
	return ret;
}

static void jsonl_row(struct printer *p, const json_t *row)
{
	json_t *chosen = p->chosen ? printer_chosen(p, row) : NULL;
	print_json(p->output, chosen != NULL ? chosen : row, FORMAT_JSONL);
	json_decref(chosen);
}

void printer_row(struct printer *p, const json_t *row)
{
	switch (p->format) {
	case FORMAT_TABLE:
		table_row(p, row);
		break;
	case FORMAT_TSV:
		tsv_row(p, row);
		break;
	case FORMAT_JSONL:
		jsonl_row(p, row);
		break;
	case FORMAT_JSON:
		if (p->rows == NULL) {
			p->rows = json_array();
		}
		json_array_append_new(
			p->rows, p->chosen ? printer_chosen(p, row) : json_deep_copy(row));
		break;
	}
}

static bool has_headings(const struct printer *p)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		if (p->table.columns[i].heading != NULL) {
			return true;
		}
	}
	return false;
}

void printer_finish(struct printer *p)
{
	if (p->format == FORMAT_TSV) {
		tsv_header(p);
	} else if (p->format == FORMAT_JSON && p->rows != NULL) {
		print_json(p->output, p->rows, FORMAT_JSON);
	} else if (p->format == FORMAT_TABLE && p->table.n_cells > 0) {
		table_print(&p->table, p->output, has_headings(p));
	}
}

void printer_answer(struct printer *p, const json_t *answer, const json_t *rows)
{
	size_t i;
	json_t *row;
	if (p->format == FORMAT_JSON && !p->chosen) {
		print_json(p->output, answer, FORMAT_JSON);
		return;
	}
	if (p->format == FORMAT_JSON) {
		p->rows = json_array();
	}
	json_array_foreach(rows, i, row)
	{
		printer_row(p, row);
	}
	printer_finish(p);
}
