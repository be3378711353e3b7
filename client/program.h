/*
 * A program that the environment names, as $PAGER and $BROWSER do: split at spaces, never through a
 * shell.
 */
#ifndef COURANT_CLIENT_PROGRAM_H
#define COURANT_CLIENT_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#define PROGRAM_WORDS 16
#define PROGRAM_NOT_STARTED 127 /* as in sh(1) */

struct program {
	char *line;                     /* owned; what the words point into */
	char *words[PROGRAM_WORDS + 2]; /* ends with NULL; has room for one argument more */
	size_t n;
};

/* `otherwise` where the variable is not set. */
void program_init(struct program *p, const char *variable, const char *otherwise);
void program_release(struct program *p);
/* In a child: becomes the program, with the SIGPIPE that every program expects. */
void program_become(const struct program *p) __attribute__((noreturn));
/* Waits for a child; its exit code, 0 when a signal ended it. */
int program_wait(pid_t pid);

#endif
