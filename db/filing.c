#include "db/filing.h"

#include "base/mem.h"
#include "base/strbuf.h"
#include "db/entry_text.h"
#include "db/matching.h"
#include "db/presence.h"
#include "db/renaming.h"
#include "db/revisions.h"
#include "db/search_index.h"
#include "db/tally.h"
#include "db/tombstones.h"
#include "db/texts.h"
#include "db/writer.h"

#include <stdlib.h>

/* What storing the entries of one document needs at hand. */
struct filing {
	struct db *db;
	int64_t feed_id, now;
	const char *etag;   /* of the document */
	int64_t news_since; /* an unknown entry with an earlier date is no news */
	const struct feed_doc *doc;
	struct entry_trust *trust;
	struct match *matches;
	struct strbuf author, content;
	struct arrivals arrivals;
	struct store_refresh_result *result;
};

/* The columns that ENTRY_INSERT and ENTRY_UPDATE share, in their order. */
static void bind_entry(struct filing *f, struct stmt *s, const struct feed_entry *e)
{
	entry_author(&f->author, e);
	stmt_int(s, hash_short(&e->content_hash));
	stmt_text(s, entry_url(e));
	stmt_text(s, e->title);
	stmt_text(s, strbuf_str(&f->author));
	stmt_text(s, e->language);
}

/* `how`: CONTENT_INSERT of a new entry, CONTENT_UPDATE of a known one. */
static bool put_content(
	struct filing *f, enum statement how, const struct feed_entry *e, int64_t id)
{
	const char *const texts[ENTRY_TEXTS] = {
		[TEXT_GUID] = e->guid,
		[TEXT_COMMENTS_URL] = e->comments_url,
		[TEXT_SUMMARY] = e->summary,
		[TEXT_CONTENT] = entry_content(&f->content, e),
	};
	struct stmt s = db_stmt(f->db, how);

	stmt_texts(&s, texts, ENTRY_TEXTS);
	stmt_int(&s, id);
	return stmt_run(&s);
}

static bool put_tags(struct filing *f, const struct feed_entry *e, int64_t id)
{
	for (size_t i = 0; i < e->n_tags && i < LIMIT_PER_ENTRY; i++) {
		const struct feed_tag *tag = &e->tags[i];
		const char *text = tag->label != NULL ? tag->label : tag->term;
		if (text == NULL || *text == '\0')
			continue;
		struct stmt s = db_stmt(f->db, STATEMENT_TAG_INSERT);
		stmt_int(&s, id);
		stmt_int(&s, (int64_t)i);
		stmt_text(&s, text);
		if (!stmt_run(&s))
			return false;
	}
	return true;
}

static bool put_enclosures(struct filing *f, const struct feed_entry *e, int64_t id)
{
	for (size_t i = 0; i < e->n_attachments && i < LIMIT_PER_ENTRY; i++) {
		const struct feed_attachment *a = &e->attachments[i];
		if (a->url == NULL || *a->url == '\0')
			continue;
		struct stmt s = db_stmt(f->db, STATEMENT_ENCLOSURE_INSERT);
		stmt_int(&s, id);
		stmt_int(&s, (int64_t)i);
		stmt_text(&s, a->url);
		stmt_text(&s, a->mime_type);
		stmt_int(&s, a->size_in_bytes > 0 ? a->size_in_bytes : 0);
		if (!stmt_run(&s))
			return false;
	}
	return true;
}

/* The hash of an entry's keys as they stand: equal means that this document brings no new alias. */
static int64_t keys_hash(const struct feed_entry *e, unsigned usable)
{
	struct {
		struct hash keys[ENTRY_KEY_COUNT];
		unsigned usable;
	} all = { .usable = usable };

	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++)
		all.keys[kind] = e->keys[kind];
	struct hash hash = hash_bytes(&all, sizeof(all));
	return hash_short(&hash);
}

/* Adds the keys of an entry of the document as names of a stored one, up to the limit. *n_keys
 * counts those it has. `how`: KEY_INSERT, a key that another entry has stays that one's, or
 * KEY_TAKE. */
static bool add_keys(struct filing *f, enum statement how, size_t i, int64_t id, int64_t *n_keys)
{
	for (int kind = 0; kind < ENTRY_KEY_COUNT && *n_keys < LIMIT_ENTRY_KEYS; kind++) {
		if (!(f->trust[i].keys & KEY_BIT(kind)))
			continue;
		struct stmt s = db_stmt(f->db, how);
		stmt_int(&s, f->feed_id);
		stmt_int(&s, hash_short(&f->doc->entries[i].keys[kind]));
		stmt_int(&s, id);
		if (!stmt_run(&s))
			return false;
		*n_keys += sqlite3_changes(f->db->handle);
	}
	return true;
}

