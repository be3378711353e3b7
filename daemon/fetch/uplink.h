/*
 * Whether anything leads out of this machine. Loop thread; it waits for nothing.
 */
#ifndef COURANT_FETCH_UPLINK_H
#define COURANT_FETCH_UPLINK_H

#include <stdbool.h>

/* The kernel knows a way to addresses elsewhere. Nothing is sent to find out. */
bool uplink_is_there(void);

#endif
