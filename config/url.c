#include "config/url.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/command.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum scheme { SCHEME_NONE, SCHEME_HTTP, SCHEME_FILE };

static const struct {
	const char *prefix;
	enum scheme scheme;
} schemes[] = {
	{ "http://", SCHEME_HTTP },
	{ "https://", SCHEME_HTTP },
	{ "file:///", SCHEME_FILE },
	{ "file://localhost/", SCHEME_FILE },
};

/* *ret_rest: what follows the "//". */
static enum scheme url_scheme(const char *url, const char **ret_rest)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(url, schemes[i].prefix, strlen(schemes[i].prefix)) == 0) {
			*ret_rest = strstr(url, "//") + 2;
			return schemes[i].scheme;
		}
	return SCHEME_NONE;
}

/* The host between user information and port (RFC 3986 3.2), brackets of an IPv6 address included.
 */
static const char *url_host(const char *authority, size_t *ret_n)
{
	size_t end = strcspn(authority, "/?#");
	const char *host = authority;

	for (size_t i = 0; i < end; i++)
		if (authority[i] == '@')
			host = authority + i + 1;
	end -= (size_t)(host - authority);
	size_t n = end;
	const char *port = memrchr(host, ':', end);
	if (port != NULL && memchr(port, ']', (size_t)(host + end - port)) == NULL)
		n = (size_t)(port - host);
	*ret_n = n;
	return host;
}

/* A space or a backslash makes programs disagree on where the host ends; no publisher's URL has
 * them unescaped. */
static bool url_char_ok(unsigned char c)
{
	return c > ' ' && c != 0x7f && strchr("\\\"<>", c) == NULL;
}

const char *conf_url_problem(const char *url)
{
	size_t n = strlen(url);
	const char *rest;

	if (n > LIMIT_URL)
		return "it is longer than 8 KiB";
	if (!text_is_safe(url, n))
		return "it holds control characters or is no UTF-8";
	for (size_t i = 0; i < n; i++)
		if (!url_char_ok((unsigned char)url[i]))
			return "it holds a character that must be percent-encoded";
	enum scheme scheme = url_scheme(url, &rest);
	if (scheme == SCHEME_NONE)
		return "it is no http://, https:// or file:/// URL";
	if (scheme == SCHEME_FILE)
		return NULL;
	size_t n_host;
	url_host(rest, &n_host);
	return n_host == 0 ? "it names no host" : NULL;
}

bool conf_url_floor_exempt(const char *url)
{
	const char *rest;
	size_t n;
	struct in_addr v4;
	char name[64];

	if (command_is(url))
		return true;
	if (conf_url_problem(url) != NULL)
		return false;
	if (url_scheme(url, &rest) == SCHEME_FILE)
		return true;
	const char *host = url_host(rest, &n);
	if (n >= sizeof(name))
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	if (strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, name, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

static int hex_value(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

/* NULL for nothing. %00 stays as it is. */
static char *percent_decoded(const char *text, size_t n)
{
	char *out = n > 0 ? xcalloc(1, n + 1) : NULL;

	for (size_t i = 0, k = 0; i < n; i++) {
		int high = text[i] == '%' && i + 2 < n ? hex_value(text[i + 1]) : -1;
		int low = high >= 0 ? hex_value(text[i + 2]) : -1;
		bool escape = low >= 0 && high + low > 0;
		out[k++] = escape ? (char)(high * 16 + low) : text[i];
		i += escape ? 2 : 0;
	}
	return out;
}

bool conf_url_take_login(char *url, char **ret_username, char **ret_password)
{
	const char *rest;

	if (url_scheme(url, &rest) != SCHEME_HTTP)
		return false;
	char *login = url + (rest - url);
	char *at = memrchr(login, '@', strcspn(login, "/?#"));
	if (at == NULL)
		return false;
	char *colon = memchr(login, ':', (size_t)(at - login));
	*ret_username = percent_decoded(login, (size_t)((colon != NULL ? colon : at) - login));
	*ret_password = colon != NULL ? percent_decoded(colon + 1, (size_t)(at - colon) - 1) : NULL;
	const size_t left = strlen(at + 1);
	memmove(login, at + 1, left + 1);
	explicit_bzero(login + left + 1, (size_t)(at - login));
	return *ret_username != NULL || *ret_password != NULL;
}

/* Whether a scheme stands in front (RFC 3986 3.1); what looks like one before a number is a host
 * with its port. */
static bool has_scheme(const char *url)
{
	size_t n = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && url[n] == ':' && (url[n + 1] < '0' || url[n + 1] > '9');
}

char *conf_url_typed(const char *typed)
{
	size_t n;

	typed += strspn(typed, " ");
	n = strlen(typed);
	while (n > 0 && typed[n - 1] == ' ')
		n--;
	if (strncasecmp(typed, "feed://", 7) == 0)
		return xasprintf("http://%.*s", (int)n - 7, typed + 7);
	if (strncasecmp(typed, "feed:", 5) == 0) {
		typed += 5;
		n -= 5;
	}
	if (has_scheme(typed) || typed[0] == '/' || typed[0] == '.' || n == 0)
		return xstrndup(typed, n);
	char *local = xasprintf("http://%.*s", (int)n, typed);
	if (conf_url_floor_exempt(local))
		return local;
	free(local);
	return xasprintf("https://%.*s", (int)n, typed);
}
