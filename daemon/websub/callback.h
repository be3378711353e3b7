/*
 * Where hubs reach us: HTTP/1.1 on a TCP socket, libmicrohttpd without a thread on the loop. GET
 * verifies an intent, POST brings content; all else is refused. One request a connection, at most
 * LIMIT_WEBSUB_CONNECTIONS of them, none for longer than LIMIT_WEBSUB_REQUEST_S; a body is taken
 * only for a callback that a hub was told. Whoever calls is a stranger until a signature says
 * otherwise.
 */
#ifndef COURANT_WEBSUB_CALLBACK_H
#define COURANT_WEBSUB_CALLBACK_H

#include "websub/private.h"

/* Binds to websub.listen; NULL with a message. */
struct callback *callback_new(struct websub *w, char *error, size_t size);
void callback_free(struct callback *c); /* NULL is fine */

#endif
