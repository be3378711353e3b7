/*
 * The system calls that a parser makes once everything is open; all others kill the process with
 * SIGSYS. Called by parser/sandbox.c only.
 */
#ifndef COURANT_PARSER_SECCOMP_H
#define COURANT_PARSER_SECCOMP_H

#include <stdbool.h>

/* Whether a sanitizer with a shadow of the memory is built in: it takes terabytes of address space,
 * and makes calls of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Loads the filter; false when the kernel has none. Everything before it must be done. */
bool seccomp_close(void);

#endif
