/*
 * The pager: $PAGER split at spaces (never through a shell), or `less` with -FRX unless $LESS says
 * otherwise.
 */
#ifndef COURANT_CLIENT_PAGER_H
#define COURANT_CLIENT_PAGER_H

#include <stdbool.h>
#include <stddef.h>

/* Shows the text and waits until the reader quits. False when no pager could be started: nothing
 * was shown then. PAGER=cat or empty means none. SIGPIPE must be ignored by the caller. */
bool pager_show(const char *text, size_t n);

#endif
