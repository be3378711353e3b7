/*
 * Hosts with a pace of their own: a section of the configuration names hosts that are taken for one
 * server, as the many names of a hosting company are. Pure.
 */
#ifndef COURANT_CONFIG_HOST_H
#define COURANT_CONFIG_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_host {
	char *name;   /* the section's title */
	char **names; /* lower case: "example.org", "*.example.org" (all below it), "[::1]" */
	size_t n_names;
	unsigned per_host;
	int64_t host_delay_ms;
	const char *file; /* where it is declared; belongs to the snapshot */
	int line;
};

/* NULL when it can be one of `names`, else what is wrong with it, static. */
const char *conf_host_problem(const char *name);
/* Whether all names are this machine's, as they are written: 127.0.0.0/8, [::1], localhost. */
bool conf_host_is_loopback(const struct conf_host *host);
/* The section that a host belongs to: the one that names it, else the one with the longest
 * "*."; NULL when there is none. host: lower case, a port at its end is passed over. */
const struct conf_host *conf_host_find(const struct conf_host *hosts, size_t n, const char *host);

#endif
