#include "client/html_layout.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/html_element.h"
#include "client/html_table.h"
#include "client/html_token.h"
#include "client/layout.h"
#include "client/output.h"

/* Quotation marks by language, the narrow no-break spaces of French included. */
static const struct quotes {
	const char *language;
	const char *open, *close;
} quotes[] = {
	{ "fr", "«\u202f", "\u202f»" }, { "de", "„", "“" }, { "es", "«", "»" }, { "it", "«", "»" },
	{ "ru", "«", "»" }, { "ja", "「", "」" }, { "", "“", "”" }, /* all others */
};

/* One open element. */
struct frame {
	const struct element *element;
	unsigned style; /* in force around it */
	unsigned link;  /* its number, 0: none */
	int64_t item;   /* of a list: the next number */
	unsigned cells; /* of a row: so many were there already */
};

/* What the whole entry links to, cells of tables included. */
struct links {
	char *urls[LIMIT_PER_ENTRY];
	unsigned n;
};

struct rendering {
	struct html_layout_options options;
	struct layout layout;
	struct html_reader reader;
	const struct quotes *quotes;
	struct links *links;
	struct frame frames[LIMIT_HTML_DEPTH];
	size_t depth;
	unsigned style;
	unsigned pre;   /* open <pre> elements */
	unsigned media; /* open <audio> and <video> elements */
};

static const struct quotes *quotes_of(const char *language)
{
	const struct quotes *q = quotes;
	while (q->language[0] != '\0' && strncmp(q->language, language, strlen(q->language)) != 0) {
		q++;
	}
	return q;
}

static void add_text(struct rendering *r, const char *s)
{
	layout_text(&r->layout, s, strlen(s));
}

static void set_style(struct rendering *r, unsigned style)
{
	r->style = style;
	layout_style(&r->layout, style);
}

/* Text between tags, made safe after its last decoding. */
static void take_text(struct rendering *r, const struct html_token *t)
{
	struct strbuf decoded = STRBUF_INIT(LIMIT_CONTENT), safe = STRBUF_INIT(3 * LIMIT_CONTENT);
	if (r->media > 0) {
		return;
	}
	html_decode(&decoded, t->text, t->len);
	text_safe(&safe, strbuf_str(&decoded), decoded.len);
	if (r->pre > 0) {
		layout_verbatim(&r->layout, strbuf_str(&safe), safe.len);
	} else {
		layout_text(&r->layout, strbuf_str(&safe), safe.len);
	}
	strbuf_release(&decoded);
	strbuf_release(&safe);
}

/* An attribute's value as one safe line; empty when there is none. */
static void safe_attribute(const struct html_token *t, const char *name, struct strbuf *out)
{
	struct strbuf value = STRBUF_INIT(LIMIT_URL);
	html_attribute(t, name, &value);
	text_safe_line(out, strbuf_str(&value), value.len);
	strbuf_release(&value);
}

/* The number of a link in the list at the end, 0 when it is not worth one or the list is full. */
static unsigned number_link(struct rendering *r, const struct html_token *t, const char *attribute)
{
	struct strbuf href = STRBUF_INIT(LIMIT_URL);
	struct links *links = r->links;
	unsigned number = 0;
	safe_attribute(t, attribute, &href);
	const char *url = strbuf_str(&href);
	for (unsigned i = 0; i < links->n && number == 0; i++) {
		number = strcmp(links->urls[i], url) == 0 ? i + 1 : 0;
	}
	if (number == 0 && url[0] != '\0' && url[0] != '#' && links->n < LIMIT_PER_ENTRY) {
		links->urls[links->n++] = xstrdup(url);
		number = links->n;
	}
	strbuf_release(&href);
	return number;
}

static void take_image(struct rendering *r, const struct html_token *t)
{
	struct strbuf alt = STRBUF_INIT(LIMIT_URL), label = STRBUF_INIT(LIMIT_URL + 16);
	unsigned style = r->style;
	safe_attribute(t, "alt", &alt);
	strbuf_addf(&label, alt.len > 0 ? "[image: %s]" : "[image]", strbuf_str(&alt));
	layout_style(&r->layout, style | STYLE_DIM);
	add_text(r, strbuf_str(&label));
	layout_style(&r->layout, style);
	strbuf_release(&alt);
	strbuf_release(&label);
}

static void take_rule(struct rendering *r)
{
	layout_blank(&r->layout);
	for (size_t i = 0; i < 8; i++) {
		add_text(r, "─");
	}
	layout_blank(&r->layout);
}

/* A second <br> in a row leaves an empty line. */
static void take_break(struct rendering *r)
{
	if (r->pre > 0) {
		layout_verbatim(&r->layout, "\n", 1);
	} else if (r->layout.column > 0 || r->layout.word.len > 0) {
		layout_break(&r->layout);
	} else {
		layout_blank(&r->layout);
	}
}

static struct frame *enclosing(struct rendering *r, enum flow a, enum flow b)
{
	for (size_t i = r->depth; i-- > 0;) {
		if (r->frames[i].element->flow == a || r->frames[i].element->flow == b) {
			return &r->frames[i];
		}
	}
	return NULL;
}

