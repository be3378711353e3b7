#include "db/texts.h"

#include "base/log.h"

/* Of a dictionary that is not there, or none, the texts are damaged; the database has not failed.
 */
static bool know(struct db *db, int64_t number)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY);
	size_t n;

	stmt_int(&s, number);
	if (stmt_row(&s)) {
		const void *bytes = stmt_read_blob(&s, &n);
		packing_know(db->packing, number, bytes, n);
	}
	return stmt_end(&s);
}

static bool choose_newest(struct db *db)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY_NEWEST);
	size_t n;

	if (stmt_row(&s)) {
		int64_t number = stmt_read_int(&s);
		const void *bytes = stmt_read_blob(&s, &n);
		packing_choose(db->packing, number, bytes, n);
	}
	db->packs = stmt_end(&s);
	return db->packs;
}

void texts_renew(struct db *db)
{
	db->packs = false;
}

void stmt_texts(struct stmt *s, const char *const *texts, size_t n)
{
	size_t size;

	if (!s->db->packs && !choose_newest(s->db)) {
		s->failed = true;
		return;
	}
	const void *value = pack(s->db->packing, texts, n, &size);
	if (value == NULL)
		stmt_null(s);
	else
		stmt_blob(s, value, size);
}

static void tell_damage(struct db *db)
{
	if (!db->met_text_damage)
		log_err("the texts of some entries are damaged in the database; they are shown "
			"without");
	db->met_text_damage = true;
}

bool texts_unpack(struct db *db, const void *value, size_t size, size_t n, struct unpacked *ret)
{
	int64_t number;
	enum unpack_result result = unpack(db->packing, value, size, n, ret, &number);

	if (result == UNPACK_UNKNOWN) {
		if (!know(db, number))
			return false;
		result = unpack(db->packing, value, size, n, ret, &number);
	}
	if (result != UNPACK_OK)
		tell_damage(db);
	return true;
}

void stmt_read_texts(struct stmt *s, size_t n, struct unpacked *ret)
{
	size_t size;
	const void *value = stmt_read_blob(s, &size);

	s->failed |= !texts_unpack(s->db, value, size, n, ret);
}
