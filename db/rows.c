#include "db/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void read_config(struct stmt *s, struct feed_config *ret)
{
	ret->url = stmt_read_text(s);
	ret->name = stmt_read_text(s);
	ret->category = stmt_read_text(s);
	ret->interval = stmt_read_int(s);
	ret->allow_private = stmt_read_int(s) != 0;
	ret->declared = stmt_read_int(s) != 0;
	ret->disabled = stmt_read_int(s) != 0;
	ret->username = stmt_read_text(s);
	ret->password = stmt_read_text(s);
	ret->cookie = stmt_read_text(s);
	ret->proxy = stmt_read_text(s);
}

static void read_failure(struct stmt *s, struct failure *ret)
{
	const char *stage = stmt_read_text(s);
	const char *status = stmt_read_text(s);
	int http_code = (int)stmt_read_int(s);
	const char *detail = stmt_read_text(s);

	*ret = (struct failure){ 0 };
	if (status != NULL)
		failure_set(ret, stage_from_name(stage == NULL ? "" : stage),
			status_from_name(status), http_code, "%s", detail == NULL ? "" : detail);
}

static void read_rhythm(struct stmt *s, struct rhythm *ret)
{
	ret->entries = stmt_read_real(s);
	ret->days = stmt_read_real(s);
	ret->at = stmt_read_int(s);
	ret->window = stmt_read_int(s);
}

static void read_state(struct stmt *s, struct feed_fetch_state *ret)
{
	ret->etag = stmt_read_text(s);
	ret->last_modified = stmt_read_text(s);
	ret->validators_url = stmt_read_text(s);
	stmt_read_hash(s, &ret->body_hash);
	stmt_read_hash(s, &ret->quarantine_hash);
	ret->next_due = stmt_read_int(s);
	const char *reason = stmt_read_text(s);
	ret->due_reason = due_reason_from_name(reason == NULL ? "" : reason);
	ret->due_wait = stmt_read_int(s);
	read_rhythm(s, &ret->rhythm);
	ret->retry_at = stmt_read_int(s);
	ret->last_fetch = stmt_read_int(s);
	ret->last_success = stmt_read_int(s);
	ret->n_failures = (unsigned)stmt_read_int(s);
	ret->failing_since = stmt_read_int(s);
	read_failure(s, &ret->failure);
	ret->ttl_minutes = stmt_read_int(s);
	ret->update_interval_seconds = stmt_read_int(s);
	ret->skip_hours = (uint32_t)stmt_read_int(s);
	ret->skip_days = (uint8_t)stmt_read_int(s);
	ret->gap_at = stmt_read_int(s);
	ret->mended = stmt_read_text(s);
}

void feed_row_read(struct stmt *s, struct feed_record *ret)
{
	ret->id = stmt_read_int(s);
	read_config(s, &ret->config);
	ret->created = stmt_read_int(s);
	read_state(s, &ret->state);
	ret->meta.title = stmt_read_text(s);
	ret->meta.site_url = stmt_read_text(s);
	ret->meta.description = stmt_read_text(s);
	ret->meta.language = stmt_read_text(s);
	ret->meta.icon = stmt_read_text(s);
	ret->n_entries = stmt_read_int(s);
	ret->n_unread = stmt_read_int(s);
}

void move_row_read(struct stmt *s, int64_t *ret_feed_id, struct move_record *ret)
{
	*ret_feed_id = stmt_read_int(s);
	ret->number = stmt_read_int(s);
	ret->from_url = stmt_read_text(s);
	ret->to_url = stmt_read_text(s);
	ret->n_seen = (unsigned)stmt_read_int(s);
	ret->first_seen = stmt_read_int(s);
	ret->adopted = stmt_read_int(s);
	ret->undone = stmt_read_int(s);
}

void websub_row_read(struct stmt *s, struct websub_record *ret)
{
	ret->feed_id = stmt_read_int(s);
	ret->hub = stmt_read_text(s);
	ret->topic = stmt_read_text(s);
	ret->state = stmt_read_text(s);
	ret->callback = stmt_read_text(s);
	ret->secret = stmt_read_text(s);
	ret->lease_until = stmt_read_int(s);
	ret->next_try = stmt_read_int(s);
	ret->n_failures = (unsigned)stmt_read_int(s);
	ret->detail = stmt_read_text(s);
}

