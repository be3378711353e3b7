/*
 * Names to fields by a table; Cache-Control by a small scanner that forgives quotes, case, odd
 * separators and white space, since publishers write all of them.
 */
#include "fetch/headers.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fetch/link.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct text {
	const char *s;
	size_t n;
};

static bool text_is(struct text t, const char *word)
{
	return t.n == strlen(word) && strncasecmp(t.s, word, t.n) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct text trimmed(const char *s, size_t n)
{
	while (n > 0 && is_blank(s[0])) {
		s++;
		n--;
	}
	while (n > 0 && (is_blank(s[n - 1]) || s[n - 1] == '\r' || s[n - 1] == '\n'))
		n--;
	return (struct text){ s, n };
}

/* strchr() alone would find the end of `set` in a NUL. */
static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* delta-seconds; too large means HEADERS_SECONDS_MAX. False for anything that is not all digits. */
static bool seconds_parse(struct text t, int64_t *ret)
{
	int64_t seconds = 0;
	if (t.n == 0)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		seconds = seconds * 10 + (t.s[i] - '0');
		if (seconds > HEADERS_SECONDS_MAX)
			seconds = HEADERS_SECONDS_MAX;
	}
	*ret = seconds;
	return true;
}

/* Takes the next directive off *rest: name[=token | ="quoted"], parted by commas or semicolons. */
static bool directive_next(struct text *rest, struct text *ret_name, struct text *ret_value)
{
	const char *p = rest->s, *end = rest->s + rest->n;
	while (p < end && (is_blank(*p) || *p == ',' || *p == ';'))
		p++;
	if (p == end)
		return false;
	const char *name = p;
	while (p < end && !is_one_of(*p, " \t,;="))
		p++;
	*ret_name = (struct text){ name, (size_t)(p - name) };
	*ret_value = (struct text){ NULL, 0 };
	while (p < end && is_blank(*p))
		p++;
	if (p < end && *p == '=') {
		p++;
		while (p < end && is_blank(*p))
			p++;
		bool quoted = p < end && *p == '"';
		const char *value = p += quoted;
		while (p < end && (quoted ? *p != '"' : !is_one_of(*p, " \t,;")))
			p += (quoted && *p == '\\' && p + 1 < end) ? 2 : 1;
		*ret_value = (struct text){ value, (size_t)(p - value) };
		p += p < end && quoted;
	}
	*rest = (struct text){ p, (size_t)(end - p) };
	return true;
}

static void take_cache_control(struct headers *h, struct text value)
{
	struct text name, argument;
	while (directive_next(&value, &name, &argument)) {
		if (text_is(name, "max-age") && h->max_age == FETCH_UNSAID) {
			if (!seconds_parse(argument, &h->max_age))
				h->max_age = 0;
		} else if (text_is(name, "no-store") ||
			   (text_is(name, "no-cache") && !argument.s)) {
			h->not_cacheable = true;
		}
	}
}

static void take_age(struct headers *h, struct text value)
{
	seconds_parse(value, &h->age);
}

static void take_mitigated(struct headers *h, struct text value)
{
	h->challenge = text_is(value, "challenge");
}

static bool has_controls(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (((unsigned char)t.s[i] < 0x20 && t.s[i] != '\t') || t.s[i] == 0x7f)
			return true;
	return false;
}

static void take_link(struct headers *h, struct text value)
{
	const struct {
		const char *rel;
		char **kept;
	} wanted[] = { { "hub", &h->hub }, { "self", &h->self } };
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const char *target;
		size_t n = link_find(value.s, value.n, wanted[i].rel, &target);
		if (n > 0 && n <= LIMIT_URL && !*wanted[i].kept &&
			!has_controls((struct text){ target, n }))
			*wanted[i].kept = xstrndup(target, n);
	}
}

/* Fields that are kept as text. A text with control characters could not be sent back as it came,
 * nor shown, and is as good as none. */
static const struct kept_field {
	const char *name;
	size_t where, max;
} kept_fields[] = {
	{ "ETag", offsetof(struct headers, etag), LIMIT_VALIDATOR },
	{ "Last-Modified", offsetof(struct headers, last_modified), LIMIT_VALIDATOR },
	{ "Content-Type", offsetof(struct headers, content_type), LIMIT_CONTENT_TYPE },
	{ "Location", offsetof(struct headers, location), LIMIT_URL },
	{ "Expires", offsetof(struct headers, expires), LIMIT_NAME },
	{ "Date", offsetof(struct headers, date), LIMIT_NAME },
	{ "Retry-After", offsetof(struct headers, retry_after), LIMIT_NAME },
	{ "Strict-Transport-Security", offsetof(struct headers, hsts), LIMIT_NAME },
};
#define N_KEPT (sizeof(kept_fields) / sizeof(kept_fields[0]))

