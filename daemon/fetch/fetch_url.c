#include "fetch/fetch_url.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/command.h"

#include <ctype.h>
#include <locale.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As curl does for a URL typed by people or sent in a Location. */
#define PARSE_FLAGS (CURLU_URLENCODE | CURLU_ALLOW_SPACE)

static const struct {
	const char *name;
	enum fetch_scheme scheme;
} schemes[] = {
	{ "http", SCHEME_HTTP },
	{ "https", SCHEME_HTTPS },
	{ "file", SCHEME_FILE },
	{ "exec", SCHEME_EXEC },
};

bool fetch_url_reference_scheme(const char *reference, enum fetch_scheme *ret)
{
	size_t n = 0;
	while (isalnum((unsigned char)reference[n]) ||
		(n > 0 && reference[n] && strchr("+-.", reference[n])))
		n++;
	if (n == 0 || reference[n] != ':' || !isalpha((unsigned char)reference[0]))
		return false;
	*ret = SCHEME_OTHER;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strlen(schemes[i].name) == n && strncasecmp(reference, schemes[i].name, n) == 0)
			*ret = schemes[i].scheme;
	return true;
}

static CURLU *parsed(const char *text)
{
	CURLU *u = curl_url();
	if (u && curl_url_set(u, CURLUPART_URL, text, PARSE_FLAGS) != CURLUE_OK) {
		curl_url_cleanup(u);
		return NULL;
	}
	return u;
}

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

/* The host in its ASCII form (RFC 5891 A-labels), NULL when it has none. libcurl takes the host for
 * text of the locale, and the daemon runs in that of C. */
static char *ascii_host(CURLU *u)
{
	char *host = NULL, *ascii = NULL;
	if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK || is_ascii(host))
		return host;
	curl_free(host);
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return NULL;
	locale_t before = uselocale(utf8);
	if (curl_url_get(u, CURLUPART_HOST, &ascii, CURLU_PUNYCODE) != CURLUE_OK) {
		curl_free(ascii); /* libcurl leaves the text as it was there */
		ascii = NULL;
	}
	uselocale(before);
	freelocale(utf8);
	return ascii;
}

/* Encoding mends paths and queries only: what remains must be a URL by the letter. */
char *fetch_url_wire(const char *text)
{
	char *wire = NULL;
	CURLU *u = parsed(text);
	char *host = u ? ascii_host(u) : NULL;
	if (host && curl_url_set(u, CURLUPART_HOST, host, 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_URL, &wire, 0) == CURLUE_OK &&
		curl_url_set(u, CURLUPART_URL, wire, 0) != CURLUE_OK) {
		curl_free(wire);
		wire = NULL;
	}
	curl_free(host);
	curl_url_cleanup(u);
	return wire;
}

static bool has_part(CURLU *u, CURLUPart part)
{
	char *value = NULL;
	bool has = curl_url_get(u, part, &value, 0) == CURLUE_OK;
	curl_free(value);
	return has;
}

static bool host_key(CURLU *u, char out[FETCH_HOST_SIZE])
{
	char *host = ascii_host(u), *port = NULL;
	bool fits = false;
	if (host && *host &&
		curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
		size_t n = strlen(host);
		if (n > 1 && host[n - 1] == '.') /* the root's dot names the same host */
			n--;
		for (size_t i = 0; i < n; i++)
			host[i] = (char)tolower((unsigned char)host[i]);
		int len = snprintf(out, FETCH_HOST_SIZE, "%.*s:%s", (int)n, host, port);
		fits = len > 0 && len < FETCH_HOST_SIZE;
	}
	curl_free(host);
	curl_free(port);
	return fits;
}

bool fetch_url_parse(const char *text, struct fetch_url *ret)
{
	struct fetch_url url = { .scheme = SCHEME_OTHER };
	if (strlen(text) > LIMIT_URL || !fetch_url_reference_scheme(text, &url.scheme) ||
		url.scheme == SCHEME_OTHER)
		return false;
	if (url.scheme == SCHEME_FILE) {
		char *path = fetch_url_file_path(text);
		if (!path)
			return false;
		free(path);
	} else if (url.scheme == SCHEME_EXEC) {
		char **words = command_words(text);
		if (!words)
			return false;
		free(words);
	} else {
		char *wire = fetch_url_wire(text);
		CURLU *u = wire ? parsed(wire) : NULL;
		bool good = u && host_key(u, url.host);
		curl_free(wire);
		url.has_credentials =
			good && (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD));
		curl_url_cleanup(u);
		if (!good)
			return false;
	}
	url.text = xstrdup(text);
	*ret = url;
	return true;
}

