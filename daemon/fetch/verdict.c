/*
 * What an answer came to: libcurl's codes and HTTP's codes to courant's words. What the server said
 * counts before how the connection ended: an error page that breaks off is still that error.
 */
#include "base/clock.h"
#include "base/text.h"
#include "fetch/redirect.h"
#include "fetch/transfer.h"
#include "fetch/uplink.h"

#include <errno.h>
#include <string.h>

/* What is not listed is a PROTOCOL_ERROR in libcurl's words. */
static const struct {
	CURLcode code;
	enum status status;
	const char *says; /* NULL: what libcurl says of this case is better */
} results[] = {
	{ CURLE_URL_MALFORMAT, STATUS_BAD_URL, NULL },
	{ CURLE_COULDNT_RESOLVE_HOST, STATUS_DNS_FAILED, "no address is known for this name" },
	{ CURLE_GOT_NOTHING, STATUS_PROTOCOL_ERROR, "the connection was closed without an answer" },
	{ CURLE_PARTIAL_FILE, STATUS_PROTOCOL_ERROR, "the connection was closed before the end" },
	{ CURLE_SSL_CONNECT_ERROR, STATUS_TLS_FAILED, NULL },
	{ CURLE_PEER_FAILED_VERIFICATION, STATUS_TLS_FAILED, NULL },
	{ CURLE_SSL_CERTPROBLEM, STATUS_TLS_FAILED,
		"client_cert and client_key cannot be used; are they PEM files that belong "
		"together?" },
	{ CURLE_SSL_CIPHER, STATUS_TLS_FAILED, NULL },
	{ CURLE_SSL_CACERT_BADFILE, STATUS_TLS_FAILED,
		"ca_file cannot be read, or holds no certificate" },
	{ CURLE_COULDNT_RESOLVE_PROXY, STATUS_CONNECT_FAILED,
		"no address is known for the proxy's name" },
	{ CURLE_PROXY, STATUS_CONNECT_FAILED, "the proxy did not let it through" },
	{ CURLE_SSL_ISSUER_ERROR, STATUS_TLS_FAILED, NULL },
	{ CURLE_SSL_INVALIDCERTSTATUS, STATUS_TLS_FAILED, NULL },
	{ CURLE_USE_SSL_FAILED, STATUS_TLS_FAILED, NULL },
};
#define N_RESULTS (sizeof(results) / sizeof(results[0]))

static const struct {
	int code;
	const char *phrase;
} phrases[] = {
	/* RFC 9110 15; what the server writes there is not shown */
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 226, "IM Used" },
	{ 300, "Multiple Choices" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 418, "I'm a teapot" },
	{ 421, "Misdirected Request" },
	{ 425, "Too Early" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *phrase_of(int code)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].code == code)
			return phrases[i].phrase;
	return "";
}

/* What a person can do about it. */
static const char *hint_of(const struct transfer *t, int code)
{
	const struct access *a = t->request.access;
	if (code < 300)
		return ", where a document was expected";
	if (code == 407)
		return "; see proxy and proxy_password_file in courant.conf(5)";
	if (code != 401)
		return "";
	if (t->request.login_withheld)
		return "; the feed's login is for its own host and was not sent here";
	return a && a->auth != ACCESS_AUTH_NONE ? "; the feed's login was refused"
						: "; it wants a login";
}

static void fail_http(const struct transfer *t, int code, struct failure *ret)
{
	enum status status = code == 410   ? STATUS_GONE
			     : code == 429 ? STATUS_RATE_LIMITED
					   : STATUS_HTTP_ERROR;
	const char *phrase = phrase_of(code);
	failure_set(ret, STAGE_FETCH, status, code, "HTTP %d%s%s%s", code, *phrase ? " " : "",
		phrase, hint_of(t, code));
}

static void fail_size(const struct transfer *t, int code, struct failure *ret)
{
	uint64_t max = t->request.max_body;
	bool in_mib = max >= MIB && max % MIB == 0;
	failure_set(ret, STAGE_FETCH, STATUS_TOO_LARGE, code, "the document exceeded %llu %s",
		(unsigned long long)(in_mib ? max / MIB : max / KIB), in_mib ? "MiB" : "KiB");
}

static const char *errno_text(const struct transfer *t, const char *otherwise)
{
	long error = 0;
	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
	const char *text = error ? strerrordesc_np((int)error) : NULL;
	return text ? text : otherwise;
}

/* What OpenSSL's verification came to (X509_V_ERR_*, openssl/x509_vfy.h; the numbers are part of
 * its interface), for a person who can do something about it. */
enum { NOT_YET_VALID = 9, EXPIRED = 10 };
static const struct {
	long result;
	const char *says;
} certificates[] = {
	{ NOT_YET_VALID, "its certificate is not valid yet; is this machine's clock right?" },
	{ EXPIRED, "its certificate has expired (or this machine's clock is wrong)" },
	{ 18, "its certificate is self-signed; if you trust it, name it in ca_file" },
	{ 19, "its certificate comes from an authority that is not known here; if you trust that, "
	      "name it in ca_file" },
	{ 20, "its certificate comes from an authority that is not known here; if you trust that, "
	      "name it in ca_file" },
	{ 21, "its certificate comes without the ones between it and its authority; a mistake of "
	      "the server" },
	{ 23, "its certificate was revoked" },
};

