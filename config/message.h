/*
 * What the reader of courant.conf has to say: errors and warnings, gathered while files are read,
 * told once, in the order of files and lines. Internal to config/.
 */
#ifndef COURANT_CONFIG_MESSAGE_H
#define COURANT_CONFIG_MESSAGE_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Where something stands. */
struct conf_place {
	const char *file; /* NULL: nowhere, the message is about the whole */
	unsigned number;  /* of the file, in the order they were read */
	int line;         /* 0: the file as a whole */
};

struct conf_message {
	struct conf_place place;
	size_t order; /* among messages about one line */
	bool error;
	char *text; /* safe, on one line */
};

struct conf_messages {
	struct conf_message *list;
	size_t n, cap;
	size_t n_errors; /* those past LIMIT_CONF_MESSAGES included */
};

void conf_messages_release(struct conf_messages *m);
void conf_error(struct conf_messages *m, const struct conf_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void conf_warning(struct conf_messages *m, const struct conf_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Whether there is an error from place->line to line `to` of its file. */
bool conf_messages_any(const struct conf_messages *m, const struct conf_place *place, int to);
/* Appends the errors, or when there is none the warnings, a line each: "courant.conf:12: text". */
void conf_messages_tell(struct conf_messages *m, struct strbuf *out);

#endif
