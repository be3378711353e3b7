#include "db/search_query.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "db/query.h"
#include "db/search_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Bytes of an expression; the rest of SEARCH_MATCH_MAX is for sets of feeds. */
#define MATCH_MAX ((size_t)64 * KIB - 1)

struct term {
	bool negative, prefix;
	bool quoted;
	char field[16]; /* "" without one */
	char value[LIMIT_SEARCH_QUERY + 1];
	size_t at; /* byte of the query where it begins */
};

struct parser {
	const char *text, *p;
	int64_t now;
	search_feeds_fn *feeds;
	void *arg;
	struct search_query *query;
	struct strbuf without; /* what must not match, joined by OR */
	size_t without_at;
	struct failure *fail;
};

/* ---- errors ---- */
static __attribute__((format(printf, 3, 4))) bool refuse(
	struct parser *p, size_t at, const char *format, ...)
{
	char reason[LIMIT_DETAIL];
	size_t position = 1;
	va_list ap;

	for (size_t i = 0; i < at; i++)
		position += ((unsigned char)p->text[i] & 0xc0) != 0x80;
	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	failure_set(p->fail, STAGE_NONE, STATUS_BAD_REQUEST, 0, "search, position %zu: %s",
		position, reason);
	return false;
}

/* ---- words of the language ---- */
static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static const char *const fields[] = { "feed", "category", "author", "title", "before", "after",
	"is" };

/* Reads `field:` at the place where the parser is, large or small; false with the reason when it is
 * none of ours. A URL is no filter, nor is what does not look like one ("RE:"). */
static bool read_field(struct parser *p, struct term *t)
{
	size_t n = strspn(p->p, "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	t->field[0] = '\0';
	if (n == 0 || p->p[n] != ':' || p->p[n + 1] == '/')
		return true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strlen(fields[i]) == n && strncasecmp(fields[i], p->p, n) == 0) {
			memcpy(t->field, fields[i], n + 1);
			p->p += n + 1;
			return true;
		}
	}
	if (strcspn(p->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < n)
		return true;
	return refuse(p, (size_t)(p->p - p->text),
		"there is no filter \"%.*s:\", but feed:, category:, author:, title:, before:, "
		"after: and is:; to look for this text put it into quotes",
		(int)n, p->p);
}

static bool read_value(struct parser *p, struct term *t)
{
	const char *begin = p->p, *end;

	t->quoted = *begin == '"';
	if (t->quoted) {
		end = strchr(++begin, '"');
		if (end == NULL)
			return refuse(p, (size_t)(p->p - p->text), "this quote has no end");
		p->p = end + 1;
	} else {
		for (end = begin; *end != '\0' && *end != '"' && !is_space(*end);)
			end++;
		p->p = end;
		if (end > begin && end[-1] == '*') {
			t->prefix = true;
			end--;
		}
	}
	if (t->quoted && *p->p == '*') {
		t->prefix = true;
		p->p++;
	}
	memcpy(t->value, begin, (size_t)(end - begin));
	t->value[end - begin] = '\0';
	if (end != begin)
		return true;
	return refuse(p, t->at,
		t->field[0] == '\0' ? "nothing to look for stands here"
				    : "what to filter by is missing");
}

/* ---- what becomes of a term ---- */
/* The letters and digits that the index knows are all that a term consists of at last. */
static bool has_letters(const char *value)
{
	size_t left = strlen(value), size;

	for (; left > 0; value += size, left -= size) {
		if (!search_is_wordless(utf8_decode(value, left, &size)))
			return true;
	}
	return false;
}

static void add_quoted(struct strbuf *out, const struct term *t)
{
	strbuf_addch(out, '"');
	for (const char *c = t->value; *c != '\0'; c++) {
		if (*c != '"')
			strbuf_addch(out, *c);
	}
	strbuf_addstr(out, t->prefix ? "\"*" : "\"");
}

