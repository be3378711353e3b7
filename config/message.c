#include "config/message.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void conf_messages_release(struct conf_messages *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->list[i].text);
	free(m->list);
	*m = (struct conf_messages){ 0 };
}

__attribute__((format(printf, 4, 0))) static void add(struct conf_messages *m,
	const struct conf_place *place, bool error, const char *format, va_list ap)
{
	struct strbuf raw = STRBUF_INIT(64 * KIB), safe = STRBUF_INIT(64 * KIB);

	m->n_errors += error;
	if (m->n == 2 * LIMIT_CONF_MESSAGES)
		return;
	strbuf_vaddf(&raw, format, ap);
	text_safe_line(&safe, strbuf_str(&raw), raw.len);
	m->list = xgrow(m->list, m->n, &m->cap, sizeof(*m->list));
	m->list[m->n] = (struct conf_message){
		.place = *place, .order = m->n, .error = error, .text = strbuf_take(&safe, NULL)
	};
	m->n++;
	strbuf_release(&raw);
}

void conf_error(struct conf_messages *m, const struct conf_place *place, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(m, place, true, format, ap);
	va_end(ap);
}

void conf_warning(struct conf_messages *m, const struct conf_place *place, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(m, place, false, format, ap);
	va_end(ap);
}

bool conf_messages_any(const struct conf_messages *m, const struct conf_place *place, int to)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct conf_message *message = &m->list[i];
		if (message->error && message->place.number == place->number &&
			message->place.line >= place->line && message->place.line <= to)
			return true;
	}
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct conf_message *x = a, *y = b;

	if (x->place.number != y->place.number)
		return x->place.number < y->place.number ? -1 : 1;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void tell_place(const struct conf_place *place, struct strbuf *out)
{
	if (place->file == NULL)
		return;
	text_safe_line(out, place->file, strlen(place->file));
	if (place->line > 0)
		strbuf_addf(out, ":%d", place->line);
	strbuf_addstr(out, ": ");
}

void conf_messages_tell(struct conf_messages *m, struct strbuf *out)
{
	const bool errors = m->n_errors > 0;
	size_t told = 0, left = 0;

	if (m->n > 0)
		qsort(m->list, m->n, sizeof(*m->list), by_place);
	for (size_t i = 0; i < m->n; i++) {
		if (m->list[i].error != errors)
			continue;
		if (told == LIMIT_CONF_MESSAGES) {
			left++;
			continue;
		}
		tell_place(&m->list[i].place, out);
		strbuf_addf(out, "%s\n", m->list[i].text);
		told++;
	}
	if (errors)
		left = m->n_errors - told;
	if (left > 0)
		strbuf_addf(out, "and %zu more\n", left);
}
