#include "config/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* -1 when it is none. */
static int port_parse(const char *text)
{
	size_t n = strspn(text, "0123456789");
	if (n == 0 || n > 5 || text[n] != '\0')
		return -1;
	long port = strtol(text, NULL, 10);
	return port <= 65535 ? (int)port : -1;
}

socklen_t conf_listen_address(const char *text, struct sockaddr_storage *ret)
{
	char host[INET6_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	bool v6 = text[0] == '[';
	int port = colon != NULL ? port_parse(colon + 1) : -1;
	if (port < 0 || (v6 && colon[-1] != ']'))
		return 0;
	const char *start = text + v6;
	size_t n = (size_t)(colon - v6 - start);
	if (colon - v6 < start || n >= sizeof(host))
		return 0;
	memcpy(host, start, n);
	host[n] = '\0';
	memset(ret, 0, sizeof(*ret));
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)ret;
	if (v6 && inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		return sizeof(*in6);
	}
	if (!v6 && inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return sizeof(*in);
	}
	return 0;
}

const char *conf_listen_problem(const char *text)
{
	struct sockaddr_storage address;

	return conf_listen_address(text, &address) > 0
		       ? NULL
		       : "write a numeric address and a port, for example \"127.0.0.1:8090\"";
}
