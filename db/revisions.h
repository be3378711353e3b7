/*
 * What a changed entry said before: kept when its publisher changes title, author, summary or
 * content, up to LIMIT_REVISIONS versions and LIMIT_REVISIONS_BYTES an entry, the first and the
 * last ones. They go with their entry.
 *
 * Some feeds change with every poll: counters, times of day, two servers that disagree. A version
 * that differs from one that is kept in digits only is counted there and not kept again.
 */
#ifndef COURANT_DB_REVISIONS_H
#define COURANT_DB_REVISIONS_H

#include "db/connection.h"

struct revision_cause { /* the version that replaces the stored one, and how it came */
	int64_t now;
	const char *etag; /* NULL: none */
	int64_t updated;  /* the publisher's word for when, 0: none */
	const char *url, *title, *author, *summary, *content;
};

/* Before an entry is written over. Writer thread, inside a request's savepoint; false when the
 * database failed. */
bool revision_keep(struct db *db, int64_t entry_id, const struct revision_cause *cause);

#endif
