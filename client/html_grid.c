/* html_table_align(): the widths of a table's columns, and its cells' lines side by side. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/html_table.h"

#define READABLE 20 /* columns; a cell's text is not folded to less */
#define BORDER " │ "
#define BORDER_WIDTH 3

/* Columns that a line takes: what begins and ends its styles takes none. */
static size_t width_of(const char *line, size_t n)
{
	size_t width = 0;
	for (size_t i = 0; i < n;) {
		const char *escape = memchr(line + i, '\033', n - i);
		size_t stop = escape != NULL ? (size_t)(escape - line) : n;
		width += text_width(line + i, stop - i);
		while (stop < n && line[stop] != 'm') {
			stop++;
		}
		i = stop + 1;
	}
	return width;
}

static void render_cell(struct html_cell *cell, size_t width, html_cell_fn *render, void *arg)
{
	strbuf_clear(&cell->text);
	render(arg, cell, width, &cell->text);
	cell->width = 0;
	for (const char *s = strbuf_str(&cell->text); *s != '\0';) {
		size_t n = strcspn(s, "\n"), taken = width_of(s, n);
		cell->width = taken > cell->width ? taken : cell->width;
		s += n + (s[n] == '\n');
	}
}

static bool is_alone(const struct html_table *t, size_t i)
{
	size_t row = t->cells[i].row;
	return (i == 0 || t->cells[i - 1].row != row) &&
	       (i + 1 == t->n_cells || t->cells[i + 1].row != row);
}

/* Columns of the terminal that columns of the table take, with the borders between them; those in
 * which nothing stands take none. */
static size_t sum_of(const size_t *widths, size_t n)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		sum += widths[i] + (sum > 0 && widths[i] > 0 ? BORDER_WIDTH : 0);
	}
	return sum;
}

static size_t room_of(const struct html_cell *cell, const size_t *widths)
{
	return sum_of(widths + cell->column, cell->span);
}

/* What every column would like to have, within `room`. What stands alone in its row stands across
 * the table. */
static void natural_widths(const struct html_table *t, size_t room, size_t *widths)
{
	memset(widths, 0, t->n_columns * sizeof *widths);
	for (size_t i = 0; i < t->n_cells; i++) {
		const struct html_cell *cell = &t->cells[i];
		size_t wanted = cell->width < room ? cell->width : room;
		if (cell->span == 1 && !is_alone(t, i) && wanted > widths[cell->column]) {
			widths[cell->column] = wanted;
		}
	}
	for (size_t i = 0; i < t->n_cells; i++) {
		const struct html_cell *cell = &t->cells[i];
		size_t wanted = cell->width < room ? cell->width : room;
		size_t has = room_of(cell, widths);
		if (cell->span > 1 && !is_alone(t, i) && wanted > has) {
			widths[cell->column + cell->span - 1] += wanted - has;
		}
	}
}

/* Takes from the widest column what is too much; false when one would become too narrow. */
static bool fit_widths(size_t *widths, size_t n, size_t room)
{
	while (sum_of(widths, n) > room) {
		size_t widest = 0;
		for (size_t i = 1; i < n; i++) {
			widest = widths[i] > widths[widest] ? i : widest;
		}
		if (widths[widest] <= READABLE) {
			return false;
		}
		widths[widest]--;
	}
	return true;
}

/* The next line of each of the cells of a row, up to the last that has any left; false when none
 * has. */
static bool add_line(const struct html_cell *cells, size_t n, const char **at, const size_t *widths,
	struct strbuf *out)
{
	size_t wanted = 0, column = 0; /* without the borders */
	while (n > 0 && *at[n - 1] == '\0') {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(at[i], "\n"), room = room_of(&cells[i], widths);
		if (room > 0) {
			strbuf_addf(
				out, "%*s%s", (int)(wanted - column), "", wanted > 0 ? BORDER : "");
			strbuf_add(out, at[i], len);
			column = wanted + width_of(at[i], len);
			wanted += room;
		}
		at[i] += len + (at[i][len] == '\n');
	}
	while (n > 0 && out->len > 0 && out->data[out->len - 1] == ' ') {
		strbuf_truncate(out, out->len - 1);
	}
	strbuf_addstr(out, n > 0 ? "\n" : "");
	return n > 0;
}

static void add_row(
	const struct html_cell *cells, size_t n, const size_t *widths, struct strbuf *out)
{
	const char *at[LIMIT_TEXT_COLUMNS];
	for (size_t i = 0; i < n; i++) {
		at[i] = strbuf_str(&cells[i].text);
	}
	while (add_line(cells, n, at, widths, out)) {
	}
}

/* Below the headings. */
static void add_rule(const struct html_table *t, const size_t *widths, struct strbuf *out)
{
	bool first = true;
	for (size_t i = 0; i < t->n_columns; i++) {
		strbuf_addstr(out, widths[i] > 0 && !first ? "─┼─" : "");
		for (size_t n = widths[i]; n > 0; n--) {
			strbuf_addstr(out, "─");
		}
		first &= widths[i] == 0;
	}
	strbuf_addch(out, '\n');
}

static bool are_headings(const struct html_cell *cells, size_t n)
{
	size_t i = 0;
	while (i < n && strcmp(cells[i].element->name, "th") == 0) {
		i++;
	}
	return n > 1 && i == n;
}

static void add_rows(const struct html_table *t, const size_t *widths, struct strbuf *out)
{
	bool ruled = false;
	for (size_t i = 0, n; i < t->n_cells; i += n) {
		const struct html_cell *cells = &t->cells[i];
		n = 1;
		while (i + n < t->n_cells && cells[n].row == cells->row) {
			n++;
		}
		if (n == 1) {
			strbuf_add(out, cells->text.data, cells->text.len);
		} else {
			add_row(cells, n, widths, out);
		}
		if (!ruled && i + n < t->n_cells && are_headings(cells, n)) {
			add_rule(t, widths, out);
			ruled = true;
		}
	}
}

static size_t count_columns(const size_t *widths, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		count += widths[i] > 0;
	}
	return count;
}

/* Folds the cells that are wider than their room; wide characters hang over, and so there is a
 * second try. */
static bool fold_cells(
	struct html_table *t, const size_t *widths, size_t room, html_cell_fn *render, void *arg)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		struct html_cell *cell = &t->cells[i];
		size_t most = is_alone(t, i) ? room : room_of(cell, widths);
		for (size_t less = 0; less <= 2 && less < most && cell->width > most; less += 2) {
			render_cell(cell, most - less, render, arg);
		}
		if (cell->width > most) {
			return false;
		}
	}
	return true;
}

bool html_table_align(
	struct html_table *t, size_t room, html_cell_fn *render, void *arg, struct strbuf *out)
{
	size_t widths[LIMIT_TEXT_COLUMNS];
	for (size_t i = 0; i < t->n_cells; i++) {
		render_cell(&t->cells[i], 8 * (size_t)LIMIT_CONTENT, render, arg);
	}
	natural_widths(t, room, widths);
	if (count_columns(widths, t->n_columns) < 2 || !fit_widths(widths, t->n_columns, room) ||
		!fold_cells(t, widths, room, render, arg)) {
		return false;
	}
	add_rows(t, widths, out);
	return true;
}
