/*
 * A table for people, fitted to the terminal's width: columns take what they need, then the wide
 * ones give way, and what does not fit is cut with an ellipsis. Cells are safe single lines
 * (text_safe_line). Pure.
 */
#ifndef COURANT_CLIENT_TABLE_H
#define COURANT_CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/output.h"

#define TABLE_COLUMNS 32 /* more fields than any row has */
#define TABLE_GAP 2      /* spaces between columns */

struct table_column {
	const char *heading; /* or NULL; a line of headings is printed when any column has one */
	bool right;          /* numbers */
	bool firm;           /* never narrower than its cells: ids, ages */
	bool spare;          /* left out where the others would be cut too much; not in streams */
	unsigned share;      /* most percent of the terminal's width; 0: no limit */
	size_t usual; /* > 0, in streams: the least width of a firm column, the width of any other
		       */
};

struct table_cell {
	char *text; /* owned */
	unsigned style;
};

struct table {
	struct table_column columns[TABLE_COLUMNS];
	size_t n_columns;
	struct table_cell *cells; /* row after row */
	size_t n_cells, cap;
};

void table_init(struct table *t);
void table_release(struct table *t);
/* All columns before the first cell. */
void table_add_column(struct table *t, const struct table_column *column);
/* The next cell, left to right. */
void table_add_cell(struct table *t, unsigned style, const char *safe, size_t n);
/* The width of each column within `total` columns (0: no limit). */
void table_widths(const struct table *t, size_t total, size_t ret[TABLE_COLUMNS]);
/* Prints all complete rows, `headings` first when wanted, and forgets them, and the spare columns
 * for which there was no room. */
void table_print(struct table *t, struct output *o, bool headings);

#endif
