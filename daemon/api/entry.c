#include "api/resources.h"

#include <string.h>

#define WORDS_A_MINUTE 200

/* Of a byte of HTML: whether it ends a word. */
static const bool ENDS_WORD[256] = {
	['\0'] = true,
	[' '] = true,
	['\n'] = true,
	['\t'] = true,
	['<'] = true,
};

/* Minutes to read sanitised HTML: its words are what stands between blanks and tags. */
static int64_t reading_minutes(const char *html)
{
	int64_t words = 0;
	for (const char *p = html; p != NULL && *p != '\0';) {
		const char *begin = p;
		while (!ENDS_WORD[(unsigned char)*p])
			p++;
		words += p > begin;
		if (*p == '<')
			p = strchr(p, '>');
		if (p != NULL && *p != '\0')
			p++;
	}
	return (words + WORDS_A_MINUTE - 1) / WORDS_A_MINUTE;
}

static void write_enclosures(struct json_writer *w, const struct entry_record *entry)
{
	jw_array(w, "enclosures");
	for (size_t i = 0; i < entry->n_enclosures; i++) {
		const struct enclosure_record *e = &entry->enclosures[i];
		jw_object(w, NULL);
		jw_int(w, "id", e->id);
		jw_int(w, "user_id", 1);
		jw_int(w, "entry_id", entry->id);
		jw_string(w, "url", e->url);
		jw_string(w, "mime_type", e->mime_type);
		jw_int(w, "size", e->size);
		jw_int(w, "media_progression", 0);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void write_feed(struct json_writer *w, const struct entry_record *entry)
{
	jw_object(w, "feed");
	jw_int(w, "id", entry->feed_id);
	jw_int(w, "user_id", 1);
	jw_string(w, "title", entry->feed_title);
	jw_string(w, "site_url", entry->site_url);
	jw_string(w, "feed_url", entry->feed_url);
	category_write(w, "category", entry->category);
	jw_object_end(w);
}

/* HTML: what matched stands in <mark>. */
static void write_snippet(struct json_writer *w, const char *snippet)
{
	struct strbuf html = STRBUF_INIT(6 * strlen(snippet) + 1);
	for (const char *p = snippet; *p != '\0'; p++) {
		switch (*p) {
		case SEARCH_MARK_BEGIN:
			strbuf_addstr(&html, "<mark>");
			break;
		case SEARCH_MARK_END:
			strbuf_addstr(&html, "</mark>");
			break;
		case '&':
			strbuf_addstr(&html, "&amp;");
			break;
		case '<':
			strbuf_addstr(&html, "&lt;");
			break;
		case '>':
			strbuf_addstr(&html, "&gt;");
			break;
		default:
			strbuf_addch(&html, *p);
		}
	}
	jw_string(w, "snippet", strbuf_str(&html));
	strbuf_release(&html);
}

static void write_texts(struct json_writer *w, const struct entry_record *entry, bool with_content)
{
	jw_string(w, "title", entry->title);
	jw_string(w, "url", entry->url);
	jw_string(w, "comments_url", entry->comments_url);
	jw_string(w, "author", entry->author);
	jw_string(w, "summary", entry->summary);
	jw_string(w, "language", entry->language);
	if (entry->snippet != NULL)
		write_snippet(w, entry->snippet);
	if (with_content) {
		const char *content = entry->content != NULL ? entry->content : "";
		jw_string(w, "content", content);
		jw_int(w, "reading_time", reading_minutes(content));
	}
}

void entry_write(
	struct json_writer *w, const char *key, const struct entry_record *entry, bool with_content)
{
	jw_object(w, key);
	jw_int(w, "id", entry->id);
	jw_int(w, "user_id", 1);
	jw_int(w, "feed_id", entry->feed_id);
	jw_string(w, "status", entry_status_name(entry->status));
	jw_bool(w, "starred", entry->starred);
	jw_bool(w, "backfilled", entry->backfilled);
	jw_string(w, "hash", entry->hash);
	write_texts(w, entry, with_content);
	jw_time(w, "published_at", entry->published);
	jw_time(w, "created_at", entry->created);
	jw_time(w, "changed_at", entry->changed);
	jw_string(w, "share_code", "");
	jw_array(w, "tags");
	for (size_t i = 0; i < entry->n_tags; i++)
		jw_string(w, NULL, entry->tags[i]);
	jw_array_end(w);
	write_enclosures(w, entry);
	write_feed(w, entry);
	jw_object_end(w);
}