/* Where the expression of a term goes: to what must match, or to what must not. */
static struct strbuf *begin_expression(struct parser *p, const struct term *t)
{
	struct strbuf *out = t->negative ? &p->without : &p->query->match;

	if (t->negative && out->len == 0)
		p->without_at = t->at;
	if (out->len > 0)
		strbuf_addstr(out, t->negative ? " OR " : " AND ");
	return out;
}

static bool add_text(struct parser *p, const struct term *t)
{
	if (!has_letters(t->value))
		return refuse(p, t->at, "\"%s\" has neither a letter nor a digit", t->value);
	struct strbuf *out = begin_expression(p, t);
	if (t->field[0] != '\0')
		strbuf_addf(out, "%s : ", t->field);
	else
		strbuf_addstr(out, "{title author text} : ");
	add_quoted(out, t);
	return true;
}

static void add_to_expression(struct parser *p, const struct term *t, const int64_t *ids, size_t n)
{
	struct strbuf *out = begin_expression(p, t);

	strbuf_addstr(out, "feed : (");
	for (size_t i = 0; i < n; i++)
		strbuf_addf(out, "%s\"%" PRId64 "\"", i == 0 ? "" : " OR ", ids[i]);
	strbuf_addstr(out, ")");
}

/* What is in both. */
static void intersect(struct feed_set *set, const int64_t *ids, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0, k = 0; i < set->n && k < n;) {
		if (set->ids[i] == ids[k])
			set->ids[kept++] = ids[k];
		if (set->ids[i] <= ids[k])
			i++;
		else
			k++;
	}
	set->n = kept;
}

/* Takes `ids`. */
static void add_to_set(struct parser *p, const struct term *t, int64_t *ids, size_t n)
{
	struct feed_set *set = t->negative ? &p->query->not_of_feeds : &p->query->of_feeds;

	if (!set->given) {
		*set = (struct feed_set){ true, ids, n };
		return;
	}
	if (t->negative) {
		set->ids = xrealloc(set->ids, (set->n + n) * sizeof(*ids));
		memcpy(set->ids + set->n, ids, n * sizeof(*ids));
		set->n += n;
	} else {
		intersect(set, ids, n);
	}
	free(ids);
}

static bool add_feeds(struct parser *p, const struct term *t)
{
	bool category = strcmp(t->field, "category") == 0;
	int64_t *ids = xmalloc((LIMIT_SEARCH_SET + 1) * sizeof(*ids));
	int64_t n = p->feeds(p->arg, category, t->value, ids, LIMIT_SEARCH_SET + 1);

	if (n > LIMIT_SEARCH_FEEDS && n <= LIMIT_SEARCH_SET) {
		add_to_set(p, t, ids, (size_t)n);
		return true;
	}
	if (n > 0 && n <= LIMIT_SEARCH_FEEDS)
		add_to_expression(p, t, ids, (size_t)n);
	free(ids);
	if (n < 0)
		failure_set(p->fail, STAGE_STORE, STATUS_STORE_FAILED, 0, "cannot look up feeds");
	else if (n == 0)
		refuse(p, t->at, "there is no %s \"%s\"%s",
			category ? "category" : "feed whose name or URL has", t->value,
			!t->quoted && *p->p == ' ' ? "; several words stand in quotes" : "");
	else if (n > LIMIT_SEARCH_SET)
		refuse(p, t->at, "more than %d feeds are meant by \"%s\": be more exact",
			LIMIT_SEARCH_SET, t->value);
	return n > 0 && n <= LIMIT_SEARCH_SET;
}

static bool add_is(struct parser *p, const struct term *t)
{
	bool *const asked = strcmp(t->value, "unread") == 0    ? &p->query->unread
			    : strcmp(t->value, "read") == 0    ? &p->query->read
			    : strcmp(t->value, "starred") == 0 ? &p->query->starred
							       : NULL;

	if (asked == NULL)
		return refuse(p, t->at, "is: knows unread, read and starred");
	*asked = true;
	return true;
}

/* "2026", "2026-11", "2026-11-23": the beginning of that time in the local zone; "7d": so long ago.
 */
