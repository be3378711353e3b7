/*
 * libcurl's multi handle driven by libev: one ev_io per socket, one ev_timer. Loop thread only.
 *
 * `done` is called from the loop, outside of libcurl, after the handle was taken out; it may add
 * and remove handles but must not free the multi.
 */
#ifndef COURANT_FETCH_MULTI_H
#define COURANT_FETCH_MULTI_H

#include <curl/curl.h>
#include <ev.h>

struct multi;
typedef void multi_done_fn(void *arg, CURL *easy, CURLcode result);

struct multi *multi_new(struct ev_loop *loop, multi_done_fn *done, void *arg);
void multi_free(
	struct multi *m); /* closes all connections; every handle must be out. NULL is fine. */
void multi_add(struct multi *m, CURL *easy);
void multi_remove(struct multi *m, CURL *easy); /* without `done` */
/* A fresh easy handle, and back: a few are kept for the next transfer. */
CURL *multi_easy_get(struct multi *m);
void multi_easy_put(struct multi *m, CURL *easy);

#endif
