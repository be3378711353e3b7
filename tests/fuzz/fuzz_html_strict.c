/* Any bytes as content: where the short cut is taken, it says what the tree says. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "feed/html.h"
#include "feed/html_strict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf strict = STRBUF_INIT(LIMIT_BODY_MAX), tree = STRBUF_INIT(LIMIT_BODY_MAX);
	struct span html = { (const char *)data, size };
	const char *base = size > 0 && (data[0] & 1) ? "http://example.org/a/" : NULL;

	if (html_strict_sanitise(&strict, html, base)) {
		html_sanitise_by_tree(&tree, html, base);
		assert(strict.len == tree.len &&
			memcmp(strbuf_str(&strict), strbuf_str(&tree), tree.len) == 0);
	}
	strbuf_release(&strict);
	strbuf_release(&tree);
	return 0;
}
