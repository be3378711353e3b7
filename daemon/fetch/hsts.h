/*
 * Hosts that are asked by https only, because they said so over https (HTTP Strict Transport
 * Security, RFC 6797). Bounded: when it is full, the entry that would end first makes room. Time is
 * a parameter, in UTC seconds. Loop thread only; who owns it keeps it on disk.
 */
#ifndef COURANT_FETCH_HSTS_H
#define COURANT_FETCH_HSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hsts;

struct hsts_entry {
	const char *host; /* without port, lower case, in its ASCII form */
	int64_t expires;
	bool subdomains; /* the hosts below it, too */
};

struct hsts *hsts_new(void);
void hsts_free(struct hsts *h); /* NULL is fine */

/* What a Strict-Transport-Security field says (RFC 6797 6.1). False when it says nothing that
 * holds. */
bool hsts_parse(const char *value, int64_t *ret_max_age, bool *ret_subdomains)
	__attribute__((warn_unused_result));
/* The host ("example.org:443" or without the port) said that. max_age 0 forgets it. True when this
 * is worth keeping on disk, and what in *ret (its host until the next call; expires 0: forget it):
 * an entry that merely lasts a few hours longer is not, since most servers say the same with every
 * answer. IP addresses have no part in it. */
bool hsts_note(struct hsts *h, const char *host, int64_t max_age, bool subdomains, int64_t now,
	struct hsts_entry *ret);
/* Takes an entry that was kept on disk. */
void hsts_put(struct hsts *h, const struct hsts_entry *entry, int64_t now);
/* Whether a host is to be asked by https only. */
bool hsts_covers(const struct hsts *h, const char *host, int64_t now);
size_t hsts_count(const struct hsts *h);

#endif