static void begin_list(struct rendering *r)
{
	if (enclosing(r, FLOW_BULLETS, FLOW_NUMBERS) != NULL) {
		layout_break(&r->layout);
	} else {
		layout_blank(&r->layout);
	}
}

static int64_t first_number(const struct html_token *t)
{
	struct strbuf start = STRBUF_INIT(32);
	html_attribute(t, "start", &start);
	long n = start.len > 0 && start.len < 7 ? strtol(strbuf_str(&start), NULL, 10) : 1;
	strbuf_release(&start);
	return n;
}

static void begin_item(struct rendering *r)
{
	char marker[LAYOUT_MARKER] = "• ";
	struct frame *list = enclosing(r, FLOW_BULLETS, FLOW_NUMBERS);
	if (list != NULL && list->element->flow == FLOW_NUMBERS) {
		snprintf(marker, sizeof marker, "%" PRId64 ". ", list->item++);
	}
	layout_push(&r->layout, marker, "");
}

/* Of a table that is not aligned. */
static void begin_cell(struct rendering *r)
{
	layout_break(&r->layout);
	if (r->depth > 0) {
		r->frames[r->depth - 1].cells++;
	}
}

/* Where a row has several cells, one below the other, rows are told apart. */
static void end_row(struct rendering *r, const struct frame *row)
{
	if (row->cells > 1) {
		layout_blank(&r->layout);
	} else {
		layout_break(&r->layout);
	}
}

/* What an element's beginning does to the lines; the frame is not yet on the stack. */
static void begin_element(struct rendering *r, struct frame *f, const struct html_token *t)
{
	switch (f->element->flow) {
	case FLOW_BLOCK:
	case FLOW_ROW:
		layout_break(&r->layout);
		break;
	case FLOW_PARAGRAPH:
	case FLOW_TABLE:
		layout_blank(&r->layout);
		break;
	case FLOW_BULLETS:
	case FLOW_NUMBERS:
		begin_list(r);
		f->item = first_number(t);
		break;
	case FLOW_ITEM:
		begin_item(r);
		break;
	case FLOW_QUOTATION:
		layout_blank(&r->layout);
		layout_push(&r->layout, "│ ", "│ ");
		break;
	case FLOW_INDENTED:
		layout_push(&r->layout, "    ", "    ");
		break;
	case FLOW_PRE:
		layout_blank(&r->layout);
		layout_push(&r->layout, "    ", "    ");
		r->pre++;
		break;
	case FLOW_CODE:
		add_text(r, r->pre > 0 ? "" : "`");
		break;
	case FLOW_STRUCK:
		add_text(r, "~");
		break;
	case FLOW_RAISED:
		add_text(r, "^");
		break;
	case FLOW_QUOTE:
		add_text(r, r->quotes->open);
		break;
	case FLOW_MEDIA:
		f->link = number_link(r, t, "src");
		r->media++;
		break;
	case FLOW_LINK:
		f->link = number_link(r, t, "href");
		break;
	case FLOW_CELL:
		begin_cell(r);
		break;
	case FLOW_SOURCE:
	case FLOW_BREAK:
	case FLOW_RULE:
	case FLOW_IMAGE:
	case FLOW_INLINE:
		break;
	}
}

static void end_link(struct rendering *r, unsigned link)
{
	char number[16];
	if (link > 0) {
		snprintf(number, sizeof number, "[%u]", link);
		layout_style(&r->layout, r->style | STYLE_DIM);
		add_text(r, number);
		layout_style(&r->layout, r->style);
	}
}

/* "[video][3]" */
static void end_media(struct rendering *r, const struct frame *f)
{
	r->media--;
	if (r->media == 0) {
		add_text(r, "[");
		add_text(r, f->element->name);
		add_text(r, "]");
		end_link(r, f->link);
	}
}

static void end_element(struct rendering *r, const struct frame *f)
{
	switch (f->element->flow) {
	case FLOW_BLOCK:
	case FLOW_CELL:
		layout_break(&r->layout);
		break;
	case FLOW_PARAGRAPH:
	case FLOW_TABLE:
		layout_blank(&r->layout);
		break;
	case FLOW_ROW:
		end_row(r, f);
		break;
	case FLOW_BULLETS:
	case FLOW_NUMBERS:
		begin_list(r); /* what goes before a list goes after it */
		break;
	case FLOW_ITEM:
	case FLOW_INDENTED:
		layout_pop(&r->layout);
		break;
	case FLOW_PRE:
		r->pre--;
		layout_pop(&r->layout);
		layout_blank(&r->layout);
		break;
	case FLOW_QUOTATION:
		layout_pop(&r->layout);
		layout_blank(&r->layout);
		break;
	case FLOW_CODE:
		add_text(r, r->pre > 0 ? "" : "`");
		break;
	case FLOW_STRUCK:
		add_text(r, "~");
		break;
	case FLOW_QUOTE:
		add_text(r, r->quotes->close);
		break;
	case FLOW_MEDIA:
		end_media(r, f);
		break;
	case FLOW_LINK:
		end_link(r, f->link);
		break;
	case FLOW_RAISED:
	case FLOW_SOURCE:
	case FLOW_BREAK:
	case FLOW_RULE:
	case FLOW_IMAGE:
	case FLOW_INLINE:
		break;
	}
}

