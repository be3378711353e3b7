#include "client/layout.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/text.h"
#include "client/output.h"

#define NARROWEST 20 /* however deep the indentation, a line has room for that */
#define TAB_STOP 8

void layout_init(struct layout *l, struct strbuf *out, size_t width, bool colour)
{
	*l = (struct layout){ .out = out, .width = width, .colour = colour, .empty = true };
	strbuf_init(&l->word, 8 * LIMIT_CONTENT);
}

static size_t levels_in_use(const struct layout *l)
{
	return l->depth < LIMIT_TEXT_LEVELS ? l->depth : LIMIT_TEXT_LEVELS;
}

static void print_style(struct layout *l, struct strbuf *out, unsigned from, unsigned to)
{
	char begin[32];
	if (from == to || !l->colour) {
		return;
	}
	if (from != STYLE_PLAIN) {
		strbuf_addstr(out, STYLE_END);
	}
	strbuf_addstr(out, style_begin(true, to, begin));
}

/* The bar of a quotation goes on through the empty lines in it. */
static void print_blank_line(struct layout *l)
{
	struct strbuf line = STRBUF_INIT(LIMIT_TEXT_LEVELS * LAYOUT_MARKER);
	size_t visible = 0;
	for (size_t i = 0; i < levels_in_use(l) && l->levels[i].marked; i++) {
		strbuf_addstr(&line, l->levels[i].prefix);
		if (strspn(l->levels[i].prefix, " ") < strlen(l->levels[i].prefix)) {
			visible = line.len;
		}
	}
	while (visible > 0 && strbuf_str(&line)[visible - 1] == ' ') {
		visible--;
	}
	strbuf_add(l->out, strbuf_str(&line), visible);
	strbuf_addch(l->out, '\n');
	strbuf_release(&line);
}

static void begin_line(struct layout *l)
{
	if (l->column > 0) {
		return;
	}
	if (l->blank && !l->empty) {
		print_blank_line(l);
	}
	for (size_t i = 0; i < levels_in_use(l); i++) {
		struct layout_level *level = &l->levels[i];
		strbuf_addstr(l->out, level->marked ? level->prefix : level->marker);
		level->marked = true;
		l->column += level->width;
	}
	l->blank = false;
	l->empty = false;
}

/* A style never crosses the end of a line: pagers look at each line alone. */
static void end_line(struct layout *l)
{
	print_style(l, l->out, l->printed, STYLE_PLAIN);
	strbuf_addch(l->out, '\n');
	l->printed = STYLE_PLAIN;
	l->column = 0;
	l->space = false;
}

static size_t indentation(const struct layout *l)
{
	size_t sum = 0;
	for (size_t i = 0; i < levels_in_use(l); i++) {
		sum += l->levels[i].width;
	}
	return sum;
}

size_t layout_room(const struct layout *l)
{
	size_t indent = indentation(l);
	return l->width > indent + NARROWEST ? l->width - indent : NARROWEST;
}

/* Prints the collected word, on a new line when this one has no room. */
static void print_word(struct layout *l)
{
	if (l->word.len == 0) {
		return;
	}
	size_t indent = indentation(l);
	size_t most = indent + layout_room(l);
	bool inside = l->column > indent;
	if (inside && l->column + l->space + l->word_width > most) {
		end_line(l);
		inside = false;
	}
	begin_line(l);
	print_style(l, l->out, l->printed, l->word_begin);
	if (inside && l->space) {
		strbuf_addch(l->out, ' ');
		l->column++;
	}
	strbuf_add(l->out, strbuf_str(&l->word), l->word.len);
	l->printed = l->word_end;
	l->column += l->word_width;
	l->space = false;
	strbuf_clear(&l->word);
	l->word_width = 0;
}

static void add_to_word(struct layout *l, const char *s, size_t n, size_t width)
{
	if (l->word.len == 0) {
		l->word_begin = l->style;
	} else {
		print_style(l, &l->word, l->word_end, l->style);
	}
	l->word_end = l->style;
	strbuf_add(&l->word, s, n);
	l->word_width += width;
}

/* The line may end between wide characters, as in base/fold.h. */
static void add_character(struct layout *l, const char *s, size_t n)
{
	size_t width = text_width(s, n);
	bool wide = width == 2;
	bool closes = wide && fold_closes(s, n);
	if (width > 0 && (wide || l->after_wide) && !closes && !l->glued) {
		print_word(l);
	}
	add_to_word(l, s, n, width);
	if (width > 0) {
		l->after_wide = wide;
	}
	l->glued = fold_opens(s, n);
}

void layout_text(struct layout *l, const char *safe, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = 1;
		if (safe[i] == ' ' || safe[i] == '\n' || safe[i] == '\t') {
			print_word(l);
			l->space = true;
			l->after_wide = false;
			l->glued = false;
		} else {
			utf8_decode(safe + i, n - i, &len);
			add_character(l, safe + i, len);
		}
		i += len;
	}
}

static void add_verbatim_line(struct layout *l, const char *s, size_t n)
{
	begin_line(l);
	print_style(l, l->out, l->printed, l->style);
	l->printed = l->style;
	for (size_t i = 0; i < n;) {
		size_t stop = i;
		while (stop < n && s[stop] != '\t') {
			stop++;
		}
		strbuf_add(l->out, s + i, stop - i);
		l->column += text_width(s + i, stop - i);
		for (size_t k = stop < n ? TAB_STOP - (l->column - indentation(l)) % TAB_STOP : 0;
			k > 0; k--) {
			strbuf_addch(l->out, ' ');
			l->column++;
		}
		i = stop + (stop < n);
	}
}

void layout_verbatim(struct layout *l, const char *safe, size_t n)
{
	const char *end = safe + n;
	print_word(l);
	while (safe < end) {
		const char *lf = memchr(safe, '\n', (size_t)(end - safe));
		const char *stop = lf != NULL ? lf : end;
		if (stop > safe) {
			add_verbatim_line(l, safe, (size_t)(stop - safe));
		}
		if (lf != NULL && (stop > safe || !l->blank)) {
			end_line(l);
		}
		safe = stop + 1;
	}
}

void layout_glue(struct layout *l)
{
	l->glued = true;
}

void layout_style(struct layout *l, unsigned style)
{
	l->style = style;
}

void layout_break(struct layout *l)
{
	print_word(l);
	if (l->column > 0) {
		end_line(l);
	}
	l->space = false;
	l->after_wide = false;
	l->glued = false;
}

void layout_blank(struct layout *l)
{
	layout_break(l);
	size_t used = levels_in_use(l);
	if (used == 0 || l->levels[used - 1].marked) {
		l->blank = true;
	}
}

void layout_push(struct layout *l, const char *marker, const char *prefix)
{
	layout_break(l);
	if (l->depth < LIMIT_TEXT_LEVELS) {
		struct layout_level *level = &l->levels[l->depth];
		size_t width = text_width(marker, strlen(marker)),
		       other = text_width(prefix, strlen(prefix));
		*level = (struct layout_level){ .width = width > other ? width : other };
		snprintf(level->marker, sizeof level->marker, "%s%*s", marker,
			(int)(level->width - width), "");
		snprintf(level->prefix, sizeof level->prefix, "%s%*s", prefix,
			(int)(level->width - other), "");
	}
	l->depth++;
}

void layout_pop(struct layout *l)
{
	layout_break(l);
	assert(l->depth > 0);
	l->depth--;
}

void layout_finish(struct layout *l)
{
	layout_break(l);
	strbuf_release(&l->word);
}
