/* Two lines, a base and a reference: what is resolved keeps url.h's promises, resolves to itself,
 * and has one canonical form. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "feed/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_one_line(const struct strbuf *url)
{
	assert(url->len > 0 && url->len <= LIMIT_URL && !url->overflow);
	for (size_t i = 0; i < url->len; i++)
		assert((unsigned char)url->data[i] > ' ' && url->data[i] != '\x7f');
}

static void assert_canonical(struct span url)
{
	struct strbuf once = STRBUF_INIT(LIMIT_URL * 4), twice = STRBUF_INIT(LIMIT_URL * 4);

	if (url_canonical(&once, url)) {
		assert(once.len > 0);
		assert(url_canonical(&twice, url) && once.len == twice.len &&
			memcmp(once.data, twice.data, once.len) == 0);
	} else {
		assert(once.len == 0);
	}
	strbuf_release(&once);
	strbuf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *line = size == 0 ? NULL : memchr(s, '\n', size);
	char *base = line == NULL ? NULL : strndup(s, (size_t)(line - s));
	struct span ref = line == NULL ? (struct span){ size == 0 ? "" : s, size }
				       : (struct span){ line + 1, size - (size_t)(line + 1 - s) };
	struct strbuf out = STRBUF_INIT(LIMIT_URL * 4), again = STRBUF_INIT(LIMIT_URL * 4);
	/* A base is an address that was resolved before. */
	struct strbuf from = STRBUF_INIT(LIMIT_URL * 4);

	if (base != NULL && url_resolve(&from, NULL, span_of(base)))
		assert_one_line(&from);
	if (url_resolve(&out, from.len > 0 ? from.data : NULL, ref)) {
		struct span made = { out.data, out.len };
		assert_one_line(&out);
		assert(!utf8_valid(ref.s, ref.n) || utf8_valid(out.data, out.len) ||
			!utf8_valid(strbuf_str(&from), from.len));
		if (url_scheme(made).n > 0)
			assert(url_resolve(&again, from.data, made) && again.len == out.len &&
				memcmp(again.data, out.data, out.len) == 0);
		assert_canonical(made);
	} else {
		assert(out.len == 0);
	}
	assert_canonical(ref);
	strbuf_release(&out);
	strbuf_release(&again);
	strbuf_release(&from);
	free(base);
	return 0;
}
