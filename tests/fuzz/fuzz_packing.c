/* Any bytes as the texts of an entry in a damaged database. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "db/packing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how many texts there are; the value may name a dictionary that the first half
 * of the bytes is taken for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packing *p = packing_new();
	struct unpacked u = { 0 };
	int64_t number;

	if (size > 0) {
		size_t n = data[0] % (PACKED_TEXTS + 1);
		packing_know(p, PACKED_DICTIONARY, data + 1, (size - 1) / 2);
		enum unpack_result result = unpack(p, data + 1, size - 1, n, &u, &number);
		for (size_t i = 0; i < PACKED_TEXTS; i++)
			assert(u.texts[i] == NULL || (result == UNPACK_OK && i < n &&
							     strlen(u.texts[i]) <= LIMIT_PACKED));
	}
	unpacked_release(&u);
	packing_free(p);
	return 0;
}