/* The same of an entry that none of its keys named. All of them may be those of one that the
 * document shows by a better key: they are this one's from now on. Without any it would be new in
 * each document. */
static bool add_own_keys(struct filing *f, size_t i, int64_t id, int64_t *n_keys)
{
	int64_t n_before = *n_keys;

	return add_keys(f, STATEMENT_KEY_INSERT, i, id, n_keys) &&
	       (*n_keys > n_before || add_keys(f, STATEMENT_KEY_TAKE, i, id, n_keys));
}

/* A known entry came with other keys than last time. */
static bool add_aliases(struct filing *f, size_t i, int64_t keys)
{
	const struct match *m = &f->matches[i];
	int64_t n_keys = m->n_keys;

	/* Keys that change with every request fill up the aliases; from then on nothing is written
	 * for them. */
	if (n_keys >= LIMIT_ENTRY_KEYS)
		return true;
	if (m->kind == ENTRY_KEY_COUNT
			? !add_own_keys(f, i, m->entry_id, &n_keys)
			: !add_keys(f, STATEMENT_KEY_INSERT, i, m->entry_id, &n_keys))
		return false;
	struct stmt s = db_stmt(f->db, STATEMENT_ENTRY_KEYS);
	stmt_int(&s, keys);
	stmt_int(&s, n_keys);
	stmt_int(&s, m->entry_id);
	return stmt_run(&s);
}

static int64_t first_key(const struct feed_entry *e, unsigned usable)
{
	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++) {
		if (usable & KEY_BIT(kind))
			return hash_short(&e->keys[kind]);
	}
	return 0;
}

static bool is_old(const struct feed_entry *e, int64_t news_since)
{
	return entry_date(e) != FEED_NO_DATE && entry_date(e) < news_since;
}

static bool insert_entry(struct filing *f, size_t i)
{
	const struct feed_entry *e = &f->doc->entries[i];
	unsigned usable = f->trust[i].keys;
	int64_t published = entry_date(e) != FEED_NO_DATE ? entry_date(e) : f->now;
	struct stmt s = db_stmt(f->db, STATEMENT_ENTRY_INSERT);

	bind_entry(f, &s, e);
	stmt_int(&s, published);
	stmt_int(&s, f->now);
	stmt_int(&s, f->now);
	stmt_int(&s, f->feed_id);
	stmt_int(&s, first_key(e, usable));
	stmt_int(&s, keys_hash(e, usable));
	/* One too many where another entry has a key already; that only lowers the limit. */
	stmt_int(&s, __builtin_popcount(usable));
	bool backfilled = is_old(e, f->news_since);
	stmt_int(&s, backfilled);
	if (!stmt_run(&s))
		return false;
	f->result->n_backfilled += backfilled;
	int64_t id = sqlite3_last_insert_rowid(f->db->handle), n_keys = 0;
	f->result->n_new++;
	f->result->last_id = id;
	f->matches[i].entry_id = id;
	if (f->result->first_id == 0)
		f->result->first_id = id;
	return put_content(f, STATEMENT_CONTENT_INSERT, e, id) && put_tags(f, e, id) &&
	       put_enclosures(f, e, id) && add_own_keys(f, i, id, &n_keys) &&
	       arrivals_add(f->db, &f->arrivals, published, f->now);
}

static bool delete_lists(struct db *db, int64_t id)
{
	struct stmt s = db_stmt(db, STATEMENT_TAGS_DELETE);

	stmt_int(&s, id);
	if (!stmt_run(&s))
		return false;
	s = db_stmt(db, STATEMENT_ENCLOSURES_DELETE);
	stmt_int(&s, id);
	return stmt_run(&s);
}

/* What the entry says so far, before that is written over. */
static bool keep_revision(struct filing *f, const struct feed_entry *e, int64_t id)
{
	struct revision_cause cause = { .now = f->now, .etag = f->etag };

	entry_author(&f->author, e);
	cause.updated = e->updated != FEED_NO_DATE ? e->updated : 0;
	cause.url = entry_url(e);
	cause.title = e->title;
	cause.author = strbuf_str(&f->author);
	cause.summary = e->summary;
	cause.content = entry_content(&f->content, e);
	return revision_keep(f->db, id, &cause);
}

