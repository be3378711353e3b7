/* Any bytes as content: the output is valid, holds nothing of what must go, and is its own
 * sanitised form. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "feed/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a name stands in a tag, outside of its quoted values. */
static bool in_tag(const char *tag, size_t n, const char *name)
{
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		quoted ^= tag[i] == '"';
		if (!quoted && n - i >= strlen(name) && memcmp(tag + i, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

/* Text may say anything; what stands in a tag may not. */
static void assert_tags_are_safe(const char *html)
{
	static const char *const forbidden[] = { "<script", "<style", "<iframe", "<object",
		"<embed", "<form", "<svg", "<math", "<base", "<meta", "<link", "<input", " on",
		" style=", " srcdoc=" };
	/* A title may say "javascript:", an address may not. */
	static const char *const addresses[] = { " href=\"", " src=\"", " srcset=\"", " cite=\"",
		" longdesc=\"", " poster=\"" };
	static const char *const schemes[] = { "javascript:", "vbscript:", "data:" };

	for (const char *tag = strchr(html, '<'); tag != NULL; tag = strchr(tag + 1, '<')) {
		size_t n = strcspn(tag, ">");
		for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
			assert(!in_tag(tag, n, forbidden[i]));
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
			const char *address = memmem(tag, n, addresses[i], strlen(addresses[i]));
			for (size_t k = 0; address != NULL && k < 3; k++)
				assert(strncmp(address + strlen(addresses[i]), schemes[k],
					       strlen(schemes[k])) != 0);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf once = STRBUF_INIT(LIMIT_BODY_MAX), twice = STRBUF_INIT(LIMIT_BODY_MAX);
	const char *base = size > 0 && (data[0] & 1) ? "http://example.org/a/" : NULL;
	struct span span = { (const char *)data, size };

	html_sanitise(&once, span, base);
	/* The short cut and the tree agree. */
	html_sanitise_by_tree(&twice, span, base);
	assert(once.len == twice.len &&
		memcmp(strbuf_str(&once), strbuf_str(&twice), once.len) == 0);
	strbuf_clear(&twice);
	html_sanitise(&twice, (struct span){ strbuf_str(&once), once.len }, base);
	assert(text_is_safe(strbuf_str(&once), once.len));
	assert_tags_are_safe(strbuf_str(&once));
	assert(once.len == twice.len &&
		memcmp(strbuf_str(&once), strbuf_str(&twice), once.len) == 0);
	strbuf_release(&once);
	strbuf_release(&twice);
	return 0;
}
