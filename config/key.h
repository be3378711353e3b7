/*
 * The keys of courant.conf: one table that the reader, its messages, the commented default file and
 * courant.conf(5) share. Used while a file is read only; everybody else sees the finished snapshot
 * (conf.h).
 */
#ifndef COURANT_CONFIG_KEY_H
#define COURANT_CONFIG_KEY_H

#include "config/conf.h"

enum conf_section {
	CONF_TOP, /* outside of all sections */
	CONF_SOCKET,
	CONF_POLL,
	CONF_RETAIN,
	CONF_BACKUP,
	CONF_WEBSUB,
	CONF_DIGEST, /* with a title, any number of them */
	CONF_HOST,   /* with a title, any number of them */
	CONF_FEED,   /* with a title, any number of them */
	CONF_SECTION_COUNT
};

enum conf_kind {
	CONF_TEXT,         /* char *: safe text on one line */
	CONF_PATH,         /* char *: an absolute path */
	CONF_SOCKET_PATH,  /* char *: an absolute path that fits struct sockaddr_un */
	CONF_URL,          /* char *: http, https or file */
	CONF_WEB_URL,      /* char *: http or https, without a query */
	CONF_LISTEN,       /* char *: an IP address and a port (config/listen.h) */
	CONF_PROXY,        /* char *: http, https, socks5, socks5h, or "none" */
	CONF_FILE,         /* char *: an absolute path, or the name of a systemd credential */
	CONF_AUTH,         /* enum access_auth */
	CONF_IP,           /* enum access_ip */
	CONF_HEADERS,      /* char **headers and n_headers of struct conf_access */
	CONF_SECONDS,      /* int64_t, written as a duration */
	CONF_MILLISECONDS, /* int64_t, written as a duration */
	CONF_BYTES,        /* uint64_t, written as a size */
	CONF_COUNT,        /* unsigned */
	CONF_BIG_COUNT,    /* int64_t */
	CONF_MODE,         /* unsigned, written in octal */
	CONF_FLAG,         /* bool */
	CONF_CLOCK,        /* int, minutes after midnight, or -1 for "never" */
	CONF_FORMATS,      /* unsigned, a list of enum digest_format */
	CONF_HOSTS,        /* char **names and n_names of struct conf_host */
	CONF_CATEGORIES,   /* char **categories and n_categories of struct conf_digest */
	CONF_COMMAND,      /* char *, a list of words as one text (config/command.h) */
};

struct conf_key {
	enum conf_section section;
	const char *name;
	enum conf_kind kind;
	size_t offset;    /* of the value in struct conf, or of the section's own */
	int64_t min, max; /* of the value, in its own unit; kinds without an order ignore them */
	const char *
		initial; /* the default as people write it, lists separated by commas; NULL: none */
};

extern const struct conf_key conf_keys[];
extern const size_t n_conf_keys;

/* "poll"; "" for CONF_TOP. */
const char *conf_section_name(enum conf_section section);
/* Whether the section has a title and may stand more than once. */
bool conf_section_titled(enum conf_section section);
/* The section of that name, or CONF_SECTION_COUNT. */
enum conf_section conf_section_find(const char *name, size_t n);
/* NULL when the section has no such key. */
const struct conf_key *conf_key_find(enum conf_section section, const char *name, size_t n);
bool conf_key_is_list(const struct conf_key *key);
/* "poll.interval", as messages call it. Returns buf. */
const char *conf_key_path(const struct conf_key *key, char buf[64]);

/* Stores one value in *target, the struct that key->offset counts in; a list grows by it. False
 * with the reason and what to write instead in *problem; target is unchanged then. */
bool conf_key_set(
	const struct conf_key *key, void *target, const char *value, struct strbuf *problem);
/* Empties the value: a list's first value replaces the default. */
void conf_key_clear(const struct conf_key *key, void *target);
/* Empties the value, and stores the initial one. */
void conf_key_reset(const struct conf_key *key, void *target);
/* All keys of a section. The struct must be zeroed, or have been filled before. */
void conf_section_reset(enum conf_section section, void *target);

#endif
