/*
 * The configuration: a file becomes one validated, immutable snapshot. Every error and warning
 * names file, line and key, and says what to do. Keys and defaults stand in one table (conf.c) that
 * the commented default file and courant.conf(5) are checked against.
 */
#ifndef COURANT_CONFIG_CONF_H
#define COURANT_CONFIG_CONF_H

#include "base/strbuf.h"
#include "config/access.h"
#include "config/host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The keys of a feed that say how it is asked, as written; of use to config/ only, since
 * what they come to, secrets read, is in `access`. */
struct conf_access {
	enum access_auth auth;
	enum access_ip ip;
	char *username, *password_file, *headers_file, *proxy, *proxy_password_file, *client_cert,
		*client_key, *ca_file;
	char **headers;
	size_t n_headers;
};

struct conf_feed {
	char *name;     /* the section's title */
	char *url;      /* without a login; a command stands here, too (config/command.h) */
	char *category; /* NULL: none */
	char *exec;     /* while the file is read: the command, before it becomes the URL */
	/* Seconds; 0: poll.interval. At least LIMIT_INTERVAL_FLOOR unless
	 * conf_url_floor_exempt(url) (config/url.h). A feed's own interval goes before
	 * poll.min_interval and poll.max_interval. */
	int64_t interval;
	bool allow_private;
	struct conf_access keys;
	struct access *access; /* NULL: nothing special */
	const char *file;      /* where it is declared; belongs to the snapshot */
	int line;              /* of the section's first line */
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
		/* Seconds. Below LIMIT_INTERVAL_FLOOR they hold for conf_url_floor_exempt() feeds
		 * only: the policy keeps the floor. */
		int64_t interval, min_interval, max_interval;
		unsigned concurrency, per_host, workers; /* workers 0: one a core */
		int64_t host_delay_ms, timeout_ms;
		uint64_t max_body;
		/* proxy_password is what its file holds; ca_file is a path. NULL: none */
		char *proxy, *proxy_password_file, *proxy_password, *ca_file;
		enum access_ip ip;
		char *contact; /* a URL or address for publishers, part of the User-Agent; NULL:
				  none */
	} poll;
	struct {
		int64_t read, unread;         /* seconds, 0: for ever */
		int64_t max_entries_per_feed; /* 0: no limit */
	} retain;
	struct {
		int at_minutes; /* after midnight, local time; -1: never */
		unsigned keep;
	} backup;
	struct {
		char *callback; /* where hubs reach us, without a slash at its end; NULL: off */
		char *listen;   /* "127.0.0.1:8090"; NULL exactly when callback is */
	} websub;
	struct conf_digest *digests;
	size_t n_digests;
	struct conf_host *hosts;
	size_t n_hosts;
	struct conf_feed *feeds;
	size_t n_feeds;
	char **files; /* all files read, `file` first */
	size_t n_files;
};

/*
 * Reads `file`, or when it is NULL the first that is there of $XDG_CONFIG_HOME/courant/courant.conf
 * and /etc/courant/courant.conf; when none is, the built-in defaults. NULL with all errors, a line
 * each, in *messages; on success *messages holds the warnings. Safe text, as long as its maximum
 * allows. Loop thread only (libconfuse's lexer is global).
 */
struct conf *conf_load(const char *file, struct strbuf *messages)
	__attribute__((warn_unused_result));
void conf_free(struct conf *c); /* NULL is fine */

#endif
