/*
 * Where the daemon's socket is, and what to tell a person who cannot reach it.
 */
#ifndef COURANT_CLIENT_SOCKET_PATH_H
#define COURANT_CLIENT_SOCKET_PATH_H

#include <stdbool.h>

#include "client/outcome.h"

#define SOCKET_SYSTEM "/run/courant/courant.sock"

struct socket_path {
	char *path; /* owned */
	const char *
		from; /* what decided: "--socket", "COURANT_SOCKET", or NULL for the usual places */
	bool user;    /* a user's daemon rather than the system's */
};

/* --socket (or NULL), else $COURANT_SOCKET, else, unless we are root, the first that exists of
 * courant/courant.sock below $XDG_RUNTIME_DIR, $XDG_STATE_HOME and ~/.local/state, else the
 * system's.
 */
void socket_path_choose(struct socket_path *ret, const char *option);
void socket_path_release(struct socket_path *p);
/* Whether connect(2) is worth trying: a longer path does not fit sockaddr_un; complains. */
bool socket_path_fits(const struct socket_path *p);
/* Finds out why nobody answers there, says so and what to do: UNREACHABLE or DENIED. */
enum outcome socket_path_explain(const struct socket_path *p);

#endif
