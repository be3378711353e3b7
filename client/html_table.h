/*
 * The tables of an entry: which cells stand in which rows (html_table_read), and their texts side
 * by side in aligned columns (html_table_align). Pure.
 */
#ifndef COURANT_CLIENT_HTML_TABLE_H
#define COURANT_CLIENT_HTML_TABLE_H

#include "base/strbuf.h"
#include "client/html_element.h"
#include "client/html_token.h"

struct html_cell {
	const struct element *element; /* <td>, <th>, <caption> */
	const char *html;              /* what is in it, borrowed */
	size_t n;
	size_t row, column;
	size_t span;        /* how many columns */
	struct strbuf text; /* html_table_align(): its lines */
	size_t width;       /* of the longest of them */
};

struct html_table {
	struct html_cell *cells; /* row after row */
	size_t n_cells, cap;
	size_t n_rows, n_columns;
};

/* Renders what is in a cell: lines of at most `width` columns, the last one ended. */
typedef void html_cell_fn(
	void *arg, const struct html_cell *cell, size_t width, struct strbuf *out);

/* Reads the table whose <table> was just read, to behind its </table>. False for what is no grid (a
 * table in a cell, cells over several rows, text outside of cells, too many columns): *r is where
 * it was then, *ret is empty. */
bool html_table_read(struct html_reader *r, struct html_table *ret);
/* Appends the lines of the table to *out, none wider than `room` columns; false when that leaves
 * too little for some column, or when there is one column only. */
bool html_table_align(
	struct html_table *t, size_t room, html_cell_fn *render, void *arg, struct strbuf *out);
void html_table_release(struct html_table *t);

#endif
