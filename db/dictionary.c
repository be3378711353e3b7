#include "db/dictionary.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "db/texts.h"

#include <stdlib.h>
#include <string.h>
#include <zdict.h>

/* ---- is one due? ---- */
static bool read_due(struct db *db, struct dictionary_making *m)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY_NEWEST);
	size_t n;

	m->due = LIMIT_DICTIONARY_ENTRIES;
	m->number = PACKED_DICTIONARY;
	if (stmt_row(&s)) {
		m->number = 1 + stmt_read_int(&s);
		stmt_read_blob(&s, &n);
		m->due = 10 * stmt_read_int(&s);
	}
	m->over = m->number >= PACKED_DICTIONARY + LIMIT_DICTIONARIES;
	return stmt_end(&s);
}

static bool read_number(struct db *db, enum statement which, int64_t *ret)
{
	struct stmt s = db_stmt(db, which);

	*ret = stmt_row(&s) ? stmt_read_int(&s) : 0;
	return stmt_end(&s);
}

static bool begin(struct db *db, struct dictionary_making *m)
{
	int64_t n_feeds;

	if (!read_number(db, STATEMENT_TOTAL_FEEDS, &n_feeds) || n_feeds == 0)
		return false;
	m->after_feed = 0;
	m->n_passed = (n_feeds - 1) / LIMIT_DICTIONARY_SAMPLES;
	m->n_each = n_feeds < LIMIT_DICTIONARY_SAMPLES ? LIMIT_DICTIONARY_SAMPLES / n_feeds : 1;
	m->samples = xmalloc((size_t)LIMIT_DICTIONARY_SAMPLES * LIMIT_DICTIONARY_SAMPLE);
	m->sizes = xcalloc(LIMIT_DICTIONARY_SAMPLES, sizeof(*m->sizes));
	m->n = m->used = 0;
	return true;
}

void dictionary_release(struct dictionary_making *m)
{
	free(m->samples);
	free(m->sizes);
	m->samples = NULL;
	m->sizes = NULL;
}

/* ---- samples ---- */
static bool next_feed(struct db *db, struct dictionary_making *m, bool *ret_any)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY_FEED);

	stmt_int(&s, m->after_feed);
	stmt_int(&s, m->n_passed);
	*ret_any = stmt_row(&s);
	if (*ret_any)
		m->after_feed = stmt_read_int(&s);
	return stmt_end(&s);
}

static void add_sample(struct dictionary_making *m, const struct unpacked *u)
{
	size_t size = u->size < LIMIT_DICTIONARY_SAMPLE ? u->size : LIMIT_DICTIONARY_SAMPLE;

	if (size == 0 || m->n == LIMIT_DICTIONARY_SAMPLES)
		return;
	memcpy(m->samples + m->used, u->bytes, size);
	m->used += size;
	m->sizes[m->n++] = size;
}

static bool sample_feed(struct db *db, struct dictionary_making *m)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY_TEXTS);
	struct unpacked u = { 0 };

	stmt_int(&s, m->after_feed);
	stmt_int(&s, m->n_each);
	while (stmt_row(&s)) {
		stmt_read_texts(&s, ENTRY_TEXTS, &u);
		add_sample(m, &u);
	}
	unpacked_release(&u);
	return stmt_end(&s);
}

/* ---- the dictionary ---- */
#define PIECE 512       /* bytes that are taken of one sample */
#define HEADER_MAX 1536 /* room for the statistics before the texts */

/* Pieces of samples that lie evenly among all of them. */
static size_t gather_texts(const struct dictionary_making *m, char *out, size_t max)
{
	size_t every = 1 + m->n * PIECE / max, used = 0;
	const char *at = m->samples;

	for (size_t i = 0; i < m->n; at += m->sizes[i++]) {
		size_t size = m->sizes[i] < PIECE ? m->sizes[i] : PIECE;
		if (i % every != 0 || used + size > max)
			continue;
		memcpy(out + used, at, size);
		used += size;
	}
	return used;
}

static bool store(struct db *db, const struct dictionary_making *m, const char *bytes, size_t n)
{
	struct stmt s = db_stmt(db, STATEMENT_DICTIONARY_INSERT);

	stmt_int(&s, m->number);
	stmt_blob(&s, bytes, n);
	stmt_int(&s, m->n_entries);
	return stmt_run(&s);
}

static bool make(struct db *db, struct dictionary_making *m)
{
	char *texts = xmalloc(LIMIT_DICTIONARY), *bytes = xmalloc(LIMIT_DICTIONARY);
	size_t n = gather_texts(m, texts, LIMIT_DICTIONARY - HEADER_MAX);

	n = ZDICT_finalizeDictionary(bytes, LIMIT_DICTIONARY, texts, n, m->samples, m->sizes,
		(unsigned)m->n, (ZDICT_params_t){ 0 });
	bool ok = !ZDICT_isError(n) && store(db, m, bytes, n);
	if (ok)
		texts_renew(db);
	free(texts);
	free(bytes);
	return ok;
}

/* ---- steps ---- */
/* Sets *ret_more when the time is over before all samples are there. */
static bool take_samples(struct db *db, struct dictionary_making *m, bool *ret_more)
{
	int64_t deadline_ms = clock_monotonic_ms() + LIMIT_DICTIONARY_MS;

	for (*ret_more = true; *ret_more && m->n < LIMIT_DICTIONARY_SAMPLES;) {
		if (clock_monotonic_ms() >= deadline_ms)
			return true;
		if (!next_feed(db, m, ret_more) || (*ret_more && !sample_feed(db, m)))
			return false;
	}
	*ret_more = false;
	return true;
}

static bool go_on(struct db *db, struct dictionary_making *m)
{
	bool more;

	if (!take_samples(db, m, &more))
		return false;
	if (more)
		return true;
	bool ok = make(db, m);
	dictionary_release(m);
	m->due = 0;
	return ok;
}

bool dictionary_step(struct db *db, struct dictionary_making *m)
{
	bool ok = true, due = false;

	if (m->over)
		return false;
	if (m->samples != NULL) {
		ok = go_on(db, m);
		due = true;
	} else {
		ok = (m->due != 0 || read_due(db, m)) &&
		     read_number(db, STATEMENT_TOTALS, &m->n_entries);
		due = ok && !m->over && m->n_entries >= m->due;
		ok = ok && (!due || begin(db, m));
	}
	if (!ok) {
		dictionary_release(m);
		m->over = true;
	}
	return ok && due;
}
