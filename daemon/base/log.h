/*
 * Log lines on stderr: with the `<N>` priority prefix of sd-daemon(3) where they go to the journal,
 * anywhere else with the program's name. One line a call; control characters, bidi overrides and
 * invalid UTF-8 never get through. Any thread. Low-level code returns its errors; the one who
 * decides logs, once.
 */
#ifndef COURANT_BASE_LOG_H
#define COURANT_BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

void log_init(const char *program, enum log_level most); /* lines above `most` are dropped */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The host cannot serve us (a missing directory, a port taken): says so and exits with 1. */
void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