static bool read_date(const struct parser *p, const char *value, int64_t *ret)
{
	struct tm tm = { .tm_mday = 1, .tm_isdst = -1 };
	int year, month = 1, day = 1, end = 0;
	int64_t ms;

	if (duration_parse(value, &ms)) {
		*ret = p->now - ms / 1000;
		return true;
	}
	if (strspn(value, "0123456789-") != strlen(value) ||
		(sscanf(value, "%4d%n-%2d%n-%2d%n", &year, &end, &month, &end, &day, &end) < 1) ||
		value[end] != '\0' || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	*ret = mktime(&tm);
	/* 0 would say that nothing was said. */
	*ret -= *ret == 0;
	return tm.tm_mday == day;
}

static bool add_date(struct parser *p, const struct term *t)
{
	struct search_query *q = p->query;
	int64_t at;

	if (!read_date(p, t->value, &at))
		return refuse(p, t->at,
			"%s: takes a date as 2026-11-23, 2026-11 or 2026, or how long ago as 7d or "
			"12h",
			t->field);
	if (strcmp(t->field, "before") == 0)
		q->before = q->before == 0 || at < q->before ? at : q->before;
	else
		q->after = q->after == 0 || at > q->after ? at : q->after;
	return true;
}

static bool add_term(struct parser *p, const struct term *t)
{
	static const struct {
		const char *field;
		bool (*add)(struct parser *p, const struct term *t);
		bool negatable;
	} adders[] = { { "", add_text, true }, { "author", add_text, true },
		{ "title", add_text, true }, { "feed", add_feeds, true },
		{ "category", add_feeds, true }, { "is", add_is, false },
		{ "before", add_date, false }, { "after", add_date, false } };
	size_t i = 0;

	while (strcmp(adders[i].field, t->field) != 0)
		i++;
	if (t->negative && !adders[i].negatable)
		return refuse(p, t->at, "%s: cannot be turned round with -", t->field);
	return adders[i].add(p, t);
}

/* ---- the whole ---- */
static bool parse_term(struct parser *p)
{
	struct term t = { .at = (size_t)(p->p - p->text) };

	if (*p->p == '-') {
		t.negative = true;
		p->p++;
	}
	return read_field(p, &t) && read_value(p, &t) && add_term(p, &t);
}

static bool parse_all(struct parser *p)
{
	if (strlen(p->text) > LIMIT_SEARCH_QUERY)
		return refuse(p, LIMIT_SEARCH_QUERY,
			"a query has at most %d bytes; use fewer words", LIMIT_SEARCH_QUERY);
	for (;;) {
		while (is_space(*p->p))
			p->p++;
		if (*p->p == '\0')
			break;
		if (!parse_term(p))
			return false;
	}
	if (p->without.len == 0)
		return true;
	if (p->query->match.len == 0)
		return refuse(p, p->without_at,
			"say what to look for, too, not only what is to be left out");
	strbuf_addf(&p->query->match, " NOT (%s)", strbuf_str(&p->without));
	return true;
}

bool search_query_parse(const char *text, int64_t now, search_feeds_fn *feeds, void *arg,
	struct search_query *ret, struct failure *ret_fail)
{
	struct parser p = {
		.text = text,
		.p = text,
		.now = now,
		.feeds = feeds,
		.arg = arg,
		.query = ret,
		.without = STRBUF_INIT(MATCH_MAX / 2),
		.fail = ret_fail,
	};

	*ret = (struct search_query){ .match = STRBUF_INIT(MATCH_MAX) };
	bool ok = parse_all(&p);
	if (ok && (p.without.overflow || ret->match.overflow))
		ok = refuse(&p, 0, "the filters name too many feeds in all");
	strbuf_release(&p.without);
	return ok;
}

void search_query_release(struct search_query *q)
{
	strbuf_release(&q->match);
	free(q->of_feeds.ids);
	free(q->not_of_feeds.ids);
}
