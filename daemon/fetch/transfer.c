/*
 * The callbacks run inside libcurl and only note what they saw; transfer_judge() (verdict.c) makes
 * sense of it afterwards.
 */
#include "fetch/transfer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "fetch/address.h"
#include "fetch/route.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACCEPT                                                                       \
	"Accept: application/atom+xml, application/rss+xml, application/feed+json, " \
	"application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "         \
	"application/json;q=0.7, */*;q=0.1"

static void settle(struct transfer *t)
{
	if (t->settled)
		return;
	t->settled = true;
	t->request.settled(t->request.arg);
}

static void refuse(struct transfer *t, const char *ip, const char *what)
{
	t->refused = what;
	snprintf(t->refused_ip, sizeof(t->refused_ip), "%s", ip);
}

static bool may_connect(const struct transfer *t, enum address_kind kind)
{
	/* A clock that runs fast must not make an impolite reader of anybody else's server. */
	if (clock_is_scaled() && kind != ADDRESS_LOOPBACK)
		return false;
	return address_allowed(kind, t->request.allow_private || t->request.proxy);
}

/* The guard for new connections: after the name was resolved, before the first packet. */
static curl_socket_t socket_opened(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)purpose;
	struct transfer *t = arg;
	const char *what;
	settle(t);
	if (!may_connect(t, address_kind(&to->addr, &what))) {
		char ip[INET6_ADDRSTRLEN] = "";
		const void *bytes =
			to->family == AF_INET6
				? (const void *)&(
					  (const struct sockaddr_in6 *)(const void *)&to->addr)
					  ->sin6_addr
				: (const void *)&(
					  (const struct sockaddr_in *)(const void *)&to->addr)
					  ->sin_addr;
		inet_ntop(to->family, bytes, ip, sizeof(ip));
		refuse(t, ip, what);
		return CURL_SOCKET_BAD;
	}
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	t->n_sockets++;
	return fd;
}

/* The guard for kept connections, which another feed with allow_private may have opened. */
static int request_ready(
	void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	(void)local_ip, (void)remote_port, (void)local_port;
	struct transfer *t = arg;
	const char *what;
	settle(t);
	if (may_connect(t, address_kind_text(remote_ip, &what))) {
		t->request.sending(t->request.arg);
		return CURL_PREREQFUNC_OK;
	}
	refuse(t, remote_ip, what);
	t->n_sockets = 0;
	return CURL_PREREQFUNC_ABORT;
}

/* The header is complete. libcurl never forgets the hosts of connections that it closed for being
 * too many, and looks through all of them with the next: 10,000 hosts make that a quarter of the
 * loop's time. So while many wait it keeps those that somebody waits for. */
static void header_ended(struct transfer *t)
{
	int code = transfer_code(t);
	if (code >= 200 && !t->reply.location && !t->request.wanted(t->request.arg))
		curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
}

static size_t header_arrived(char *line, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	n *= size;
	t->request.arrived(t->request.arg, n, 0);
	if (headers_add(&t->reply, line, n)) {
		if (*line == '\r' || *line == '\n')
			header_ended(t);
		return n;
	}
	t->headers_too_large = true;
	return 0;
}

/* Whether the encoded body alone is more than may be kept of the decoded one. CURLOPT_MAXFILESIZE
 * would judge the bodies of redirects and error pages, too. */
static bool announced_too_large(const struct transfer *t)
{
	curl_off_t length = -1;
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length > 0 && (uint64_t)length > t->request.max_body;
}

/* Decoded bytes. What libcurl counts is what came over the wire: a bomb is a few kilobytes there.
 */
static size_t body_arrived(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	int code = transfer_code(t);
	n *= size;
	if (transfer_wants_body(t, code)) {
		if (t->body.len == 0)
			t->body.overflow = announced_too_large(t);
		t->request.arrived(t->request.arg, 0, n);
		return strbuf_add(&t->body, bytes, n) ? n : 0;
	}
	t->n_discarded += n;
	return t->n_discarded <= LIMIT_DISCARD ? n : 0;
}

