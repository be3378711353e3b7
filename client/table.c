#include "client/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NARROWEST 4 /* a flexible column below that tells nothing */
#define READABLE 12 /* spare columns give way before a flexible one is cut below that */
#define ELLIPSIS "…"

void table_init(struct table *t)
{
	*t = (struct table){ 0 };
}

static void forget_cells(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		free(t->cells[i].text);
	}
	t->n_cells = 0;
}

void table_release(struct table *t)
{
	forget_cells(t);
	free(t->cells);
	*t = (struct table){ 0 };
}

void table_add_column(struct table *t, const struct table_column *column)
{
	assert(t->n_columns < TABLE_COLUMNS && t->n_cells == 0);
	t->columns[t->n_columns++] = *column;
}

void table_add_cell(struct table *t, unsigned style, const char *safe, size_t n)
{
	t->cells = xgrow(t->cells, t->n_cells, &t->cap, sizeof *t->cells);
	t->cells[t->n_cells++] = (struct table_cell){ .text = xstrndup(safe, n), .style = style };
}

static size_t width_of(const char *s)
{
	return text_width(s, strlen(s));
}

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Streams keep their alignment: a column of names has its usual width, whatever comes. */
static bool is_fixed(const struct table_column *c)
{
	return c->usual > 0 && !c->firm;
}

/* What every column would like to have. */
static void natural_widths(const struct table *t, size_t ret[TABLE_COLUMNS])
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *heading = t->columns[i].heading;
		ret[i] = max_size(t->columns[i].usual, heading != NULL ? width_of(heading) : 0);
	}
	assert(t->n_columns > 0 || t->n_cells == 0);
	for (size_t i = 0; i < t->n_cells; i++) {
		size_t column = i % t->n_columns;
		if (!is_fixed(&t->columns[column])) {
			ret[column] = max_size(ret[column], width_of(t->cells[i].text));
		}
	}
}

static size_t sum_of(const size_t *widths, size_t n)
{
	size_t sum = n > 0 ? (n - 1) * TABLE_GAP : 0;
	for (size_t i = 0; i < n; i++) {
		sum += widths[i];
	}
	return sum;
}

/* The sum when no flexible column is wider than `level`. */
static size_t sum_at_level(const struct table *t, const size_t *widths, size_t level)
{
	size_t cut[TABLE_COLUMNS];
	for (size_t i = 0; i < t->n_columns; i++) {
		cut[i] = t->columns[i].firm || widths[i] < level ? widths[i] : level;
	}
	return sum_of(cut, t->n_columns);
}

/* Lowers the flexible columns to the highest common level that fits; the columns left over go to
 * the last ones, where the titles are. */
static void shrink(const struct table *t, size_t total, size_t *widths)
{
	size_t low = NARROWEST, high = NARROWEST;
	for (size_t i = 0; i < t->n_columns; i++) {
		high = max_size(high, widths[i]);
	}
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (sum_at_level(t, widths, middle) <= total) {
			low = middle;
		} else {
			high = middle - 1;
		}
	}
	size_t sum = sum_at_level(t, widths, low);
	for (size_t i = t->n_columns; i-- > 0;) {
		if (!t->columns[i].firm && widths[i] > low) {
			widths[i] = low + (sum < total);
			sum++;
		}
	}
}

void table_widths(const struct table *t, size_t total, size_t ret[TABLE_COLUMNS])
{
	natural_widths(t, ret);
	if (total == 0) {
		return;
	}
	bool fits = sum_of(ret, t->n_columns) <= total;
	for (size_t i = 0; i < t->n_columns; i++) {
		size_t most = max_size(total * t->columns[i].share / 100, NARROWEST);
		if (t->columns[i].share > 0 && ret[i] > most &&
			(!fits || is_fixed(&t->columns[i]))) {
			ret[i] = most;
		}
	}
	if (sum_of(ret, t->n_columns) > total) {
		shrink(t, total, ret);
	}
}