void revision_row_read(struct stmt *s, struct unpacked *texts, struct revision_record *ret)
{
	ret->number = stmt_read_int(s);
	ret->replaced = stmt_read_int(s);
	ret->etag = stmt_read_text(s);
	ret->updated = stmt_read_int(s);
	ret->n_alike = stmt_read_int(s);
	ret->whole = stmt_read_int(s) != 0;
	ret->url = stmt_read_text(s);
	ret->title = stmt_read_text(s);
	ret->author = stmt_read_text(s);
	stmt_read_texts(s, REVISION_TEXTS, texts);
	ret->summary = texts->texts[TEXT_REVISED_SUMMARY];
	ret->content = texts->texts[TEXT_REVISED_CONTENT];
}

void edition_row_read(struct stmt *s, struct edition_record *ret)
{
	ret->id = stmt_read_int(s);
	ret->name = stmt_read_text(s);
	ret->label = stmt_read_text(s);
	ret->after_id = stmt_read_int(s);
	ret->upto_id = stmt_read_int(s);
	ret->created = stmt_read_int(s);
	ret->published = stmt_read_int(s) != 0;
}

void entry_row_read(
	struct stmt *s, struct unpacked *texts, struct entry_record *ret, char hex[ENTRY_HASH_HEX])
{
	*ret = (struct entry_record){ .id = stmt_read_int(s) };
	ret->feed_id = stmt_read_int(s);
	ret->feed_title = stmt_read_text(s);
	ret->feed_url = stmt_read_text(s);
	ret->site_url = stmt_read_text(s);
	ret->category = stmt_read_text(s);
	ret->status = (enum entry_status)stmt_read_int(s);
	ret->starred = stmt_read_int(s) != 0;
	ret->published = stmt_read_int(s);
	ret->created = stmt_read_int(s);
	ret->changed = stmt_read_int(s);
	ret->backfilled = stmt_read_int(s) != 0;
	snprintf(hex, ENTRY_HASH_HEX, "%016" PRIx64, (uint64_t)stmt_read_int(s));
	ret->hash = hex;
	ret->url = stmt_read_text(s);
	ret->title = stmt_read_text(s);
	ret->author = stmt_read_text(s);
	ret->language = stmt_read_text(s);
	stmt_read_texts(s, ENTRY_TEXTS, texts);
	ret->guid = texts->texts[TEXT_GUID];
	ret->comments_url = texts->texts[TEXT_COMMENTS_URL];
	ret->summary = texts->texts[TEXT_SUMMARY];
	ret->content = texts->texts[TEXT_CONTENT];
}

/* The lists hold at most what the limit of a document lets through (LIMIT_PER_ENTRY); of a file
 * that was tampered with they show the beginning. */
static bool read_tags(struct db *db, struct arena *a, struct entry_record *ret)
{
	const char *list[LIMIT_PER_ENTRY];
	struct stmt s = db_stmt(db, STATEMENT_TAGS);
	size_t n = 0;

	stmt_int(&s, ret->id);
	while (n < LIMIT_PER_ENTRY && stmt_row(&s))
		list[n++] = arena_strdup(a, stmt_read_text(&s));
	if (n > 0) {
		const char **tags = arena_array(a, const char *, n);
		if (!a->exhausted) {
			memcpy(tags, list, n * sizeof(*tags));
			ret->tags = tags;
			ret->n_tags = n;
		}
	}
	return stmt_end(&s);
}

static void read_enclosure(
	struct stmt *s, struct arena *a, int64_t entry_id, struct enclosure_record *ret)
{
	ret->id = entry_id * LIMIT_PER_ENTRY + stmt_read_int(s);
	ret->url = arena_strdup(a, stmt_read_text(s));
	const char *mime_type = stmt_read_text(s);
	ret->mime_type = mime_type == NULL ? NULL : arena_strdup(a, mime_type);
	ret->size = stmt_read_int(s);
}

static bool read_enclosures(struct db *db, struct arena *a, struct entry_record *ret)
{
	struct enclosure_record list[LIMIT_PER_ENTRY];
	struct stmt s = db_stmt(db, STATEMENT_ENCLOSURES);
	size_t n = 0;

	stmt_int(&s, ret->id);
	while (n < LIMIT_PER_ENTRY && stmt_row(&s))
		read_enclosure(&s, a, ret->id, &list[n++]);
	if (n > 0) {
		struct enclosure_record *all = arena_array(a, struct enclosure_record, n);
		if (!a->exhausted) {
			memcpy(all, list, n * sizeof(*all));
			ret->enclosures = all;
			ret->n_enclosures = n;
		}
	}
	return stmt_end(&s);
}

bool entry_lists_read(struct db *db, struct arena *a, struct entry_record *ret)
{
	return read_tags(db, a, ret) && read_enclosures(db, a, ret);
}