static const struct read_field {
	const char *name;
	void (*take)(struct headers *h, struct text value);
} read_fields[] = {
	{ "Cache-Control", take_cache_control },
	{ "Age", take_age },
	{ "cf-mitigated", take_mitigated },
	{ "Link", take_link },
};
#define N_READ (sizeof(read_fields) / sizeof(read_fields[0]))

static char **kept_at(struct headers *h, const struct kept_field *field)
{
	return (char **)((char *)h + field->where);
}

static void take_field(struct headers *h, struct text name, struct text value)
{
	for (size_t i = 0; i < N_READ; i++)
		if (text_is(name, read_fields[i].name))
			read_fields[i].take(h, value);
	for (size_t i = 0; i < N_KEPT; i++) {
		char **kept = kept_at(h, &kept_fields[i]);
		if (text_is(name, kept_fields[i].name) && !*kept && value.n > 0 &&
			value.n <= kept_fields[i].max && !has_controls(value))
			*kept = xstrndup(value.s, value.n);
	}
}

/* Reads the gathered line, if any. */
static void line_end(struct headers *h)
{
	const char *colon = h->line.len ? memchr(h->line.data, ':', h->line.len) : NULL;
	if (colon) {
		size_t n = (size_t)(colon - h->line.data);
		take_field(h, trimmed(h->line.data, n), trimmed(colon + 1, h->line.len - n - 1));
	}
	strbuf_clear(&h->line);
}

static void fields_clear(struct headers *h)
{
	for (size_t i = 0; i < N_KEPT; i++) {
		char **kept = kept_at(h, &kept_fields[i]);
		free(*kept);
		*kept = NULL;
	}
	free(h->hub);
	free(h->self);
	h->hub = h->self = NULL;
	h->max_age = FETCH_UNSAID;
	h->age = 0;
	h->not_cacheable = h->challenge = h->complete = false;
	strbuf_clear(&h->line);
}

void headers_init(struct headers *h)
{
	*h = (struct headers){ .max_age = FETCH_UNSAID };
	strbuf_init(&h->line, LIMIT_HEADERS);
}

void headers_release(struct headers *h)
{
	fields_clear(h);
	strbuf_release(&h->line);
}

bool headers_add(struct headers *h, const char *line, size_t n)
{
	h->n_bytes += n;
	if (h->n_bytes > LIMIT_HEADERS)
		return false;
	if (n >= 5 && strncmp(line, "HTTP/", 5) == 0) {
		fields_clear(h);
		return true;
	}
	if (h->complete)
		return true;
	struct text t = trimmed(line, n);
	bool folded = n > 0 && is_blank(line[0]); /* RFC 9112 5.2: stands for a space */
	if (!folded || h->line.len == 0)
		line_end(h);
	else if (!strbuf_addch(&h->line, ' '))
		return false;
	h->complete = t.n == 0 && !folded;
	return strbuf_add(&h->line, t.s, t.n);
}

static int64_t at_most(int64_t value, int64_t most)
{
	return value < most ? value : most;
}

/* Seconds from `from` to `to`, within 0 .. HEADERS_SECONDS_MAX. */
static int64_t seconds_between(int64_t from, int64_t to)
{
	return to <= from ? 0 : at_most(to - from, HEADERS_SECONDS_MAX);
}

/* HTTP-date (RFC 9110 5.6.7) with all that servers make of it; -1 when it is none. */
static int64_t date_parse(const char *s)
{
	return s ? (int64_t)curl_getdate(s, NULL) : -1;
}

static int64_t lifetime(const struct headers *h, int64_t now)
{
	if (h->not_cacheable)
		return FETCH_UNSAID;
	if (h->max_age != FETCH_UNSAID)
		return seconds_between(h->age, h->max_age);
	if (!h->expires)
		return FETCH_UNSAID;
	int64_t expires = date_parse(h->expires), date = date_parse(h->date);
	if (expires < 0) /* "0" and the like: already expired (RFC 9111 5.3) */
		return 0;
	return seconds_between(date < 0 ? now : date, expires);
}

/* From the server's own now to the date that it names, since its clock need not be ours (RFC 9110
 * 6.6.1); by our clock when that makes no sense: no Date, a later one, or one so much earlier that
 * the two come from different clocks. */
static int64_t wait_until(const struct headers *h, int64_t then, int64_t now)
{
	int64_t date = date_parse(h->date);
	int64_t by_its_clock = date < 0 ? -1 : then - date - h->age;
	return by_its_clock >= 0 && by_its_clock <= LIMIT_SERVER_FLOOR ? by_its_clock
								       : seconds_between(now, then);
}

void headers_freshness(const struct headers *h, int64_t now, struct fetch_freshness *ret)
{
	*ret = (struct fetch_freshness){ lifetime(h, now), FETCH_UNSAID };
	if (!h->retry_after)
		return;
	if (seconds_parse(
		    (struct text){ h->retry_after, strlen(h->retry_after) }, &ret->retry_after))
		return;
	int64_t date = date_parse(h->retry_after);
	if (date >= 0)
		ret->retry_after = wait_until(h, date, now);
}
