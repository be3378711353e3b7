#include "feed/plain.h"

#include "base/limits.h"
#include "base/text.h"
#include "feed/html_text.h"

#define ELLIPSIS "\xe2\x80\xa6"
/* Of a text only so much is looked at: what is cut anyway need not be cleaned. Entities and tags
 * can be long. */
#define SOURCE_FACTOR 16

/* A byte order mark in front is the editor's or a file's that was pasted, and shows as nothing. */
static struct span begin(struct span text)
{
	static const char mark[] = "\xef\xbb\xbf";

	text = span_trim(text);
	while (span_starts(text, mark)) {
		span_skip(&text, sizeof(mark) - 1);
		text = span_trim(text);
	}
	return text;
}

static const char *store(struct arena *a, struct strbuf *text, size_t limit)
{
	if (text->len == 0)
		return NULL;
	if (text->len > limit) {
		strbuf_truncate(text, utf8_cut(text->data, limit - strlen(ELLIPSIS)));
		strbuf_addstr(text, ELLIPSIS);
	}
	return arena_strndup(a, text->data, text->len);
}

/* Whether the text is its own plain line: safe ASCII, no markup, no doubled blanks. */
static bool is_plain_already(struct span t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.s[i];
		if (c < 0x20 || c == 0x7f || c == '<' || c == '&' ||
			(c == ' ' && i + 1 < t.n && t.s[i + 1] == ' '))
			return false;
	}
	return true;
}

const char *plain_line(struct arena *a, struct strbuf *scratch, struct span text,
	enum text_type type, size_t limit)
{
	text = begin(text);
	if (text.n == 0)
		return NULL;
	if (text.n <= limit && is_plain_already(text))
		return arena_strndup(a, text.s, text.n);
	if (text.n > limit * SOURCE_FACTOR)
		text.n = utf8_cut(text.s, limit * SOURCE_FACTOR);
	strbuf_clear(scratch);
	if (type == TEXT_HTML || (type == TEXT_MAYBE && html_suspected(text))) {
		struct strbuf shown = STRBUF_INIT(scratch->max);
		html_text(&shown, text);
		text_safe_line(scratch, strbuf_str(&shown), shown.len);
		strbuf_release(&shown);
	} else {
		text_safe_line(scratch, text.s, text.n);
	}
	return store(a, scratch, limit);
}

const char *plain_block(struct arena *a, struct strbuf *scratch, struct span text, size_t limit)
{
	text = begin(text);
	if (text.n > limit * 2)
		text.n = utf8_cut(text.s, limit * 2);
	strbuf_clear(scratch);
	text_safe(scratch, text.s, text.n);
	return store(a, scratch, limit);
}
