/*
 * One paragraph of standard output: running text behind a label, folded so that all of its lines
 * stand below each other (layout.h). What is given is safe already.
 */
#ifndef COURANT_CLIENT_PARAGRAPH_H
#define COURANT_CLIENT_PARAGRAPH_H

#include "client/layout.h"
#include "client/output.h"

struct paragraph {
	struct output *output;
	struct strbuf text;
	struct layout layout;
};

/* The label (less than LAYOUT_MARKER bytes) stands on the first line, the others are indented by
 * its width. `width`: columns to fill; 0: all on one line. Ended by paragraph_end(), which prints.
 */
void paragraph_begin(struct paragraph *p, struct output *o, const char *label, size_t width);
void paragraph_add(struct paragraph *p, unsigned style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void paragraph_end(struct paragraph *p);
/* A paragraph of one text. */
void paragraph_print(
	struct output *o, const char *label, size_t width, unsigned style, const char *safe);
/* The same of a sentence, as wide as the terminal. */
void paragraph_printf(struct output *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
