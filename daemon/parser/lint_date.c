#include "base/clock.h"
#include "feed/date.h"
#include "parser/lint_checks.h"

#include <stdio.h>

#define DAY 86400
#define FIRST_FEEDS ((int64_t)852076800) /* 1997-01-01: Netscape's RSS came two years later */

enum form { FORM_RFC822, FORM_RFC3339, FORM_W3C };

/* Where dates stand, and how the format wants them. */
static const struct {
	unsigned families;
	enum ns ns; /* NS_OTHER: the format's own */
	const char *name;
	enum form form;
} places[] = {
	{ LINT_RSS, NS_OTHER, "pubDate", FORM_RFC822 },
	{ LINT_RSS, NS_OTHER, "lastBuildDate", FORM_RFC822 },
	{ LINT_ATOM, NS_OTHER, "published", FORM_RFC3339 },
	{ LINT_ATOM, NS_OTHER, "updated", FORM_RFC3339 },
	{ LINT_ATOM, NS_OTHER, "issued", FORM_W3C },
	{ LINT_ATOM, NS_OTHER, "modified", FORM_W3C },
	{ LINT_ATOM, NS_OTHER, "created", FORM_W3C },
	{ LINT_JSON, NS_OTHER, "date_published", FORM_RFC3339 },
	{ LINT_JSON, NS_OTHER, "date_modified", FORM_RFC3339 },
	{ LINT_RSS | LINT_RDF | LINT_ATOM, NS_DC, "date", FORM_W3C },
	{ LINT_RSS | LINT_RDF | LINT_ATOM, NS_DCTERMS, "created", FORM_W3C },
	{ LINT_RSS | LINT_RDF | LINT_ATOM, NS_DCTERMS, "issued", FORM_W3C },
	{ LINT_RSS | LINT_RDF | LINT_ATOM, NS_DCTERMS, "modified", FORM_W3C },
	{ LINT_RSS | LINT_RDF, NS_ATOM10, "published", FORM_RFC3339 },
	{ LINT_RSS | LINT_RDF, NS_ATOM10, "updated", FORM_RFC3339 },
};

/* The index of a three-letter name in a list of them, -1. */
static int index_of(const char *names, const char *name)
{
	for (int i = 0; names[i * 3] != '\0'; i++)
		if (strlen(name) == 3 && strncasecmp(names + (size_t)i * 3, name, 3) == 0)
			return i;
	return -1;
}

static bool is_zone(const char *zone)
{
	static const char known[] = " GMT UT UTC Z EST EDT CST CDT MST MDT PST PDT ";
	char padded[16];
	int digits = 0;

	if (zone[0] == '+' || zone[0] == '-') {
		while (ascii_digit(zone[1 + digits]))
			digits++;
		return digits == 4 && zone[5] == '\0';
	}
	snprintf(padded, sizeof(padded), " %s ", zone);
	return zone[0] != '\0' && strstr(known, padded) != NULL;
}

/* RFC 822 5.1, years as RFC 1123 wants them: "Mon, 23 Nov 2026 07:00:00 GMT"; the rule that it
 * breaks, LINT_RULE_COUNT for none. */
static enum lint_rule check_rfc822(struct span t)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[48], day_name[8] = "", month_name[8] = "", zone[12] = "", year_digits[8] = "",
		       tail[4] = "";
	int day, hour, minute, second, used = 0;

	if (t.n >= sizeof(text))
		return LINT_DATE_FORMAT;
	snprintf(text, sizeof(text), "%.*s", (int)t.n, t.s);
	const char *rest = text;
	if (ascii_alpha(text[0])) {
		if (sscanf(text, "%7[A-Za-z], %n", day_name, &used) != 1 || used == 0 ||
			index_of(days, day_name) < 0)
			return LINT_DATE_FORMAT;
		rest = text + used;
	}
	int n = sscanf(rest, "%2d %7[A-Za-z] %7[0-9] %2d:%2d%n", &day, month_name, year_digits,
		&hour, &minute, &used);
	int month = index_of(months, month_name);
	if (n != 5 || month < 0)
		return LINT_DATE_FORMAT;
	rest += used;
	if (rest[0] == ':' && sscanf(rest, ":%2d%n", &second, &used) == 1)
		rest += used;
	if (sscanf(rest, " %11s %3s", zone, tail) == 2)
		return LINT_DATE_FORMAT;
	size_t digits = strlen(year_digits);
	if (digits == 2)
		return LINT_DATE_YEAR_SHORT;
	if (digits != 4)
		return LINT_DATE_FORMAT;
	int64_t year = (year_digits[0] - '0') * 1000 + (year_digits[1] - '0') * 100 +
		       (year_digits[2] - '0') * 10 + (year_digits[3] - '0');
	int64_t days_since = days_from_civil(year, month + 1, day);
	/* 1970-01-01 was a Thursday */
	if (day_name[0] != '\0' && ((days_since + 3) % 7 + 7) % 7 != index_of(days, day_name))
		return LINT_DATE_WEEKDAY;
	return is_zone(zone) ? LINT_RULE_COUNT : LINT_DATE_ZONE;
}

