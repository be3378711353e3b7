/*
 * The command of an `exec:` feed as one URL-like text, which is the feed's key everywhere: "exec:",
 * the absolute path, then each argument behind a space. White space, control characters and '%'
 * inside of them are percent-encoded, so that the text can be taken apart again without a loss and
 * without a shell. Pure.
 */
#ifndef COURANT_CONFIG_COMMAND_H
#define COURANT_CONFIG_COMMAND_H

#include <stdbool.h>

struct strbuf;

/* Whether the text names a command. */
bool command_is(const char *url);
/* Appends the program or the next argument; begins the text when it is empty. False when the
 * maximum of `url` would be passed. */
bool command_add(struct strbuf *url, const char *word) __attribute__((warn_unused_result));
/* The words, NULL-terminated, in one block to be freed; NULL when it is no command, its program is
 * no absolute path or it has more than LIMIT_EXEC_WORDS. */
char **command_words(const char *url) __attribute__((warn_unused_result));

#endif