/* The same entry with another content: it keeps its id, its status, and its date unless the
 * publisher gives one. */
static bool update_entry(struct filing *f, size_t i)
{
	const struct feed_entry *e = &f->doc->entries[i];
	int64_t id = f->matches[i].entry_id;
	bool indexed;

	if (!keep_revision(f, e, id) || !search_index_remove(f->db, id, &indexed))
		return false;
	struct stmt s = db_stmt(f->db, STATEMENT_ENTRY_UPDATE);
	bind_entry(f, &s, e);
	if (e->published != FEED_NO_DATE)
		stmt_int(&s, e->published);
	else
		stmt_null(&s);
	stmt_int(&s, f->now);
	stmt_int(&s, id);
	if (!stmt_run(&s))
		return false;
	f->result->n_changed++;
	return delete_lists(f->db, id) && put_content(f, STATEMENT_CONTENT_UPDATE, e, id) &&
	       put_tags(f, e, id) && put_enclosures(f, e, id) &&
	       (!indexed || search_index_add(f->db, id));
}

static bool file_entry(struct filing *f, size_t i)
{
	const struct feed_entry *e = &f->doc->entries[i];
	const struct match *m = &f->matches[i];

	if (f->trust[i].duplicate)
		return true;
	f->result->n_known += m->purged || m->entry_id != 0;
	if (m->purged)
		return tombstone_seen(f->db, m->entry_id, f->now);
	if (m->entry_id == 0)
		return insert_entry(f, i);
	if (m->gone != 0 && !presence_set(f->db, m->entry_id, 0))
		return false;
	if (hash_short(&e->content_hash) != m->content && !update_entry(f, i))
		return false;
	int64_t keys = keys_hash(e, f->trust[i].keys);
	return keys == m->keys || add_aliases(f, i, keys);
}

/* Documents have their newest entry first: filed from their end, so that ids grow with time. */
static bool file_entries(struct filing *f)
{
	for (size_t i = f->doc->n_entries; i > 0; i--) {
		if (!file_entry(f, i - 1))
			return false;
	}
	struct counters c = {
		.feed_id = f->feed_id, .n_entries = f->result->n_new, .n_unread = f->result->n_new
	};
	return counters_flush(f->db, &c) &&
	       arrivals_flush(f->db, &f->arrivals, f->result->n_changed, f->now);
}

/* Of a document that says nothing of what is not in it. */
static bool add_presence(struct filing *f, const int64_t *ids, size_t n)
{
	return presence_add(f->db, f->feed_id, ids, n) &&
	       (f->result->n_changed == 0 || presence_forget(f->db, f->feed_id));
}

/* What the feed's document shows now, and what it shows no longer. */
static bool file_presence(struct filing *f, unsigned distrusted)
{
	int64_t *ids = xmalloc((f->doc->n_entries + 1) * sizeof(*ids));
	/* A suspicion ends when entries are found by what is suspected. */
	bool done = distrusted <= KEYS_ALL;
	size_t n = 0;

	for (size_t i = 0; i < f->doc->n_entries; i++) {
		if (f->matches[i].entry_id != 0)
			ids[n++] = f->matches[i].entry_id;
		/* Of these it is noted when they were last seen (retention). */
		done = done && !f->matches[i].purged;
	}
	int64_t document = done ? presence_mark(f->doc, f->trust, distrusted) : 0;
	bool ok = f->doc->partial ? add_presence(f, ids, n)
				  : presence_update(f->db, f->feed_id, ids, n, document, f->now);
	free(ids);
	return ok;
}

/* Whether the feed's last document said the same, all of which is stored. */
static bool says_the_same(struct filing *f, const struct filed_feed *feed)
{
	if (f->doc->partial || feed->document == 0 ||
		presence_mark(f->doc, f->trust, feed->distrusted) != feed->document)
		return false;
	for (size_t i = 0; i < f->doc->n_entries; i++)
		f->result->n_known += !f->trust[i].duplicate;
	return true;
}

/* ---- recognising ---- */

/* Whether entries may have come under other names: most of them are unknown, or one is that has
 * only keys which are not stored for an entry that had better ones. */
static bool looks_renamed(const struct filing *f)
{
	unsigned better = KEY_BIT(ENTRY_KEY_GUID) | KEY_BIT(ENTRY_KEY_LINK);
	size_t n = 0, n_unknown = 0;
	bool bare = false;

	for (size_t i = 0; i < f->doc->n_entries; i++) {
		bool unknown = f->matches[i].entry_id == 0;
		if (f->trust[i].duplicate)
			continue;
		n++;
		n_unknown += unknown;
		bare = bare || (unknown && !(f->trust[i].keys & better));
	}
	return !f->doc->partial && (bare || n_unknown * 2 > n);
}

