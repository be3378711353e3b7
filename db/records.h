/*
 * The rows of the database as plain data, for every module that asks or tells db/ something. No SQL
 * type shows here. Strings are UTF-8; who owns them is said by the function that returns the
 * record. Times are UTC seconds, 0 for never.
 */
#ifndef COURANT_DB_RECORDS_H
#define COURANT_DB_RECORDS_H

#include "base/due.h"
#include "base/hash.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What identifies and configures a feed. A declared feed is given by the configuration file, others
 * by the API. */
struct feed_config {
	const char *url;      /* verbatim; unique */
	const char *name;     /* what the user calls it; NULL: use the publisher's title */
	const char *category; /* NULL: none ("All" in the API) */
	int64_t interval;     /* seconds, 0: poll.interval */
	bool allow_private;
	bool declared;
	/* Of a feed that was added with a login (Basic); a declared feed's is not stored. NULL:
	 * none. Shown nowhere. */
	const char *username, *password;
	/* Likewise: the Cookie field it is asked with, and a proxy of its own (config/access.h). */
	const char *cookie, *proxy;
	bool disabled; /* not polled: it stood in the configuration file once and does no longer;
			  its entries stay */
};

/* What the last answers of the server left behind: all of it changes in the transaction that stores
 * the entries. */
struct feed_fetch_state {
	const char *etag, *last_modified,
		*validators_url;     /* as received, and from where; NULL: none */
	struct hash body_hash;       /* of the last body that was read in full */
	struct hash quarantine_hash; /* of a body that killed the parser twice */
	int64_t next_due;            /* SCHEDULE_NEVER: stopped */
	enum due_reason due_reason;  /* why then, and the seconds that this asked for */
	int64_t due_wait;
	struct rhythm rhythm;
	int64_t retry_at; /* before it not even a person's refresh asks: Retry-After; 0: no such
			     wish */
	int64_t last_fetch, last_success;
	unsigned n_failures;    /* consecutive */
	int64_t failing_since;  /* first failure of the present row of failures, 0 when none */
	struct failure failure; /* of the last fetch; status OK when it succeeded */
	int64_t ttl_minutes, update_interval_seconds; /* of the last document, -1 unknown */
	uint32_t skip_hours;
	uint8_t skip_days;
	/* When a document held none of the entries that were known, so that some may have been
	 * missed; 0: never, or its earlier pages brought them. */
	int64_t gap_at;
	/* What the parser had to mend in the last document, for the publisher: "line 12: ..." ;
	 * NULL: nothing. */
	const char *mended;
};

/* What the publisher says of the feed (last document read). */
struct feed_meta {
	const char *title, *site_url, *description, *language, *icon;
};

/* Where permanent redirects led: seen, then adopted, then perhaps undone. */
struct move_record {
	int64_t number; /* of the feed's moves, from 0, the oldest first */
	const char *from_url, *to_url;
	unsigned n_seen; /* fetches that were led there */
	int64_t first_seen;
	int64_t adopted; /* since when the feed is fetched from there, 0: not yet */
	int64_t undone;  /* when a person took that back, 0: not */
};

struct feed_record {
	int64_t id;
	struct feed_config config;
	struct feed_fetch_state state;
	struct feed_meta meta;
	int64_t created;
	int64_t n_entries, n_unread;
};

/* What is known of a feed's hub (websub/). */
struct websub_record {
	int64_t feed_id;
	const char *hub, *topic;       /* URLs as the publisher gives them */
	const char *state;             /* a word of websub/websub.h */
	const char *callback, *secret; /* of the subscription; NULL: never asked for */
	int64_t lease_until;           /* 0: none */
	int64_t next_try;              /* when something is to be done about it */
	unsigned n_failures;           /* in a row */
	const char *detail;            /* what went wrong last, for people; NULL: nothing */
};

enum entry_status { ENTRY_UNREAD, ENTRY_READ, ENTRY_REMOVED, ENTRY_STATUS_COUNT };
/* "unread", "read", "removed" (Miniflux's words); the parse returns false for anything else. */
const char *entry_status_name(enum entry_status status);
bool entry_status_parse(const char *name, enum entry_status *ret);

struct enclosure_record {
	int64_t id;
	const char *url, *mime_type;
	int64_t size; /* bytes, 0 unknown */
};

struct entry_record {
	int64_t id; /* grows with every commit and is never used again: the cursor of followers and
		       digests */
	int64_t feed_id;
	const char *feed_title; /* the name, else the publisher's title, else the URL */
	const char *feed_url, *site_url, *category;
	enum entry_status status;
	bool starred;
	const char *guid, *url, *comments_url, *title, *author, *content, *summary, *language;
	int64_t published; /* the publisher's date, else when it was first stored */
	int64_t created;   /* first stored */
	int64_t changed;   /* last change of status, star or content */
	bool backfilled;   /* an old one that came with many others: no news */
	const char *hash;  /* hex of its identity */
	/* Of a search: the beginning of the text, or the place in it that matched, with
	 * SEARCH_MARK_BEGIN and _END (query.h) around what did; else NULL. */
	const char *snippet;
	const char *const *tags;
	size_t n_tags;
	const struct enclosure_record *enclosures;
	size_t n_enclosures;
};

struct revision_record {  /* what an entry said before it changed */
	int64_t number;   /* from 1, the oldest first */
	int64_t replaced; /* when the next version was fetched */
	const char *etag; /* of the document that brought that one, NULL: none */
	int64_t updated;  /* what the publisher says of when it changed, 0: nothing */
	int64_t n_alike;  /* later versions that differed from this one in digits only, not kept */
	bool whole;       /* false: summary and content were too long to be kept */
	const char *url, *title, *author, *summary, *content;
};

struct edition_record { /* one edition of a digest */
	int64_t id;
	const char *name;          /* of the digest */
	const char *label;         /* file stem: "2026-11-23", then "2026-11-23-2" */
	int64_t after_id, upto_id; /* covers entries with after_id < id <= upto_id */
	int64_t created;
	bool published; /* its files are on disk */
};

#endif
