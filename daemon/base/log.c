#include "base/log.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	const char *program;
	enum log_level most;
	bool to_journal;
} logger = { .program = "courant", .most = LOG_LEVEL_INFO };

/* systemd names the stream that it has connected to the journal (systemd.exec(5)). */
static bool is_journal(int fd)
{
	struct stat st;
	char named[64];
	const char *stream = getenv("JOURNAL_STREAM");
	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(named, sizeof(named), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, named) == 0;
}

void log_init(const char *program, enum log_level most)
{
	logger.program = program;
	logger.most = most;
	logger.to_journal = is_journal(STDERR_FILENO);
}

static void log_text(enum log_level level, const char *text, size_t n)
{
	struct strbuf line = STRBUF_INIT(2 * LIMIT_LOG_LINE);
	if (logger.to_journal)
		strbuf_addf(&line, "<%d>", (int)level);
	else
		strbuf_addf(&line, "%s: ", logger.program);
	text_safe_line(&line, text, n);
	strbuf_addch(&line, '\n');
	/* One write a line, so that the lines of several threads and processes do not mix. A log
	 * that cannot be written has nobody to be told. */
	ssize_t written = write(STDERR_FILENO, line.data, line.len);
	(void)written;
	strbuf_release(&line);
}

static void __attribute__((format(printf, 2, 0)))
log_format(enum log_level level, const char *format, va_list ap)
{
	char text[LIMIT_LOG_LINE];
	int n = vsnprintf(text, sizeof text, format, ap);
	if (n < 0)
		return;
	log_text(
		level, text, (size_t)n < sizeof text ? (size_t)n : utf8_cut(text, sizeof text - 1));
}

void log_line(enum log_level level, const char *format, ...)
{
	if (level > logger.most)
		return;
	va_list ap;
	va_start(ap, format);
	log_format(level, format, ap);
	va_end(ap);
}

void log_fatal(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	log_format(LOG_LEVEL_ERR, format, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}
