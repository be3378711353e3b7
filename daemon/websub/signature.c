#include "websub/signature.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>
#include <strings.h>

/* All that WebSub 7.1 names. sha1 is the only one that the oldest and largest hubs send; what is
 * known against it does not break an HMAC with a secret key (docs/decisions/0086). */
static const struct {
	const char *name;
	const struct nettle_hash *hash;
} methods[] = {
	{ "sha1", &nettle_sha1 },
	{ "sha256", &nettle_sha256 },
	{ "sha384", &nettle_sha384 },
	{ "sha512", &nettle_sha512 },
};

union any_hash {
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha512_ctx sha512; /* of sha384, too */
};

static void hmac(const struct nettle_hash *hash, const char *secret, const char *body, size_t n,
	uint8_t digest[SHA512_DIGEST_SIZE])
{
	union any_hash outer, inner, state;
	hmac_set_key(&outer, &inner, &state, hash, strlen(secret), (const uint8_t *)secret);
	hmac_update(&state, hash, n, (const uint8_t *)body);
	hmac_digest(&outer, &inner, &state, hash, hash->digest_size, digest);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly n bytes in hex. */
static bool hex_parse(const char *hex, size_t n, uint8_t *ret)
{
	if (strlen(hex) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

bool signature_is_right(const char *header, const char *secret, const char *body, size_t n)
{
	uint8_t said[SHA512_DIGEST_SIZE], is[SHA512_DIGEST_SIZE];
	const char *equals = header != NULL ? strchr(header, '=') : NULL;
	if (equals == NULL)
		return false;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		const struct nettle_hash *hash = methods[i].hash;
		if (strlen(methods[i].name) != (size_t)(equals - header) ||
			strncasecmp(header, methods[i].name, (size_t)(equals - header)) != 0)
			continue;
		if (!hex_parse(equals + 1, hash->digest_size, said))
			return false;
		hmac(hash, secret, body, n, is);
		return memeql_sec(said, is, hash->digest_size);
	}
	return false;
}
