/*
 * What fetcher.c (the fetcher and its timers) and fetch.c (the life of one fetch) share. Private to
 * this folder.
 */
#ifndef COURANT_FETCH_FETCHER_H
#define COURANT_FETCH_FETCHER_H

#include "fetch/exec.h"
#include "base/rng.h"
#include "fetch/fetch.h"
#include "fetch/file.h"
#include "fetch/hosts.h"
#include "fetch/hsts.h"
#include "fetch/multi.h"
#include "fetch/redirect.h"
#include "fetch/rests.h"
#include "fetch/transfer.h"

/* A fetch is WAITING for its host, then TRANSFERRING one hop, and back to WAITING for the next one;
 * or READING a file, or what a program prints; then ANSWERED, until the loop has called `done`. */
enum fetch_state { FETCH_WAITING, FETCH_TRANSFERRING, FETCH_READING, FETCH_ANSWERED };

TAILQ_HEAD(fetch_list, fetch);

struct fetch {
	struct host_place place; /* first: the queues give it back */
	TAILQ_ENTRY(fetch) link;
	struct fetch_list *list; /* the fetcher's list that it is in */
	struct fetcher *fetcher;
	enum fetch_state state;
	fetch_done_fn *done;
	void (*begun)(void *arg); /* NULL once it was called */
	void *arg;

	char *etag, *last_modified, *validators_url; /* validators_url is never NULL */
	struct access *access;                       /* held; NULL: none */
	char *form;                                  /* NULL: GET */
	char *hub, *self;                            /* of the response */
	bool allow_private;
	uint64_t max_body;
	int64_t left_ms;  /* of the time for the exchange; waiting for a host does not use it up */
	int64_t spent_ms; /* of it */

	struct fetch_url url;  /* of the present hop */
	struct fetch_url home; /* whose origin `access` is for; text NULL without access */
	struct redirect_trail trail;
	struct transfer *transfer; /* while TRANSFERRING, and of the last hop once ANSWERED */
	int64_t hop_began_ms;
	size_t n_unstirred;       /* bytes since the host's queue was told of any */
	size_t n_held;            /* its share of the fetcher's */
	struct file_job *job;     /* while READING a file, and once ANSWERED */
	struct ev_timer deadline; /* while READING a file */
	struct exec_run *run;     /* while READING what a program prints */
	struct fetch_response
		response; /* once ANSWERED; its strings are the transfer's or the job's */
};

struct fetcher {
	struct ev_loop *loop;
	struct fetcher_options options; /* the strings are owned */
	struct multi *multi;            /* NULL while nothing goes on */
	struct hosts *hosts;
	struct rests rests;
	struct rng rng; /* how long a host rests that does not say */
	struct hsts *hsts;
	struct file_reader *files;
	struct execs *execs;
	struct fetch_list files_waiting, under_way, answered; /* files: and programs */
	unsigned n_files_waiting, n_reading;
	uint64_t n_held; /* bytes of bodies that are still arriving */
	bool paused, closing;
	struct ev_timer next_start; /* a host's pause is over */
	struct ev_timer idle;       /* since the last transfer */
	struct ev_prepare turn;     /* never started: fed to the loop by fetcher_take_turn() */
	uint64_t n_requests, n_bytes;
};

/* A queue's name: a host's, or "group NAME", which no host is called. */
#define FETCH_QUEUE_SIZE (FETCH_HOST_SIZE + 1024)
const char *fetcher_queue(const struct fetcher *f, const char *host, char buf[FETCH_QUEUE_SIZE]);

/* hop.c: what goes with the present hop. */

/* Takes what the request has for it; the URL is parsed, and http or https. */
void hop_begin(struct fetch *fetch, const struct fetch_request *request);
/* The proxy that it goes by, NULL for none. */
const char *hop_proxy(const struct fetch *fetch);
/* Why a proxy may not be asked for this hop (route_forbidden_host()), NULL when it may. */
const char *hop_forbidden(const struct fetch *fetch);
/* The way and, where the feed is at home, its secrets. */
void hop_take_access(const struct fetch *fetch, struct transfer_request *request);
/* Redirects from https to http are refused where something would be shown by them. */
void hop_mark_secrets(struct fetch *fetch);
/* Whether the feed has secrets that do not go with this hop. */
bool hop_left_home(const struct fetch *fetch);
/* What the answer says of https. */
void hop_note_hsts(struct fetch *fetch);

/* Asks for another turn: start what may start, deliver what is answered. From the loop, soon. */
void fetcher_take_turn(struct fetcher *f);
/* The multi handle, made when there is none. */
struct multi *fetcher_multi(struct fetcher *f);

/* Starts the present hop of a fetch that hosts_start_next() chose. */
void fetch_begin_hop(struct fetch *fetch);
/* The configuration may have put its host into another queue. */
void fetch_requeue(struct fetch *fetch);
/* Hands a fetch from files_waiting to the reader, or starts its program. */
void fetch_begin_local(struct fetch *fetch);
/* libcurl is done with a transfer: a multi_done_fn. */
void fetch_transferred(void *fetcher, CURL *easy, CURLcode result);
/* The reader is done with a job. */
void fetch_file_read(void *fetcher, struct file_job *job);
/* Calls `done` of a fetch that is ANSWERED, and frees it. */
void fetch_deliver(struct fetch *fetch);

#endif
