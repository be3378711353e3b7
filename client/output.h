/*
 * Standard output: collected in memory, then written straight, or through a pager when it is longer
 * than the terminal. Knows what the terminal can do. Everything added here must have passed
 * base/text.h already.
 */
#ifndef COURANT_CLIENT_OUTPUT_H
#define COURANT_CLIENT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "client/outcome.h"

/* Styles combine; without colour none of them shows. */
enum style {
	STYLE_PLAIN = 0,
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_ITALIC = 4,
	STYLE_RED = 8,
	STYLE_GREEN = 16,
	STYLE_YELLOW = 32,
	STYLE_CYAN = 64,
};

struct output {
	struct strbuf text; /* not yet written */
	bool tty;           /* standard output is a terminal */
	bool colour;
	bool pager;           /* may start one */
	bool written;         /* something went out already: too late for a pager */
	bool closed;          /* the reader went away, or writing failed: the rest is dropped */
	enum outcome outcome; /* FAILED once writing failed (a full disk); a reader that went away
				 is no failure */
	size_t columns;       /* 0: no limit (not a terminal, COLUMNS not set) */
	size_t rows;
};

/* color is the value of --color or NULL; false when it is none of auto, always, never. */
bool output_init(struct output *o, const char *color, bool no_pager);
void output_release(struct output *o);

/* $COLUMNS, else the terminal's; 0: no limit, this is none. */
size_t terminal_columns(int fd);

void output_add(struct output *o, const char *safe, size_t n);
void output_addstr(struct output *o, const char *safe);
void output_addf(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The escape sequence that begins a style, "" when there is nothing to begin; then STYLE_END. */
const char *style_begin(bool colour, unsigned style, char buf[32]);
#define STYLE_END "\033[0m"
void output_styled(struct output *o, unsigned style, const char *safe, size_t n);

/* Writes what was collected, if it is much and no pager may want it; for loops over many rows. */
void output_relieve(struct output *o);
/* Writes everything now, without a pager: for streams. */
void output_flush(struct output *o);
/* Writes everything, through the pager when it does not fit the terminal. Says what failed; the
 * outcome of writing. */
enum outcome output_finish(struct output *o);

#endif
