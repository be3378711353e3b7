/*
 * Starting a parser process: with nothing of the daemon's but one end of a socketpair, stderr and a
 * clean environment. Loop thread.
 */
#ifndef COURANT_WORKERS_SPAWN_H
#define COURANT_WORKERS_SPAWN_H

#include <sys/types.h>

struct process {
	pid_t pid; /* not reused before somebody waits for it */
	int pidfd; /* readable when it is dead */
	int fd;    /* our end of the socket, non-blocking */
};

/* Starts `program --worker FD`. Returns 0, or the errno of what failed; nothing is left behind
 * then. All descriptors are close-on-exec. The child gets default signals and an empty mask. */
int spawn_parser(const char *program, struct process *ret_process);

#endif
