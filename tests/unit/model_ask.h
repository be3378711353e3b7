/*
 * Questions of a random play: pages and searches with all their conditions, and what a look at
 * each entry finds.
 */
#ifndef COURANT_TESTS_UNIT_MODEL_ASK_H
#define COURANT_TESTS_UNIT_MODEL_ASK_H

#include "model_play.h"

#include <time.h>

/* ---- reading ---- */
static UNUSED struct item *find_item(struct play *p, int64_t id, struct model_feed **ret_feed)
{
	for (size_t i = 0; i < MODEL_FEEDS; i++) {
		for (size_t k = 0; k < p->feeds[i].n_items; k++) {
			struct item *it = &p->feeds[i].items[k];
			if (it->id == id && it->there) {
				*ret_feed = &p->feeds[i];
				return it;
			}
		}
	}
	return NULL;
}

static const char *some(const char *text)
{
	return text == NULL ? "" : text;
}

static UNUSED void see_entry(void *arg, const struct entry_record *e)
{
	struct play *p = arg;
	struct model_feed *f;
	const struct item *it = find_item(p, e->id, &f);

	if (it == NULL)
		fail_msg("entry %" PRId64 " of feed %" PRId64 " is none", e->id, e->feed_id);
	assert_int_equal(e->feed_id, f->id);
	assert_string_equal(some(e->title), it->stored.title);
	assert_string_equal(some(e->url), it->stored.url);
	assert_string_equal(some(e->author), it->stored.author);
	if (e->content != NULL)
		assert_string_equal(e->content, it->stored.content);
	assert_string_equal(e->feed_url, f->url);
	assert_int_equal(e->status, it->status);
	assert_int_equal(e->starred, it->starred);
	assert_int_equal(e->published, it->published);
	assert_int_equal(e->created, it->created);
	assert_int_equal(e->changed, it->changed);
	assert_int_equal(e->backfilled, it->backfilled);
	snprintf(p->snippets[p->n_ids], sizeof(p->snippets[0]), "%s", some(e->snippet));
	p->ids[p->n_ids++] = e->id;
}

static UNUSED void done(void *arg)
{
	((struct play *)arg)->rig.answered = true;
}

static UNUSED void ask(struct query *q, void *arg)
{
	struct play *p = arg;
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX);

	p->n_ids = 0;
	p->fail = (struct failure){ 0 };
	p->total = -1;
	if (p->query == NULL || query_search(q, p->query, p->now, &p->filter, &match, &p->fail)) {
		if (p->filter.match == NULL && p->filter.order == ENTRY_ORDER_RELEVANCE)
			p->filter.order = ENTRY_ORDER_ID;
		p->total = query_entries(q, &p->filter, see_entry, p);
		if (p->total < 0)
			fail_msg("%s: %s", some(p->query), query_error(q));
	}
	strbuf_release(&match);
}

static UNUSED void submit(struct play *p)
{
	readers_submit(p->rig.readers, ask, done, p);
	rig_wait(&p->rig);
}

static UNUSED bool behind(struct play *p)
{
	return sql_number(p->rig.path,
		       "SELECT COALESCE((SELECT MAX(id) FROM entries), 0) > upto_id FROM "
		       "search_state") == 1;
}

static UNUSED void wait_for_index(struct play *p)
{
	int64_t deadline_ms = clock_monotonic_ms() + 60000;

	while (behind(p)) {
		assert_true(clock_monotonic_ms() < deadline_ms);
		usleep(1000);
	}
}

/* ---- questions ---- */
struct term {
	bool negative, prefix;
	int column; /* -1: any */
	char words[128];
};

struct question {
	char text[1024];
	struct term terms[4];
	size_t n_terms;
	int64_t feed_id, not_feed_id, before, after;
	const char *category;
	int status; /* -1: any but removed */
	bool starred;
	bool refused;
	/* beside the query */
	int64_t of_feed, after_id, before_id, published_after, published_before;
	enum entry_status asked;
	int n_asked, asked_starred;
};

