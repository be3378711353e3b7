#include "fetch/route.h"
#include "fetch/address.h"

#include <string.h>
#include <strings.h>

static const long curl_auth[] = {
	[ACCESS_AUTH_NONE] = (long)CURLAUTH_NONE,
	[ACCESS_BASIC] = (long)CURLAUTH_BASIC,
	[ACCESS_DIGEST] = (long)CURLAUTH_DIGEST,
	[ACCESS_BEARER] = (long)CURLAUTH_BEARER,
};

static const long curl_ip[] = {
	[ACCESS_IP_UNSAID] = CURL_IPRESOLVE_WHATEVER,
	[ACCESS_IP_ANY] = CURL_IPRESOLVE_WHATEVER,
	[ACCESS_IP_V4] = CURL_IPRESOLVE_V4,
	[ACCESS_IP_V6] = CURL_IPRESOLVE_V6,
};

/* libcurl takes both halves of a login from the proxy's URL, or none. */
static void set_proxy_login(CURL *easy, const char *proxy, const char *password)
{
	CURLU *u = curl_url();
	char *username = NULL, *rest = NULL;
	if (u && curl_url_set(u, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_USER, &username, CURLU_URLDECODE) == CURLUE_OK &&
		curl_url_set(u, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
		curl_url_set(u, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_URL, &rest, 0) == CURLUE_OK) {
		ROUTE_SET(easy, CURLOPT_PROXY, rest);
		ROUTE_SET(easy, CURLOPT_PROXYUSERNAME, username);
	}
	ROUTE_SET(easy, CURLOPT_PROXYPASSWORD, password);
	curl_free(username);
	curl_free(rest);
	curl_url_cleanup(u);
}

static void set_proxy(CURL *easy, const struct transfer_request *r)
{
	/* Empty is not NULL: the environment's are not used (decision 20). */
	ROUTE_SET(easy, CURLOPT_PROXY, r->proxy ? r->proxy : "");
	ROUTE_SET(easy, CURLOPT_NOPROXY, "");
	if (!r->proxy)
		return;
	ROUTE_SET(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	ROUTE_SET(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	ROUTE_SET(easy, CURLOPT_PROXY_CAPATH, NULL);
	if (r->ca_file)
		ROUTE_SET(easy, CURLOPT_PROXY_CAINFO, r->ca_file);
	if (r->proxy_password)
		set_proxy_login(easy, r->proxy, r->proxy_password);
}

static void set_login(CURL *easy, const struct access *a)
{
	if (!a || a->auth == ACCESS_AUTH_NONE) {
		ROUTE_SET(easy, CURLOPT_HTTPAUTH, curl_auth[ACCESS_BASIC]); /* of the URL itself */
		return;
	}
	ROUTE_SET(easy, CURLOPT_HTTPAUTH, curl_auth[a->auth]);
	if (a->auth == ACCESS_BEARER) {
		ROUTE_SET(easy, CURLOPT_XOAUTH2_BEARER, a->password);
		return;
	}
	ROUTE_SET(easy, CURLOPT_USERNAME, a->username ? a->username : "");
	ROUTE_SET(easy, CURLOPT_PASSWORD, a->password ? a->password : "");
}

static void set_trust(CURL *easy, const struct transfer_request *r)
{
	const struct access *a = r->access;
	const char *own_ca = a ? a->ca_file : NULL;
	/* With the built-in CAPATH every connection reads all certificates again (22 ms of CPU).
	 * libcurl keeps one parsed file a multi handle: a feed's own must not push out the general
	 * one, which all others share. */
	ROUTE_SET(easy, CURLOPT_CAPATH, NULL);
	if (own_ca)
		ROUTE_SET(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	if (own_ca || r->ca_file)
		ROUTE_SET(easy, CURLOPT_CAINFO, own_ca ? own_ca : r->ca_file);
	if (!a || !a->client_cert)
		return;
	ROUTE_SET(easy, CURLOPT_SSLCERT, a->client_cert);
	ROUTE_SET(easy, CURLOPT_SSLKEY, a->client_key ? a->client_key : a->client_cert);
}

void route_set(CURL *easy, const struct transfer_request *request)
{
	set_proxy(easy, request);
	set_login(easy, request->access);
	set_trust(easy, request);
	ROUTE_SET(easy, CURLOPT_IPRESOLVE, curl_ip[request->ip]);
}

/* "host:port" without the port, nor the root's dot */
static size_t name_length(const char *host)
{
	const char *colon = strrchr(host, ':');
	return colon ? (size_t)(colon - host) : strlen(host);
}

static bool names_this_machine(const char *host)
{
	static const char local[] = "localhost"; /* and all below it, RFC 6761 6.3 */
	const size_t n = name_length(host), n_local = strlen(local);
	return n >= n_local && strncasecmp(host + n - n_local, local, n_local) == 0 &&
	       (n == n_local || host[n - n_local - 1] == '.');
}

/* False when it is a name. */
static bool literal_kind(const char *host, enum address_kind *ret, const char **ret_what)
{
	char address[INET6_ADDRSTRLEN + 2];
	int n = snprintf(address, sizeof(address), "%.*s", (int)name_length(host), host);
	bool v6 = host[0] == '[';
	struct in_addr v4;
	if (n < 0 || (size_t)n >= sizeof(address) || (!v6 && inet_pton(AF_INET, address, &v4) != 1))
		return false;
	*ret = address_kind_text(address, ret_what);
	return true;
}

const char *route_proxy(const struct access *access, const char *general, const char *host)
{
	enum address_kind kind = ADDRESS_PUBLIC;
	if (access && access->proxy)
		return strcmp(access->proxy, ACCESS_NO_PROXY) == 0 ? NULL : access->proxy;
	if (!general || strcmp(general, ACCESS_NO_PROXY) == 0 || names_this_machine(host) ||
		(literal_kind(host, &kind, NULL) && kind == ADDRESS_LOOPBACK))
		return NULL;
	return general;
}

const char *route_forbidden_host(const char *host)
{
	enum address_kind kind;
	const char *what;
	if (names_this_machine(host))
		return "the name of this machine";
	return literal_kind(host, &kind, &what) && !address_allowed(kind, false) ? what : NULL;
}
