/* X-Hub-Signature: only what is the HMAC of this body with this secret is right, in any case. */
#include "base/mem.h"
#include "websub/signature.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char body[] = "<rss/>", secret[] = "secret";
	static const char *const right[] = {
		"sha1=964b65eb9a12e7d992ed0309dd6653592fe62735",
		"sha256=5f74509bd137b5135e73bb30f53d1fe7fd111e07cf39bd57970d148c90bb1f2a",
		"sha384="
		"e7af3717fa8b04c15d7f6dae3b7829fbe429761216c85281bef81944cfbf10f9e866131d03d124c205"
		"b234e961ebe522",
		"sha512="
		"bf379f479c87541207c397e7ceffc63852d5fd0f63dc877b926ac65e100da0f94300fa3a77ee88ab85"
		"ef5869e0ab3bceb925e2e3767ce73ef199c38abdb86cb7",
	};
	bool known = false;
	char *header = xstrndup((const char *)data, size);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		known |= strcasecmp(header, right[i]) == 0;
	assert(signature_is_right(header, secret, body, sizeof(body) - 1) == known);
	free(header);
	return 0;
}
