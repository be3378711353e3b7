/*
 * Landlock (landlock(7)): the process gives up every path, and what else the kernel's version of it
 * can take away. There is no library for it; these are the raw system calls. Called by
 * parser/sandbox.c only.
 */
#ifndef COURANT_PARSER_LANDLOCK_H
#define COURANT_PARSER_LANDLOCK_H

#include <stdint.h>

/* Denies all that the kernel's ABI knows. Returns that ABI, or 0 when the kernel cannot do it.
 * Needs no_new_privs, and a file descriptor for a moment. */
uint8_t landlock_deny_all(void);

#endif
