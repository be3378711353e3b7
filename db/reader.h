/*
 * What the reader threads (readers.c) and the queries (query.c) share. Only db/ includes this.
 */
#ifndef COURANT_DB_READER_H
#define COURANT_DB_READER_H

#include "db/connection.h"
#include "db/query.h"

struct query {
	struct db db;
	unsigned n_holds; /* query_hold() calls that are not settled */
};

#endif
