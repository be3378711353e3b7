/*
 * One polite HTTP exchange: libcurl multi on libev. Loop thread only. GET, and POST to hubs;
 * redirects followed by hand, each hop checked; addresses refused at connect time; decoded bytes
 * counted; one connection a host and a pause between requests. Feeds of scheme `file:` are read by
 * a helper thread, those of scheme `exec:` (config/command.h) are what a program prints, both
 * behind the same interface.
 *
 * Invariant: every fetch_start() is answered exactly once by `done`, from the loop, never from
 * inside fetch_start().
 */
#ifndef COURANT_FETCH_FETCH_H
#define COURANT_FETCH_FETCH_H

#include "base/status.h"
#include "config/access.h"
#include "config/host.h"
#include "fetch/hsts.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct fetcher;
struct fetch;

/* A host answered 429: from `since` until `until`, UTC seconds, nobody asks it, and then not again
 * before the pause (fetch/rests.h). */
struct fetch_rest {
	const char *host; /* "example.org:443" */
	int64_t since, until, pause_ms;
};

struct fetcher_options {
	const char *user_agent; /* "courant/VERSION (+URL)" */
	unsigned concurrency;   /* transfers at a time, the quiet ones apart (fetch/hosts.h) */
	unsigned per_host;      /* connections at a time to one host */
	int64_t host_delay_ms;  /* least time between the starts of two requests to one host */
	/* Hosts that are taken for one, with limits of their own. Borrowed: they must live until
	 * the next fetcher_set_options(). */
	const struct conf_host *hosts;
	size_t n_hosts;
	const char *ca_file; /* certificates to trust; NULL: $SSL_CERT_FILE, else the system's */
	/* From the loop: what a host wished that should outlive the daemon, https and a rest; who
	 * keeps it gives it back to fetcher_put_hsts() and fetcher_rest(). NULL: not asked for. */
	void (*hsts_noted)(void *arg, const struct hsts_entry *entry);
	void (*rest_noted)(void *arg, const struct fetch_rest *rest);
	void *noted_arg;
	const char *proxy, *proxy_password; /* for all that is not on this machine; NULL: none */
	enum access_ip ip;
};

struct fetch_request {
	const char *url;                  /* http, https, file or exec; copied */
	const char *etag, *last_modified; /* echoed byte for byte; NULL: none */
	const char *validators_url;       /* the URL that gave them: the only hop they are sent to
					     (etiquette C3); NULL: url */
	struct access *access;  /* held as long as needed; NULL: as all others. Its secrets go to
				   the origin of access_url only */
	const char *access_url; /* NULL: url */
	/* POST this text (application/x-www-form-urlencoded) instead of asking for a document: for
	 * WebSub alone. Every 2xx is success, only 307 and 308 are followed. NULL: GET. */
	const char *form;
	bool allow_private; /* private and loopback addresses may be connected to */
	bool allow_exec;    /* a command is run: for what stands in the configuration only */
	int64_t timeout_ms; /* the whole exchange, redirects included */
	uint64_t max_body;  /* decoded bytes */
	/* Called with the `arg` of fetch_start() when the first request goes out, after waiting for
	 * its host and a free transfer; from the loop, never from inside fetch_start(); NULL: not
	 * asked for. */
	void (*begun)(void *arg);
};

/* Freshness as the server stated it (RFC 9111), in seconds; FETCH_UNSAID where it said nothing. */
#define FETCH_UNSAID (-1)
struct fetch_freshness {
	int64_t max_age; /* max-age minus Age, else Expires minus Date; never negative when said */
	int64_t retry_after; /* delta-seconds, or its date minus Date, else minus now */
};

struct fetch_response {
	struct failure fail; /* status OK on 200 and 304 */
	bool no_route;       /* it failed because nothing leads there from this machine */
	int http_code;       /* of the last hop; 200 and 304 are also used for file: and exec: */
	bool not_modified;
	const char *final_url;  /* after redirects */
	bool moved_permanently; /* there were redirects, every one 301 or 308, and none led
			 a feed with a login away from its own host */
	const char *etag, *last_modified; /* as received from final_url; NULL when none (a 304 may
					     leave them out) */
	const char *content_type;
	const char *hub, *self; /* Link: rel=hub and rel=self, resolved; NULL: none (WebSub 4) */
	struct fetch_freshness freshness;
	/* Its host rests until then, UTC seconds, and it was not asked: nobody's failure; fail says
	 * RATE_LIMITED. 0: it was asked. */
	int64_t postponed_until;
	char *body; /* decoded; `done` may take it (and set it to NULL), else it is freed after it
		     */
	size_t body_len;
	int64_t elapsed_ms;
};

/* The response and its strings are gone when it returns. It may start and cancel fetches, but not
 * free the fetcher. */
typedef void fetch_done_fn(void *arg, struct fetch_response *response);

struct fetcher *fetcher_new(struct ev_loop *loop, const struct fetcher_options *options);
/* Cancels what is under way, and whatever is started from now on: each is answered with CANCELLED.
 * For those who still call while they end. */
void fetcher_close(struct fetcher *f);
/* The same, and frees. NULL is fine. */
void fetcher_free(struct fetcher *f);
/* New options apply to requests that have not started yet (reload). */
void fetcher_set_options(struct fetcher *f, const struct fetcher_options *options);

/* A rest that was kept over a restart. */
void fetcher_rest(struct fetcher *f, const struct fetch_rest *rest);
/* UTC seconds until which the host of this URL rests, 0 when it does not. */
int64_t fetcher_resting(struct fetcher *f, const char *url);

/* A host's wish for https that was noted before; at the start. */
void fetcher_put_hsts(struct fetcher *f, const struct hsts_entry *entry);

/* Queues a fetch; the handle is valid until `done` was called. */
struct fetch *fetch_start(
	struct fetcher *f, const struct fetch_request *request, fetch_done_fn *done, void *arg);
/* UTC seconds when a fetch that waits for its turn with its host goes out at the earliest; 0 when
 * it does not wait for that, or no longer. */
int64_t fetch_starts_at(const struct fetch *fetch);
/* While paused no request goes out; the exchanges under way are completed. Bodies that wait for the
 * parser are memory. */
void fetcher_pause(struct fetcher *f, bool paused);
/* Ends a fetch early: `done` is called with CANCELLED, from the loop. */
void fetch_cancel(struct fetch *fetch);

struct fetcher_stats {
	unsigned active, queued;  /* active: the quiet ones, too */
	uint64_t requests, bytes; /* since start; bytes decoded */
};
void fetcher_stats(const struct fetcher *f, struct fetcher_stats *ret);

#endif
