#include "feed/url.h"

#include "base/limits.h"
#include "feed/url_query.h"

/* The five parts of RFC 3986 3, each with its presence where empty and absent differ. */
struct url_parts {
	struct span scheme, authority, path, query, fragment;
	bool has_authority, has_query, has_fragment;
};

struct span url_scheme(struct span url)
{
	size_t i = 0;

	if (url.n == 0 || !ascii_alpha(url.s[0]))
		return (struct span){ url.s, 0 };
	while (i < url.n &&
		(ascii_alnum(url.s[i]) || url.s[i] == '+' || url.s[i] == '-' || url.s[i] == '.'))
		i++;
	return (struct span){ url.s, i < url.n && url.s[i] == ':' ? i : 0 };
}

bool url_is_web(struct span url)
{
	struct span scheme = url_scheme(url);

	return span_is(scheme, "http") || span_is(scheme, "https");
}

/* Up to the first of three characters. */
static struct span take_until(struct span *rest, const char stops[3])
{
	struct span part = { rest->s, 0 };

	while (part.n < rest->n && rest->s[part.n] != stops[0] && rest->s[part.n] != stops[1] &&
		rest->s[part.n] != stops[2])
		part.n++;
	span_skip(rest, part.n);
	return part;
}

static struct url_parts url_split(struct span url)
{
	struct span none = { "", 0 };
	struct url_parts u = {
		.scheme = url_scheme(url), .authority = none, .query = none, .fragment = none
	};

	if (url.s == NULL)
		url.s = ""; /* C allows no arithmetic on NULL, not even by zero */
	if (u.scheme.n > 0)
		span_skip(&url, u.scheme.n + 1);
	if (span_starts(url, "//")) {
		span_skip(&url, 2);
		u.has_authority = true;
		u.authority = take_until(&url, "/?#");
	}
	u.path = take_until(&url, "?##");
	if (url.n > 0 && url.s[0] == '?') {
		span_skip(&url, 1);
		u.has_query = true;
		u.query = take_until(&url, "###");
	}
	if (url.n > 0) {
		span_skip(&url, 1);
		u.has_fragment = true;
		u.fragment = url;
	}
	return u;
}

/* RFC 3986 5.2.4 on out[start..], in place. */
static void remove_dot_segments(struct strbuf *out, size_t start)
{
	size_t n = out->len - start, w = 0, r = 0;

	if (n == 0)
		return;
	char *path = out->data + start;
	while (r < n) {
		size_t end = r + (path[r] == '/');
		while (end < n && path[end] != '/')
			end++;
		struct span seg = { path + r, end - r };
		bool last = end == n;
		if (span_is(seg, "/.") || span_is(seg, "/..")) {
			if (seg.n == 3) {
				while (w > 0 && path[w - 1] != '/')
					w--;
				w -= w > 0;
			}
			if (last)
				path[w++] = '/';
		} else {
			memmove(path + w, path + r, seg.n);
			w += seg.n;
		}
		r = end;
	}
	strbuf_truncate(out, start + w);
}

/* Appends a part, harmless: no line breaks, no blanks, no control characters. */
static bool add_part(struct strbuf *out, struct span part)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t from = 0;

	for (size_t i = 0; i < part.n; i++) {
		unsigned char c = (unsigned char)part.s[i];
		if (c > 0x20 && c != 0x7f)
			continue;
		strbuf_add(out, part.s + from, i - from);
		from = i + 1;
		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		char escape[3] = { '%', hex[c >> 4], hex[c & 15] };
		strbuf_add(out, escape, 3);
	}
	strbuf_add(out, part.s + from, part.n - from);
	return !out->overflow;
}

static void add_tail(struct strbuf *out, const struct url_parts *u)
{
	if (u->has_query) {
		strbuf_addch(out, '?');
		add_part(out, u->query);
	}
	if (u->has_fragment) {
		strbuf_addch(out, '#');
		add_part(out, u->fragment);
	}
}

static void add_root(struct strbuf *out, struct span scheme, struct span authority, bool has)
{
	add_part(out, scheme);
	strbuf_addch(out, ':');
	if (has) {
		strbuf_add(out, "//", 2);
		add_part(out, authority);
	}
}

/* The path of a relative reference against the base's, RFC 3986 5.2.2 and 5.2.3. */
static void add_merged_path(struct strbuf *out, const struct url_parts *base, struct span path)
{
	size_t start = out->len;

	if (path.n == 0) {
		add_part(out, base->path);
		return;
	}
	if (path.s[0] != '/') {
		size_t keep = base->path.n;
		while (keep > 0 && base->path.s[keep - 1] != '/')
			keep--;
		if (keep == 0 && base->has_authority)
			strbuf_addch(out, '/');
		add_part(out, (struct span){ base->path.s, keep });
	}
	add_part(out, path);
	remove_dot_segments(out, start);
}