static const char *certificate_text(const struct transfer *t, char *out, size_t size)
{
	long verified = 0;
	const char *date = certificate_date(t->certificate);
	curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	if (*date && verified == EXPIRED)
		snprintf(out, size,
			"its certificate expired on %s (or this machine's clock is wrong)", date);
	else if (*date && verified == NOT_YET_VALID)
		snprintf(out, size,
			"its certificate is valid from %s on; is this machine's clock right?",
			date);
	if (*out)
		return out;
	for (size_t i = 0; i < sizeof(certificates) / sizeof(certificates[0]); i++)
		if (certificates[i].result == verified)
			return certificates[i].says;
	/* libcurl compares the name itself, and sets 1, "unspecified", before it does. */
	return verified <= 1 ? "its certificate is for another host" : NULL;
}

/* The connection ended in a way that libcurl calls an error. */
static void fail_connection(
	const struct transfer *t, CURLcode result, int code, struct failure *ret)
{
	enum status status = STATUS_PROTOCOL_ERROR;
	const char *says = NULL;
	for (size_t i = 0; i < N_RESULTS; i++) {
		if (results[i].code == result) {
			status = results[i].status;
			says = results[i].says;
		}
	}
	char proxy_says[64], certificate_says[128] = "";
	long proxy_code = 0;
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_code);
	if (t->request.proxy && !t->reply.complete && proxy_code >= 300) {
		status = STATUS_CONNECT_FAILED;
		snprintf(proxy_says, sizeof(proxy_says), "the proxy answered HTTP %ld %s",
			proxy_code, phrase_of((int)proxy_code));
		says = proxy_says;
	} else if (result == CURLE_PEER_FAILED_VERIFICATION) {
		says = certificate_text(t, certificate_says, sizeof(certificate_says));
	} else if (result == CURLE_COULDNT_CONNECT) {
		status = STATUS_CONNECT_FAILED;
		says = errno_text(t, "no connection");
	} else if (result == CURLE_OPERATION_TIMEDOUT) {
		status = STATUS_TIMEOUT;
		says = t->reply.n_bytes > 0 ? "the answer was not complete in time"
		       : t->settled         ? "no answer in time"
					    : "the name was not resolved in time";
	} else if (result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR) {
		status = t->reply.n_bytes == 0 ? STATUS_CONNECT_FAILED : STATUS_PROTOCOL_ERROR;
		says = errno_text(t, "the connection broke");
	}
	if (!says)
		says = *t->error ? t->error : curl_easy_strerror(result);
	/* Nothing else than the proxy is connected to. */
	bool at_proxy = t->request.proxy && result == CURLE_COULDNT_CONNECT;
	failure_set(ret, STAGE_FETCH, status, code, "%s: %s%s", t->request.url->host,
		at_proxy ? "the proxy: " : "", says);
}

/* Whether it failed because nothing leads to the host from here. */
static bool had_no_route(const struct transfer *t, CURLcode result)
{
	long error = 0;
	if (result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY)
		return !uplink_is_there();
	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
	return result == CURLE_COULDNT_CONNECT && error == ENETUNREACH;
}

/* libcurl says that it could not write when something follows the end of a compressed document,
 * all of which was written, and checked, by then; gzip(1) and browsers ignore it. When it was our
 * own callback that took no more, that is known before this is asked. */
static bool is_whole(CURLcode result)
{
	return result == CURLE_OK || result == CURLE_WRITE_ERROR;
}

enum transfer_end transfer_judge(struct transfer *t, CURLcode result, struct failure *ret_fail)
{
	int code = transfer_code(t);
	bool answered = t->reply.complete && code >= 200;
	if (t->refused && t->n_sockets == 0 && clock_is_scaled()) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_ADDRESS_REFUSED, 0,
			"%s leads to %s, %s; while COURANT_CLOCK is set loopback alone is asked",
			t->request.url->host, t->refused_ip, t->refused);
	} else if (t->refused && t->n_sockets == 0) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_ADDRESS_REFUSED, 0,
			"%s leads to %s, %s, and allow_private is not set", t->request.url->host,
			t->refused_ip, t->refused);
	} else if (t->headers_too_large) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_PROTOCOL_ERROR, code,
			"the header fields exceeded %u KiB", LIMIT_HEADERS / KIB);
	} else if (answered && redirect_is(code) &&
		   (!t->request.form || code == 307 || code == 308)) {
		return TRANSFER_REDIRECTED;
	} else if (answered && code == 304) {
		if (t->request.etag || t->request.last_modified)
			return TRANSFER_NOT_MODIFIED;
		failure_set(ret_fail, STAGE_FETCH, STATUS_PROTOCOL_ERROR, code,
			"HTTP 304 Not Modified, where nothing was known");
	} else if (answered && code != 200 && t->reply.challenge) {
		failure_set(ret_fail, STAGE_FETCH, STATUS_CHALLENGED, code,
			"HTTP %d with cf-mitigated: challenge", code);
	} else if (answered && !transfer_wants_body(t, code)) {
		fail_http(t, code, ret_fail);
	} else if (t->body.overflow) {
		fail_size(t, code, ret_fail);
	} else if (!answered || !is_whole(result)) {
		fail_connection(t, result, code, ret_fail);
		t->no_route = had_no_route(t, result);
	} else {
		return TRANSFER_DOCUMENT;
	}
	return TRANSFER_FAILED;
}
