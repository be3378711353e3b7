/* Any bytes as a date: within the years that RFC 3339 can write, or none at all. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "feed/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t year_1 = -62135596800, year_10000 = 253402300800, day = 86400;
	int64_t when;

	if (date_parse((struct span){ (const char *)data, size }, &when))
		assert(when >= year_1 - day && when < year_10000 + day);
	return 0;
}
