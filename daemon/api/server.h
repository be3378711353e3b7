/*
 * libmicrohttpd on the loop: no thread of its own, its epoll descriptor in one ev_io, its timeouts
 * in one ev_timer. Loop thread only. For the files of api/ alone.
 */
#ifndef COURANT_API_SERVER_H
#define COURANT_API_SERVER_H

#include "api/api.h"
#include "api/request.h"
#include "api/stream.h"

#include <ev.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct api {
	struct api_options options; /* conf: the present snapshot */
	struct MHD_Daemon *daemon;
	ev_io io;                      /* on libmicrohttpd's epoll descriptor: all of its sockets */
	ev_timer timer;                /* its next timeout */
	LIST_HEAD(, request) requests; /* those that have a connection */
	struct streams streams;
	int64_t started; /* UTC seconds */
	bool draining;
};

/* Lets a suspended connection go on, once the loop has run what is pending now. */
void server_resume(struct api *a, struct MHD_Connection *connection);

#endif
