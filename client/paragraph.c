#include "client/paragraph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void paragraph_begin(struct paragraph *p, struct output *o, const char *label, size_t width)
{
	char prefix[LAYOUT_MARKER];
	p->output = o;
	strbuf_init(&p->text, LIMIT_CLIENT_OUTPUT);
	snprintf(prefix, sizeof prefix, "%*s", (int)text_width(label, strlen(label)), "");
	layout_init(&p->layout, &p->text, width > 0 ? width : LIMIT_CLIENT_OUTPUT, o->colour);
	layout_push(&p->layout, label, prefix);
}

void paragraph_add(struct paragraph *p, unsigned style, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	va_list ap;
	va_start(ap, format);
	strbuf_vaddf(&text, format, ap);
	va_end(ap);
	layout_style(&p->layout, style);
	layout_text(&p->layout, strbuf_str(&text), text.len);
	layout_style(&p->layout, STYLE_PLAIN);
	strbuf_release(&text);
}

void paragraph_end(struct paragraph *p)
{
	layout_finish(&p->layout);
	output_add(p->output, strbuf_str(&p->text), p->text.len);
	strbuf_release(&p->text);
}

void paragraph_print(
	struct output *o, const char *label, size_t width, unsigned style, const char *safe)
{
	struct paragraph p;
	paragraph_begin(&p, o, label, width);
	paragraph_add(&p, style, "%s", safe);
	paragraph_end(&p);
}

void paragraph_printf(struct output *o, const char *format, ...)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	va_list ap;
	va_start(ap, format);
	strbuf_vaddf(&text, format, ap);
	va_end(ap);
	paragraph_print(o, "", o->columns, STYLE_PLAIN, strbuf_str(&text));
	strbuf_release(&text);
}
