#include "client/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/cli.h"
#include "client/pager.h"

#define RELIEVE_AT (64 * KIB)

static const struct style_code {
	enum style style;
	const char *code;
} style_codes[] = {
	{ STYLE_BOLD, "1" },
	{ STYLE_DIM, "2" },
	{ STYLE_ITALIC, "3" },
	{ STYLE_RED, "31" },
	{ STYLE_GREEN, "32" },
	{ STYLE_YELLOW, "33" },
	{ STYLE_CYAN, "36" },
};

/* $COLUMNS and $LINES win over the terminal's own word, as in ls(1) and git(1). */
static size_t size_from_environment(const char *name)
{
	const char *value = getenv(name);
	int64_t n;
	return value != NULL && id_from_word(value, &n) && n <= 10000 ? (size_t)n : 0;
}

static struct winsize size_of(int fd)
{
	struct winsize size = { 0 };
	return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size : (struct winsize){ 0 };
}

size_t terminal_columns(int fd)
{
	size_t columns = size_from_environment("COLUMNS");
	if (columns == 0 && isatty(fd)) {
		columns = size_of(fd).ws_col;
		columns = columns > 0 ? columns : 80;
	}
	return columns;
}

static void measure_terminal(struct output *o)
{
	o->columns = terminal_columns(STDOUT_FILENO);
	o->rows = size_from_environment("LINES");
	if (o->rows == 0 && o->tty) {
		o->rows = size_of(STDOUT_FILENO).ws_row;
		o->rows = o->rows > 0 ? o->rows : 24;
	}
}

static bool terminal_has_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

bool output_init(struct output *o, const char *color, bool no_pager)
{
	*o = (struct output){ .text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT),
		.tty = isatty(STDOUT_FILENO) };
	o->pager = o->tty && !no_pager;
	measure_terminal(o);
	if (color == NULL || strcmp(color, "auto") == 0) {
		o->colour = o->tty && terminal_has_colour();
	} else if (strcmp(color, "always") == 0 || strcmp(color, "never") == 0) {
		o->colour = color[0] == 'a';
	} else {
		complain("--color is auto, always or never, not '%s'", color);
		return false;
	}
	return true;
}

void output_release(struct output *o)
{
	strbuf_release(&o->text);
}

void output_add(struct output *o, const char *safe, size_t n)
{
	if (!o->closed && !strbuf_add(&o->text, safe, n)) {
		complain("there is more to print than courant holds in memory; ask for less");
		o->closed = true;
		o->outcome = OUTCOME_FAILED;
	}
}

void output_addstr(struct output *o, const char *safe)
{
	output_add(o, safe, strlen(safe));
}

void output_addf(struct output *o, const char *format, ...)
{
	struct strbuf s = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	va_list ap;
	va_start(ap, format);
	strbuf_vaddf(&s, format, ap);
	va_end(ap);
	output_add(o, strbuf_str(&s), s.len);
	strbuf_release(&s);
}

const char *style_begin(bool colour, unsigned style, char buf[32])
{
	struct strbuf s = STRBUF_INIT(31);
	buf[0] = '\0';
	if (!colour || style == STYLE_PLAIN) {
		return buf;
	}
	for (size_t i = 0; i < sizeof style_codes / sizeof style_codes[0]; i++) {
		if (style & style_codes[i].style) {
			strbuf_addf(&s, "%s%s", s.len > 0 ? ";" : "\033[", style_codes[i].code);
		}
	}
	strbuf_addch(&s, 'm');
	memcpy(buf, strbuf_str(&s), s.len + 1);
	strbuf_release(&s);
	return buf;
}

void output_styled(struct output *o, unsigned style, const char *safe, size_t n)
{
	char begin[32];
	style_begin(o->colour, style, begin);
	output_addstr(o, begin);
	output_add(o, safe, n);
	if (begin[0] != '\0') {
		output_addstr(o, STYLE_END);
	}
}

/* The reader of a pipe may leave when it has seen enough: that ends courant quietly. */
static void write_failed(struct output *o, int error)
{
	o->closed = true;
	if (error != EPIPE) {
		complain("cannot write the output: %s", strerror(error));
		o->outcome = OUTCOME_FAILED;
	}
}

void output_flush(struct output *o)
{
	const char *at = strbuf_str(&o->text);
	size_t left = o->text.len;
	while (left > 0 && !o->closed) {
		ssize_t n = write(STDOUT_FILENO, at, left);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			write_failed(o, errno);
			break;
		}
		at += n;
		left -= (size_t)n;
		o->written = true;
	}
	strbuf_clear(&o->text);
}

void output_relieve(struct output *o)
{
	if (!o->pager && o->text.len >= RELIEVE_AT) {
		output_flush(o);
	}
}

/* Long lines take several rows. Escape sequences count as text: a pager too many shows a short text
 * just so. */
static bool fits_terminal(const struct output *o)
{
	size_t rows = 0;
	const char *at = strbuf_str(&o->text);
	while (rows < o->rows && *at != '\0') {
		size_t n = strcspn(at, "\n");
		rows += 1 + (n > o->columns ? (text_width(at, n) - 1) / o->columns : 0);
		at += n + (at[n] == '\n');
	}
	return rows < o->rows;
}

enum outcome output_finish(struct output *o)
{
	bool shown = false;
	if (o->pager && !o->written && !o->closed && !fits_terminal(o)) {
		shown = pager_show(strbuf_str(&o->text), o->text.len);
	}
	if (shown) {
		strbuf_clear(&o->text);
	}
	output_flush(o);
	/* Some file systems report a full disk only now. */
	if (!o->closed && close(STDOUT_FILENO) != 0 && errno != EBADF) {
		write_failed(o, errno);
	}
	return o->outcome;
}