static UNUSED bool has(const struct version *v, const struct term *t, int column)
{
	char words[160];
	const char *in = v->words[column];

	snprintf(words, sizeof(words), " %s%s", t->words, t->prefix ? "" : " ");
	return strstr(in, words) != NULL;
}

static UNUSED bool fits_term(const struct version *v, const struct term *t)
{
	bool found = false;

	for (int c = 0; c < COLUMN_COUNT; c++)
		found = found || ((t->column < 0 || t->column == c) && has(v, t, c));
	return found != t->negative;
}

static UNUSED bool fits(const struct question *q, const struct model_feed *f, const struct item *it)
{
	if (!it->there || (q->n_asked ? it->status != q->asked : it->status == ENTRY_REMOVED) ||
		(q->status >= 0 && (int)it->status != q->status) || (q->starred && !it->starred) ||
		(q->asked_starred != 0 && it->starred != (q->asked_starred > 0)) ||
		(q->feed_id != 0 && f->id != q->feed_id) ||
		(q->of_feed != 0 && f->id != q->of_feed) ||
		(q->not_feed_id != 0 && f->id == q->not_feed_id) ||
		(q->category != NULL && strcmp(q->category, f->category) != 0) ||
		(q->before != 0 && it->published >= q->before) ||
		(q->after != 0 && it->published < q->after) ||
		(q->published_before != 0 && it->published >= q->published_before) ||
		(q->published_after != 0 && it->published <= q->published_after) ||
		(q->after_id != 0 && it->id <= q->after_id) ||
		(q->before_id != 0 && it->id >= q->before_id))
		return false;
	for (size_t i = 0; i < q->n_terms; i++) {
		if (!fits_term(&it->stored, &q->terms[i]))
			return false;
	}
	return true;
}

static UNUSED void ask_term(struct play *p, struct question *q)
{
	static const char *const columns[] = { "", "title:", "author:" };
	struct term *t = &q->terms[q->n_terms++];
	bool quoted = chance(&p->rng, 30);
	unsigned column = pick(&p->rng, 8), n = quoted ? 1 + pick(&p->rng, 2) : 1;
	char words[sizeof(t->words)] = "", text[256] = "";

	*t = (struct term){ .negative = q->n_terms > 1 && chance(&p->rng, 30), .column = -1 };
	if (column == 1 || column == 2)
		t->column = (int)column;
	for (unsigned i = 0; i < n; i++) {
		const struct atom *a = &atoms[pick(&p->rng, N_ELEMENTS(atoms))];
		add(text, sizeof(text), i > 0 ? " " : "");
		add(text, sizeof(text),
			chance(&p->rng, 50) && *a->words != '\0' ? a->words : a->plain);
		if (strchr(text, ' ') != NULL)
			quoted = true;
		add_words(words, sizeof(words), a->words);
	}
	if (*words == '\0')
		q->refused = true;
	else
		words[strlen(words) - 1] = '\0';
	t->prefix = chance(&p->rng, 20);
	/* A prefix of the last word. */
	if (t->prefix && n == 1 && !quoted && strlen(words) > 3 &&
		strspn(words, "abcdefghijklmnopqrstuvwxyz") == strlen(words)) {
		words[strlen(words) - 1] = '\0';
		snprintf(text, sizeof(text), "%s", words);
	}
	snprintf(t->words, sizeof(t->words), "%s", words);
	add(q->text, sizeof(q->text), t->negative ? " -" : " ");
	add(q->text, sizeof(q->text), t->column < 0 ? "" : columns[t->column]);
	if (t->column < 0 && !quoted && strchr(text, ':') != NULL)
		quoted = true;
	add(q->text, sizeof(q->text), quoted ? "\"" : "");
	add(q->text, sizeof(q->text), text);
	add(q->text, sizeof(q->text), quoted ? "\"" : "");
	add(q->text, sizeof(q->text), t->prefix ? "*" : "");
}

