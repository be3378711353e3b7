/*
 * How courant ends: the exit codes of courant(1), and the one way to tell a person what went wrong.
 */
#ifndef COURANT_CLIENT_OUTCOME_H
#define COURANT_CLIENT_OUTCOME_H

#include <stdbool.h>

enum outcome {
	OUTCOME_OK = 0,
	OUTCOME_FAILED = 1,      /* the daemon refused, or something here failed */
	OUTCOME_USAGE = 2,       /* the command line is not valid */
	OUTCOME_UNREACHABLE = 3, /* no daemon behind the socket, or it went away */
	OUTCOME_NOT_FOUND = 4,   /* no such entry, feed or digest */
	OUTCOME_DENIED = 5,      /* the socket, a file or a declared feed may not be touched */
	OUTCOME_PARTLY = 6,      /* some of what was asked for was done */
};

/* Of n things, `failed` ended badly, the last of them as `worst`: all, some or none. */
enum outcome outcome_of_many(unsigned n, unsigned failed, enum outcome worst);

/* How several things of one command went, one after the other; starts as zeros. */
struct outcomes {
	unsigned n, failed;
	enum outcome worst; /* the last that was not OK */
};
/* Counts one; false when the daemon is gone, so that the rest is not worth trying. */
bool outcomes_add(struct outcomes *all, enum outcome one);
enum outcome outcomes_sum(const struct outcomes *all);

/* One line "courant: ..." on stderr, which a terminal gets folded between words; control characters
 * and bidi overrides never get through. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what is no error: a hint, a note. Nothing is written when stderr is closed. */
void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A safe line on stderr behind a label (less than LAYOUT_MARKER bytes); on a terminal the lines
 * after the first stand below its text. */
void remark_behind(const char *label, const char *safe);

#endif
