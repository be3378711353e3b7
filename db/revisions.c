#include "db/revisions.h"

#include "base/limits.h"
#include "db/rows.h"

#include <string.h>

/* What is compared, in the order of ENTRY_VERSION. */
struct version {
	const char *url, *title, *author, *summary, *content;
};

static const char *some(const char *text)
{
	return text != NULL ? text : "";
}

static const char *skip_digits(const char *s)
{
	return s + strspn(s, "0123456789");
}

/* Equal but for digits. */
static bool is_alike(const char *a, const char *b)
{
	a = skip_digits(some(a));
	b = skip_digits(some(b));
	for (; *a != '\0' && *a == *b; a = skip_digits(a + 1), b = skip_digits(b + 1))
		;
	return *a == *b;
}

/* Links and tags alone are no version: nothing that is read changed. */
static bool says_the_same(const struct version *v, const struct revision_cause *c)
{
	return strcmp(some(v->title), some(c->title)) == 0 &&
	       strcmp(some(v->author), some(c->author)) == 0 &&
	       strcmp(some(v->summary), some(c->summary)) == 0 &&
	       strcmp(some(v->content), some(c->content)) == 0;
}

/* The number of the kept version that this one resembles, 0: none, -1: the database failed. */
static int64_t find_alike(struct db *db, int64_t entry_id, const struct version *v)
{
	struct stmt s = db_stmt(db, STATEMENT_REVISIONS);
	struct revision_record r;
	struct unpacked texts = { 0 };
	int64_t found = 0;

	stmt_int(&s, entry_id);
	while (found == 0 && stmt_row(&s)) {
		revision_row_read(&s, &texts, &r);
		if (r.whole && is_alike(r.title, v->title) && is_alike(r.author, v->author) &&
			is_alike(r.summary, v->summary) && is_alike(r.content, v->content))
			found = r.number;
	}
	unpacked_release(&texts);
	return stmt_end(&s) ? found : -1;
}

static bool count_alike(struct db *db, int64_t entry_id, int64_t number)
{
	struct stmt s = db_stmt(db, STATEMENT_REVISION_ALIKE);

	stmt_int(&s, entry_id);
	stmt_int(&s, number);
	return stmt_run(&s);
}

static bool insert(struct db *db, int64_t entry_id, const struct version *v,
	const struct revision_cause *cause)
{
	struct stmt s = db_stmt(db, STATEMENT_REVISION_INSERT);
	size_t head = strlen(some(v->url)) + strlen(some(v->title)) + strlen(some(v->author));
	size_t texts = strlen(some(v->summary)) + strlen(some(v->content));
	bool whole = head + texts <= LIMIT_REVISION_BYTES;

	stmt_int(&s, entry_id);
	stmt_int(&s, cause->now);
	stmt_text(&s, cause->etag);
	stmt_int(&s, cause->updated);
	stmt_int(&s, (int64_t)(head + (whole ? texts : 0)));
	stmt_int(&s, whole);
	stmt_text(&s, v->url);
	stmt_text(&s, v->title);
	stmt_text(&s, v->author);
	stmt_texts(&s, (const char *[]){ v->summary, v->content }, whole ? REVISION_TEXTS : 0);
	return stmt_run(&s);
}

static bool read_size(struct db *db, int64_t entry_id, int64_t *ret_n, int64_t *ret_bytes)
{
	struct stmt s = db_stmt(db, STATEMENT_REVISIONS_SIZE);

	stmt_int(&s, entry_id);
	*ret_n = stmt_row(&s) ? stmt_read_int(&s) : 0;
	*ret_bytes = *ret_n > 0 ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

/* The first version stays: what was changed is compared with what was said at first. */
static bool trim(struct db *db, int64_t entry_id)
{
	int64_t n, bytes;

	while (read_size(db, entry_id, &n, &bytes)) {
		if (n <= LIMIT_REVISIONS && bytes <= LIMIT_REVISIONS_BYTES)
			return true;
		struct stmt s = db_stmt(db, STATEMENT_REVISION_DROP);
		stmt_int(&s, entry_id);
		if (!stmt_run(&s))
			return false;
	}
	return false;
}

static bool keep(struct db *db, int64_t entry_id, const struct version *v,
	const struct revision_cause *cause)
{
	int64_t alike = find_alike(db, entry_id, v);

	if (alike != 0)
		return alike > 0 && count_alike(db, entry_id, alike);
	return insert(db, entry_id, v, cause) && trim(db, entry_id);
}

bool revision_keep(struct db *db, int64_t entry_id, const struct revision_cause *cause)
{
	struct stmt s = db_stmt(db, STATEMENT_ENTRY_VERSION);
	struct unpacked texts = { 0 };
	struct version v;
	bool ok = true;

	stmt_int(&s, entry_id);
	if (stmt_row(&s)) {
		v.url = stmt_read_text(&s);
		v.title = stmt_read_text(&s);
		v.author = stmt_read_text(&s);
		stmt_read_texts(&s, ENTRY_TEXTS, &texts);
		v.summary = texts.texts[TEXT_SUMMARY];
		v.content = texts.texts[TEXT_CONTENT];
		ok = says_the_same(&v, cause) || keep(db, entry_id, &v, cause);
	}
	unpacked_release(&texts);
	return stmt_end(&s) && ok;
}
