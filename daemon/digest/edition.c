#include "digest/edition.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "feed/html_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void edition_init(struct edition *e, const char *name, const char *label, int64_t created)
{
	*e = (struct edition){ .created = created };
	arena_init(&e->arena, LIMIT_DIGEST_TEXT);
	e->name = arena_strdup(&e->arena, name);
	e->label = arena_strdup(&e->arena, label);
}

void edition_release(struct edition *e)
{
	arena_release(&e->arena);
	free(e->entries);
	*e = (struct edition){ 0 };
}

/* Safe, on one line, at most `most` bytes; NULL when nothing is left. */
static const char *line_copy(struct edition *e, const char *text, size_t most)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_SUMMARY);
	const char *copy = NULL;

	if (text == NULL)
		return NULL;
	text_safe_line(&safe, text, strlen(text));
	if (safe.len > 0)
		copy = arena_strndup(&e->arena, strbuf_str(&safe),
			utf8_cut(strbuf_str(&safe), safe.len < most ? safe.len : most));
	strbuf_release(&safe);
	return copy;
}

/* What may stand in a link: nothing that a reader's program would run or send anywhere but to a web
 * server or a mail program. */
static bool url_fit(const char *url)
{
	static const char *const schemes[] = { "http://", "https://", "mailto:" };
	const size_t n = strlen(url);

	if (n > LIMIT_DIGEST_URL || !text_is_safe(url, n) || strpbrk(url, " \t\n") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0 && n > strlen(schemes[i]))
			return true;
	return false;
}