static UNUSED void ask_date(struct play *p, struct question *q, bool before)
{
	int64_t at = (p->now - pick(&p->rng, 20) * DAY) / DAY * DAY;
	time_t t = (time_t)at;
	struct tm tm;
	char text[64];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), before ? " before:%Y-%m-%d" : " after:%Y-%m-%d", &tm);
	add(q->text, sizeof(q->text), text);
	if (before && (q->before == 0 || at < q->before))
		q->before = at;
	if (!before && at > q->after)
		q->after = at;
}

static UNUSED void ask_conditions(struct play *p, struct question *q)
{
	struct model_feed *f = &p->feeds[pick(&p->rng, MODEL_FEEDS)];
	char text[64];

	if (chance(&p->rng, 20)) {
		q->feed_id = f->id;
		if (chance(&p->rng, 50))
			snprintf(text, sizeof(text), " feed:%" PRId64, f->id);
		else
			snprintf(text, sizeof(text), " feed:host%d", (int)f->manner);
		add(q->text, sizeof(q->text), text);
	}
	f = &p->feeds[pick(&p->rng, MODEL_FEEDS)];
	if (chance(&p->rng, 10) && q->n_terms > 0) {
		q->not_feed_id = f->id;
		snprintf(text, sizeof(text), " -feed:HOST%d", (int)f->manner);
		add(q->text, sizeof(q->text), text);
	}
	if (chance(&p->rng, 15)) {
		q->category = f->category;
		snprintf(text, sizeof(text), " category:\"%s\"", f->category);
		add(q->text, sizeof(q->text), text);
	}
	if (chance(&p->rng, 15))
		ask_date(p, q, true);
	if (chance(&p->rng, 15))
		ask_date(p, q, false);
	if (chance(&p->rng, 5))
		ask_date(p, q, chance(&p->rng, 50));
	if (chance(&p->rng, 15)) {
		q->status = chance(&p->rng, 50) ? ENTRY_UNREAD : ENTRY_READ;
		add(q->text, sizeof(q->text),
			q->status == ENTRY_UNREAD ? " is:unread" : " is:read");
	}
	if (chance(&p->rng, 10)) {
		q->starred = true;
		add(q->text, sizeof(q->text), " is:starred");
	}
}

/* What the API may ask for beside a query. */
static UNUSED void ask_beside(struct play *p, struct question *q)
{
	if (chance(&p->rng, 15))
		q->of_feed = p->feeds[pick(&p->rng, MODEL_FEEDS)].id;
	if (chance(&p->rng, 10))
		q->after_id = pick(&p->rng, (unsigned)p->last_id + 2);
	if (chance(&p->rng, 10))
		q->before_id = pick(&p->rng, (unsigned)p->last_id + 2);
	if (chance(&p->rng, 10))
		q->published_after = p->now - pick(&p->rng, 20 * 86400);
	if (chance(&p->rng, 10))
		q->published_before = p->now - pick(&p->rng, 20 * 86400);
	if (chance(&p->rng, 10)) {
		q->n_asked = 1;
		q->asked = (enum entry_status)pick(&p->rng, 3);
	}
	if (chance(&p->rng, 10))
		q->asked_starred = chance(&p->rng, 50) ? 1 : -1;
}

static UNUSED struct entry_filter filter_of(const struct question *q)
{
	return (struct entry_filter){ .statuses = q->n_asked ? &q->asked : NULL,
		.n_statuses = (size_t)q->n_asked,
		.starred = q->asked_starred,
		.feed_id = q->of_feed,
		.after_id = q->after_id,
		.before_id = q->before_id,
		.published_after = q->published_after,
		.published_before = q->published_before,
		.match_ms = 60000 }; /* none takes long, but the machine may */
}

