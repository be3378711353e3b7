#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/writer.h"

#include <stdlib.h>

struct rest_request {
	struct write request;
	char *host;
	int64_t since, until, pause_ms;
};

static bool rest_run(struct db *db, struct write *r)
{
	struct rest_request *rest = (struct rest_request *)r;
	struct stmt over = db_stmt(db, STATEMENT_RESTS_OVER);
	struct stmt trim = db_stmt(db, STATEMENT_RESTS_TRIM);
	struct stmt s = db_stmt(db, STATEMENT_REST_SET);

	stmt_int(&over, rest->since - LIMIT_HOST_PAUSE_KEPT);
	stmt_text(&s, rest->host);
	stmt_int(&s, rest->since);
	stmt_int(&s, rest->until);
	stmt_int(&s, rest->pause_ms);
	stmt_int(&trim, LIMIT_HOST_RESTS - 1);
	return stmt_run(&over) && stmt_run(&s) && stmt_run(&trim);
}

static void rest_answer(struct write *r)
{
	struct rest_request *rest = (struct rest_request *)r;

	if (r->fail.status != STATUS_OK && r->fail.status != STATUS_CANCELLED)
		log_err("the rest of %s was not stored: %s", rest->host, r->fail.detail);
}

static void rest_release(struct write *r)
{
	free(((struct rest_request *)r)->host);
}

void store_host_rest(
	struct store *s, const char *host, int64_t since, int64_t until, int64_t pause_ms)
{
	static const struct write_type type = { rest_run, rest_answer, rest_release };
	struct rest_request *rest = write_new(sizeof(*rest), &type);

	rest->host = xstrdup(host);
	rest->since = since;
	rest->until = until;
	rest->pause_ms = pause_ms;
	write_submit(s, &rest->request);
}
