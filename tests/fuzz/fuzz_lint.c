/* Any bytes as a feed, for lint and for people: one line a finding, safe for terminals, lines that
 * are in the document. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "feed/feed.h"
#include "parser/lint.h"
#include "parser/text_out.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	feed_prepare();
	return 0;
}

/* Most findings begin "f:LINE: "; LINE is one of the source's. */
static void assert_lines(const char *text, long lines)
{
	for (const char *s = text; *s != '\0'; s += strcspn(s, "\n") + 1) {
		if (s[2] == ' ')
			continue;
		long line = strtol(s + 2, NULL, 10);
		assert(line >= 1 && line <= lines);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf out = STRBUF_INIT(LIMIT_BODY_MAX);
	struct feed_input in = { (const char *)data, size, "text/xml; charset=utf-8", NULL };
	struct failure fail = { 0 };
	struct feed_doc *doc = feed_parse(&in, &fail);
	long lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	size_t n = lint_document(&out, "f", &in, doc, &fail, 1795417200);
	assert(text_is_safe(strbuf_str(&out), out.len));
	assert(n > 0 || strcmp(strbuf_str(&out), "f: nothing found\n") == 0);
	assert_lines(strbuf_str(&out), lines);
	if (doc != NULL) {
		strbuf_clear(&out);
		text_out_doc(&out, doc, size % 120);
		assert(text_is_safe(strbuf_str(&out), out.len));
	}
	feed_doc_free(doc);
	strbuf_release(&out);
	return 0;
}
