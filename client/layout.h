/*
 * Filling lines with running text: words, indented levels with markers (bullets, quotation bars),
 * blank lines between blocks, styles that survive line breaks. Text given here is safe already.
 * Pure.
 */
#ifndef COURANT_CLIENT_LAYOUT_H
#define COURANT_CLIENT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "base/strbuf.h"

#define LAYOUT_MARKER 32 /* bytes of a level's prefix: "1000000. ", an option with its value */

struct layout_level {
	char marker[LAYOUT_MARKER]; /* on the first line */
	char prefix[LAYOUT_MARKER]; /* on the others, as wide */
	size_t width;
	bool marked; /* the marker was printed */
};

struct layout {
	struct strbuf *out;
	size_t width; /* columns of a line */
	bool colour;
	struct layout_level levels[LIMIT_TEXT_LEVELS];
	size_t depth; /* may exceed the array: deeper levels are not indented */
	struct strbuf word;
	size_t word_width;
	size_t column; /* 0: the line has not begun */
	bool space;    /* white space came before the word */
	bool blank;    /* an empty line goes before the next text */
	bool empty;    /* nothing was printed yet */
	bool glued;    /* no line break before the next character: it follows an opening bracket, a
			  joiner */
	bool after_wide; /* the last character was a wide one, after which a line may end */
	unsigned style;  /* of what comes (enum style) */
	unsigned word_begin, word_end; /* styles in force around the collected word */
	unsigned printed;              /* in force at the end of what was printed */
};

void layout_init(struct layout *l, struct strbuf *out, size_t width, bool colour);
/* Ends the last line and frees what the layout holds. */
void layout_finish(struct layout *l);
/* Running text: white space is collapsed, but not no-break spaces. */
void layout_text(struct layout *l, const char *safe, size_t n);
/* The next character stands on the line of the last one, though one of them is wide. */
void layout_glue(struct layout *l);
/* Text as it stands, line by line. */
void layout_verbatim(struct layout *l, const char *safe, size_t n);
/* The columns that a line has for text, behind the indentation. */
size_t layout_room(const struct layout *l);
void layout_style(struct layout *l, unsigned style);
/* Ends the line, if it began. */
void layout_break(struct layout *l);
/* Ends the line and leaves an empty one before what follows; not between a marker and its first
 * line. */
void layout_blank(struct layout *l);
/* A level of indentation: marker on its first line, prefix on the others (both safe; padded to the
 * same width). */
void layout_push(struct layout *l, const char *marker, const char *prefix);
void layout_pop(struct layout *l);

#endif