void fetch_url_upgrade(struct fetch_url *url)
{
	CURLU *u = parsed(url->text);
	char *port = NULL, *text = NULL;
	struct fetch_url secure;
	if (u && curl_url_get(u, CURLUPART_PORT, &port, 0) == CURLUE_OK && strcmp(port, "80") == 0)
		curl_url_set(u, CURLUPART_PORT, NULL, 0);
	if (u && curl_url_set(u, CURLUPART_SCHEME, "https", 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK &&
		fetch_url_parse(text, &secure)) {
		secure.has_credentials = url->has_credentials;
		fetch_url_release(url);
		*url = secure;
	}
	curl_free(port);
	curl_free(text);
	curl_url_cleanup(u);
}

bool fetch_url_same_origin(const struct fetch_url *a, const struct fetch_url *b)
{
	return a->scheme == b->scheme && strcmp(a->host, b->host) == 0;
}

void fetch_url_release(struct fetch_url *url)
{
	free(url->text);
	*url = (struct fetch_url){ .text = NULL };
}

static void copy_part(CURLU *from, CURLU *to, CURLUPart part)
{
	char *value = NULL;
	curl_url_get(from, part, &value, 0);
	curl_url_set(to, part, value, 0);
	curl_free(value);
}

bool fetch_url_resolve(const struct fetch_url *base, const char *location, struct fetch_url *ret)
{
	CURLU *from = parsed(base->text), *to = parsed(base->text);
	char *text = NULL, host[FETCH_HOST_SIZE], *scheme = NULL;
	bool good = false;
	if (!from || !to || strlen(location) > LIMIT_URL ||
		curl_url_set(to, CURLUPART_URL, location, PARSE_FLAGS) != CURLUE_OK ||
		!host_key(to, host) || curl_url_get(to, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		goto out;
	bool same_origin = strcmp(host, base->host) == 0 &&
			   (strcasecmp(scheme, "https") == 0) == (base->scheme == SCHEME_HTTPS);
	curl_url_set(to, CURLUPART_USER, NULL, 0);
	curl_url_set(to, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(to, CURLUPART_FRAGMENT, NULL, 0);
	if (same_origin) {
		copy_part(from, to, CURLUPART_USER);
		copy_part(from, to, CURLUPART_PASSWORD);
	}
	good = curl_url_get(to, CURLUPART_URL, &text, 0) == CURLUE_OK && fetch_url_parse(text, ret);
out:
	curl_free(scheme);
	curl_free(text);
	curl_url_cleanup(from);
	curl_url_cleanup(to);
	return good;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* RFC 8089: file:/path, file:///path, file://localhost/path. */
char *fetch_url_file_path(const char *text)
{
	const char *p = text + strlen("file:");
	if (strncmp(p, "//", 2) == 0) {
		p += 2;
		if (strncasecmp(p, "localhost/", 10) == 0)
			p += 9;
	}
	if (*p != '/')
		return NULL;
	size_t n = strcspn(p, "?#"), len = 0;
	char *path = xmalloc(n + 1);
	for (size_t i = 0; i < n; i++) {
		int high = p[i] == '%' ? hex_digit(p[i + 1]) : -1;
		int low = high < 0 ? -1 : hex_digit(p[i + 2]);
		path[len++] = low < 0 ? p[i] : (char)(high * 16 + low);
		i += low < 0 ? 0 : 2;
	}
	path[len] = '\0';
	if (strlen(path) == len)
		return path;
	free(path);
	return NULL;
}

const char *fetch_url_for_people(const char *text, char *out, size_t size)
{
	const char *slashes = command_is(text) ? NULL : strstr(text, "//");
	size_t before = slashes ? (size_t)(slashes - text) + 2 : 0;
	const char *rest = text + before;
	size_t authority = slashes ? strcspn(rest, "/?#") : 0;
	for (size_t i = 0; i < authority; i++)
		if (text[before + i] == '@')
			rest = text + before + i + 1;
	snprintf(out, size, "%.*s%s", (int)before, text, rest);
	return out;
}
