#include "db/renaming.h"

#include "base/limits.h"
#include "base/mem.h"
#include "db/entry_text.h"
#include "db/presence.h"
#include "db/texts.h"

#include <stdlib.h>
#include <string.h>

/* One entry, of the document or of the database, as it is compared. */
struct named {
	struct hash title, text, guid, url; /* unset: none */
	int64_t published;                  /* FEED_NO_DATE: the publisher says none */
	size_t entry;                       /* of the document: its index */
	struct match match;                 /* of the database: what it would be matched as */
	int64_t created;                    /* of the database */
	struct named *other;                /* what it was found to be, NULL: nothing yet */
};

struct renaming {
	struct db *db;
	const struct feed_doc *doc;
	const struct entry_trust *trust;
	struct named *unknown, *missing; /* by text; of the document, of the database */
	size_t n_unknown, n_missing;
	struct hash *titles; /* of the unknown, sorted */
	size_t n_gone;       /* of the database: with those whose title no unknown one has */
	size_t n_pairs;
	size_t n_texts; /* that both have, and when the oldest of them was stored */
	int64_t oldest;
	unsigned renamed[ENTRY_KEY_COUNT]; /* pairs in which this kind changed */
};

static struct hash hash_text(const char *a, const char *b)
{
	/* The database does not tell "" from nothing. */
	const char *parts[] = { a != NULL && *a != '\0' ? a : NULL,
		b != NULL && *b != '\0' ? b : NULL };

	if (parts[0] == NULL && parts[1] == NULL)
		return (struct hash){ { 0 } };
	return hash_strings(parts, 2);
}

static int compare_texts(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = memcmp(x->text.bytes, y->text.bytes, HASH_SIZE);

	if (order != 0)
		return order;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

/* ---- what the document has ---- */

static bool is_unknown(const struct renaming *r, const struct match *matches, size_t i)
{
	return matches[i].entry_id == 0 && !r->trust[i].duplicate;
}

static void collect_unknown(struct renaming *r, const struct match *matches)
{
	struct strbuf buf = STRBUF_INIT(ENTRY_CONTENT_MAX);

	for (size_t i = 0; i < r->doc->n_entries; i++) {
		const struct feed_entry *e = &r->doc->entries[i];
		struct named *u = &r->unknown[r->n_unknown];
		if (!is_unknown(r, matches, i))
			continue;
		const char *content = entry_content(&buf, e);
		bool bare = content == NULL || *content == '\0';
		*u = (struct named){ .entry = i, .published = entry_date(e) };
		u->title = hash_text(e->title, NULL);
		u->text = hash_text(e->title, bare ? e->summary : content);
		u->guid = hash_text(e->guid, NULL);
		u->url = hash_text(entry_url(e), NULL);
		r->n_unknown += hash_is_set(&u->text);
	}
	strbuf_release(&buf);
	qsort(r->unknown, r->n_unknown, sizeof(*r->unknown), compare_texts);
	for (size_t i = 0; i < r->n_unknown; i++)
		r->titles[i] = r->unknown[i].title;
	qsort(r->titles, r->n_unknown, sizeof(*r->titles), compare_hashes);
}

/* ---- what the last document had, and this one has not ---- */

/* All but its texts. */
static bool read_missing(struct db *db, int64_t id, struct named *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_NAMES);

	*ret = (struct named){ .match = { .entry_id = id, .kind = ENTRY_KEY_COUNT } };
	stmt_int(&s, id);
	if (stmt_row(&s)) {
		ret->match.content = stmt_read_int(&s);
		ret->match.keys = stmt_read_int(&s);
		ret->match.n_keys = stmt_read_int(&s);
		ret->published = stmt_read_int(&s);
		ret->created = stmt_read_int(&s);
		ret->url = hash_text(stmt_read_text(&s), NULL);
		ret->title = hash_text(stmt_read_text(&s), NULL);
	}
	return stmt_end(&s);
}

