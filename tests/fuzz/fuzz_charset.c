/* A line of Content-Type and any bytes: what comes out is valid UTF-8 under a known name, whatever
 * was declared. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "feed/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *line = size == 0 ? NULL : memchr(s, '\n', size);
	char *type = line == NULL ? NULL : strndup(s, (size_t)(line - s));
	struct span bytes = line == NULL ? (struct span){ size == 0 ? "" : s, size }
					 : (struct span){ line + 1, size - (size_t)(line + 1 - s) };
	struct charset_text text;

	charset_decode(&text, bytes, type);
	assert(text.name != NULL && text_is_safe(text.name, strlen(text.name)));
	assert(utf8_valid(text.utf8.s, text.utf8.n));
	/* The widest growth there is: one byte of a legacy table as three of UTF-8. */
	assert(text.utf8.n <= bytes.n * 3 + 3 && text.n_replaced <= bytes.n);
	assert(strlen(text.declared) < sizeof(text.declared));
	assert(text_is_safe(text.declared, strlen(text.declared)));
	strbuf_release(&text.made);
	free(type);
	return 0;
}