/* The kinds by which entries were found, and those that are made of the same thing. */
static unsigned found_by(const struct filing *f)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < f->doc->n_entries; i++) {
		if (f->matches[i].entry_id != 0 && f->matches[i].kind != ENTRY_KEY_COUNT)
			kinds |= KEY_BIT(f->matches[i].kind);
	}
	if (kinds & KEYS_OF_GUID)
		kinds |= KEYS_OF_GUID;
	if (kinds & KEYS_OF_LINK)
		kinds |= KEYS_OF_LINK;
	return kinds;
}

/* A site that moves gives its entries new names once. When it happens a second time, and nothing
 * was found by these names meanwhile, they are made anew with every request, and say nothing. */
static bool recognise(struct filing *f, struct feed_doc *doc, unsigned known, unsigned *distrusted)
{
	unsigned suspected = *distrusted / (KEYS_ALL + 1), renamed = 0;

	if (!match_document(f->db, f->feed_id, doc, f->trust, f->matches))
		return false;
	unsigned found = found_by(f);
	if (looks_renamed(f) &&
		!match_renamed(f->db, f->feed_id, doc, f->trust, f->now, f->matches, &renamed))
		return false;
	if (renamed & suspected & ~found) {
		known |= renamed & suspected & ~found;
		trust_choose(doc, known, f->trust);
	}
	suspected = (suspected | renamed) & ~found & ~known;
	*distrusted = known | suspected * (KEYS_ALL + 1);
	return true;
}

/* Many unknown entries, all of them older than what was there when the feed was last read. */
static void find_backfill(struct filing *f, const struct filed_feed *feed)
{
	int64_t news_since = feed->last_success - LIMIT_BACKFILL_AGE;
	size_t n = 0;

	for (size_t i = 0; i < f->doc->n_entries; i++)
		n += f->matches[i].entry_id == 0 && !f->trust[i].duplicate &&
		     is_old(&f->doc->entries[i], news_since);
	/* An earlier page is read because entries were missed: these are news. So is what a feed
	 * shows first. */
	f->news_since = INT64_MIN;
	if (feed->last_success > 0 && feed->n_entries > 0 && !f->doc->partial &&
		n >= LIMIT_BACKFILL_ENTRIES)
		f->news_since = news_since;
}

static bool file_meta(struct filing *f, unsigned distrusted)
{
	struct stmt s = db_stmt(f->db, STATEMENT_FEED_META);

	stmt_text(&s, f->doc->title);
	stmt_text(&s, f->doc->home_page_url);
	stmt_text(&s, f->doc->description);
	stmt_text(&s, f->doc->language);
	stmt_text(&s, f->doc->icon);
	stmt_int(&s, distrusted);
	stmt_int(&s, f->feed_id);
	return stmt_run(&s);
}

/* Everything but what the document says of the feed. */
static bool file_news(struct filing *f, const struct filed_feed *feed, struct feed_doc *doc,
	unsigned known, unsigned *distrusted)
{
	if (!recognise(f, doc, known, distrusted))
		return false;
	find_backfill(f, feed);
	return file_entries(f) && file_presence(f, *distrusted);
}

bool file_document(struct db *db, const struct filed_feed *feed, struct feed_doc *doc, int64_t now,
	struct store_refresh_result *result)
{
	struct filing f = {
		.db = db,
		.feed_id = feed->id,
		.etag = feed->etag,
		.now = now,
		.doc = doc,
		.trust = xcalloc(doc->n_entries + 1, sizeof(*f.trust)),
		.matches = xcalloc(doc->n_entries + 1, sizeof(*f.matches)),
		.author = STRBUF_INIT(LIMIT_NAME),
		.content = STRBUF_INIT(ENTRY_CONTENT_MAX),
		.result = result,
	};
	unsigned distrusted = feed->distrusted;

	unsigned known = trust_document(doc, distrusted & KEYS_ALL, f.trust);
	bool ok = says_the_same(&f, feed) || file_news(&f, feed, doc, known, &distrusted);
	ok = ok && file_meta(&f, distrusted);
	free(f.trust);
	free(f.matches);
	strbuf_release(&f.author);
	strbuf_release(&f.content);
	return ok;
}
