#include "client/entry_text.h"

#include "base/limits.h"
#include "client/json_get.h"

#include <string.h>

#define WIDEST_TEXT 80 /* longer lines of prose are hard to read */

size_t entry_text_columns(const struct output *o)
{
	return o->columns > 0 && o->columns < WIDEST_TEXT ? o->columns : WIDEST_TEXT;
}

/* The content; the summary when there is none: it is plain text, escaped here so that one way leads
 * to the screen. */
void entry_text(struct strbuf *out, const json_t *entry, const struct html_layout_options *how)
{
	const char *content = get_text(entry, "content");
	if (content[0] != '\0') {
		html_layout(out, content, strlen(content), how);
		return;
	}
	struct strbuf escaped = STRBUF_INIT(6 * LIMIT_SUMMARY);
	for (const char *s = get_text(entry, "summary"); *s != '\0'; s++) {
		switch (*s) {
		case '&':
			strbuf_addstr(&escaped, "&amp;");
			break;
		case '<':
			strbuf_addstr(&escaped, "&lt;");
			break;
		default:
			strbuf_addch(&escaped, *s);
		}
	}
	html_layout(out, strbuf_str(&escaped), escaped.len, how);
	strbuf_release(&escaped);
}

void entry_text_lines(struct strbuf *out, const json_t *entry)
{
	struct html_layout_options how = {
		.width = 8 * (size_t)LIMIT_CONTENT,
		.language = get_text(entry, "language"),
		.loose = true,
	};
	entry_text(out, entry, &how);
}