static bool read_missing_texts(struct db *db, struct unpacked *texts, struct named *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_TEXTS);

	stmt_int(&s, ret->match.entry_id);
	if (stmt_row(&s)) {
		const char *title = stmt_read_text(&s);
		stmt_read_texts(&s, ENTRY_TEXTS, texts);
		const char *const *t = texts->texts;
		ret->guid = hash_text(t[TEXT_GUID], NULL);
		ret->text = hash_text(
			title, t[TEXT_CONTENT] != NULL ? t[TEXT_CONTENT] : t[TEXT_SUMMARY]);
	}
	return stmt_end(&s);
}

/* Texts cost more to read than all the rest: only where the title is one that an unknown entry has,
 * or there is none, so that the text alone says whether there is anything. */
static bool add_missing(struct renaming *r, int64_t id, struct unpacked *texts)
{
	struct named *m = &r->missing[r->n_missing];

	if (!read_missing(r->db, id, m))
		return false;
	if (hash_is_set(&m->title) && bsearch(&m->title, r->titles, r->n_unknown,
					      sizeof(*r->titles), compare_hashes) == NULL) {
		r->n_gone++;
		return true;
	}
	bool ok = read_missing_texts(r->db, texts, m);
	r->n_missing += hash_is_set(&m->text);
	r->n_gone += hash_is_set(&m->text);
	return ok;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool collect_missing(struct renaming *r, int64_t feed_id, const struct match *matches)
{
	size_t n_ids, n_known = 0;
	int64_t *ids, *known = xcalloc(r->doc->n_entries + 1, sizeof(*known));
	bool ok = presence_read(r->db, feed_id, &ids, &n_ids);
	struct unpacked texts = { 0 };

	for (size_t i = 0; i < r->doc->n_entries; i++) {
		if (matches[i].entry_id != 0)
			known[n_known++] = matches[i].entry_id;
	}
	qsort(known, n_known, sizeof(*known), compare_ids);
	r->missing = xcalloc(n_ids + 1, sizeof(*r->missing));
	for (size_t i = 0; ok && i < n_ids; i++) {
		if (bsearch(&ids[i], known, n_known, sizeof(*known), compare_ids) == NULL)
			ok = add_missing(r, ids[i], &texts);
	}
	qsort(r->missing, r->n_missing, sizeof(*r->missing), compare_texts);
	unpacked_release(&texts);
	free(ids);
	free(known);
	return ok;
}

/* ---- comparing ---- */

static bool same(const struct hash *a, const struct hash *b)
{
	return hash_is_set(a) && hash_equal(a, b);
}

/* Whether two entries of equal text are one. */
static bool is_proved(const struct renaming *r, const struct named *u, const struct named *m)
{
	unsigned keys = r->trust[u->entry].keys;

	if (u->published != FEED_NO_DATE && u->published == m->published)
		return true;
	if (keys & KEY_BIT(ENTRY_KEY_GUID))
		return same(&u->guid, &m->guid);
	return same(&u->url, &m->url) || keys == KEY_BIT(ENTRY_KEY_TITLE_CONTENT);
}

static void pair(struct renaming *r, struct named *u, struct named *m)
{
	unsigned keys = r->trust[u->entry].keys;

	u->other = m;
	m->other = u;
	r->n_pairs++;
	r->renamed[ENTRY_KEY_GUID] +=
		(keys & KEY_BIT(ENTRY_KEY_GUID)) && !hash_equal(&u->guid, &m->guid);
	r->renamed[ENTRY_KEY_LINK] += (keys & KEYS_OF_LINK) && !hash_equal(&u->url, &m->url);
}

/* Entries of one text, in the document and in the database. */
static void pair_group(struct renaming *r, struct named *u, size_t n_u, struct named *m, size_t n_m)
{
	/* Many equal texts tell little; looking through all of them would take long. */
	if (n_m > LIMIT_RENAMED_EQUAL)
		n_m = LIMIT_RENAMED_EQUAL;
	for (size_t i = 0; i < n_u; i++) {
		for (size_t j = 0; j < n_m && u[i].other == NULL; j++) {
			if (m[j].other == NULL && is_proved(r, &u[i], &m[j]))
				pair(r, &u[i], &m[j]);
		}
	}
}

static size_t group_end(const struct named *list, size_t n, size_t from)
{
	size_t end = from + 1;

	while (end < n && hash_equal(&list[end].text, &list[from].text))
		end++;
	return end;
}

typedef void group_fn(struct renaming *r, struct named *u, size_t n_u, struct named *m, size_t n_m);

/* Calls `each` for every text that both have. */
static void for_each_text(struct renaming *r, group_fn *each)
{
	for (size_t u = 0, m = 0; u < r->n_unknown && m < r->n_missing;) {
		int order = memcmp(r->unknown[u].text.bytes, r->missing[m].text.bytes, HASH_SIZE);
		size_t end_u = group_end(r->unknown, r->n_unknown, u);
		size_t end_m = group_end(r->missing, r->n_missing, m);
		if (order == 0)
			each(r, &r->unknown[u], end_u - u, &r->missing[m], end_m - m);
		u = order <= 0 ? end_u : u;
		m = order >= 0 ? end_m : m;
	}
}

/* ---- the whole document at once ---- */

static void pair_single(
	struct renaming *r, struct named *u, size_t n_u, struct named *m, size_t n_m)
{
	if (n_u == 1 && n_m == 1 && u->other == NULL)
		pair(r, u, m);
}

static void weigh_text(struct renaming *r, struct named *u, size_t n_u, struct named *m, size_t n_m)
{
	(void)u;
	(void)n_u;
	r->n_texts++;
	for (size_t i = 0; i < n_m; i++) {
		if (m[i].created < r->oldest)
			r->oldest = m[i].created;
	}
}

/* Nearly all of both, said within hours. */
static bool is_mass(struct renaming *r, int64_t now)
{
	for_each_text(r, weigh_text);
	return r->n_texts >= LIMIT_RENAMED_MASS && r->n_texts * 4 >= r->n_unknown * 3 &&
	       r->n_texts * 4 >= r->n_gone * 3 && now - r->oldest < LIMIT_RENAMED_AGE;
}

/* The kinds that changed in most of what is missing. */
static unsigned renamed_kinds(const struct renaming *r)
{
	unsigned kinds = 0;

	if (r->n_pairs < 2 || r->n_pairs * 2 < r->n_gone)
		return 0;
	if (r->renamed[ENTRY_KEY_GUID] * 2 > r->n_pairs)
		kinds |= KEYS_OF_GUID;
	if (r->renamed[ENTRY_KEY_LINK] * 2 > r->n_pairs)
		kinds |= KEYS_OF_LINK;
	return kinds;
}

bool match_renamed(struct db *db, int64_t feed_id, const struct feed_doc *doc,
	const struct entry_trust *trust, int64_t now, struct match *matches, unsigned *ret_renamed)
{
	struct renaming r = { .db = db,
		.doc = doc,
		.trust = trust,
		.unknown = xcalloc(doc->n_entries + 1, sizeof(*r.unknown)),
		.titles = xcalloc(doc->n_entries + 1, sizeof(*r.titles)),
		.oldest = INT64_MAX };

	collect_unknown(&r, matches);
	bool ok = collect_missing(&r, feed_id, matches);
	if (ok && r.n_missing > 0) {
		for_each_text(&r, pair_group);
		if (is_mass(&r, now))
			for_each_text(&r, pair_single);
	}
	for (size_t i = 0; ok && i < r.n_unknown; i++) {
		if (r.unknown[i].other != NULL)
			matches[r.unknown[i].entry] = r.unknown[i].other->match;
	}
	*ret_renamed = renamed_kinds(&r);
	free(r.unknown);
	free(r.titles);
	free(r.missing);
	return ok;
}