static UNUSED bool is_letter(const char *c)
{
	return (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
}

/* Marks stand in pairs, around whole ASCII words, never inside of a character. */
static UNUSED void check_snippet(const char *query, const char *snippet)
{
	bool open = false;

	for (const char *c = snippet; *c != '\0'; c++) {
		if (*c != SEARCH_MARK_BEGIN && *c != SEARCH_MARK_END)
			continue;
		if (open == (*c == SEARCH_MARK_BEGIN) || ((unsigned char)c[1] & 0xc0) == 0x80)
			fail_msg("%s: marks of %s", query, snippet);
		if (open ? is_letter(c - 1) && is_letter(c + 1)
			 : c > snippet && is_letter(c - 1) && is_letter(c + 1))
			fail_msg("%s: a part of a word is marked in %s", query, snippet);
		if (!open && c[1] == SEARCH_MARK_END)
			fail_msg("%s: nothing is marked in %s", query, snippet);
		open = !open;
	}
	assert_false(open);
}

static UNUSED bool must_mark(const struct question *q, const struct item *it)
{
	for (size_t i = 0; i < q->n_terms; i++) {
		const struct term *t = &q->terms[i];
		if (!t->negative && t->column < 0 && has(&it->stored, t, COLUMN_TEXT))
			return true;
	}
	return false;
}

static UNUSED void check_answer(struct play *p, const struct question *q)
{
	size_t n = 0;

	for (size_t i = 0; i < MODEL_FEEDS; i++) {
		for (size_t k = 0; k < p->feeds[i].n_items; k++) {
			const struct item *it = &p->feeds[i].items[k];
			if (!fits(q, &p->feeds[i], it))
				continue;
			n++;
			size_t at = 0;
			while (at < p->n_ids && p->ids[at] != it->id)
				at++;
			if (at == p->n_ids)
				fail_msg("[%s] does not find entry %" PRId64 ": %s| %s| %s",
					q->text, it->id, it->stored.words[0], it->stored.words[1],
					it->stored.words[2]);
			check_snippet(q->text, p->snippets[at]);
			if (must_mark(q, it) && strchr(p->snippets[at], SEARCH_MARK_BEGIN) == NULL)
				fail_msg("[%s] marks nothing in %s", q->text, p->snippets[at]);
		}
	}
	if (n != p->n_ids)
		fail_msg("[%s] finds %zu instead of %zu", q->text, p->n_ids, n);
	assert_int_equal(p->total, n);
}

/* The same in pages. */
static UNUSED void check_pages(struct play *p, const struct question *q)
{
	static int64_t whole[3000];
	size_t n = p->n_ids, at = 0;
	int64_t limit = 1 + pick(&p->rng, 20);

	memcpy(whole, p->ids, n * sizeof(*whole));
	for (;;) {
		enum entry_order order = p->filter.order;
		bool descending = p->filter.descending;
		p->filter = filter_of(q);
		p->filter.order = order;
		p->filter.descending = descending;
		p->filter.limit = limit;
		p->filter.offset = (int64_t)at;
		submit(p);
		assert_int_equal(p->total, n);
		for (size_t i = 0; i < p->n_ids; i++, at++) {
			assert_true(at < n);
			assert_int_equal(p->ids[i], whole[at]);
		}
		if (p->n_ids < (size_t)limit)
			break;
	}
	assert_int_equal(at, n);
}

static UNUSED void step_ask(struct play *p)
{
	struct question q = { .status = -1 };
	unsigned n = pick(&p->rng, 4);

	wait_for_index(p);
	for (unsigned i = 0; i < n; i++)
		ask_term(p, &q);
	ask_conditions(p, &q);
	ask_beside(p, &q);
	p->filter = filter_of(&q);
	p->filter.order = (enum entry_order)pick(&p->rng, ENTRY_ORDER_RELEVANCE + (n > 0));
	p->filter.descending = chance(&p->rng, 50);
	p->query = q.text;
	enum entry_order order = p->filter.order;
	submit(p);
	if (q.refused) {
		assert_int_equal(p->fail.status, STATUS_BAD_REQUEST);
		assert_non_null(strstr(p->fail.detail, "position"));
		return;
	}
	if (p->total < 0)
		fail_msg("[%s]: %s", q.text, p->fail.detail);
	check_answer(p, &q);
	p->filter.order = order;
	if (chance(&p->rng, 30))
		check_pages(p, &q);
}

#endif
