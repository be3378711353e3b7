#include "base/log.h"
#include "base/mem.h"
#include "db/writer.h"

#include <stdlib.h>

struct https_host {
	struct write request;
	char *host;
	int64_t expires; /* 0: forget it */
	bool subdomains;
};

static bool host_run(struct db *db, struct write *r)
{
	struct https_host *h = (struct https_host *)r;
	struct stmt s = db_stmt(
		db, h->expires > 0 ? STATEMENT_HTTPS_HOST_PUT : STATEMENT_HTTPS_HOST_DELETE);

	stmt_text(&s, h->host);
	if (h->expires > 0) {
		stmt_int(&s, h->expires);
		stmt_int(&s, h->subdomains);
	}
	if (!stmt_run(&s))
		return false;
	s = db_stmt(db, STATEMENT_HTTPS_HOSTS_TRIM);
	stmt_int(&s, LIMIT_HSTS_HOSTS);
	return stmt_run(&s);
}

static void host_answer(struct write *r)
{
	const struct https_host *h = (struct https_host *)r;

	if (r->fail.status != STATUS_OK && r->fail.status != STATUS_CANCELLED)
		log_err("%s wants https, which was not stored: %s", h->host, r->fail.detail);
}

static void host_release(struct write *r)
{
	free(((struct https_host *)r)->host);
}

void store_https_host(struct store *s, const char *host, int64_t expires, bool subdomains)
{
	static const struct write_type type = { host_run, host_answer, host_release };
	struct https_host *h = write_new(sizeof(*h), &type);

	h->host = xstrdup(host);
	h->expires = expires;
	h->subdomains = subdomains;
	write_submit(s, &h->request);
}