static void add_spaces(struct output *o, size_t n)
{
	static const char spaces[] = "                                ";
	while (n > 0) {
		size_t step = n < sizeof spaces - 1 ? n : sizeof spaces - 1;
		output_add(o, spaces, step);
		n -= step;
	}
}

/* Prints a cell in `width` columns, padded on the proper side; the last column of a row is not
 * padded. */
static void print_cell(struct output *o, const struct table_column *column, const char *text,
	unsigned style, size_t width, bool last)
{
	size_t n = strlen(text), taken = text_width(text, n);
	bool cut = taken > width;
	if (cut) {
		n = width > 0 ? text_fit(text, n, width - 1, &taken) : 0;
		taken = width > 0 ? taken + 1 : 0;
	}
	if (column->right) {
		add_spaces(o, width - taken);
	}
	if (n > 0 || cut) {
		struct strbuf shown = STRBUF_INIT(n + sizeof ELLIPSIS);
		strbuf_add(&shown, text, n);
		strbuf_addstr(&shown, cut && width > 0 ? ELLIPSIS : "");
		output_styled(o, style, strbuf_str(&shown), shown.len);
		strbuf_release(&shown);
	}
	if (!column->right && !last) {
		add_spaces(o, width - taken);
	}
}

/* Whether some column is cut to less than can be read. */
static bool is_crowded(const struct table *t, size_t total)
{
	size_t wanted[TABLE_COLUMNS], widths[TABLE_COLUMNS];
	natural_widths(t, wanted);
	table_widths(t, total, widths);
	for (size_t i = 0; i < t->n_columns; i++) {
		if (widths[i] < wanted[i] && widths[i] < READABLE) {
			return true;
		}
	}
	return total > 0 && sum_of(widths, t->n_columns) > total;
}

static void drop_column(struct table *t, size_t column)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->n_cells; i++) {
		if (i % t->n_columns == column) {
			free(t->cells[i].text);
		} else {
			t->cells[kept++] = t->cells[i];
		}
	}
	t->n_cells = kept;
	t->n_columns--;
	memmove(&t->columns[column], &t->columns[column + 1],
		(t->n_columns - column) * sizeof t->columns[0]);
}

static void drop_spare_columns(struct table *t, size_t total)
{
	for (size_t i = t->n_columns; i-- > 0;) {
		if (t->columns[i].spare && is_crowded(t, total)) {
			drop_column(t, i);
		}
	}
}

/* The columns that fit at all: a terminal too narrow even for the narrowest loses the last ones. */
static size_t columns_that_fit(const struct table *t, const size_t *widths, size_t total)
{
	size_t n = t->n_columns;
	while (total > 0 && n > 1 && sum_of(widths, n) > total) {
		n--;
	}
	return n;
}

static void print_headings(const struct table *t, struct output *o, const size_t *widths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *heading = t->columns[i].heading;
		print_cell(o, &t->columns[i], heading != NULL ? heading : "", STYLE_DIM, widths[i],
			i + 1 == n);
		add_spaces(o, i + 1 < n ? TABLE_GAP : 0);
	}
	output_addstr(o, "\n");
}

/* Without its empty end, so that no line ends with spaces. */
static void print_row(
	const struct table *t, struct output *o, size_t first, const size_t *widths, size_t n)
{
	while (n > 0 && t->cells[first + n - 1].text[0] == '\0') {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		const struct table_cell *cell = &t->cells[first + i];
		print_cell(o, &t->columns[i], cell->text, cell->style, widths[i], i + 1 == n);
		add_spaces(o, i + 1 < n ? TABLE_GAP : 0);
	}
	output_addstr(o, "\n");
}

void table_print(struct table *t, struct output *o, bool headings)
{
	size_t widths[TABLE_COLUMNS];
	drop_spare_columns(t, o->columns);
	table_widths(t, o->columns, widths);
	size_t n = columns_that_fit(t, widths, o->columns);
	if (headings) {
		print_headings(t, o, widths, n);
	}
	for (size_t row = 0; row + t->n_columns <= t->n_cells; row += t->n_columns) {
		print_row(t, o, row, widths, n);
		output_relieve(o);
	}
	forget_cells(t);
}
