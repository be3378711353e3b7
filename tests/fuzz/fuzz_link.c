/* The Link field: whatever is found lies between angle brackets of the input. */
#include "fetch/link.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *value = (const char *)data, *target;
	size_t n = link_find(value, size, "hub", &target);
	if (n > 0) {
		assert(target > value && target[-1] == '<');
		assert(target + n < value + size && target[n] == '>');
	}
	return 0;
}
