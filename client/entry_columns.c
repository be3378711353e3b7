#include "client/entry_columns.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/json_get.h"

/* Appends the first of these texts that is not empty; untitled entries are shown by what else they
 * have. */
static void first_of(
	struct strbuf *out, const json_t *row, const char *const *paths, const char *otherwise)
{
	size_t before = out->len;
	for (; *paths != NULL && out->len == before; paths++) {
		const char *text = get_text(row, *paths);
		size_t n = strlen(text);
		text_safe_line(out, text, n < LIMIT_TITLE ? n : utf8_cut(text, LIMIT_TITLE));
	}
	if (out->len == before) {
		strbuf_addstr(out, otherwise);
	}
}

void entry_title(struct strbuf *out, const json_t *entry)
{
	static const char *const paths[] = { "title", "summary", "url", NULL };
	first_of(out, entry, paths, "(untitled)");
}

void entry_feed(struct strbuf *out, const json_t *entry)
{
	static const char *const paths[] = { "feed.title", "feed.feed_url", NULL };
	first_of(out, entry, paths, "(feed)");
}

static unsigned feed_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	entry_feed(out, row);
	return STYLE_CYAN;
}

static unsigned title_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	bool starred = get_flag(row, "starred");
	if (starred) {
		strbuf_addstr(out, "★ ");
	}
	entry_title(out, row);
	return (strcmp(get_text(row, "status"), "unread") == 0 ? STYLE_BOLD : STYLE_PLAIN) |
	       (starred ? STYLE_YELLOW : STYLE_PLAIN);
}

static unsigned published_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "published_at", p);
}

static unsigned created_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "created_at", p);
}

static unsigned changed_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "changed_at", p);
}

/* clang-format off */
#define ENTRY_FIELDS                                                                               \
	{ .name = "created_at", .path = "created_at", .cell = created_cell, .firm = true },        \
	{ .name = "changed_at", .path = "changed_at", .cell = changed_cell, .firm = true },        \
	{ .name = "status", .path = "status" },                                                    \
	{ .name = "starred", .path = "starred" },                                                  \
	{ .name = "feed_id", .path = "feed_id", .right = true, .firm = true },                     \
	{ .name = "feed_url", .path = "feed.feed_url" },                                           \
	{ .name = "category", .path = "feed.category.title" },                                     \
	{ .name = "url", .path = "url" },                                                          \
	{ .name = "comments_url", .path = "comments_url" },                                        \
	{ .name = "author", .path = "author" },                                                    \
	{ .name = "tags", .path = "tags" },                                                        \
	{ .name = "language", .path = "language" },                                                \
	{ .name = "reading_time", .path = "reading_time", .right = true },                         \
	{ .name = "enclosures", .path = "enclosures" },                                            \
	{ .name = "summary", .path = "summary" },                                                  \
	{ .name = "content", .path = "content" },                                                  \
	{ .name = "hash", .path = "hash" },                                                        \
	{ .name = "snippet", .path = "snippet" },                                                        \
	{ 0 }

const struct column headline_columns[] = {
	{ .name = "id", .path = "id", .shown = true, .right = true, .firm = true },
	{ .name = "published_at", .path = "published_at", .cell = published_cell, .shown = true, .firm = true },
	{ .name = "feed", .path = "feed.title", .cell = feed_cell, .shown = true, .share = 25 },
	{ .name = "title", .path = "title", .cell = title_cell, .shown = true },
	ENTRY_FIELDS
};

const struct column follow_columns[] = {
	{ .name = "id", .path = "id", .shown = true, .right = true, .firm = true, .usual = 6 },
	{ .name = "feed", .path = "feed.title", .cell = feed_cell, .shown = true, .share = 25, .usual = 16 },
	{ .name = "title", .path = "title", .cell = title_cell, .shown = true },
	{ .name = "published_at", .path = "published_at", .cell = published_cell, .firm = true },
	ENTRY_FIELDS
};
/* clang-format on */
