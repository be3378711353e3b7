/*
 * An address to listen on, as the configuration writes it: "127.0.0.1:8090", "[::1]:8090"; port 0
 * is one that the system chooses. Pure.
 */
#ifndef COURANT_CONFIG_LISTEN_H
#define COURANT_CONFIG_LISTEN_H

#include <sys/socket.h>

/* Fills *ret; its length, 0 for what is none. */
socklen_t conf_listen_address(const char *text, struct sockaddr_storage *ret);
/* What to write instead of a text that is none; NULL when it is one. */
const char *conf_listen_problem(const char *text);

#endif