/* The first <source> of a medium that names no file itself. */
static void take_source(struct rendering *r, const struct html_token *t)
{
	struct frame *f = enclosing(r, FLOW_MEDIA, FLOW_MEDIA);
	if (f != NULL && f->link == 0) {
		f->link = number_link(r, t, "src");
	}
}

/* Elements without content act at once; false for the others. */
static bool take_empty(struct rendering *r, enum flow flow, const struct html_token *t)
{
	if (flow == FLOW_SOURCE) {
		take_source(r, t);
	} else if (r->media > 0) {
		return flow >= FLOW_BREAK;
	} else if (flow == FLOW_BREAK) {
		take_break(r);
	} else if (flow == FLOW_RULE) {
		take_rule(r);
	} else if (flow == FLOW_IMAGE) {
		take_image(r, t);
	}
	return flow >= FLOW_SOURCE;
}

static void render(struct rendering *r, struct strbuf *out, const char *html, size_t n);

/* A cell is a small page of its own, but for its links. */
static void render_cell(void *arg, const struct html_cell *cell, size_t width, struct strbuf *out)
{
	const struct rendering *r = arg;
	struct rendering *inner = xcalloc(1, sizeof *inner);
	inner->options = r->options;
	inner->options.width = width;
	inner->quotes = r->quotes;
	inner->links = r->links;
	inner->style = r->style | cell->element->style;
	render(inner, out, cell->html, cell->n);
	free(inner);
}

/* The whole table, when its columns can be aligned; nothing is taken otherwise. */
static bool take_table(struct rendering *r)
{
	struct strbuf lines = STRBUF_INIT(8 * LIMIT_CONTENT);
	struct html_reader ahead = r->reader;
	struct html_table table;
	bool aligned = !r->options.loose && html_table_read(&ahead, &table);
	if (aligned) {
		aligned = html_table_align(&table, layout_room(&r->layout), render_cell, r, &lines);
		html_table_release(&table);
	}
	if (aligned) {
		r->reader = ahead;
		layout_blank(&r->layout);
		layout_style(&r->layout, STYLE_PLAIN); /* the lines bring theirs */
		layout_verbatim(&r->layout, strbuf_str(&lines), lines.len);
		layout_style(&r->layout, r->style);
		layout_blank(&r->layout);
	}
	strbuf_release(&lines);
	return aligned;
}

static void take_open(struct rendering *r, const struct html_token *t)
{
	const struct element *e = html_element(t);
	if (e == NULL || take_empty(r, e->flow, t) || r->media > 0 ||
		r->depth == LIMIT_HTML_DEPTH || (e->flow == FLOW_TABLE && take_table(r))) {
		return;
	}
	struct frame f = { .element = e, .style = r->style };
	begin_element(r, &f, t);
	r->frames[r->depth++] = f;
	set_style(r, r->style | e->style);
}

static void pop_frame(struct rendering *r)
{
	struct frame f = r->frames[--r->depth];
	set_style(r, f.style);
	end_element(r, &f);
}

/* Ends the innermost element of that name and what is open in it; nothing when there is none. */
static void take_close(struct rendering *r, const struct html_token *t)
{
	const struct element *e = html_element(t);
	size_t i = r->depth;
	while (i > 0 && r->frames[i - 1].element != e) {
		i--;
	}
	while (i > 0 && r->depth >= i) {
		pop_frame(r);
	}
}

static void render(struct rendering *r, struct strbuf *out, const char *html, size_t n)
{
	struct html_token token;
	layout_init(&r->layout, out, r->options.width, r->options.colour);
	layout_style(&r->layout, r->style);
	r->reader = (struct html_reader){ .at = html, .end = html + n };
	while (html_next(&r->reader, &token)) {
		switch (token.kind) {
		case HTML_TEXT:
			take_text(r, &token);
			break;
		case HTML_OPEN:
			take_open(r, &token);
			break;
		case HTML_CLOSE:
			take_close(r, &token);
			break;
		}
	}
	while (r->depth > 0) {
		pop_frame(r);
	}
	layout_finish(&r->layout);
}

static void print_links(struct strbuf *out, struct links *links)
{
	for (unsigned i = 0; i < links->n; i++) {
		strbuf_addf(out, "[%u] %s\n", i + 1, links->urls[i]);
		free(links->urls[i]);
	}
}

void html_layout(
	struct strbuf *out, const char *html, size_t n, const struct html_layout_options *options)
{
	struct rendering *r = xcalloc(1, sizeof *r);
	struct links links = { .n = 0 };
	size_t before = out->len;
	r->options = *options;
	r->quotes = quotes_of(options->language);
	r->links = &links;
	render(r, out, html, n);
	if (links.n > 0 && out->len > before) {
		strbuf_addch(out, '\n');
	}
	print_links(out, &links);
	free(r);
}
