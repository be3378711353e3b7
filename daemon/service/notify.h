/*
 * The wire of sd_notify(3): one datagram of KEY=VALUE lines to the socket that $NOTIFY_SOCKET
 * names. Internal to service/, and for tests.
 */
#ifndef COURANT_SERVICE_NOTIFY_H
#define COURANT_SERVICE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A datagram socket connected to `address`, a path or, with '@' first, an abstract name;
 * close-on-exec. -1 when there is no listener or the address is not valid. */
int notify_connect(const char *address);
/* Sends without waiting; a full or vanished receiver is not our trouble: false then. fd -1: false.
 */
bool notify_send(int fd, const char *text);
/* Half the interval of the watchdog in microseconds, from $WATCHDOG_USEC and $WATCHDOG_PID as given
 * (either may be NULL); 0 when there is none, or it is meant for another process. */
uint64_t notify_watchdog_half_us(const char *usec, const char *pid, pid_t self);
/* How many sockets $LISTEN_FDS and $LISTEN_PID as given (either may be NULL) hand over to process
 * `self`. */
int notify_listen_count(const char *fds, const char *pid, pid_t self);

#endif
