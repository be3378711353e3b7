/*
 * HTTP on the Unix socket: libmicrohttpd driven by the loop. Requests that need the database are
 * suspended while a reader thread works or the writer commits. Routes and their contract:
 * docs/api.md. Loop thread only.
 */
#ifndef COURANT_API_API_H
#define COURANT_API_API_H

#include "care/care.h"
#include "db/query.h"
#include "digest/digest.h"
#include "refresh/refresh.h"
#include "websub/websub.h"

#include <ev.h>

struct api;

struct api_options {
	struct ev_loop *loop;
	int listen_fd; /* bound and listening, non-blocking; closed by api_free() */
	struct store *store;
	struct readers *readers;
	struct refresher *refresher;
	struct websub *websub;
	struct digester *digester;
	struct care *care;
	struct fetcher *fetcher;
	struct workers *workers;
	const struct conf *conf;
};

struct api *api_new(const struct api_options *options, char *error, size_t size);
/* New entries up to this id are committed: followers are told. */
void api_published(struct api *a, int64_t last_entry_id);
void api_reload(struct api *a, const struct conf *conf);
/* Ends all streams and refuses new requests; running ones finish. From now on no work is given to
 * the readers, nor to the store but for what a running reader step is there for. */
void api_drain(struct api *a);
/* Answers requests that still wait with `unavailable` and closes the socket. What they wait for may
 * come back before or after: it finds nobody waiting. NULL is fine. */
void api_free(struct api *a);

/* Binds a Unix socket and listens. Its mode is `mode` from the first moment it is seen, whatever
 * the umask; a stale socket is replaced without a gap; a live daemon behind it, or a file that is
 * no socket, is an error. The directory is made when only its last part is missing. The descriptor
 * is non-blocking and close-on-exec; -1 with a message. */
int api_listen(const char *path, unsigned mode, char *error, size_t size);

#endif
