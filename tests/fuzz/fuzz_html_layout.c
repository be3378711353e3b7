/* Entries laid out for a terminal: safe text comes out, whatever goes in; the first byte chooses
 * width and colour. */
#include "client/html_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct html_layout_options how = {
		.width = data[0] & 0x7f,
		.colour = data[0] & 0x80,
		.language = data[0] & 1 ? "fr" : "",
	};
	struct strbuf out = STRBUF_INIT(8 * LIMIT_CONTENT);
	html_layout(&out, (const char *)data + 1, size - 1, &how);
	if (!how.colour && !text_is_safe(strbuf_str(&out), out.len))
		abort();
	if (!utf8_valid(strbuf_str(&out), out.len) ||
		(out.len > 0 && !out.overflow && out.data[out.len - 1] != '\n'))
		abort();
	strbuf_release(&out);
	return 0;
}
