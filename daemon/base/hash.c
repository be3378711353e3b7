/* Inlined on purpose: one hash does not need a shared library in three programs. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/hash.h"

#include <string.h>

static struct hash canonical(XXH128_hash_t h)
{
	XXH128_canonical_t c;
	XXH128_canonicalFromHash(&c, h);
	struct hash ret;
	_Static_assert(sizeof ret.bytes == sizeof c.digest, "XXH128 has 16 bytes");
	memcpy(ret.bytes, c.digest, sizeof ret.bytes);
	return ret;
}

struct hash hash_bytes(const void *bytes, size_t n)
{
	return canonical(XXH3_128bits(bytes, n));
}

struct hash hash_strings(const char *const *strings, size_t n)
{
	XXH3_state_t state;
	XXH3_128bits_reset(&state);
	for (size_t i = 0; i < n; i++) {
		/* The terminator is the border; NULL leaves a mark that no string can. */
		if (strings[i] != NULL)
			XXH3_128bits_update(&state, strings[i], strlen(strings[i]) + 1);
		else
			XXH3_128bits_update(&state, "\xff", 2);
	}
	return canonical(XXH3_128bits_digest(&state));
}

bool hash_is_set(const struct hash *h)
{
	static const struct hash none;
	return memcmp(h, &none, sizeof none) != 0;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

int64_t hash_short(const struct hash *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof n; i++)
		n = n << 8 | h->bytes[i];
	return (int64_t)n;
}
