/*
 * The one printer of everything that courant lists: rows (JSON objects of the daemon) as a table
 * for people, or as TSV, JSON or JSON lines for scripts, with the fields that were asked for.
 *
 * JSON is what the daemon said, filtered of nothing unless --fields says so. TSV is the raw values,
 * one row a line; tab, line feed and backslash are written \t, \n and \\. A table shows relative
 * times and cuts to the terminal's width.
 */
#ifndef COURANT_CLIENT_PRINTER_H
#define COURANT_CLIENT_PRINTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "client/client.h"
#include "client/table.h"

struct printer;

/* One field of a listing. */
struct column {
	const char *name;    /* as in --fields; NULL ends the table */
	const char *path;    /* where in the row, dotted */
	const char *heading; /* of the table's column, or NULL */
	/* Appends the cell as people see it, safe, on one line, and returns its style; NULL: the
	 * value as it is. */
	unsigned (*cell)(struct strbuf *out, const json_t *row, const struct printer *p);
	bool shown; /* without --fields */
	bool right, firm, spare;
	unsigned share;
	size_t usual;
};

enum format { FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON, FORMAT_JSONL };

struct printer {
	struct output *output;
	int64_t now;
	enum format format;
	bool header;    /* TSV begins with names */
	bool chosen;    /* --fields was given */
	bool streaming; /* rows are printed as they come */
	const struct column *columns[TABLE_COLUMNS];
	size_t n_columns;
	struct table table;
	json_t *rows; /* FORMAT_JSON with fields: collected for one array */
};

/* What the options say; OUTCOME_USAGE after a complaint. printer_release() afterwards in any case.
 */
enum outcome printer_init(struct printer *p, struct client *c);
void printer_release(struct printer *p);
/* Whether --fields names this field. */
bool printer_wants(const struct printer *p, const char *name);
/* One row; with `streaming` it is printed at once. */
void printer_row(struct printer *p, const json_t *row);
/* Prints what is still held back. */
void printer_finish(struct printer *p);
/* A whole answer: the rows are the array `rows` of it (or it itself). Finishes. */
void printer_answer(struct printer *p, const json_t *answer, const json_t *rows);

/* The chosen fields of a row as an object of its own (new reference). */
json_t *printer_chosen(const struct printer *p, const json_t *row);

/* Which format the options choose, for commands that list nothing; complains when they name two. */
enum outcome format_of(const struct invocation *inv, enum format *ret);
/* The value as a line of plain, safe text, as it stands in a cell. */
void value_as_text(struct strbuf *out, const json_t *value);
/* A time as an age; "" when there is none. */
unsigned time_cell(
	struct strbuf *out, const json_t *row, const char *path, const struct printer *p);
/* Prints one JSON value as --json (indented) or --jsonl does. */
void print_json(struct output *o, const json_t *value, enum format format);

#endif
