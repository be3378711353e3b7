#include "client/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "client/layout.h"
#include "client/output.h"

enum outcome outcome_of_many(unsigned n, unsigned failed, enum outcome worst)
{
	if (failed == 0) {
		return OUTCOME_OK;
	}
	return failed < n ? OUTCOME_PARTLY : worst;
}

bool outcomes_add(struct outcomes *all, enum outcome one)
{
	all->n++;
	if (one != OUTCOME_OK) {
		all->failed++;
		all->worst = one;
	}
	return one != OUTCOME_UNREACHABLE;
}

enum outcome outcomes_sum(const struct outcomes *all)
{
	return all->worst == OUTCOME_UNREACHABLE ? OUTCOME_UNREACHABLE
						 : outcome_of_many(all->n, all->failed, all->worst);
}

void remark_behind(const char *label, const char *safe)
{
	size_t columns = isatty(STDERR_FILENO) ? terminal_columns(STDERR_FILENO) : 0,
	       indent = text_width(label, strlen(label));
	struct strbuf folded = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	char blank[LAYOUT_MARKER];
	struct layout layout;
	if (columns == 0 || indent + text_width(safe, strlen(safe)) <= columns) {
		fprintf(stderr, "%s%s\n", label, safe);
		return;
	}
	snprintf(blank, sizeof blank, "%*s", (int)indent, "");
	layout_init(&layout, &folded, columns, false);
	layout_push(&layout, label, blank);
	layout_text(&layout, safe, strlen(safe));
	layout_finish(&layout);
	fputs(strbuf_str(&folded), stderr);
	strbuf_release(&folded);
}

/* What is said is cut rather than lost: a message may quote a long URL. */
static void say(const char *prefix, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void say(const char *prefix, const char *format, va_list ap)
{
	char raw[LIMIT_LOG_LINE];
	vsnprintf(raw, sizeof raw, format, ap);
	struct strbuf line = STRBUF_INIT(4 * LIMIT_LOG_LINE);
	strbuf_addstr(&line, prefix);
	text_safe_line(&line, raw, strlen(raw));
	remark_behind("", strbuf_str(&line));
	strbuf_release(&line);
}

void complain(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say("courant: ", format, ap);
	va_end(ap);
}

void remark(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say("", format, ap);
	va_end(ap);
}