static bool language_fit(const char *language)
{
	const size_t n = strlen(language);

	return n >= 2 && n <= 35 &&
	       strspn(language,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == n;
}

/* Neighbours of one feed share the feed's texts. */
static void feed_copy(struct edition *e, struct digest_entry *to, const struct entry_record *record)
{
	const struct digest_entry *last = e->n > 0 ? &e->entries[e->n - 1] : NULL;

	if (last != NULL && last->feed_id == record->feed_id) {
		to->feed = last->feed;
		to->category = last->category;
		return;
	}
	to->feed = line_copy(e, record->feed_title, LIMIT_NAME);
	to->category = line_copy(e, record->category, LIMIT_NAME);
}

/* Cuts a line to `most` columns, after a word where there is one, and says so with an ellipsis. */
static void cut_line(struct strbuf *line, size_t most)
{
	const char *text = strbuf_str(line);
	size_t width, cut = text_fit(text, line->len, most, &width);

	if (cut == line->len)
		return;
	cut = text_fit(text, line->len, most - 1, &width);
	const char *space = memrchr(text, ' ', cut + (text[cut] == ' '));
	/* Scripts without spaces are cut between characters. */
	if (space != NULL && space > text + cut / 2)
		cut = (size_t)(space - text);
	strbuf_truncate(line, cut);
	strbuf_addstr(line, "…");
}

/* The text at the beginning of sanitised HTML. Not more than a summary needs is looked at, and no
 * tag that is cut in two. */
static void content_text(struct strbuf *out, const char *content)
{
	const size_t n = strnlen(content, LIMIT_DIGEST_CONTENT);
	size_t whole = n < LIMIT_DIGEST_CONTENT ? n : utf8_cut(content, n);
	const char *open = memrchr(content, '<', whole);

	if (open != NULL && memchr(open, '>', (size_t)(content + whole - open)) == NULL)
		whole = (size_t)(open - content);
	html_text(out, (struct span){ content, whole });
}

/* One safe line of what the entry says; empty when it says nothing. */
static void gist(struct strbuf *line, const char *summary, const char *content)
{
	struct strbuf text = STRBUF_INIT(2 * LIMIT_DIGEST_CONTENT);

	if (summary != NULL)
		text_safe_line(line, summary, strnlen(summary, LIMIT_DIGEST_CONTENT));
	if (line->len == 0 && content != NULL) {
		content_text(&text, content);
		text_safe_line(line, strbuf_str(&text), text.len);
	}
	strbuf_release(&text);
}

static const char *cut_copy(struct edition *e, const char *line, size_t most)
{
	struct strbuf copy = STRBUF_INIT(2 * LIMIT_DIGEST_CONTENT);

	strbuf_addstr(&copy, line);
	cut_line(&copy, most);
	const char *kept = arena_strdup(&e->arena, strbuf_str(&copy));
	strbuf_release(&copy);
	return kept;
}

/* Microblogs have no titles: the beginning of the text stands in. */
static void makeshift_title(struct edition *e, struct digest_entry *entry, const char *line)
{
	const char *title =
		line[0] != '\0' ? cut_copy(e, line, LIMIT_DIGEST_MAKESHIFT) : entry->url;

	entry->untitled = true;
	entry->title = title != NULL ? title : "(untitled)";
}

void edition_summary(
	struct edition *e, struct digest_entry *entry, const char *summary, const char *content)
{
	struct strbuf line = STRBUF_INIT(2 * LIMIT_DIGEST_CONTENT);

	gist(&line, summary, content);
	if (entry->untitled)
		makeshift_title(e, entry, strbuf_str(&line));
	entry->summary = NULL;
	if (line.len > 0 && strcmp(strbuf_str(&line), entry->title) != 0)
		entry->summary = cut_copy(e, strbuf_str(&line), LIMIT_DIGEST_SUMMARY);
	strbuf_release(&line);
}

void edition_add(struct edition *e, const struct entry_record *record)
{
	struct digest_entry entry = {
		.id = record->id,
		.feed_id = record->feed_id,
		/* A date in the future must not keep an entry on top. */
		.published =
			record->published < record->created ? record->published : record->created,
	};
	struct strbuf line = STRBUF_INIT(2 * LIMIT_DIGEST_CONTENT);

	feed_copy(e, &entry, record);
	entry.title = line_copy(e, record->title, LIMIT_DIGEST_TITLE);
	entry.author = line_copy(e, record->author, LIMIT_DIGEST_TITLE);
	if (record->url != NULL && url_fit(record->url))
		entry.url = arena_strdup(&e->arena, record->url);
	if (record->language != NULL && language_fit(record->language))
		entry.language = arena_strdup(&e->arena, record->language);
	if (entry.title == NULL) {
		gist(&line, record->summary, NULL);
		makeshift_title(e, &entry, strbuf_str(&line));
		strbuf_release(&line);
	}
	if (entry.feed == NULL)
		entry.feed = "(unnamed)";
	if (e->arena.exhausted) {
		e->n_uncounted++;
		return;
	}
	e->entries = xgrow(e->entries, e->n, &e->cap, sizeof(*e->entries));
	e->entries[e->n++] = entry;
}

/* ---- ranking ---- */

/* -1, 0, 1 as the one that is to come first is a. */
static int newest_first(const struct digest_entry *a, const struct digest_entry *b)
{
	if (a->published != b->published)
		return a->published > b->published ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

static int by_feed_id(const void *x, const void *y)
{
	const struct digest_entry *a = x, *b = y;

	if (a->feed_id != b->feed_id)
		return a->feed_id < b->feed_id ? -1 : 1;
	return newest_first(a, b);
}

static int by_turn(const void *x, const void *y)
{
	const struct digest_entry *a = x, *b = y;

	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return newest_first(a, b);
}

static int category_order(const struct digest_entry *a, const struct digest_entry *b)
{
	if (a->category == NULL || b->category == NULL)
		return (a->category == NULL) - (b->category == NULL);
	return strcmp(a->category, b->category);
}

static int by_category(const void *x, const void *y)
{
	const int order = category_order(x, y);

	return order != 0 ? order : by_turn(x, y);
}

static int by_feed(const void *x, const void *y)
{
	const struct digest_entry *a = x, *b = y;
	int order = strcasecmp(a->feed, b->feed);

	if (order == 0)
		order = a->feed_id < b->feed_id ? -1 : a->feed_id > b->feed_id;
	return order != 0 ? order : newest_first(a, b);
}

static void sort(struct digest_entry *entries, size_t n, int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(entries, n, sizeof(*entries), order);
}

void edition_rank(struct edition *e, size_t max_stories)
{
	sort(e->entries, e->n, by_feed_id);
	e->n_feeds = 0;
	for (size_t i = 0; i < e->n; i++) {
		const bool same = i > 0 && e->entries[i].feed_id == e->entries[i - 1].feed_id;
		e->entries[i].turn = same ? e->entries[i - 1].turn + 1 : 0;
		e->n_feeds += !same;
	}
	sort(e->entries, e->n, by_turn);
	e->n_stories = e->n < max_stories ? e->n : max_stories;
	sort(e->entries, e->n_stories, by_category);
	sort(e->entries + e->n_stories, e->n - e->n_stories, by_feed);
}

bool edition_has_categories(const struct edition *e)
{
	/* Those without come last. */
	return e->n_stories > 0 && e->entries[0].category != NULL;
}

const char *edition_category(const struct digest_entry *entry)
{
	return entry->category != NULL ? entry->category : "Other";
}

bool edition_category_begins(const struct edition *e, size_t i)
{
	return i == 0 || category_order(&e->entries[i], &e->entries[i - 1]) != 0;
}

bool edition_feed_begins(const struct edition *e, size_t i)
{
	return i == e->n_stories || e->entries[i].feed_id != e->entries[i - 1].feed_id;
}

const char *edition_date(const struct edition *e, char buf[64])
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };
	time_t t = (time_t)e->created;
	struct tm tm;
	char rest[48];

	localtime_r(&t, &tm);
	strftime(rest, sizeof(rest), "%B %Y", &tm);
	snprintf(buf, 64, "%s, %d %s", days[tm.tm_wday % 7], tm.tm_mday, rest);
	return buf;
}

const char *edition_when(const struct edition *e, const struct digest_entry *entry, char buf[64])
{
	time_t then = (time_t)entry->published, now = (time_t)e->created;
	struct tm tm, today;
	char rest[48];

	localtime_r(&then, &tm);
	localtime_r(&now, &today);
	if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday) {
		strftime(buf, 64, "%H:%M", &tm);
		return buf;
	}
	strftime(rest, sizeof(rest), tm.tm_year == today.tm_year ? "%B" : "%B %Y", &tm);
	snprintf(buf, 64, "%d %s", tm.tm_mday, rest);
	return buf;
}

const char *edition_sum(const struct edition *e, char buf[96])
{
	const size_t n = e->n + e->n_uncounted;

	if (n == 0)
		snprintf(buf, 96, "Nothing new since the last edition");
	else
		snprintf(buf, 96, "%zu new %s from %zu %s", n, n == 1 ? "entry" : "entries",
			e->n_feeds, e->n_feeds == 1 ? "feed" : "feeds");
	return buf;
}
