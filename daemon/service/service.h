/*
 * The daemon as a service: readiness, status and watchdog messages of sd_notify(3) without
 * libsystemd, and sockets handed over by socket activation (sd_listen_fds(3)). Loop thread only.
 * Without NOTIFY_SOCKET everything here does nothing.
 */
#ifndef COURANT_SERVICE_SERVICE_H
#define COURANT_SERVICE_SERVICE_H

#include <ev.h>

struct service;

struct service *service_new(struct ev_loop *loop);
void service_free(struct service *s);
void service_ready(struct service *s); /* READY=1; from now on the watchdog is fed */
void service_reloading(
	struct service *s); /* RELOADING=1 with MONOTONIC_USEC; end it with service_ready() */
void service_stopping(struct service *s);
/* STATUS=...; sent only when the text differs from the last one. */
void service_status(struct service *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The first socket that systemd handed over, or -1. Its environment is cleared. */
int service_listen_fd(void);

#endif