/* Whether the text has the shape of a pattern in which 9 stands for a digit; what follows it. */
static bool take_shape(struct span *t, const char *shape)
{
	size_t n = strlen(shape);

	if (t->n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '9' ? !ascii_digit(t->s[i]) : t->s[i] != shape[i])
			return false;
	span_skip(t, n);
	return true;
}

/* RFC 3339 5.6; the W3C's profile of ISO 8601 allows to leave out the end. */
static enum lint_rule check_iso(struct span t, bool whole)
{
	if (!take_shape(&t, "9999"))
		return LINT_DATE_FORMAT;
	bool month = take_shape(&t, "-99"), day = month && take_shape(&t, "-99");
	if (t.n == 0)
		return whole ? LINT_DATE_FORMAT : LINT_RULE_COUNT;
	if (!day || !(take_shape(&t, "T99:99") || (whole && take_shape(&t, "t99:99"))))
		return LINT_DATE_FORMAT;
	if (!take_shape(&t, ":99") && whole)
		return LINT_DATE_FORMAT;
	if (t.n > 1 && t.s[0] == '.')
		for (t.s++, t.n--; t.n > 0 && ascii_digit(t.s[0]); t.s++, t.n--)
			;
	if (take_shape(&t, "Z") || take_shape(&t, "z") || take_shape(&t, "+99:99") ||
		take_shape(&t, "-99:99"))
		return t.n == 0 ? LINT_RULE_COUNT : LINT_DATE_FORMAT;
	return t.n == 0 ? LINT_DATE_ZONE : LINT_DATE_FORMAT;
}

/* What nobody can read: words, or numbers that make no date. */
static enum lint_rule rule_of_unreadable(struct span t)
{
	int numbers = 0;

	for (size_t i = 0; i < t.n; i++)
		numbers += ascii_digit(t.s[i]) && (i == 0 || !ascii_digit(t.s[i - 1]));
	return numbers >= 2 ? LINT_DATE_IMPOSSIBLE : LINT_DATE_UNREADABLE;
}

static int64_t check_date(struct lint *l, const struct outline_node *n, enum form form)
{
	struct span text = outline_text(&l->outline, n);
	int64_t when;

	if (text.n == 0 || !date_parse(text, &when)) {
		lint_find(l, rule_of_unreadable(text), n->line, text);
		return FEED_NO_DATE;
	}
	enum lint_rule rule =
		form == FORM_RFC822 ? check_rfc822(text) : check_iso(text, form == FORM_RFC3339);
	if (rule != LINT_RULE_COUNT)
		lint_find(l, rule, n->line, text);
	if (when > l->now + DAY)
		lint_find(l, LINT_DATE_FUTURE, n->line, text);
	else if (when < FIRST_FEEDS)
		lint_find(l, LINT_DATE_ANCIENT, n->line, text);
	return when;
}

static bool is_at(const struct lint *l, const struct outline_node *n, size_t place)
{
	bool ns = places[place].ns == NS_OTHER ? (l->core & 1u << n->ns) != 0
					       : places[place].ns == n->ns;

	return ns && (places[place].families & (unsigned)l->family) &&
	       n->name.n == strlen(places[place].name) &&
	       memcmp(n->name.s, places[place].name, n->name.n) == 0;
}

void lint_check_dates(struct lint *l, const struct outline_node *parent)
{
	int64_t published = FEED_NO_DATE, updated = FEED_NO_DATE;
	const struct outline_node *at = NULL;

	for (const struct outline_node *n = parent->first; n != NULL; n = n->next)
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
			if (!is_at(l, n, i))
				continue;
			int64_t when = check_date(l, n, places[i].form);
			if (span_is(n->name, "published") || span_is(n->name, "date_published")) {
				published = when;
			} else if (span_is(n->name, "updated") ||
				   span_is(n->name, "date_modified")) {
				updated = when;
				at = n;
			}
		}
	if (at != NULL && published != FEED_NO_DATE && updated != FEED_NO_DATE &&
		updated < published)
		lint_find(l, LINT_DATE_REVERSED, at->line, outline_text(&l->outline, at));
}
