/*
 * The configuration: a file becomes one validated, immutable snapshot. Every error and warning
 * names file, line and key, and says what to do. Keys and defaults stand in one table (conf.c) that
 * the commented default file and courant.conf(5) are checked against.
 */
#ifndef COURANT_CONFIG_CONF_H
#define COURANT_CONFIG_CONF_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_feed {
	char *name;           /* the section's title */
	char *url, *category; /* category NULL: none */
	int64_t interval;     /* seconds; 0: poll.interval */
	bool allow_private;
	char *file; /* where it is declared */
	int line;
};

enum digest_format { DIGEST_HTML = 1, DIGEST_MD = 2, DIGEST_TXT = 4 };

struct conf_digest {
	char *name;
	int at_minutes;    /* local time of day, minutes after midnight */
	unsigned formats;  /* enum digest_format, or-ed */
	char **categories; /* none: all */
	size_t n_categories;
	int64_t max_stories;
};

struct conf {
	char *file; /* the file read, "" for the built-in defaults */
	char *state_dir;
	char *socket_path;
	unsigned socket_mode; /* octal permission bits */
	struct {
		int64_t interval, min_interval, max_interval; /* seconds */
		unsigned concurrency, per_host, workers;      /* workers 0: one a core */
		int64_t host_delay_ms, timeout_ms;
		uint64_t max_body;
	} poll;
	struct {
		int64_t read, unread;         /* seconds, 0: for ever */
		int64_t max_entries_per_feed; /* 0: no limit */
	} retain;
	struct conf_digest *digests;
	size_t n_digests;
	struct conf_feed *feeds;
	size_t n_feeds;
};

/* Reads `file`, or when it is NULL the first of the places searched (courant.conf(5)). NULL with
 * all errors, a line each, in *messages; on success *messages holds the warnings. */
struct conf *conf_load(const char *file, struct strbuf *messages);
void conf_free(struct conf *c);

#endif