static void resolve_parts(struct strbuf *out, const struct url_parts *b, const struct url_parts *r)
{
	struct url_parts u = *r;

	if (r->has_authority) {
		add_root(out, b->scheme, r->authority, true);
		add_part(out, r->path);
	} else {
		add_root(out, b->scheme, b->authority, b->has_authority);
		add_merged_path(out, b, r->path);
		if (r->path.n == 0 && !r->has_query) {
			u.query = b->query;
			u.has_query = b->has_query;
		}
	}
	add_tail(out, &u);
}

static void resolve(struct strbuf *out, const char *base, struct span ref)
{
	struct url_parts b, r;

	if (url_scheme(ref).n > 0) { /* most are absolute: nothing to take apart */
		add_part(out, ref);
		return;
	}
	b = url_split(span_trim(span_of(base)));
	r = url_split(ref);
	bool hierarchical = b.has_authority || (b.path.n > 0 && b.path.s[0] == '/');
	if (b.scheme.n == 0 || !hierarchical)
		add_part(out, ref);
	else
		resolve_parts(out, &b, &r);
}

bool url_resolve(struct strbuf *out, const char *base, struct span ref)
{
	size_t start = out->len;

	ref = span_trim(ref);
	if (ref.n == 0 || ref.n > LIMIT_URL)
		return false;
	resolve(out, base, ref);
	if (out->overflow || out->len - start > LIMIT_URL || out->len == start) {
		strbuf_truncate(out, start);
		return false;
	}
	return true;
}

static bool is_unreserved(int c)
{
	return c < 128 && (ascii_alnum((char)c) || strchr("-._~", c) != NULL) && c != 0;
}

/* RFC 3986 6.2.2.1, 6.2.2.2: %7e is ~, %c3 is %C3, é is %C3%A9. */
static void add_normal(struct strbuf *out, struct span part)
{
	size_t from = 0; /* what stays as it is, and is not yet copied */

	for (size_t i = 0; i < part.n; i++) {
		int c = (unsigned char)part.s[i];
		if (c != '%' && c > 0x20 && c < 0x7f)
			continue;
		strbuf_add(out, part.s + from, i - from);
		bool escaped = c == '%' && i + 2 < part.n && hex_value(part.s[i + 1]) >= 0 &&
			       hex_value(part.s[i + 2]) >= 0;
		if (escaped) {
			c = hex_value(part.s[i + 1]) * 16 + hex_value(part.s[i + 2]);
			i += 2;
		}
		from = i + 1;
		if (is_unreserved(c) || (!escaped && c == '%'))
			strbuf_addch(out, (char)c);
		else
			strbuf_addf(out, "%%%02X", (unsigned)c);
	}
	strbuf_add(out, part.s + from, part.n - from);
}

static void add_host(struct strbuf *out, struct span authority, const char *default_port)
{
	size_t start = out->len;

	for (size_t i = authority.n; i > 0; i--)
		if (authority.s[i - 1] == '@') {
			span_skip(&authority, i);
			break;
		}
	add_normal(out, authority);
	for (size_t i = start; i < out->len; i++)
		out->data[i] = ascii_lower(out->data[i]);
	size_t n = strlen(default_port);
	if (out->len - start > n && memcmp(out->data + out->len - n, default_port, n) == 0)
		strbuf_truncate(out, out->len - n);
	if (out->len > start && out->data[out->len - 1] == ':')
		strbuf_truncate(out, out->len - 1);
}

bool url_canonical(struct strbuf *out, struct span url)
{
	size_t start = out->len;
	struct url_parts u;

	url = span_trim(url);
	if (url.n == 0)
		return false;
	u = url_split(url);
	if (!u.has_authority) {
		add_normal(out, url);
		return !out->overflow;
	}
	if (!url_is_web(url)) {
		for (size_t i = 0; i < u.scheme.n; i++)
			strbuf_addch(out, ascii_lower(u.scheme.s[i]));
		strbuf_addch(out, ':');
	}
	strbuf_addstr(out, "//");
	add_host(out, u.authority, span_is(u.scheme, "https") ? ":443" : ":80");
	size_t path = out->len;
	add_normal(out, u.path);
	remove_dot_segments(out, path);
	if (out->len == path)
		strbuf_addch(out, '/');
	struct strbuf query = STRBUF_INIT(LIMIT_URL * 3);
	add_normal(&query, u.query);
	url_query_add_kept(out, (struct span){ strbuf_str(&query), query.len });
	strbuf_release(&query);
	if (u.has_fragment && u.fragment.n > 0) {
		strbuf_addch(out, '#');
		add_normal(out, u.fragment);
	}
	if (out->overflow)
		strbuf_truncate(out, start);
	return !out->overflow;
}
