#include "db/presence.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- the list: ascending ids, each as its distance from the one before, in groups of seven bits,
 * the lowest first, all but the last with the high bit ---- */
#define ID_BYTES 10 /* most that one id takes */

static size_t encode(const int64_t *ids, size_t n, unsigned char *ret)
{
	unsigned char *p = ret;
	int64_t before = 0;

	for (size_t i = 0; i < n; before = ids[i++]) {
		uint64_t distance = (uint64_t)(ids[i] - before);
		for (; distance > 0x7f; distance >>= 7)
			*p++ = (unsigned char)(distance | 0x80);
		*p++ = (unsigned char)distance;
	}
	return (size_t)(p - ret);
}

/* The next id after *id; false at the end. */
static bool decode(const unsigned char **p, const unsigned char *end, int64_t *id)
{
	uint64_t distance = 0;

	for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
		unsigned char byte = *(*p)++;
		distance |= (uint64_t)(byte & 0x7f) << shift;
		if (byte <= 0x7f) {
			*id = (int64_t)((uint64_t)*id + distance);
			return true;
		}
	}
	return false;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* ---- in the database ---- */
static bool read_list(
	struct db *db, int64_t feed_id, int64_t **ret_ids, size_t *ret_n, int64_t *ret_document)
{
	struct stmt s = db_stmt(db, STATEMENT_PRESENCE);
	size_t n = 0, cap = 0;
	int64_t id = 0;

	*ret_ids = NULL;
	*ret_document = 0;
	stmt_int(&s, feed_id);
	if (stmt_row(&s)) {
		size_t size;
		const unsigned char *p = stmt_read_blob(&s, &size), *end = p + size;
		while (decode(&p, end, &id)) {
			*ret_ids = xgrow(*ret_ids, n, &cap, sizeof(**ret_ids));
			(*ret_ids)[n++] = id;
		}
		*ret_document = stmt_read_int(&s);
	}
	*ret_n = n;
	return stmt_end(&s);
}

bool presence_read(struct db *db, int64_t feed_id, int64_t **ret_ids, size_t *ret_n)
{
	int64_t document;

	return read_list(db, feed_id, ret_ids, ret_n, &document);
}

static bool write_list(
	struct db *db, int64_t feed_id, const int64_t *ids, size_t n, int64_t document)
{
	unsigned char *list = xmalloc(n * ID_BYTES + 1);
	struct stmt s = db_stmt(db, STATEMENT_PRESENCE_SET);

	stmt_int(&s, feed_id);
	stmt_blob(&s, list, encode(ids, n, list));
	stmt_int(&s, document);
	bool ok = stmt_run(&s);
	free(list);
	return ok;
}

bool presence_set(struct db *db, int64_t entry_id, int64_t gone)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_GONE);

	stmt_int(&s, gone);
	stmt_int(&s, entry_id);
	return stmt_run(&s);
}

bool presence_update(
	struct db *db, int64_t feed_id, int64_t *ids, size_t n, int64_t document, int64_t now)
{
	int64_t *before, document_before;
	size_t n_before, n_stayed = 0, i = 0;

	qsort(ids, n, sizeof(*ids), compare_ids);
	bool ok = read_list(db, feed_id, &before, &n_before, &document_before);
	for (size_t b = 0; ok && b < n_before; b++) {
		while (i < n && ids[i] < before[b])
			i++;
		if (i < n && ids[i] == before[b])
			n_stayed++;
		else
			ok = presence_set(db, before[b], now);
	}
	if (ok && (n_stayed != n_before || n_stayed != n || document != document_before))
		ok = write_list(db, feed_id, ids, n, document);
	free(before);
	return ok;
}

bool presence_add(struct db *db, int64_t feed_id, const int64_t *ids, size_t n)
{
	int64_t *list, document;
	size_t n_list, n_before, end;

	bool ok = read_list(db, feed_id, &list, &n_before, &document);
	list = xrealloc(list, (n_before + n + 1) * sizeof(*list));
	memcpy(list + n_before, ids, n * sizeof(*ids));
	n_list = n_before + n;
	qsort(list, n_list, sizeof(*list), compare_ids);
	end = n_list > 0;
	for (size_t i = 1; i < n_list; i++) {
		if (list[i] != list[end - 1])
			list[end++] = list[i];
	}
	if (ok && end != n_before)
		ok = write_list(db, feed_id, list, end, 0);
	free(list);
	return ok;
}

bool presence_forget(struct db *db, int64_t feed_id)
{
	return db_run_on(db, STATEMENT_PRESENCE_FORGET, feed_id);
}

/* ---- the mark ---- */
struct looked_at {
	struct hash keys[ENTRY_KEY_COUNT], content;
	unsigned usable, duplicate;
};

int64_t presence_mark(
	const struct feed_doc *doc, const struct entry_trust *trust, unsigned distrusted)
{
	struct looked_at *all = xcalloc(doc->n_entries + 1, sizeof(*all));

	for (size_t i = 0; i < doc->n_entries; i++) {
		memcpy(all[i].keys, doc->entries[i].keys, sizeof(all[i].keys));
		all[i].content = doc->entries[i].content_hash;
		all[i].usable = trust[i].keys;
		all[i].duplicate = trust[i].duplicate;
	}
	all[doc->n_entries].usable = distrusted;
	struct hash hash = hash_bytes(all, (doc->n_entries + 1) * sizeof(*all));
	int64_t mark = hash_short(&hash);
	free(all);
	return mark != 0 ? mark : 1;
}
