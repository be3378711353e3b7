#include "config/access.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Names that a feed cannot set, and why; those that end with '-' stand for all that begin so. */
static const struct {
	const char *name, *why;
} reserved[] = {
	{ "User-Agent", "courant says who it is; poll.contact adds how to reach you" },
	{ "Accept", "courant says what it reads" },
	{ "Accept-Encoding", "courant says what it decodes" },
	{ "If-", "courant keeps what the server said of its last document" },
	{ "A-IM", "courant reads whole documents" },
	{ "Range", "courant reads whole documents" },
	{ "Cache-Control", "no cache is passed by" },
	{ "Pragma", "no cache is passed by" },
	{ "Referer", "courant sends none" },
	{ "Host", "it is part of the URL" },
	{ "Content-", "a request has no content" },
	{ "Transfer-Encoding", "it belongs to the connection" },
	{ "TE", "it belongs to the connection" },
	{ "Trailer", "it belongs to the connection" },
	{ "Connection", "it belongs to the connection" },
	{ "Keep-Alive", "it belongs to the connection" },
	{ "Upgrade", "it belongs to the connection" },
	{ "Expect", "it belongs to the connection" },
	{ "HTTP2-Settings", "it belongs to the connection" },
	{ "Proxy-", "it belongs to the proxy; see proxy and proxy_password_file" },
};

static const char *const proxy_schemes[] = { "http://", "https://", "socks5://", "socks5h://" };

struct access *access_new(void)
{
	struct access *a = xcalloc(1, sizeof(*a));
	a->n_holders = 1;
	return a;
}

struct access *access_hold(struct access *a)
{
	if (a != NULL)
		a->n_holders++;
	return a;
}

void access_drop(struct access *a)
{
	if (a == NULL || --a->n_holders > 0)
		return;
	for (size_t i = 0; i < a->n_headers; i++)
		xfree_secret(a->headers[i]);
	free(a->headers);
	xfree_secret(a->password);
	xfree_secret(a->proxy);
	xfree_secret(a->proxy_password);
	free(a->username);
	free(a->client_cert);
	free(a->client_key);
	free(a->ca_file);
	free(a);
}

bool access_is_empty(const struct access *a)
{
	return access_equal(a, NULL);
}

static bool same(const char *x, const char *y)
{
	return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

bool access_equal(const struct access *a, const struct access *b)
{
	static const struct access empty = { 0 };
	a = a != NULL ? a : &empty;
	b = b != NULL ? b : &empty;
	bool equal = a->auth == b->auth && a->ip == b->ip && a->n_headers == b->n_headers &&
		     same(a->username, b->username) && same(a->password, b->password) &&
		     same(a->proxy, b->proxy) && same(a->proxy_password, b->proxy_password) &&
		     same(a->client_cert, b->client_cert) && same(a->client_key, b->client_key) &&
		     same(a->ca_file, b->ca_file);
	for (size_t i = 0; equal && i < a->n_headers; i++)
		equal = strcmp(a->headers[i], b->headers[i]) == 0;
	return equal;
}

struct access *access_of_login(const char *username, const char *password)
{
	if (username == NULL && password == NULL)
		return NULL;
	struct access *a = access_new();
	a->auth = ACCESS_BASIC;
	a->username = xstrdup_or_null(username);
	a->password = xstrdup_or_null(password);
	return a;
}

void access_add_header(struct access *a, const char *field)
{
	assert(access_header_problem(field) == NULL);
	a->headers = xrealloc(a->headers, (a->n_headers + 1) * sizeof(*a->headers));
	a->headers[a->n_headers++] = xstrdup(field);
}

/* RFC 9110 5.6.2 */
static size_t token_length(const char *s)
{
	return strspn(s, "!#$%&'*+-.^_`|~0123456789"
			 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static bool is_reserved(const char *name, const char *field, size_t n)
{
	const size_t n_name = strlen(name);
	const bool prefix = name[n_name - 1] == '-';
	return (prefix ? n > n_name : n == n_name) && strncasecmp(name, field, n_name) == 0;
}

const char *access_header_problem(const char *field)
{
	const size_t n = token_length(field);
	if (n == 0 || field[n] != ':')
		return "it is no header field; write \"Name: value\"";
	if (field[n + 1 + strspn(field + n + 1, " \t")] == '\0')
		return "it has no value";
	if (strlen(field) > LIMIT_HEADER_FIELD)
		return "it is longer than 8 KiB";
	for (const char *c = field; *c != '\0'; c++)
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
			return "it holds control characters";
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (is_reserved(reserved[i].name, field, n))
			return reserved[i].why;
	return NULL;
}

const char *access_proxy_problem(const char *proxy)
{
	const char *rest = NULL;
	if (strcmp(proxy, ACCESS_NO_PROXY) == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(proxy_schemes) / sizeof(proxy_schemes[0]); i++)
		if (strncasecmp(proxy, proxy_schemes[i], strlen(proxy_schemes[i])) == 0)
			rest = proxy + strlen(proxy_schemes[i]);
	if (rest == NULL)
		return "it is no http://, https://, socks5:// or socks5h:// URL, nor \"none\"";
	const size_t n = strcspn(rest, "/?#");
	const char *at = memrchr(rest, '@', n);
	const char *host = at != NULL ? at + 1 : rest;
	if (host[0] == ':' || host == rest + n)
		return "it names no host";
	if (rest[n] != '\0' && strcmp(rest + n, "/") != 0)
		return "it has a path; a proxy is a scheme, a host and a port";
	for (const char *c = proxy; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return "it holds spaces or control characters";
	return NULL;
}
