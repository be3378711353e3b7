#include "config/host.h"

#include "config/url.h"

#include <stdio.h>
#include <string.h>

#define MOST_NAME 253 /* characters of a host name: RFC 1035 2.3.4 */

const char *conf_host_problem(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";
	const char *rest = strncmp(name, "*.", 2) == 0 ? name + 2 : name;
	const size_t n = strlen(rest);

	if (n == 0 || n > MOST_NAME)
		return "it is no host name";
	if (rest[0] == '[' && rest == name)
		return strspn(rest + 1, "0123456789abcdef:.") == n - 2 && rest[n - 1] == ']'
			       ? NULL
			       : "it is no IPv6 address in brackets";
	if (strchr(rest, '*') != NULL)
		return "a * may only stand for all that is before a domain: \"*.example.org\"";
	if (strspn(rest, allowed) != n)
		return "write a host name in lower case, without scheme, port and path";
	return NULL;
}

bool conf_host_is_loopback(const struct conf_host *host)
{
	char url[MOST_NAME + 16];

	for (size_t i = 0; i < host->n_names; i++) {
		snprintf(url, sizeof(url), "http://%s/", host->names[i]);
		if (!conf_url_floor_exempt(url))
			return false;
	}
	return true;
}

/* How much of the host the name says, 0 when it is another's. */
static size_t match(const char *name, const char *host, size_t n)
{
	size_t n_name = strlen(name);

	if (name[0] != '*')
		return n_name == n && memcmp(name, host, n) == 0 ? n + 1 : 0;
	name++;
	n_name--;
	return n > n_name && memcmp(name, host + n - n_name, n_name) == 0 ? n_name : 0;
}

const struct conf_host *conf_host_find(const struct conf_host *hosts, size_t n, const char *host)
{
	const char *port = strrchr(host, ':');
	size_t n_host =
		port != NULL && strchr(port, ']') == NULL ? (size_t)(port - host) : strlen(host);
	const struct conf_host *best = NULL;
	size_t best_match = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < hosts[i].n_names; k++) {
			size_t m = match(hosts[i].names[k], host, n_host);
			if (m > best_match) {
				best_match = m;
				best = &hosts[i];
			}
		}
	}
	return best;
}