int transfer_code(const struct transfer *t)
{
	long code = 0;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
	return (int)code;
}

bool transfer_wants_body(const struct transfer *t, int code)
{
	return t->request.form ? code >= 200 && code < 300 : code == 200 || code == 203;
}

bool transfer_is_loopback(const struct transfer *t)
{
	char *ip = NULL;
	curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip);
	return ip && !t->request.proxy && address_kind_text(ip, NULL) == ADDRESS_LOOPBACK;
}

static void field_add(struct transfer *t, const char *field)
{
	struct curl_slist *longer = curl_slist_append(t->fields, field);
	if (!longer)
		log_fatal("libcurl: out of memory");
	t->fields = longer;
}

static void validator_add(struct transfer *t, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	char *field = xasprintf("%s: %s", name, value);
	field_add(t, field);
	free(field);
}

#define SET(option, value) ROUTE_SET(t->easy, option, value)

/* What may be asked, of whom, and how long. */
static void set_request(struct transfer *t)
{
	const struct transfer_request *r = &t->request;
	char *wire = fetch_url_wire(r->url->text);
	assert(wire);
	SET(CURLOPT_URL, wire);
	curl_free(wire);
	if (r->form)
		SET(CURLOPT_COPYPOSTFIELDS, r->form);
	else
		SET(CURLOPT_HTTPGET, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* With ALPN it is soon known whether a connection that is being made can be shared
	 * (HTTP/2); without, only when its first answer is there. */
	SET(CURLOPT_PIPEWAIT, r->url->scheme == SCHEME_HTTPS ? 1L : 0L);
	SET(CURLOPT_USERAGENT, r->user_agent);
	SET(CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl decodes, always the same list */
	SET(CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_CONNECT_MS);
	field_add(t, ACCEPT);
	validator_add(t, "If-None-Match", r->etag);
	validator_add(t, "If-Modified-Since", r->last_modified);
	for (size_t i = 0; r->access && i < r->access->n_headers; i++)
		field_add(t, r->access->headers[i]);
	SET(CURLOPT_HTTPHEADER, t->fields);
}

static void set_callbacks(struct transfer *t)
{
	SET(CURLOPT_PRIVATE, t->request.arg);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_HEADERFUNCTION, header_arrived);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, body_arrived);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_OPENSOCKETFUNCTION, socket_opened);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_PREREQFUNCTION, request_ready);
	SET(CURLOPT_PREREQDATA, t);
}

static void set_library(struct transfer *t)
{
	SET(CURLOPT_NOSIGNAL, 1L);
	/* libcurl looks through all the names it remembers with each that it resolves. */
	SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)LIMIT_DNS_CACHE_S);
	/* Without it, ending a transfer waits until getaddrinfo() has returned, and the loop with
	 * it. */
	SET(CURLOPT_QUICK_EXIT, 1L);
}

struct transfer *transfer_new(CURL *easy, const struct transfer_request *request)
{
	assert(request->timeout_ms > 0);
	struct transfer *t = xcalloc(1, sizeof(*t));
	t->easy = easy;
	t->request = *request;
	headers_init(&t->reply);
	strbuf_init(&t->body, request->max_body);
	set_request(t);
	set_callbacks(t);
	set_library(t);
	route_set(easy, request);
	if (request->url->scheme == SCHEME_HTTPS)
		t->certificate = certificate_watch(easy);
	return t;
}

CURL *transfer_take_easy(struct transfer *t)
{
	CURL *easy = t->easy;
	settle(t);
	t->easy = NULL;
	return easy;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	assert(!t->easy);
	curl_slist_free_all(t->fields);
	headers_release(&t->reply);
	strbuf_release(&t->body);
	certificate_unwatch(t->certificate);
	free(t);
}
