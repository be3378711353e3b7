/*
 * The address guard: which IP addresses a fetch may connect to (etiquette R5). Pure; any thread.
 *
 * Only global unicast is public. An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4,
 * ISATAP) is judged by the address that it carries; what is neither known as public nor as anything
 * else is private: the guard fails closed. IANA special-purpose registries, RFC 6890.
 */
#ifndef COURANT_FETCH_ADDRESS_H
#define COURANT_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum address_kind {
	ADDRESS_PUBLIC,
	ADDRESS_LOOPBACK, /* this machine: allow_private needed, and manners may be relaxed */
	ADDRESS_PRIVATE,  /* somebody's inner network, or reserved: allow_private needed */
	ADDRESS_UNUSABLE  /* multicast, broadcast, unspecified: never */
};

/* The kind of a socket address, and in *ret_what (NULL: not wanted) what it is, for people: "a
 * loopback address". Families other than AF_INET and AF_INET6 are unusable. */
enum address_kind address_kind(const struct sockaddr *address, const char **ret_what);
/* The same of an address in text ("192.0.2.1", "2001:db8::1", a scope or brackets allowed); what is
 * no address is unusable. */
enum address_kind address_kind_text(const char *text, const char **ret_what);
/* Whether a feed may connect to it. */
bool address_allowed(enum address_kind kind, bool allow_private);

#endif
