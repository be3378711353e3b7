#include "client/html_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* ---- reading ---- */

struct reading {
	struct html_table *table;
	struct html_cell *cell; /* the open one, or NULL */
	bool in_row;
};

static bool is_named(const struct html_token *t, const char *name)
{
	return t->len == strlen(name) && memcmp(t->text, name, t->len) == 0;
}

/* Elements that only hold rows, or say how columns look. */
static bool is_scaffolding(const struct html_token *t)
{
	static const char *const names[] = { "tbody", "thead", "tfoot", "colgroup", "col" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (is_named(t, names[i])) {
			return true;
		}
	}
	return false;
}

static bool is_white(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && strchr(" \t\n", s[i]) != NULL) {
		i++;
	}
	return i == n;
}

/* How many columns or rows a cell says that it takes; 0 for what no table has. */
static size_t span_of(const struct html_token *t, const char *name)
{
	struct strbuf value = STRBUF_INIT(32);
	size_t span = 1;
	if (html_attribute(t, name, &value)) {
		long n = value.len < 4 ? strtol(strbuf_str(&value), NULL, 10) : 0;
		span = n >= 1 && n <= LIMIT_TEXT_COLUMNS ? (size_t)n : 0;
	}
	strbuf_release(&value);
	return span;
}

static bool open_cell(struct reading *rd, const struct html_token *t, const char *html)
{
	struct html_table *table = rd->table;
	const struct html_cell *last =
		table->n_cells > 0 ? &table->cells[table->n_cells - 1] : NULL;
	struct html_cell cell = { .element = html_element(t), .html = html, .span = 1 };
	bool caption = is_named(t, "caption");
	if (caption || !rd->in_row) {
		table->n_rows++;
	}
	if (!caption) {
		cell.span = span_of(t, "colspan");
		rd->in_row = true;
	}
	cell.row = table->n_rows - 1;
	cell.column = last != NULL && last->row == cell.row ? last->column + last->span : 0;
	size_t end = cell.column + cell.span;
	if (cell.span == 0 || span_of(t, "rowspan") != 1 || end > LIMIT_TEXT_COLUMNS) {
		return false;
	}
	if (end > table->n_columns) {
		table->n_columns = end;
	}
	strbuf_init(&cell.text, 3 * LIMIT_CONTENT);
	table->cells = xgrow(table->cells, table->n_cells, &table->cap, sizeof *table->cells);
	table->cells[table->n_cells] = cell;
	rd->cell = &table->cells[table->n_cells++];
	return true;
}

/* A tag or a text, which begins at `from` and ends where `after` points; false: no grid. */
static bool take_token(
	struct reading *rd, const struct html_token *t, const char *from, const char *after)
{
	const struct element *e = t->kind != HTML_TEXT ? html_element(t) : NULL;
	bool cell = e != NULL && (e->flow == FLOW_CELL || is_named(t, "caption"));
	bool row = e != NULL && e->flow == FLOW_ROW;
	if (t->kind == HTML_OPEN && e != NULL && e->flow == FLOW_TABLE) {
		return false;
	}
	if (rd->cell != NULL && (cell || row)) {
		rd->cell->n = (size_t)(from - rd->cell->html);
		rd->cell = NULL;
	}
	if (row) {
		rd->in_row = false;
	} else if (cell && t->kind == HTML_OPEN) {
		return open_cell(rd, t, after);
	} else if (rd->cell == NULL && t->kind == HTML_TEXT) {
		return is_white(t->text, t->len);
	}
	return rd->cell != NULL || cell || row || is_scaffolding(t);
}

bool html_table_read(struct html_reader *r, struct html_table *ret)
{
	struct html_reader ahead = *r;
	struct html_token t;
	struct reading rd = { .table = ret };
	const char *from = ahead.at;
	bool grid = true, ended = false;
	*ret = (struct html_table){ 0 };
	while (grid && !ended && html_next(&ahead, &t)) {
		ended = t.kind == HTML_CLOSE && is_named(&t, "table");
		grid = ended ? rd.cell == NULL : take_token(&rd, &t, from, ahead.at);
		from = ahead.at;
	}
	if (grid && ended) {
		*r = ahead;
	} else {
		html_table_release(ret);
	}
	return grid && ended;
}

void html_table_release(struct html_table *t)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		strbuf_release(&t->cells[i].text);
	}
	free(t->cells);
	*t = (struct html_table){ 0 };
}
