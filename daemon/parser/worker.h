/*
 * courant-parse as the daemon's worker (`courant-parse --worker FD`): closes the sandbox, says so,
 * and answers one job after the other until the daemon hangs up. One thread. It holds nothing
 * between two jobs, so a job never sees the one before it.
 */
#ifndef COURANT_PARSER_WORKER_H
#define COURANT_PARSER_WORKER_H

#include <stdbool.h>

/*
 * Serves the socket `fd` (stream, blocking; everything above stderr but it is closed). Returns what
 * the program exits with: 0 when the daemon hung up, 1 when it broke the protocol of wire/frame.h.
 * `misdeeds` obeys FRAME_MISDEED: tests only. Dies with the thread that started it
 * (PR_SET_PDEATHSIG).
 */
int worker_main(int fd, bool misdeeds);

#endif
