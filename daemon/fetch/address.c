/*
 * The tables are read from the top, the first prefix that matches decides.
 */
#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct prefix {
	uint8_t bytes[16];
	uint8_t bits;
	uint8_t carried; /* where the carried IPv4 address begins, 0: none */
	enum address_kind kind;
	const char *what;
};

static const struct prefix prefixes4[] = {
	{ { 0 }, 32, 0, ADDRESS_UNUSABLE, "the unspecified address" },
	{ { 255, 255, 255, 255 }, 32, 0, ADDRESS_UNUSABLE, "the broadcast address" },
	{ { 0 }, 8, 0, ADDRESS_UNUSABLE, "an address of \"this network\"" },
	{ { 127 }, 8, 0, ADDRESS_LOOPBACK, "a loopback address" },
	{ { 10 }, 8, 0, ADDRESS_PRIVATE, "a private address" },
	{ { 172, 16 }, 12, 0, ADDRESS_PRIVATE, "a private address" },
	{ { 192, 168 }, 16, 0, ADDRESS_PRIVATE, "a private address" },
	{ { 100, 64 }, 10, 0, ADDRESS_PRIVATE, "a carrier's private address" },
	{ { 169, 254 }, 16, 0, ADDRESS_PRIVATE, "a link-local address" },
	{ { 192, 0, 0 }, 24, 0, ADDRESS_PRIVATE, "a reserved address" },
	{ { 192, 0, 2 }, 24, 0, ADDRESS_PRIVATE, "a documentation address" },
	{ { 198, 51, 100 }, 24, 0, ADDRESS_PRIVATE, "a documentation address" },
	{ { 203, 0, 113 }, 24, 0, ADDRESS_PRIVATE, "a documentation address" },
	{ { 192, 88, 99 }, 24, 0, ADDRESS_PRIVATE, "a 6to4 relay's address" },
	{ { 198, 18 }, 15, 0, ADDRESS_PRIVATE, "a benchmarking address" },
	{ { 224 }, 4, 0, ADDRESS_UNUSABLE, "a multicast address" },
	{ { 240 }, 4, 0, ADDRESS_PRIVATE, "a reserved address" },
	{ { 0 }, 0, 0, ADDRESS_PUBLIC, "a public address" },
};

static const struct prefix prefixes6[] = {
	{ { 0 }, 128, 0, ADDRESS_UNUSABLE, "the unspecified address" },
	{ { [15] = 1 }, 128, 0, ADDRESS_LOOPBACK, "a loopback address" },
	{ { [10] = 0xff, [11] = 0xff }, 96, 12, ADDRESS_PUBLIC, NULL }, /* IPv4-mapped */
	{ { 0, 0x64, 0xff, 0x9b }, 96, 12, ADDRESS_PUBLIC, NULL },      /* NAT64, RFC 6052 */
	{ { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48, 0, ADDRESS_PRIVATE, "a local NAT64 address" },
	{ { 0x20, 0x02 }, 16, 2, ADDRESS_PUBLIC, NULL }, /* 6to4, RFC 3056 */
	{ { 0x20, 0x01 }, 32, 0, ADDRESS_PRIVATE, "a Teredo address" },
	{ { 0x20, 0x01 }, 23, 0, ADDRESS_PRIVATE, "a reserved address" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, 0, ADDRESS_PRIVATE, "a documentation address" },
	{ { 0x3f, 0xff }, 20, 0, ADDRESS_PRIVATE, "a documentation address" },
	{ { 0x20 }, 3, 0, ADDRESS_PUBLIC, "a public address" },
	{ { 0xfc }, 7, 0, ADDRESS_PRIVATE, "a private address" },
	{ { 0xfe, 0x80 }, 10, 0, ADDRESS_PRIVATE, "a link-local address" },
	{ { 0xfe, 0xc0 }, 10, 0, ADDRESS_PRIVATE, "a site-local address" },
	{ { 0xff }, 8, 0, ADDRESS_UNUSABLE, "a multicast address" },
	{ { 0 }, 0, 0, ADDRESS_PRIVATE, "a reserved address" },
};

static bool prefix_matches(const struct prefix *p, const uint8_t *bytes)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;
	if (memcmp(p->bytes, bytes, whole) != 0)
		return false;
	if (rest == 0)
		return true;
	uint8_t mask = (uint8_t)(0xff << (8 - rest));
	return (bytes[whole] & mask) == p->bytes[whole];
}

/* Both tables end with a prefix of no bits, so something always matches. */
static const struct prefix *prefix_find(const struct prefix *table, const uint8_t *bytes)
{
	while (!prefix_matches(table, bytes))
		table++;
	return table;
}

/* RFC 5214 6.1: the interface identifier [02]00:5EFE before an IPv4 address. */
static bool is_isatap(const uint8_t *bytes)
{
	return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

static const struct prefix *judge6(const uint8_t *bytes)
{
	const struct prefix *p = prefix_find(prefixes6, bytes);
	if (p->carried)
		return prefix_find(prefixes4, bytes + p->carried);
	if (p->kind == ADDRESS_PUBLIC && is_isatap(bytes))
		return prefix_find(prefixes4, bytes + 12);
	return p;
}

static enum address_kind told(const struct prefix *p, const char **ret_what)
{
	if (ret_what)
		*ret_what = p->what;
	return p->kind;
}

static const struct prefix no_address = { .kind = ADDRESS_UNUSABLE, .what = "no IP address" };

enum address_kind address_kind(const struct sockaddr *address, const char **ret_what)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		return told(prefix_find(prefixes4, (const uint8_t *)&in.sin_addr), ret_what);
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, address, sizeof(in6));
		return told(judge6(in6.sin6_addr.s6_addr), ret_what);
	}
	return told(&no_address, ret_what);
}

enum address_kind address_kind_text(const char *text, const char **ret_what)
{
	uint8_t bytes[16];
	char bare[INET6_ADDRSTRLEN];
	text += *text == '[';
	int n = snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(text, "%]"), text);
	if (n < 0 || (size_t)n >= sizeof(bare))
		return told(&no_address, ret_what);
	if (inet_pton(AF_INET, bare, bytes) == 1)
		return told(prefix_find(prefixes4, bytes), ret_what);
	if (inet_pton(AF_INET6, bare, bytes) == 1)
		return told(judge6(bytes), ret_what);
	return told(&no_address, ret_what);
}

bool address_allowed(enum address_kind kind, bool allow_private)
{
	return kind == ADDRESS_PUBLIC || (allow_private && kind != ADDRESS_UNUSABLE);
}
