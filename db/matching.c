#include "db/matching.h"

#include "base/mem.h"

#include <stdlib.h>

/* The rows that entries of this document have taken: open addressing, at most half full. */
struct claims {
	int64_t *ids;
	size_t mask;
};

static void claims_init(struct claims *c, size_t n)
{
	size_t size = 16;

	while (size < 2 * n)
		size *= 2;
	c->ids = xcalloc(size, sizeof(*c->ids));
	c->mask = size - 1;
}

/* False when the row is taken already. */
static bool claim(struct claims *c, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 32) & c->mask;

	for (; c->ids[i] != 0; i = (i + 1) & c->mask) {
		if (c->ids[i] == id)
			return false;
	}
	c->ids[i] = id;
	return true;
}

/* Looks one key up; ret->entry_id stays 0 when the feed does not know it. */
static bool find_key(struct db *db, int64_t feed_id, const struct hash *hash, struct match *ret)
{
	struct stmt s = db_stmt(db, STATEMENT_KEY_FIND);

	stmt_int(&s, feed_id);
	stmt_int(&s, hash_short(hash));
	if (stmt_row(&s)) {
		ret->entry_id = stmt_read_int(&s);
		ret->purged = stmt_read_int(&s) != 0;
		ret->content = stmt_read_int(&s);
		ret->keys = stmt_read_int(&s);
		ret->n_keys = stmt_read_int(&s);
		ret->gone = stmt_read_int(&s);
	}
	return stmt_end(&s);
}

static bool match_by(struct db *db, int64_t feed_id, const struct feed_doc *doc, int kind,
	const struct entry_trust *trust, struct claims *claims, struct match *ret)
{
	for (size_t i = 0; i < doc->n_entries; i++) {
		struct match found = { 0 };
		if (trust[i].duplicate || ret[i].entry_id != 0 || !(trust[i].keys & KEY_BIT(kind)))
			continue;
		if (!find_key(db, feed_id, &doc->entries[i].keys[kind], &found))
			return false;
		if (found.entry_id != 0 && claim(claims, found.entry_id)) {
			ret[i] = found;
			ret[i].kind = (enum entry_key_kind)kind;
		}
	}
	return true;
}

bool match_document(struct db *db, int64_t feed_id, const struct feed_doc *doc,
	const struct entry_trust *trust, struct match *ret)
{
	struct claims claims;
	bool ok = true;

	for (size_t i = 0; i < doc->n_entries; i++)
		ret[i] = (struct match){ 0 };
	claims_init(&claims, doc->n_entries);
	for (int kind = 0; ok && kind < ENTRY_KEY_COUNT; kind++)
		ok = match_by(db, feed_id, doc, kind, trust, &claims, ret);
	free(claims.ids);
	return ok;
}
